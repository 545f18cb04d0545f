// Where the decoded octets of a part go, and what is left of them; knows no boundary and no encoding.

import MaloteCore

/// Takes the octets of one part, in order, in pieces that mean nothing.
protocol ContentSink: AnyObject {
    func write(_ octets: UnsafeRawBufferPointer)
    /// Called once, last.
    func finish() -> PartContent
}

/// What is kept of a part's content.
enum PartContent {
    case text(TextContent)
    case file(FileContent)
    /// The parts of a multipart that was itself encoded.
    case parts([MailPart], defects: [String])
}

struct TextContent {
    /// In the part's charset; lines end in LF, unless its characters are wide.
    var octets: [UInt8]
    var isCut: Bool
    /// Files that stood among the lines; they are no longer in `octets`.
    var files: [InnerFile]
}

struct FileContent {
    var size: Int
    var sha256: Digest
    var inside = Inside.nothing
    /// Its octets, if they were wanted and there was room for all of them.
    var octets: [UInt8]?

    /// What a look into the file has shown.
    enum Inside {
        case nothing
        /// A mail, or the header of one.
        case header([RawField])
        /// Groups of fields for machines.
        case report([[RawField]], isCut: Bool)
        case files([InnerFile])
    }
}

/// A file that is not a part of its own: in a winmail.dat or among lines of text.
struct InnerFile {
    /// `nil` or empty if it has none.
    var name: String?
    var size: Int
    var sha256: Digest
}

/// Reads along while a file's octets pass.
protocol FileReader: AnyObject {
    func read(_ octets: UnsafeRawBufferPointer)
    /// Called once, last.
    func finish() -> FileContent.Inside
}

/// Size and digest of what passes, nothing more; perhaps a look inside.
final class FileSink: ContentSink {
    private let digest: any RunningDigest
    private let reader: (any FileReader)?
    private var size = 0
    private var kept: [UInt8]?
    private let limit: Int

    /// - Parameter limit: octets of the content to keep; of a longer one none is kept.
    init(_ hashing: any Hashing, reader: (any FileReader)? = nil, keeping limit: Int = 0) {
        digest = hashing.sha256()
        self.reader = reader
        self.limit = limit
        kept = limit > 0 ? [] : nil
    }

    func write(_ octets: UnsafeRawBufferPointer) {
        size += octets.count
        digest.update(octets)
        reader?.read(octets)
        if size <= limit { kept?.append(contentsOf: octets) } else { kept = nil }
    }

    func finish() -> PartContent { .file(content()) }

    func content() -> FileContent {
        FileContent(size: size, sha256: digest.finish(), inside: reader?.finish() ?? .nothing, octets: kept)
    }
}
