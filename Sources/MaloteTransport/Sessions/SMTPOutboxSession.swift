// A logged-in SMTP connection as the engine sees it: one message at a time, one result a recipient.

import MaloteCore
import MaloteWire

actor SMTPOutboxSession: OutboxSession {
    /// RFC 5321 §4.5.3.2.6: the answer to the final dot may take ten minutes, and cutting it short makes duplicates.
    private static let finalPatience = Duration.seconds(600)
    private static let contentPatience = Duration.seconds(180)
    /// Up to this size content and final dot leave in one write.
    private static let oneWrite = 32 * 1024
    /// What must leave within `contentPatience`: a slow line is no silent one (RFC 5321 §4.5.3.2.5).
    private static let block = 256 * 1024

    private var dialogue: SMTPDialogue
    private var isBroken = false

    init(dialogue: SMTPDialogue) { self.dialogue = dialogue }

    func submit(
        _ envelope: Envelope, content: [UInt8], beforeFinalDot: @Sendable () -> Void
    ) async throws(Failure) -> Submission {
        if let refusal = tooLarge(content) { return refusedAll(envelope, refusal) }
        var transaction: SMTPTransaction
        do {
            transaction = try SMTPTransaction(envelope, size: content.count, extensions: dialogue.extensions)
        } catch { return refusedAll(envelope, error.failure) }
        isBroken = true
        do throws(Failure) {
            try await converse(&transaction, content, beforeFinalDot)
        } catch {
            // Before the dot nothing has happened; after it nobody knows. Refusals that have come stay what they are.
            guard transaction.isAnswered || (transaction.awaitsFinalReply && hasSentDot) else { throw error }
            return Submission(outcomes: transaction.results.map { outcome($0, lost: error) }, isReusable: false)
        }
        isBroken = transaction.isClosing
        return Submission(outcomes: transaction.results.map { outcome($0, lost: nil) }, isReusable: !isBroken)
    }

    private var hasSentDot = false

    private func converse(
        _ transaction: inout SMTPTransaction, _ content: [UInt8], _ beforeFinalDot: @Sendable () -> Void
    ) async throws(Failure) {
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        hasSentDot = false
        try await dialogue.stream.write(transaction.start(), within: SMTPDialogue.patience)
        while true {
            let patience = transaction.awaitsFinalReply ? Self.finalPatience : SMTPDialogue.patience
            let reply = try await dialogue.reply(within: patience)
            let step: SMTPTransaction.Step
            do { step = try transaction.receive(reply) } catch { throw error.failure }
            switch step {
            case .wait: continue
            case .finished: return
            case .send(let bytes): try await dialogue.stream.write(bytes, within: SMTPDialogue.patience)
            case .sendContent: try await send(content, dialogue.stream, beforeFinalDot)
            }
        }
    }

    private func send(
        _ content: [UInt8], _ stream: any ByteStream, _ beforeFinalDot: @Sendable () -> Void
    ) async throws(Failure) {
        var bytes = DotStuffing.encode(content)[...]
        while bytes.count > Self.oneWrite {
            try await stream.write(Array(bytes.prefix(Self.block)), within: Self.contentPatience)
            bytes = bytes.dropFirst(Self.block)
        }
        beforeFinalDot()
        hasSentDot = true
        try await stream.write(bytes + DotStuffing.finalDot, within: Self.contentPatience)
    }

    // MARK: - Results

    private func outcome(_ result: SMTPTransaction.Result, lost: Failure?) -> Submission.Outcome {
        switch result {
        case .sent(let reply): .sent(reply.protocolReply(to: "DATA"))
        case .refused(let reply, let command): .refused(SMTPVerdict.failure(reply, command: command))
        case .unanswered:
            .refused(
                Failure(
                    .transient, .unknownOutcome,
                    "The connection was lost before the server answered to the whole message"
                        + (lost.map { ": \($0.detail)" } ?? "."),
                    remedy: "It may have been delivered. It is sent once more with the same Message-ID."))
        case .notTried:
            .refused(lost ?? Failure(.transient, .disconnected, "The server closed the connection before it answered."))
        }
    }

    private func tooLarge(_ content: [UInt8]) -> Failure? {
        guard let limit = dialogue.extensions.size, content.count > limit else { return nil }
        return Failure(
            .permanent, .tooLarge, "The message has \(content.count) octets; the server takes at most \(limit).",
            remedy: "Send smaller attachments.")
    }

    private func refusedAll(_ envelope: Envelope, _ failure: Failure) -> Submission {
        Submission(outcomes: envelope.recipients.map { _ in .refused(failure) }, isReusable: true)
    }

    func close() async {
        // The answer to QUIT is not waited for: nothing depends on it.
        if !isBroken { try? await dialogue.stream.write(Array("QUIT\r\n".utf8), within: .seconds(5)) }
        await dialogue.stream.close()
    }
}
