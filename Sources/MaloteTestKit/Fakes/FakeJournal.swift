// The attempt journal in memory; survives a kill, and a reboot only as something that proves nothing.

import MaloteCore
import Synchronization

package final class FakeJournal: AttemptJournal {
    private let noted = Mutex(JournalLeftover(isSameBoot: true, finalDots: [], answers: [:]))
    private let life: Lifeline

    package init(life: Lifeline = Lifeline()) { self.life = life }

    package func finalDot(_ attempts: [Attempt]) {
        guard (try? life.step()) != nil else { return }
        noted.withLock { $0.finalDots.formUnion(attempts) }
    }

    /// No step of its own: a kill before it and one before the answer came leave the same.
    package func answered(_ attempt: Attempt, reply: ProtocolReply) {
        noted.withLock { $0.answers[attempt] = reply }
    }

    package func leftover() -> JournalLeftover { noted.withLock { $0 } }

    package func clear() {
        guard (try? life.step()) != nil else { return }
        noted.withLock { $0 = JournalLeftover(isSameBoot: true, finalDots: [], answers: [:]) }
    }

    /// A power cut or a reboot.
    package func reboot() { noted.withLock { $0.isSameBoot = false } }
}
