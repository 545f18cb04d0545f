// What an attachment may be saved as: no path, no control character, never empty; knows no part.

import MaloteCore

enum AttachmentName {
    /// May be empty.
    static func safe(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            // Marks that turn the reading direction make `gpj.exe` look like `exe.jpg`.
            let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            let isPath = scalar == "/" || scalar == "\\"
            return turns || isPath || String(scalar).hasControlCharacter ? "_" : Character(scalar)
        }
        let safe = String(scalars).trimmingBlanks
        return safe == "." || safe == ".." ? "_" : safe
    }

    /// For one without a name.
    static func number(_ number: Int, _ type: String) -> String { "attachment-\(number)" + (endings[type] ?? "") }

    private static let endings = [
        "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "image/png": ".png",
        "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf", "message/rfc822": ".eml",
        "message/delivery-status": ".txt",
    ]
}

extension String {
    /// The longest start of whole scalars that fits.
    func cut(toOctets limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// Cuts in the middle, so that a name of any length still ends in its `.exe`.
    func cut(toOctets limit: Int, keepingEndingOf longest: Int) -> String {
        guard utf8.count > limit, let dot = lastIndex(of: "."), self[dot...].utf8.count <= min(longest, limit) else {
            return cut(toOctets: limit)
        }
        return cut(toOctets: limit - self[dot...].utf8.count) + self[dot...]
    }
}
