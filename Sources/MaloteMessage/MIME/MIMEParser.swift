// A mail's octets in pieces to its parts; knows no view.

import MaloteCore

/// The same result however the mail is cut into pieces. Holds one line, one header block and what is kept of the parts.
struct MIMEParser {
    struct Result {
        /// The mail's own.
        var header: HeaderBlock
        /// What the mail is as a whole.
        var mediaType: String
        /// In the order in which they came.
        var parts: [MailPart]
        /// What was damaged or cut, in words an operator understands; each once.
        var defects: [String]
    }

    private var scanner: LineScanner
    private var tree: PartTree

    init(limits: MailLimits, hashing: any Hashing) {
        tree = PartTree(limits: limits, hashing: hashing)
        scanner = LineScanner(limit: tree.longestLine)
    }

    mutating func feed(_ piece: UnsafeRawBufferPointer) {
        if !tree.isFull { scanner.feed(piece, to: &tree) }
    }

    /// The mail has ended.
    mutating func finish() -> Result {
        scanner.finish(to: &tree)
        tree.finish()
        return Result(header: tree.header, mediaType: tree.mediaType, parts: tree.parts, defects: tree.defects)
    }
}
