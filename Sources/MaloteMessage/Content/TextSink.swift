// Gathers the text of a part up to a limit, and takes out files that stand among its lines; knows no charset.

import MaloteCore

final class TextSink: ContentSink {
    private let isWide: Bool
    private var scanner = LineScanner(limit: 1024)
    private var lines: TextLines

    /// - Parameters:
    ///   - limit: octets to keep.
    ///   - files: how many files may be found.
    ///   - isWide: whether a character takes two octets or more, so that there are no lines to be seen.
    init(limit: Int, files: Int, isWide: Bool, hashing: any Hashing) {
        self.isWide = isWide
        lines = TextLines(limit: limit, fileLimit: files, hashing: hashing)
    }

    func write(_ octets: UnsafeRawBufferPointer) {
        lines.expect(octets.count)
        if isWide { lines.keep(octets) } else { scanner.feed(octets, to: &lines) }
    }

    func finish() -> PartContent {
        scanner.finish(to: &lines)
        return .text(lines.finish())
    }
}

/// Lines of text, which end in LF from here on. A line `begin 644 NAME` and the uuencoded lines behind it are a file, as mail had them before MIME.
private struct TextLines: LineReceiver {
    private enum Place {
        case text
        /// Behind a `begin` line, which is held until the next line shows that it meant it.
        case begun
        case file(name: String, FileSink)
    }

    private let fileLimit: Int
    private let limit: Int
    private let hashing: any Hashing
    private var octets: [UInt8] = []
    private var isCut = false
    private var files: [InnerFile] = []
    private var place = Place.text
    private var beginning: [UInt8] = []
    private var decoded: [UInt8] = []

    init(limit: Int, fileLimit: Int, hashing: any Hashing) {
        self.limit = limit
        self.fileLimit = fileLimit
        self.hashing = hashing
    }

    /// Most texts come in one piece.
    mutating func expect(_ count: Int) {
        if octets.isEmpty { octets.reserveCapacity(min(count, limit)) }
    }

    mutating func keep(_ text: UnsafeRawBufferPointer) {
        let room = max(limit - octets.count, 0)
        if text.count > room { isCut = true }
        octets += UnsafeRawBufferPointer(rebasing: text.prefix(room))
    }

    private mutating func keep(_ line: Line) {
        keep(line.text)
        guard line.end != .absent else { return }
        if octets.count < limit { octets.append(0x0A) } else { isCut = true }
    }

    mutating func take(_ line: Line) {
        switch place {
        case .text:
            guard line.isWhole, line.text.count < 300, files.count < fileLimit, line.text.hasPrefix("begin "),
                Self.name(line.text) != nil
            else { return keep(line) }
            beginning = Array(line.text) + (line.end == .absent ? [] : [0x0A])
            place = .begun
        case .begun:
            if let name = beginning.withUnsafeBytes(Self.name), line.isWhole, UuencodedLine.isData(line.text) {
                place = .file(name: name, FileSink(hashing))
                beginning = []
            } else {
                giveUp()
            }
            take(line)
        case .file(let name, let sink): takeData(line, name, sink)
        }
    }

    private mutating func takeData(_ line: Line, _ name: String, _ sink: FileSink) {
        if line.isWhole, UuencodedLine.isData(line.text) {
            decoded.removeAll(keepingCapacity: true)
            UuencodedLine.decode(line.text, into: &decoded)
            decoded.withUnsafeBytes(sink.write)
            return
        }
        let isEnd = line.isWhole && line.text.trimmed.elementsEqual("end".utf8)
        endFile(name, sink)
        // Whatever else comes where data should be is text again.
        if !isEnd { take(line) }
    }

    private mutating func endFile(_ name: String, _ sink: FileSink) {
        let file = sink.content()
        files.append(InnerFile(name: name, size: file.size, sha256: file.sha256))
        place = .text
    }

    private mutating func giveUp() {
        beginning.withUnsafeBytes { keep($0) }
        beginning = []
        place = .text
    }

    /// `begin MODE NAME`, the mode in three or four octal digits.
    private static func name(_ line: UnsafeRawBufferPointer) -> String? {
        guard line.hasPrefix("begin ") else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: line[6...]).trimmed
        let mode = rest.prefix { (0x30...0x37).contains($0) }.count
        guard (3...4).contains(mode), mode < rest.count, rest[mode] == 0x20 else { return nil }
        let name = Array(rest[(mode + 1)...]).trimmed
        return name.isEmpty ? nil : EncodedWords.decode(name)
    }

    mutating func finish() -> TextContent {
        switch place {
        case .text: break
        case .begun: giveUp()
        case .file(let name, let sink): endFile(name, sink)
        }
        return TextContent(octets: octets, isCut: isCut, files: files)
    }
}
