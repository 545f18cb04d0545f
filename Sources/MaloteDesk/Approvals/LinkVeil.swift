// Takes voters' links out of what people quote; knows no voter.

import MaloteCore

/// Whoever answers a request for approval quotes it, and what they write goes to the ticket system and into further mails:
/// there a link would vote for whoever finds it.
package struct LinkVeil: Sendable {
    /// What stands before the link.
    private let mark: [UInt8]
    private static let dots = Array("...".utf8)

    /// - Parameter base: what voters' links begin with.
    package init(base: String) { mark = Array("\(FlowRun.ApprovalDoor.trimmed(base))/a/".utf8) }

    /// Texts and HTML; the raw source stays as it came.
    package func cover(_ view: inout MessageView) {
        let newText = view.newText
        if let text = covered(view.text) { view.text = text }
        if let text = covered(newText) { view.newText = text }
        if let html = view.html.flatMap(covered) { view.html = html }
    }

    /// - Returns: `nil` if there is nothing to take out.
    func covered(_ text: String) -> String? {
        var text = text
        let bytes = text.withUTF8 { octets -> [UInt8]? in
            guard octets.count > mark.count else { return nil }
            var (output, kept, place) = ([UInt8](), 0, 0)
            while place <= octets.count - mark.count {
                guard octets[place] == mark[0], octets[place..<(place + mark.count)].elementsEqual(mark) else {
                    place += 1
                    continue
                }
                place += mark.count
                guard place < octets.count, Self.isLetter(octets[place]) else { continue }
                output += octets[kept..<place]
                output += Self.dots
                while place < octets.count, Self.isLetter(octets[place]) { place += 1 }
                kept = place
            }
            return kept == 0 ? nil : output + octets[kept...]
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
