// What mail calls charsets, and what it means by it; converts nothing.

enum CharsetName {
    /// A name that iconv knows, lower case, for one that mail uses; empty for those that say nothing. Narrow charsets
    /// become the wider ones that mail programs write under their names (WHATWG Encoding).
    static func canonical(_ label: String) -> String {
        // The three names of most mail need no look at their letters.
        switch label {
        case "", "us-ascii", "US-ASCII": return ""
        case "utf-8", "UTF-8": return "utf-8"
        default: break
        }
        // A comment or a second word belongs to no name.
        let octets: [UInt8] = label.utf8.map(\.lowercased)
        let word = octets.drop { quotes.contains($0) }.prefix { !ends.contains($0) }
        let letters = word.filter { $0.isLetter || $0.isDigit || marks.contains($0) }
        let name = String(decoding: letters.prefix(40), as: UTF8.self)
        if let meant = meant[name] { return meant }
        if name.hasPrefix("cp-") { return "cp" + name.dropFirst(3) }
        if name.hasPrefix("windows1") { return "windows-" + name.dropFirst(7) }
        if name.hasPrefix("x-cp") || name.hasPrefix("x-mac") { return String(name.dropFirst(2)) }
        return name
    }

    private static let quotes = Array(" \"'".utf8)
    private static let ends = Array(" (;,\"'".utf8)
    private static let marks = Array("-_.:".utf8)

    private static let meant: [String: String] = {
        var meant: [String: String] = [
            "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-utf-8": "utf-8", "utf-8n": "utf-8",
            "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
            "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "korean": "cp949", "euc-kr": "cp949", "euckr": "cp949",
            "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "ms_kanji": "cp932",
            "csiso2022jp": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "cp50221": "iso-2022-jp",
            "euc-jp": "euc-jp-ms",
            "x-euc-jp": "euc-jp-ms",
            "big5": "big5-hkscs", "x-x-big5": "big5-hkscs", "cn-big5": "big5-hkscs",
            "iso-8859-9": "windows-1254", "latin5": "windows-1254", "iso-8859-11": "windows-874",
            "tis-620": "windows-874", "unicode-1-1-utf-7": "utf-7", "unicode": "utf-16le", "koi8": "koi8-r",
            "koi": "koi8-r",
            "x-mac-roman": "macintosh",
        ]
        let western = ["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "cp1252", "ansi", "x-ansi"]
        for name in western { meant[name] = "windows-1252" }
        for name in ["gb2312", "gbk", "x-gbk", "gb_2312-80", "cp936", "euc-cn", "gb2312_charset"] {
            meant[name] = "gb18030"
        }
        let silent = [
            "ascii", "us-ascii", "ansi_x3.4-1968", "default", "unknown", "x-unknown", "unknown-8bit", "x-user-defined",
            "8bit", "7bit", "ascii-8bit", "binary", "none", "_autodetect", "_autodetect_all",
        ]
        for name in silent { meant[name] = "" }
        return meant
    }()

    /// Charsets of other scripts than Latin, as the detector names them.
    static let otherScripts: Set<String> = [
        "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "uhc", "euc-tw", "iso-2022-kr", "iso-2022-cn", "hz-gb-2312",
        "windows-1251", "koi8-r", "iso-8859-5", "ibm866", "mac-cyrillic", "iso-8859-7", "windows-1253", "iso-8859-8",
        "windows-1255", "iso-8859-6", "windows-1256", "tis-620", "georgian-academy", "windows-1258",
    ]
}
