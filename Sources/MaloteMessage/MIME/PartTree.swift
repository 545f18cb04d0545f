// The tree of parts of a mail, line by line; bounded in parts, depth and what is kept of each.

import Glibc
import MaloteCore

/// RFC 2046, leniently. The line of an outer boundary ends whatever is open inside it. A multipart without a boundary,
/// or whose boundary never comes, is read as text. What lies beyond a cap is not looked at.
struct PartTree: LineReceiver {
    /// A multipart whose boundary may come.
    private struct Multipart {
        var boundary: [UInt8]
        var isDigest: Bool
        /// The multipart/alternative that it is or lies in.
        var alternative: Int?
        var hasParts = false
    }

    private enum Place {
        case header
        case content
        /// Behind the last boundary of a multipart, or beyond a cap.
        case passedOver
    }

    private var limits: MailLimits
    private let hashing: any Hashing
    /// Encodings of multiparts that were undone to get here.
    private var encodings = 0

    /// The mail's own header.
    private(set) var header: HeaderBlock
    private(set) var mediaType = ""
    private(set) var parts: [MailPart] = []
    /// What was damaged or cut, in words an operator understands; each once.
    private(set) var defects: [String] = []
    /// True when nothing more is looked at.
    private(set) var isFull = false

    private var place = Place.header
    private var block: HeaderBlock
    private var hasSoughtBoundary = false
    private var open: [Multipart] = []
    private var leaf: PartLeaf?
    /// The last line's end. It belongs to a boundary if one follows (RFC 2046 §5.1.1).
    private var heldEnd = LineEnd.absent
    private var begun = 1
    private var alternatives = 0
    private var textLeft: Int
    private var htmlLeft: Int
    private var filesLeft: Int
    private var hasReport = false
    private var hasEnclosed = false

    init(limits: MailLimits, hashing: any Hashing) {
        self.limits = limits
        self.hashing = hashing
        header = HeaderBlock(isWholeMail: true, limits: limits)
        block = header
        // A little more than is shown, so that a character that the limit splits is cut off whole.
        textLeft = limits.text + 16
        htmlLeft = limits.html + 16
        filesLeft = limits.parts
    }

    private mutating func note(_ defect: String) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    // MARK: - Lines

    mutating func take(_ line: Line) {
        guard !isFull else { return }
        if let crossing = crossing(line) { return cross(crossing.level, isLast: crossing.isLast) }
        switch place {
        case .header: takeHeader(line)
        case .content: write(line.text, line.end)
        case .passedOver: break
        }
    }

    var takesRuns: Bool { place != .header }

    /// A line longer than that needs not come whole.
    var longestLine: Int { limits.fieldOctets + 256 }

    mutating func finish() {
        endHeader()
        leaf?.write(heldEnd)
        while !open.isEmpty { close() }
        endLeaf(isPreamble: false)
    }

    private mutating func takeHeader(_ line: Line) {
        if isForgottenBlankLine(line) {
            beginContent()
            return take(line)
        }
        switch block.take(line) {
        case .more: break
        case .ended: beginContent()
        case .body:
            endHeader()
            write(line.text, line.end)
        }
    }

    /// The header ends without a blank line; what it held back is the body's start.
    private mutating func endHeader() {
        guard place == .header else { return }
        let doubtful = block.doubtful
        beginContent()
        let end = LineEnd(endOf: doubtful)
        doubtful.dropLast(end.octets.count).withUnsafeBytes { leaf?.write($0) }
        heldEnd = end
    }

    private mutating func write(_ text: UnsafeRawBufferPointer, _ end: LineEnd) {
        leaf?.write(heldEnd)
        leaf?.write(text)
        heldEnd = end
    }

    // MARK: - Boundaries

    /// Which open boundary a line is, the innermost first, perhaps with blanks behind it.
    private func crossing(_ line: Line) -> (level: Int, isLast: Bool)? {
        guard line.isWhole, line.text.count > 2, line.text[0] == 0x2D, line.text[1] == 0x2D, !open.isEmpty else {
            return nil
        }
        let name = Self.boundaryName(line.text)
        for level in open.indices.reversed() {
            let boundary = open[level].boundary
            let extra = name.count - boundary.count
            guard extra == 0 || extra == 2, boundary.isStart(of: name) else { continue }
            if extra == 0 { return (level, false) }
            if name[name.count - 1] == 0x2D, name[name.count - 2] == 0x2D { return (level, true) }
        }
        return nil
    }

    private static func boundaryName(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = line.count
        while end > 2, line[end - 1].isBlank { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: line[2..<end])
    }

    private mutating func cross(_ level: Int, isLast: Bool) {
        endHeader()
        // What stands before the first boundary is for nobody (§5.1.1).
        if level == open.count - 1, !open[level].hasParts, !isLast {
            leaf = nil
        } else {
            while open.count > level + 1 { close() }
            endLeaf(isPreamble: !open[level].hasParts)
        }
        heldEnd = .absent
        if isLast {
            open.removeLast()
            place = .passedOver
        } else {
            open[level].hasParts = true
            beginPart()
        }
    }

    /// The innermost multipart ends without its last boundary.
    private mutating func close() {
        guard let last = open.popLast() else { return }
        endLeaf(isPreamble: !last.hasParts)
        if last.hasParts, !isFull { note("A multipart has no end.") }
    }

    /// A multipart's own boundary right behind its fields. Only the first line of a header that may be one is asked
    /// about, for asking takes a look at all of the header.
    private mutating func isForgottenBlankLine(_ line: Line) -> Bool {
        guard line.isWhole, line.text.count > 2, line.text[0] == 0x2D, line.text[1] == 0x2D, !hasSoughtBoundary,
            !block.fields.isEmpty
        else { return false }
        hasSoughtBoundary = true
        let facts = PartFacts(block, isRoot: false, defaultType: "", limits: limits)
        return facts.boundary.map { !$0.isEmpty && $0.elementsEqual(Self.boundaryName(line.text)) } ?? false
    }

    // MARK: - Parts

    private mutating func beginPart() {
        begun += 1
        guard begun <= limits.parts else {
            note("The mail has more than \(limits.parts) parts.")
            isFull = true
            place = .passedOver
            return
        }
        block = HeaderBlock(isWholeMail: false, limits: limits)
        hasSoughtBoundary = false
        place = .header
    }

    private mutating func beginContent() {
        let isRoot = begun == 1 && encodings == 0
        if block.isCut { note("The header is larger than what is looked at.") }
        let isDigest = open.last?.isDigest == true
        let facts = PartFacts(
            block, isRoot: isRoot, defaultType: isDigest ? "message/rfc822" : "text/plain", limits: limits)
        if isRoot {
            header = block
            mediaType = facts.mediaType
        }
        if facts.isNameCut { note("The name of an attachment is longer than what is shown.") }
        place = .content
        heldEnd = .absent
        if !facts.isMultipart {
            leaf = PartLeaf(facts, alternative: open.last?.alternative, sink: sink(for: facts))
        } else {
            beginMultipart(facts)
        }
    }

    private mutating func beginMultipart(_ facts: PartFacts) {
        var alternative = open.last?.alternative
        guard let boundary = facts.boundary, !boundary.isEmpty, boundary.count <= limits.boundary else {
            note("A multipart has no usable boundary; it is read as text.")
            leaf = PartLeaf(facts, alternative: alternative, sink: textSink(for: facts))
            return
        }
        guard open.count < limits.depth, facts.encoding != .base64 || encodings < limits.encodings else {
            note("Parts are nested deeper than \(limits.depth) levels or \(limits.encodings) encodings.")
            leaf = PartLeaf(facts, alternative: alternative, sink: FileSink(hashing))
            return
        }
        if alternative == nil, facts.mediaType == "multipart/alternative" {
            alternatives += 1
            alternative = alternatives
        }
        // Until its first boundary comes, all of it may turn out to be text, or an encoded multipart.
        leaf = PartLeaf(facts, alternative: alternative, sink: preambleSink(for: facts, boundary, alternative))
        open.append(
            Multipart(
                boundary: Array(boundary), isDigest: facts.mediaType == "multipart/digest", alternative: alternative))
    }

    /// - Parameter isPreamble: whether a multipart is over whose boundary has not come.
    private mutating func endLeaf(isPreamble: Bool) {
        guard let part = leaf?.finish() else { return }
        leaf = nil
        guard case .parts(let inner, let innerDefects) = part.content else {
            if isPreamble { note("A multipart has no parts; it is read as text.") }
            return keep(part)
        }
        begun += inner.count
        alternatives += inner.count
        inner.forEach { keep($0) }
        innerDefects.forEach { note($0) }
    }

    private mutating func keep(_ part: MailPart) {
        var part = part
        switch part.content {
        case .text(let text):
            if part.facts.isHTML { htmlLeft -= text.octets.count } else { textLeft -= text.octets.count }
            filesLeft -= text.files.count
        case .file(var file):
            if let only = limits.onlyKept, file.sha256 != only { file.octets = nil }
            limits.keptFiles -= file.octets?.count ?? 0
            keepFirst(&file.inside)
            part.content = .file(file)
        case .parts: break
        }
        parts.append(part)
    }

    /// One report and one enclosed header are shown; of a further mail only its subject is wanted, as a name.
    private mutating func keepFirst(_ inside: inout FileContent.Inside) {
        switch inside {
        case .nothing: break
        case .files(let files): filesLeft -= files.count
        case .report:
            if hasReport { inside = .nothing }
            hasReport = true
        case .header(let fields):
            if hasEnclosed { inside = .header(fields.filter { $0.key == "subject" && $0.value.count < 1000 }) }
            hasEnclosed = true
        }
    }

    // MARK: - Sinks

    private func sink(for facts: PartFacts) -> any ContentSink {
        if facts.isBody { return textSink(for: facts) }
        return FileSink(
            hashing, reader: facts.reader(hashing, limits, files: filesLeft), keeping: limits.keptFiles)
    }

    private func textSink(for facts: PartFacts) -> any ContentSink {
        TextSink(
            limit: facts.isHTML ? htmlLeft : textLeft, files: facts.mediaType == "text/plain" ? filesLeft : 0,
            isWide: facts.isWide, hashing: hashing)
    }

    private func preambleSink(for facts: PartFacts, _ boundary: Bytes, _ alternative: Int?) -> any ContentSink {
        let text = textSink(for: facts)
        guard facts.encoding == .base64 else { return text }
        var inner = self
        inner.limits.depth -= open.count
        inner.encodings += 1
        inner.leaf = nil
        inner.parts = []
        inner.defects = []
        inner.place = .passedOver
        inner.open = [
            Multipart(
                boundary: Array(boundary), isDigest: facts.mediaType == "multipart/digest", alternative: alternative)
        ]
        return EncodedParts(inner, otherwise: text)
    }
}

/// The part under way: its octets are decoded and handed on.
private struct PartLeaf {
    private let facts: PartFacts
    private let alternative: Int?
    private let sink: any ContentSink
    private var decoder: TransferDecoder
    private var decoded: [UInt8] = []

    init(_ facts: PartFacts, alternative: Int?, sink: any ContentSink) {
        self.facts = facts
        self.alternative = alternative
        self.sink = sink
        decoder = TransferDecoder(facts.encoding)
    }

    mutating func write(_ octets: UnsafeRawBufferPointer) {
        if decoded.isEmpty { decoded.reserveCapacity(octets.count) }
        decoder.decode(octets, into: &decoded)
        if decoded.count >= 16 * 1024 { drain() }
    }

    mutating func write(_ end: LineEnd) { if end != .absent { write(end.octets) } }

    private mutating func drain() {
        decoded.withUnsafeBytes(sink.write)
        decoded.removeAll(keepingCapacity: true)
    }

    mutating func finish() -> MailPart {
        decoder.finish(into: &decoded)
        drain()
        return MailPart(facts: facts, alternative: alternative, content: sink.finish())
    }
}

/// A multipart that is itself in Base64. If its boundary does not come inside, it is text after all.
private final class EncodedParts: ContentSink {
    private var scanner: LineScanner
    private var tree: PartTree
    private let text: any ContentSink

    init(_ tree: PartTree, otherwise text: any ContentSink) {
        scanner = LineScanner(limit: tree.longestLine)
        self.tree = tree
        self.text = text
    }

    func write(_ octets: UnsafeRawBufferPointer) {
        scanner.feed(octets, to: &tree)
        text.write(octets)
    }

    func finish() -> PartContent {
        scanner.finish(to: &tree)
        tree.finish()
        return tree.parts.isEmpty ? text.finish() : .parts(tree.parts, defects: tree.defects)
    }
}

extension [UInt8] {
    fileprivate func isStart(of octets: UnsafeRawBufferPointer) -> Bool {
        withUnsafeBytes { own in
            guard octets.count >= own.count, let a = own.baseAddress, let b = octets.baseAddress else { return false }
            return memcmp(a, b, own.count) == 0
        }
    }
}
