// format=flowed (RFC 3676) back to paragraphs; knows no part.

enum FlowedText {
    /// Joins lines that end in a blank with the next one of the same quote depth, and removes space-stuffing.
    /// - Parameter text: lines that end in LF.
    static func unwrap(_ text: String, deletesSpace: Bool) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        /// The quote depth of the paragraph that the next line may go on with.
        var open: Int?
        for (place, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let depth = line.prefix { $0 == UInt8(ascii: ">") }.count
            var content = line.dropFirst(depth)
            if content.first == 0x20 { content = content.dropFirst() }
            let isSignature = content.elementsEqual("-- ".utf8)
            if open != depth || isSignature {
                if place > 0 { output.append(0x0A) }
                output += repeatElement(UInt8(ascii: ">"), count: depth)
                if depth > 0 { output.append(0x20) }
            }
            let isFlowing = content.last == 0x20 && !isSignature
            output += isFlowing && deletesSpace ? content.dropLast() : content
            open = isFlowing ? depth : nil
        }
        return String(decoding: output, as: UTF8.self)
    }
}
