// Recipients from what two servers said to each other, as transcripts show it; knows no text around them.

import MaloteCore

/// `>>> RCPT To:<kim@example.com>`, `<<< 550 ...` and the outcome `550 <kim@example.com>... User unknown`.
struct SessionTranscript {
    private(set) var entries: NoticeEntries
    /// Refusals that were no answer to a recipient.
    private(set) var general: [String] = []

    /// Recipients that wait for their answers.
    private var waiting: [String] = []
    /// Those that were accepted, so that a later refusal is about them.
    private var accepted: [String] = []
    private var pending: String?
    private var command = ""
    /// The answer that goes on over further lines, and whose it is.
    private var answer = ""
    private var hasSession = false

    /// Whether `DATA` was sent before the answers to the recipients had come (RFC 2920): refusals behind it are theirs.
    private let isPipelined: Bool

    init(_ lines: [NoticeText.Line], limit: Int) {
        entries = NoticeEntries(limit: limit)
        isPipelined = lines.contains { $0.octets.hasPrefix("<<< 503") || $0.octets.hasPrefix("<<< 554 5.5.1") }
        for (index, line) in lines.enumerated() where !line.isBlank {
            if let said = Self.said(line.octets, Self.clientMarks) {
                endAnswer()
                let isOpen = said.count <= 5 && index + 1 < lines.count
                take(command: isOpen ? Array(said) + [0x20] + Array(lines[index + 1].octets) : Array(said))
            } else if let said = Self.said(line.octets, Self.serverMarks) {
                take(answer: said)
            } else {
                endAnswer()
                takeOutcome(line.octets)
            }
        }
        endAnswer()
        if entries.isEmpty, let refusal = general.last {
            for address in accepted { entries.add(NoticeEntry(address: address, clues: [refusal])) }
        }
        if entries.isEmpty {
            for address in waiting { entries.add(NoticeEntry(address: address)) }
        }
    }

    // MARK: - Lines

    private static let clientMarks = [">>> ", "In: ", "Sent <<< ", "Sent >>> ", "C: ", "--> "].map { Array($0.utf8) }
    private static let serverMarks = ["<<< ", "Out: ", "Received >>> ", "Received <<< ", "S: ", "<-- "].map {
        Array($0.utf8)
    }

    private static func said(_ line: Bytes, _ marks: [[UInt8]]) -> Bytes? {
        guard let mark = marks.first(where: line.starts) else { return nil }
        return line.dropFirst(mark.count).drop { $0.isBlank }
    }

    private mutating func take(command said: [UInt8]) {
        hasSession = true
        command = String(decoding: said.prefix(400), as: UTF8.self)
        guard said[...].hasPrefix("rcpt to") else {
            if said[...].hasPrefix("mail from") { accepted = [] }
            waiting = []
            return
        }
        if let address = NoticedAddress.first(in: said[...]), waiting.count < 1000 { waiting.append(address.text) }
    }

    private mutating func take(answer said: Bytes) {
        if answer.utf8.count < 1000 {
            answer += (answer.isEmpty ? "" : " ") + String(decoding: said.prefix(500), as: UTF8.self)
        }
        let isLast =
            said.count < 4 || said[said.startIndex + 3] != UInt8(ascii: "-") || ReplyCode.start(of: said) == nil
        if isLast, ReplyCode.start(of: Array(answer.utf8)[...]) != nil, hasSession { endAnswer() }
    }

    private mutating func endAnswer() {
        guard !answer.isEmpty else { return }
        defer { answer = "" }
        guard let code = ReplyCode.start(of: Array(answer.utf8)[...]) else { return }
        let recipient = waiting.isEmpty ? nil : waiting.removeFirst()
        guard code >= 400 else {
            if let recipient, accepted.count < 1000 { accepted.append(recipient) }
            return
        }
        if let recipient {
            entries.add(NoticeEntry(address: recipient, clues: [answer]))
        } else {
            let isData = !isPipelined && (command.lowercased().hasPrefix("data") || command == ".")
            pending = isData ? answer + " (in reply to DATA command)" : answer
            if general.count < 20, let pending { general.append(pending) }
        }
    }

    /// `550 5.1.1 <kim@example.com>... User unknown`, or `While talking to ...`.
    private mutating func takeOutcome(_ line: Bytes) {
        if line.count < 200,
            Folded.text(String(decoding: line, as: UTF8.self)).containsRun(Array("while talking to".utf8))
        {
            pending = nil
            return
        }
        guard let code = ReplyCode.start(of: line), code >= 400 else { return }
        let rest = line.dropFirst(3)
        let start = rest.drop { $0.isBlank || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        let words = String(decoding: line.prefix(1000), as: UTF8.self)
        if let address = NoticedAddress.first(in: start.prefix(400)), address.range.lowerBound == 0 {
            entries.add(NoticeEntry(address: address.text, clues: [pending, words].compactMap { $0 }))
        } else if general.count < 20 {
            general.append(words)
        }
    }
}
