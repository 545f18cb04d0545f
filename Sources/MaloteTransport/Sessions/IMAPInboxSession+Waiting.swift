// An IMAP connection that stays open between polls: waiting for news (RFC 2177), and looking again.

import MaloteCore
import MaloteWire

extension IMAPInboxSession {
    func idle(atMost limit: Duration) async throws(Failure) -> Bool {
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        var left = limit
        // What came behind the last answers is news already.
        while !dialogue.conversation.hasNews, left > .zero {
            let cycle = min(left, dialogue.quirks.idleCycle)
            try await dialogue.startIdle()
            if try await !dialogue.listen(for: cycle) { left -= cycle }
            // A server that has gone mute is found here.
            try await dialogue.endIdle()
        }
        return dialogue.conversation.hasNews
    }

    func reopen() async throws(Failure) -> OpenFolder {
        var dialogue = dialogue
        defer {
            self.dialogue = dialogue
            tellAlerts()
        }
        current = try await dialogue.select(inbox)
        return current
    }
}
