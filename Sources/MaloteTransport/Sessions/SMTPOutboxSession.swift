// A logged-in SMTP connection as the engine sees it: one message at a time, one result a recipient.

import MaloteCore
import MaloteWire

actor SMTPOutboxSession: OutboxSession {
    /// RFC 5321 §4.5.3.2.6: the answer to the final dot may take ten minutes, and cutting it short makes duplicates.
    private static let finalPatience = Duration.seconds(600)
    private static let contentPatience = Duration.seconds(180)
    /// What must leave within `contentPatience`: a slow line is no silent one (RFC 5321 §4.5.3.2.5).
    private static let block = 256 * 1024

    private var dialogue: SMTPDialogue
    private let extensions: SMTPExtensions
    private var isBroken = false
    /// A message has gone over this connection.
    private var hasServed = false
    private var hasSentAll = false

    init(dialogue: SMTPDialogue, without unwanted: Set<Outbox.Extension> = []) {
        self.dialogue = dialogue
        extensions = dialogue.extensions.without(unwanted)
    }

    func submit(
        _ envelope: Envelope, content: [UInt8], beforeFinalDot: @Sendable () -> Bool
    ) async throws(Failure) -> Submission {
        let shape = MessageShape(content)
        if let refusal = tooLarge(shape) { return refusedAll(envelope, refusal) }
        var transaction: SMTPTransaction
        do { transaction = try SMTPTransaction(envelope, shape, extensions: extensions) } catch {
            return refusedAll(envelope, unsaid(error))
        }
        guard transaction.isPossible else { return submission(transaction, lost: nil) }
        isBroken = true
        do throws(Failure) {
            try await converse(&transaction, content, beforeFinalDot)
        } catch {
            // Before the end nothing has happened; after it nobody knows. Refusals that have come stay what they are.
            guard transaction.isAnswered || (transaction.awaitsFinalReply && hasSentAll) else { throw error }
            return submission(transaction, lost: error)
        }
        if hasServed, let reply = transaction.isTurnedAway { throw turnedAway(reply) }
        hasServed = true
        // Who says more than was asked would be misunderstood from here on.
        isBroken = transaction.isClosing || !dialogue.isDrained
        return submission(transaction, lost: nil)
    }

    // MARK: - The dialogue

    private func converse(
        _ transaction: inout SMTPTransaction, _ content: [UInt8], _ beforeFinalDot: @Sendable () -> Bool
    ) async throws(Failure) {
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        hasSentAll = false
        dialogue.say(transaction.start())
        while true {
            let patience = transaction.awaitsFinalReply ? Self.finalPatience : SMTPDialogue.patience
            let reply = try await dialogue.reply(within: patience)
            let step: SMTPTransaction.Step
            do { step = try transaction.receive(reply) } catch { throw error.failure }
            switch step {
            case .wait: continue
            case .finished: return
            case .send(let bytes): dialogue.say(bytes)
            case .sendContent: try await send(content, transaction.transfer, &dialogue, beforeFinalDot)
            }
        }
    }

    /// Block by block, so that a large message needs the memory of one block more.
    private func send(
        _ content: [UInt8], _ transfer: SMTPTransaction.Transfer, _ dialogue: inout SMTPDialogue,
        _ beforeFinalDot: @Sendable () -> Bool
    ) async throws(Failure) {
        var stuffing = DotStuffing()
        var command: [UInt8] = []
        if case .chunk(let line) = transfer { command = line }
        var rest = content[...]
        while true {
            let block = rest.prefix(Self.block)
            rest = rest.dropFirst(block.count)
            var bytes = command + (transfer == .data ? stuffing.encode(block) : Array(block))
            command = []
            guard rest.isEmpty else {
                try await dialogue.stream.write(bytes, within: Self.contentPatience)
                continue
            }
            if transfer == .data { bytes += stuffing.end }
            guard beforeFinalDot() else {
                throw Failure(.transient, .shuttingDown, "The message was called off before its end was sent.")
            }
            hasSentAll = true
            return try await dialogue.finish(bytes, within: Self.contentPatience)
        }
    }

    // MARK: - Results

    private func submission(_ transaction: SMTPTransaction, lost: Failure?) -> Submission {
        Submission(
            outcomes: transaction.results.map { outcome($0, to: transaction.finalCommand, lost: lost) },
            isReusable: !isBroken)
    }

    private func outcome(
        _ result: SMTPTransaction.Result, to command: String, lost: Failure?
    ) -> Submission.Outcome {
        switch result {
        case .sent(let reply): .sent(reply.protocolReply(to: command))
        case .refused(let reply, let command): .refused(SMTPVerdict.failure(reply, command: command))
        case .impossible(let error): .refused(unsaid(error))
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

    /// Servers that limit messages or time on a connection say so to the next MAIL: no fault of that message.
    private func turnedAway(_ reply: SMTPReply) -> Failure {
        Failure(
            .transient, .disconnected,
            "The server ended the connection after other messages had gone over it: \(reply.code) \(reply.text)",
            reply: reply.protocolReply(to: "MAIL"))
    }

    private func unsaid(_ error: WireError) -> Failure {
        var failure = error.failure
        failure.remedy = "Correct the address, or send through an outbox whose server takes it."
        return failure
    }

    private func tooLarge(_ shape: MessageShape) -> Failure? {
        guard let limit = extensions.size, shape.size > limit else { return nil }
        return Failure(
            .permanent, .tooLarge, "The message has \(shape.size) octets; the server takes at most \(limit).",
            remedy: "Send smaller attachments.")
    }

    private func refusedAll(_ envelope: Envelope, _ failure: Failure) -> Submission {
        Submission(outcomes: envelope.recipients.map { _ in .refused(failure) }, isReusable: !isBroken)
    }

    func close() async {
        // The answer to QUIT is not waited for: nothing depends on it.
        if !isBroken { try? await dialogue.stream.write(Array("QUIT\r\n".utf8), within: .seconds(5)) }
        await dialogue.stream.close()
    }
}
