// The steps of an outbox's test; never says DATA.

import MaloteCore
import MaloteWire

extension MailProbe {
    func walkSMTP(
        _ stream: HurriedStream, _ mailbox: Mailbox, _ outbox: Outbox, _ trail: inout ProbeTrail
    ) async throws(Failure) {
        var dialogue = SMTPDialogue(stream: stream)
        if mailbox.security != .starttls {
            trail.begin(.greeting)
            let greeting = try await dialogue.greeting()
            trail.passed("\(greeting.code) \(greeting.text)")
        }
        trail.begin(.capabilities)
        try await dialogue.introduce(as: clientName)
        trail.passed(dialogue.extensions.words)
        trail.begin(.login)
        if let login = mailbox.login {
            let mechanism = try await dialogue.logIn(try await credentials(mailbox, login, &trail))
            trail.passed("\(login.user) by \(mechanism)")
        } else {
            trail.passed("none: auth is false")
        }
        trail.begin(.sender)
        for sender in outbox.senders { try await offer(sender.address, &dialogue) }
        trail.passed("the server takes \(outbox.senders.map(\.address).joined(separator: ", "))")
        try await stream.write(Array("QUIT\r\n".utf8), within: .seconds(5))
    }

    /// A transaction to nobody, a command at a time, is MAIL and RSET.
    private func offer(_ sender: String, _ dialogue: inout SMTPDialogue) async throws(Failure) {
        // Nothing but what a sender is refused for.
        let extensions = dialogue.extensions.without([.pipelining, .chunking, .dsn])
        var transaction: SMTPTransaction
        do {
            transaction = try SMTPTransaction(
                Envelope(from: sender, recipients: []), MessageShape(size: 1024), extensions: extensions)
        } catch { throw error.failure }
        var refusal: Failure?
        var step = SMTPTransaction.Step.send(transaction.start())
        while case .send(let bytes) = step {
            try await dialogue.stream.write(bytes, within: SMTPDialogue.patience)
            let reply = try await dialogue.reply()
            if refusal == nil, !reply.isPositive { refusal = SMTPVerdict.failure(reply, command: "MAIL") }
            do { step = try transaction.receive(reply) } catch { throw error.failure }
        }
        guard var refusal else { return }
        refusal.detail = "The sender \(sender) is not taken. " + refusal.detail
        throw refusal
    }
}

extension SMTPExtensions {
    /// The keywords that change what is sent, as the server writes them.
    fileprivate var words: String {
        let size = size.map { ["SIZE \($0)"] } ?? []
        let flags = [
            ("PIPELINING", pipelining), ("CHUNKING", chunking), ("DSN", dsn), ("8BITMIME", eightBitMIME),
            ("SMTPUTF8", smtpUTF8),
        ]
        let login = auth.isEmpty ? [] : ["AUTH " + auth.joined(separator: " ")]
        let all = size + flags.filter(\.1).map(\.0) + login
        return all.isEmpty ? "none that matter here" : all.joined(separator: ", ")
    }
}
