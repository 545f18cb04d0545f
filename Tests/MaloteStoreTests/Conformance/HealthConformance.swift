// What every store promises of mailbox health: the last word on each mailbox, as it was said.

import MaloteCore
import Testing

@Suite struct HealthConformance {
    @Test(arguments: StoreKind.all)
    func healthReadsBackAndIsReplaced(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let failing = MailboxHealth(
            mailbox: Sample.outbox, failure: Sample.never, failingSince: Sample.at(1), consecutiveFailures: 3,
            lastGood: Sample.at(0), lastTried: Sample.at(2), nextTry: Sample.at(3))
        let well = MailboxHealth(mailbox: Sample.inbox, lastGood: Sample.at(5))
        let recovered = MailboxHealth(mailbox: Sample.outbox, lastGood: Sample.at(9))
        for (set, all) in [(failing, [failing]), (well, [well, failing]), (recovered, [well, recovered])] {
            try await store.write { try $0.setHealth(set) }
            #expect(try await store.read { try $0.health() } == all)
        }
    }

    @Test(arguments: StoreKind.all, Failure.Cause.allCases)
    func everyCauseReadsBack(_ kind: StoreKind, cause: Failure.Cause) async throws {
        let store = try await kind.fresh()
        let failure = Failure(
            .operatorNeeded, cause, "Détail \u{0}", remedy: "Change it.", reply: Sample.accepted, retryAfterSeconds: 1)
        let health = MailboxHealth(mailbox: Sample.inbox, failure: failure, consecutiveFailures: 1)
        try await store.write { try $0.setHealth(health) }
        #expect(try await store.read { try $0.health() } == [health])
    }
}
