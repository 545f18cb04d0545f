// What a node hears of others, and what it finds out without hearing.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

@Suite struct NewsWatchTests {
    /// Tells what it is given, and nothing else.
    private final class FakeNews: StoreNews {
        private let topics = Mutex<Set<NewsTopic>>([])
        private let bell = Bell()
        private let time: any TimeSource

        init(time: any TimeSource) { self.time = time }

        func tell(_ topics: Set<NewsTopic>) {
            self.topics.withLock { $0.formUnion(topics) }
            bell.ring()
        }

        func next(atMost limit: Duration) async -> Set<NewsTopic> {
            let seen = bell.generation
            if topics.withLock({ $0.isEmpty }) { await bell.wait(after: seen, for: limit, time: time) }
            return topics.withLock { topics in
                defer { topics = [] }
                return topics
            }
        }
    }

    private func watch(_ house: House) -> (run: Run, news: FakeNews, room: MailRoom) {
        let (run, news) = (Run(house), FakeNews(time: house.stage.clock))
        let room = run.room()
        run.follow(house.stage.start { await NewsWatch(news: news, room: room).run() })
        return (run, news, room)
    }

    /// Another node has changed the registry.
    private func change(_ house: House) throws {
        let (store, changed) = (house.store, deskRegistry(1...2).contracts[1])
        try house.stage.run { try await store.write { try $0.apply([.putContract(changed)]) } }
    }

    @Test func aChangedRegistryIsReadAtOnce() throws {
        let house = House()
        let (run, news, _) = watch(house)
        try change(house)
        #expect(run.board.current.contracts.count == 1)
        let rung = run.queueBell.generation
        news.tell([.registry])
        house.stage.settle()
        #expect(run.board.current.contracts.count == 2 && run.board.order == 1)
        #expect(run.queueBell.generation > rung)
    }

    @Test func whatIsNotHeardOfIsFound() throws {
        let house = House()
        let (run, _, _) = watch(house)
        try change(house)
        house.stage.advance(by: .seconds(6))
        #expect(run.board.current.contracts.count == 2)
        let changed = run.board.changed.generation
        house.stage.advance(by: .seconds(60))
        #expect(run.board.changed.generation == changed, "what is known is not posted again")
    }

    @Test func bellsAreRung() {
        let house = House()
        let (run, news, _) = watch(house)
        let (queue, events) = (run.queueBell.generation, run.eventBell.generation)
        news.tell([.queue])
        house.stage.settle()
        #expect(run.queueBell.generation == queue + 1 && run.eventBell.generation == events)
        news.tell([.events])
        house.stage.settle()
        #expect(run.queueBell.generation == queue + 1 && run.eventBell.generation == events + 1)
    }

    /// A token that another node has revoked opens nothing here, either.
    @Test func tokensAreReadAgain() throws {
        let house = House()
        let (_, news, room) = watch(house)
        let issued = try house.stage.run {
            try await room.issue(AccessTokenWish(name: "desk", role: "admin", contract: nil, expires: nil))
        }
        func opens() throws -> Bool { try house.stage.run { try await room.caller(presenting: issued.token) } != nil }
        #expect(try opens())
        let store = house.store
        let name = try #require(APITokenName("desk"))
        _ = try house.stage.run { try await store.write { try $0.deleteAccessToken(name) } }
        #expect(try opens())
        news.tell([.access])
        house.stage.settle()
        #expect(try !opens())
    }

    @Test func itEndsWithTheDaemon() {
        let house = House()
        let (run, _, _) = watch(house)
        run.askToStop()
        #expect(run.isOver)
    }
}
