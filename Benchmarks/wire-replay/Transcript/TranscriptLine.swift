// One line of a transcript and where it stands; knows no protocol.

package struct TranscriptLine: Sendable, Hashable {
    package enum Side: Sendable, Hashable { case server, client }

    package var side: Side
    /// With its line end, and without the mark of its side.
    package var octets: [UInt8]
    /// Where the line begins in the file, marks included: octets before it, and its number from 1.
    package var offset: Int
    package var number: Int

    /// Without the line end.
    var text: ArraySlice<UInt8> {
        var text = octets[...]
        if text.last == 0x0A { text.removeLast() }
        if text.last == 0x0D { text.removeLast() }
        return text
    }

    var isBlank: Bool { text.isEmpty }
}
