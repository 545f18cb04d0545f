// Looks into mails and reports that lie inside a mail, as far as their fields; judges nothing.

/// The header of an enclosed mail; its body only passes.
final class EnclosedHeaderReader: FileReader {
    private struct Lines: LineReceiver {
        var block: HeaderBlock
        var isOver = false

        mutating func take(_ line: Line) {
            guard !isOver else { return }
            if block.take(line) != .more { isOver = true }
        }
    }

    private var scanner: LineScanner
    private var lines: Lines

    init(limits: MailLimits) {
        scanner = LineScanner(limit: limits.fieldOctets)
        lines = Lines(block: HeaderBlock(isWholeMail: true, limits: limits))
    }

    func read(_ octets: UnsafeRawBufferPointer) {
        if !lines.isOver { scanner.feed(octets, to: &lines) }
    }

    func finish() -> FileContent.Inside {
        scanner.finish(to: &lines)
        return .header(lines.block.fields)
    }
}

/// Groups of fields with blank lines between them (RFC 3464 §2.1 and its kin).
final class ReportReader: FileReader {
    private struct Lines: LineReceiver {
        let limits: MailLimits
        var block: HeaderBlock
        var groups: [[RawField]] = []
        var octets = 0
        var isCut = false

        init(limits: MailLimits) {
            self.limits = limits
            block = HeaderBlock(isWholeMail: false, limits: limits)
        }

        mutating func take(_ line: Line) {
            octets += line.octets
            guard octets <= limits.headerOctets, groups.count < limits.addresses else {
                isCut = true
                return
            }
            if line.text.isEmpty { endGroup() } else { _ = block.take(line) }
        }

        mutating func endGroup() {
            isCut = isCut || block.isCut
            if !block.fields.isEmpty { groups.append(block.fields) }
            block = HeaderBlock(isWholeMail: false, limits: limits)
        }
    }

    private var scanner: LineScanner
    private var lines: Lines

    init(limits: MailLimits) {
        scanner = LineScanner(limit: limits.fieldOctets)
        lines = Lines(limits: limits)
    }

    func read(_ octets: UnsafeRawBufferPointer) { scanner.feed(octets, to: &lines) }

    func finish() -> FileContent.Inside {
        scanner.finish(to: &lines)
        lines.endGroup()
        return .report(lines.groups, isCut: lines.isCut)
    }
}
