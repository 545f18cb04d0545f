// The steps of an inbox's test, IMAP and POP3; fetches no message and marks none.

import MaloteCore
import MaloteWire

extension MailProbe {
    func walkIMAP(
        _ stream: HurriedStream, _ mailbox: Mailbox, _ inbox: Inbox, _ trail: inout ProbeTrail
    ) async throws(Failure) {
        var dialogue = IMAPDialogue(stream: stream, host: mailbox.server, limits: .init(literal: 1 << 16))
        var isKnown = false
        if mailbox.security != .starttls {
            trail.begin(.greeting)
            let status = try await dialogue.greet()
            trail.passed("\(status.kind.rawValue) \(status.text)")
            isKnown = status.kind == .preauth
        }
        trail.begin(.capabilities)
        if dialogue.conversation.capabilities.isEmpty { try await dialogue.learn() }
        trail.passed(dialogue.conversation.capabilities.sorted().joined(separator: " "))
        trail.begin(.login)
        var found = "none needed: the server knows us by the connection"
        let isFirst = dialogue.quirks.identifiesFirst
        var identity = isFirst ? try await dialogue.introduce() : []
        if !isKnown {
            guard let login = mailbox.login else { throw .noLogin(mailbox) }
            let mechanism = try await dialogue.identify(try await credentials(mailbox, login, &trail))
            found = "\(login.user) by \(mechanism)"
        }
        if !isFirst { identity = try await dialogue.introduce() }
        try await dialogue.takeOffers(compress: inbox.compress)
        if dialogue.isCompressed { found += "; compressed from here on" }
        if !identity.isEmpty { found += "; the server is \(identity.map(\.value).joined(separator: " ").printable)" }
        trail.passed(
            found, warnings: loginWarnings(inbox, &dialogue))
        try await walkFolder(&dialogue, inbox, &trail)
        await dialogue.sayGoodbye()
    }

    private func loginWarnings(_ inbox: Inbox, _ dialogue: inout IMAPDialogue) -> [String] {
        var warnings = dialogue.takeAlerts().map { "The server asks to read this: \($0)" }
        if inbox.compress, !dialogue.has("COMPRESS=DEFLATE") {
            warnings.append("compress is set, and this server does not offer it.")
        }
        return warnings
    }

    private func walkFolder(
        _ dialogue: inout IMAPDialogue, _ inbox: Inbox, _ trail: inout ProbeTrail
    ) async throws(Failure) {
        trail.begin(.folder)
        // A server that does not say which flags stay keeps them all (RFC 9051 §7.1).
        var kept: Set<String>?
        let folder = try await dialogue.select(inbox) { status in
            guard status.code == "PERMANENTFLAGS" else { return }
            kept = Set(status.codeArgument.lowercased().split { " ()".contains($0) }.map(String.init))
        }
        trail.passed(
            "\(inbox.folder): \(folder.messages) messages, UIDVALIDITY \(folder.validity)"
                + (folder.isReadOnly ? ", read-only" : ""))
        trail.begin(.rights)
        guard let flag = inbox.after.flag else { return trail.passed("after: leave needs none") }
        guard !folder.isReadOnly, kept?.contains(flag.lowercased()) ?? true else {
            throw .folderRights("This login may not mark messages in the folder \(inbox.folder) with \(flag).")
        }
        trail.passed("messages can be marked with \(flag)", warnings: expungeWarnings(inbox.after, dialogue))
        if case .move(let target) = inbox.after { try await walkTarget(target, &dialogue, &trail) }
    }

    private func expungeWarnings(_ after: Inbox.After, _ dialogue: IMAPDialogue) -> [String] {
        let isDirect = if case .move = after { dialogue.has("MOVE") } else { after == .seen }
        guard !isDirect, !dialogue.has("UIDPLUS") else { return [] }
        return ["Without UIDPLUS on this server, messages are only marked deleted until somebody expunges the folder."]
    }

    private func walkTarget(
        _ target: String, _ dialogue: inout IMAPDialogue, _ trail: inout ProbeTrail
    ) async throws(Failure) {
        trail.begin(.target)
        let place = try await dialogue.locate(target)
        let command = IMAPCommand("STATUS", [place, .raw("(UIDVALIDITY)")])
        let status = try await dialogue.finish(command)
        guard status.kind == .ok else {
            throw await dialogue.folderFailure(
                status, command.name, target, "The folder \(target), where messages are moved to, cannot be used.",
                remedy: IMAPDialogue.targetRemedy)
        }
        if case .string(let name) = place {
            trail.passed("\(target) is \(IMAPMailboxName.decode(name).printable)")
        } else {
            trail.passed("\(target) is there")
        }
    }

    // MARK: - POP3

    func walkPOP3(
        _ stream: HurriedStream, _ mailbox: Mailbox, _ trail: inout ProbeTrail
    ) async throws(Failure) {
        var dialogue = POP3Dialogue(stream: stream)
        if mailbox.security != .starttls {
            trail.begin(.greeting)
            trail.passed("+OK \(try await dialogue.greet().text)")
        }
        trail.begin(.capabilities)
        let offer = try await dialogue.offer()
        trail.passed(
            offer.lines.isEmpty ? "not told" : offer.lines.map { $0.joined(separator: " ") }.joined(separator: ", "))
        trail.begin(.login)
        guard let login = mailbox.login else { throw .noLogin(mailbox) }
        let mechanism = try await dialogue.identify(try await credentials(mailbox, login, &trail), offer)
        trail.passed("\(login.user) by \(mechanism)")
        trail.begin(.folder)
        let messages = try await dialogue.maildrop(offer).messages
        let nameless = messages.count { $0.uid == nil }
        trail.passed("the maildrop: \(messages.count) messages", warnings: namelessWarnings(nameless))
        try await dialogue.send(["QUIT"], answer: .line)
    }

    private func namelessWarnings(_ count: Int) -> [String] {
        guard count > 0 else { return [] }
        return [
            "Of \(count) messages the server gives no UIDL of their own. They are told apart by their headers, which are "
                + "fetched again in each poll: let few stay on the server (after: delete), or use IMAP."
        ]
    }
}

extension Inbox.After {
    /// The flag that must be settable; moving takes a message away, as deleting does.
    fileprivate var flag: String? {
        switch self {
        case .leave: nil
        case .seen: "\\Seen"
        case .delete, .move: "\\Deleted"
        }
    }
}
