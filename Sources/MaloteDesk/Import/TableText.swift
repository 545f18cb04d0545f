// Reads a table as spreadsheets write it (RFC 4180 and what they make of it); knows no column.

import MaloteCore

/// Rows of cells. Separators are commas, semicolons or tabs, whichever the first row has most of; a first line `sep=;`
/// decides.
struct TableText {
    struct Row: Hashable {
        /// As a spreadsheet counts them, from 1.
        var number: Int
        var cells: [String]
    }

    /// Rows that are not blank.
    private(set) var rows: [Row] = []

    private var text: Substring.UnicodeScalarView
    private var separator: Unicode.Scalar
    private var number = 0

    /// - Throws: if quotes are not closed, naming the row.
    static func read(_ bytes: [UInt8]) throws(DocumentErrors) -> [Row] {
        var table = TableText(text: Substring(decode(bytes)).unicodeScalars)
        while !table.text.isEmpty { try table.readRow() }
        return table.rows
    }

    private init(text: Substring.UnicodeScalarView) {
        self.text = text
        separator = Self.separator(of: text)
        let line = String(Substring(text.prefix { $0 != "\n" && $0 != "\r" }))
        if line.count == 5, line.lowercased().hasPrefix("sep="), let last = line.unicodeScalars.last {
            separator = last
            self.text = text.dropFirst(5).drop { $0 == "\n" || $0 == "\r" }
            number = 1
        }
    }

    private static func separator(of text: Substring.UnicodeScalarView) -> Unicode.Scalar {
        var counts: [Unicode.Scalar: Int] = [";": 0, ",": 0, "\t": 0]
        var isQuoted = false
        for scalar in text {
            if scalar == "\"" { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if scalar == "\n" || scalar == "\r" { break }
            counts[scalar]? += 1
        }
        return [";", ",", "\t"].max { counts[$0, default: 0] < counts[$1, default: 0] } ?? ";"
    }

    // MARK: - Cells

    private mutating func readRow() throws(DocumentErrors) {
        number += 1
        var cells: [String] = []
        while true {
            cells.append(try readCell())
            guard let end = text.popFirst() else { break }
            if end == separator { continue }
            if end == "\r", text.first == "\n" { text.removeFirst() }
            break
        }
        if !cells.allSatisfy({ $0.trimmed.isEmpty }) { rows.append(Row(number: number, cells: cells)) }
    }

    /// Up to the separator or line end behind it, which stays.
    private mutating func readCell() throws(DocumentErrors) -> String {
        guard text.first == "\"" else { return plain() }
        text.removeFirst()
        var cell = String.UnicodeScalarView()
        while let scalar = text.popFirst() {
            if scalar != "\"" {
                cell.append(scalar)
            } else if text.first == "\"" {
                cell.append("\"")
                text.removeFirst()
            } else {
                // What stands behind the closing quote still belongs to the cell.
                return String(cell) + plain()
            }
        }
        throw DocumentErrors([
            DocumentError(
                field: "row \(number)", message: "opens a quote that is not closed.",
                remedy: "Close it; a quote inside a cell is written twice.")
        ])
    }

    private mutating func plain() -> String {
        let cell = text.prefix { $0 != separator && $0 != "\n" && $0 != "\r" }
        text = text[cell.endIndex...]
        return String(Substring(cell))
    }

    // MARK: - Octets

    /// UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252: what spreadsheets write.
    static func decode(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), low: 0) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), low: 1) }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        for byte in body {
            let upper = (0x80...0x9F).contains(byte) ? windows1252[Int(byte) - 0x80] : UInt32(byte)
            text.append(Unicode.Scalar(upper) ?? "\u{FFFD}")
        }
        return String(text)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, low: Int) -> String {
        let bytes = Array(bytes)
        let units = stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map { place in
            UInt16(bytes[place + low]) | UInt16(bytes[place + 1 - low]) << 8
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// 0x80 to 0x9F; what it leaves open is the replacement character.
    private static let windows1252: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}
