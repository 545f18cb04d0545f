// Hears what other nodes have written and wakes who is concerned; knows no database and does nothing about it itself.

import MaloteCore

/// Without news it looks for itself, every few seconds.
package struct NewsWatch: Sendable {
    private static let interval = Duration.seconds(5)

    private let news: any StoreNews
    private let room: MailRoom
    private var parts: MailRoom.Parts { room.parts }

    package init(news: any StoreNews, room: MailRoom) {
        self.news = news
        self.room = room
    }

    /// Runs until asked to stop or cancelled.
    package func run() async {
        while !parts.stop.isSet, !Task.isCancelled {
            let topics = await next()
            if topics.contains(.queue) { parts.queueBell.ring() }
            if topics.contains(.events) { parts.eventBell.ring() }
            if !topics.isDisjoint(with: [.shares, .wishes]) { parts.keeper?.nudge.ring() }
            let looks = topics.isEmpty
            if looks || topics.contains(.registry) { await readRegistry() }
            if looks || topics.contains(.access) { await room.rereadAccess() }
        }
    }

    private func next() async -> Set<NewsTopic> {
        let (news, stop) = (news, parts.stop)
        return await withTaskGroup(of: Set<NewsTopic>.self) { group in
            group.addTask { await news.next(atMost: Self.interval) }
            group.addTask {
                await stop.bell.rung(after: 0)
                return []
            }
            let topics = await group.next() ?? []
            group.cancelAll()
            return topics
        }
    }

    private func readRegistry() async {
        let known = parts.board.order
        do {
            let found = try await parts.store.read { store -> (Registry, Int64)? in
                let order = try store.registryVersion()
                return order > known ? (try store.registry(), order) : nil
            }
            guard let (registry, order) = found else { return }
            parts.board.replace(with: registry, order: order)
            parts.queueBell.ring()
        } catch {
            parts.log(.warning, "the registry could not be read again: \(Failure(storing: error))")
        }
    }
}
