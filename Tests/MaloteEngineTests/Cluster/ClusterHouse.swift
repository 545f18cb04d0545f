// Several nodes over one store and one cluster in memory, each a run of the daemon that can be killed or cut off.

import MaloteCore
import MaloteTestKit

@testable import MaloteEngine

final class ClusterHouse {
    let house: House
    let cluster: MemoryCluster
    private(set) var nodes: [String: NodeRun] = [:]
    /// What each node's state folder keeps.
    private var journals: [String: FakeJournal] = [:]
    let perHost: Int

    init(_ registry: Registry = deskRegistry(), perHost: Int = 10) {
        house = House(registry)
        cluster = MemoryCluster(clock: house.stage.clock)
        self.perHost = perHost
    }

    var alive: [NodeRun] { nodes.values.filter(\.isAlive).sorted { $0.name < $1.name } }
    subscript(_ name: String) -> NodeRun { nodes[name] ?? start(name) }

    /// A new life of the node; its former one must have ended.
    @discardableResult
    func start(_ name: String, engine: Bool = false, home: String? = nil) -> NodeRun {
        let journal = journals[name] ?? FakeJournal()
        journals[name] = journal
        let node = NodeRun(self, name: name, home: home ?? name, journal: journal)
        nodes[name] = node
        node.start(engine: engine)
        return node
    }

    func advance(_ seconds: Int64, look: () -> Void = {}) { house.stage.advance(by: .seconds(seconds), look: look) }

    func change(_ registry: Registry) {
        house.store.change { $0.registry = registry }
        for node in alive { node.run.board.replace(with: registry, order: node.run.board.order + 1) }
        house.stage.settle()
    }

    /// Who may work on a share, by their own books.
    func holders(_ share: Share) -> [String] { alive.filter { $0.book.holds(share) }.map(\.name) }

    /// How many shares of these each live node holds.
    func counts(_ shares: [Share]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: alive.map { node in (node.name, shares.count { node.book.holds($0) }) })
    }
}

/// One life of a node.
final class NodeRun {
    let name: String
    let run: Run
    let book: LeaseBook
    let keeper: LeaseKeeper
    private let store: FencedStore
    private let seat: MemorySeat
    private unowned let house: ClusterHouse
    private var performance: Performance<Void>?
    private var isKilled = false

    init(_ house: ClusterHouse, name: String, home: String, journal: FakeJournal) {
        self.house = house
        self.name = name
        let clock = house.house.stage.clock
        let book = LeaseBook(uptime: { clock.now() - Timestamp(milliseconds: 0) })
        (store, seat) = (FencedStore(house.house.store, house.cluster, name: name), house.cluster.seat())
        let run = Run(house.house, perHost: house.perHost, store: store, journal: journal, book: book)
        (self.book, self.run) = (book, run)
        keeper = LeaseKeeper(
            .init(
                cluster: seat,
                node: NodeIntroduction(name: name, home: home, version: "test", schema: 1, address: "\(name).example"),
                book: book, board: run.board, store: store, journal: journal,
                intake: run.intake, gate: run.gate, scheduler: run.scheduler, drain: run.drain, events: run.events,
                tokens: FakeTokenDesk(), time: clock, signs: VitalSigns(), stop: run.stop, log: .silent), seed: 5)
    }

    fileprivate func start(engine: Bool) {
        let (keeper, stage) = (keeper, house.house.stage)
        let joining = stage.start { try await keeper.join() }
        guard (try? joining.value()) != nil else {
            isKilled = true
            return
        }
        store.fence(seat.token)
        if engine { run.startPolling().startSending().startDelivering() }
        performance = stage.start { try await keeper.run() }
    }

    /// A node whose lease is lost ends its process.
    var isAlive: Bool { !isKilled && performance?.isOver == false }
    var failure: Failure? {
        do { try performance?.value() } catch { return error as? Failure }
        return nil
    }

    var token: NodeToken { seat.token }
    /// Nothing of it is left.
    var isGone: Bool { isKilled }

    /// Like SIGKILL.
    func kill() {
        isKilled = true
        store.die()
        performance?.cancel()
        run.cancel()
    }

    func stop() { run.askToStop() }
    var isOver: Bool { performance?.isOver ?? true }
}

extension Share {
    static func inbox(_ number: Int64) -> Share { .mailbox(sampleInbox(number).id) }
    static func outbox(_ number: Int64) -> Share { .mailbox(sampleOutbox(number).id) }
}
