// format=flowed (RFC 3676) back to paragraphs; knows no part.

enum FlowedText {
    /// Joins lines that end in a blank with the next one of the same quote depth, and removes space-stuffing.
    /// - Parameter text: UTF-8, lines that end in LF.
    static func unwrap(_ text: [UInt8], deletesSpace: Bool) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        /// The quote depth of the paragraph that the next line may go on with.
        var open: Int?
        var index = 0
        while index <= text.count {
            let end = text[index...].firstIndex(of: 0x0A) ?? text.count
            var content = text[index..<end].drop { $0 == UInt8(ascii: ">") }
            let depth = content.startIndex - index
            if content.first == 0x20 { content = content.dropFirst() }
            let isSignature = content.count == 3 && content.elementsEqual("-- ".utf8)
            if open != depth || isSignature {
                if index > 0 { output.append(0x0A) }
                output += repeatElement(UInt8(ascii: ">"), count: depth)
                if depth > 0 { output.append(0x20) }
            }
            let isFlowing = content.last == 0x20 && !isSignature
            output += isFlowing && deletesSpace ? content.dropLast() : content
            open = isFlowing ? depth : nil
            index = end + 1
        }
        return output
    }
}
