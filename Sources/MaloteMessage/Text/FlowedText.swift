// format=flowed (RFC 3676) back to paragraphs; knows no part.

enum FlowedText {
    /// Joins lines that end in a blank with the next one of the same quote depth, and removes space-stuffing.
    static func unwrap(_ text: String, deletesSpace: Bool) -> String {
        var lines: [String] = []
        var open: (depth: Int, text: String)?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let quotes = line.prefix { $0 == ">" }.count
            var content = line.dropFirst(quotes)
            if content.first == " " { content = content.dropFirst() }
            let isSignature = content == "-- "
            if let held = open, held.depth != quotes || isSignature {
                lines.append(quoted(held))
                open = nil
            }
            let isFlowing = content.last == " " && !isSignature
            if isFlowing, deletesSpace { content = content.dropLast() }
            if open == nil { open = (quotes, "") }
            open?.text += content
            if !isFlowing, let held = open {
                lines.append(quoted(held))
                open = nil
            }
        }
        if let open { lines.append(quoted(open)) }
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ line: (depth: Int, text: String)) -> String {
        line.depth == 0 ? line.text : String(repeating: ">", count: line.depth) + " " + line.text
    }
}
