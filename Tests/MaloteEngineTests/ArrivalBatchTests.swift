// When a batch is committed: by count, by octets, and by files that it holds open.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ArrivalBatchTests {
    private static let limits = ArrivalBatch.Limits(messages: 10, octets: 1000, spooled: 3)

    private func batch(_ house: House, _ count: Int) async throws -> ArrivalBatch {
        let run = Run(house)
        let mailbox = try #require(run.board.current.mailbox(sampleInbox(1).id))
        let entries = (1...count).map { number in
            LedgerEntry(
                key: LedgerKey(inbox: mailbox.id, folder: "INBOX", validity: 1, uid: String(number)), state: .wanted)
        }
        let now = house.now
        try await house.store.write { store in _ = try store.want(entries.map(\.key), at: now) }
        return ArrivalBatch(
            job: .init(mailbox: mailbox, inbox: try #require(mailbox.inbox)), intake: run.intake, store: house.store,
            entries: entries)
    }

    private func raw(_ number: Int, octets: Int = 0, in spool: MemorySpool? = nil) async throws -> RawMessage {
        let bytes = mail("m\(number)", octets: octets)
        guard let spool else { return RawMessage(bytes) }
        let writer = try await spool.open()
        try await writer.append(bytes)
        return try await writer.finish()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var octets: Int
        var isSpooled: Bool
        /// After how many messages there is a commit.
        var commits: Int
    }

    static let cases = [
        Case(testDescription: "small", octets: 0, isSpooled: false, commits: 9),
        Case(testDescription: "large", octets: 400, isSpooled: false, commits: 3),
        Case(testDescription: "over all limits", octets: 2000, isSpooled: false, commits: 1),
        Case(testDescription: "spooled", octets: 0, isSpooled: true, commits: 3),
    ]

    @Test(arguments: cases)
    func aFullBatchIsCommitted(_ entry: Case) async throws {
        let house = House()
        let batch = try await batch(house, entry.commits * 2 + 1)
        let spool = MemorySpool()
        var limits = Self.limits
        limits.messages = 9
        if entry.octets == 0 { limits.octets = 100_000 }
        async let reading: Void = batch.readWhatComes()
        async let committing: Void = batch.commitWhatComes()
        for number in 1...entry.commits * 2 + 1 {
            let raw = try await raw(number, octets: entry.octets, in: entry.isSpooled ? spool : nil)
            try await batch.add(FetchedMessage(uid: String(number), content: .raw(raw)), limits: limits)
            // One group gathers; others are read or committed, or wait for that: five at most.
            let stored = house.store.state.messages.count
            #expect(stored % entry.commits == 0 && stored <= number && stored >= number - 5 * entry.commits)
        }
        try await batch.end()
        await reading
        await committing
        // What is committed holds no file any more.
        #expect(spool.story.held == 0)
        #expect(house.store.state.messages.count == entry.commits * 2 + 1)
        #expect(await batch.report.new == entry.commits * 2 + 1)
    }

    /// Nobody waits for a committer that has failed.
    @Test func aFailedCommitEndsTheFetching() async throws {
        let house = House()
        let batch = try await batch(house, 40)
        house.store.object { _, _ in Failure(.transient, .diskFull, "No space.") }
        async let reading: Void = batch.readWhatComes()
        async let committing: Void = batch.commitWhatComes()
        let failure = await #expect(throws: Failure.self) {
            for number in 1...40 {
                let raw = try await raw(number)
                try await batch.add(FetchedMessage(uid: String(number), content: .raw(raw)), limits: Self.limits)
            }
        }
        #expect(failure?.cause == .diskFull)
        try? await batch.end()
        await reading
        await committing
        await #expect(throws: Failure.self) { try await batch.verdict() }
        #expect(house.store.state.messages.isEmpty)
    }

    @Test func aSpooledMailIsReadLikeAnyOther() async throws {
        let (house, spool) = (House(), MemorySpool())
        let batch = try await batch(house, 1)
        let raw = try await raw(1, octets: 300_000, in: spool)
        async let reading: Void = batch.readWhatComes()
        async let committing: Void = batch.commitWhatComes()
        try await batch.add(FetchedMessage(uid: "1", content: .raw(raw)), limits: Self.limits)
        try await batch.end()
        await reading
        await committing
        let message = try #require(house.store.state.messages.first)
        #expect(message.subject == "m1" && message.size == raw.size && message.messageID == "<m1@customer.example>")
        #expect(try house.store.state.sources.first == raw.bytes())
    }

    private struct Unreadable: RawSource {
        var size: Int { 1_000_000 }
        var isSpooled: Bool { true }
        func read(
            _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
        ) throws(Failure) { throw Failure(.transient, .storage, "The spool cannot be read.") }
    }

    /// Our own disk is no message's fault.
    @Test func aSpoolThatCannotBeReadBlamesNoMessage() async throws {
        let house = House()
        let batch = try await batch(house, 2)
        let message = FetchedMessage(uid: "1", content: .raw(RawMessage(Unreadable())))
        async let reading: Void = batch.readWhatComes()
        async let committing: Void = batch.commitWhatComes()
        try await batch.add(message, limits: Self.limits)
        try? await batch.end()
        await reading
        await committing
        let failure = await #expect(throws: Failure.self) { try await batch.verdict() }
        try await batch.blame(failure: try #require(failure), limit: 1)
        #expect(failure?.cause == .storage)
        #expect(house.store.state.messages.isEmpty && house.store.state.events.isEmpty && house.store.commits == 1)
    }
}
