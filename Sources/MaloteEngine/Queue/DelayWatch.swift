// Watches for deliveries that are late; knows no lane.

import MaloteCore

/// Looks every minute for deliveries that are late. Of a lane that rests none is tried, so no attempt would tell it.
package struct DelayWatch: Sendable {
    private static let interval = Duration.seconds(60)

    private let intake: Intake
    private let store: any Store
    private let time: any TimeSource
    private let stop: StopFlag
    private let book: LeaseBook
    private let log: Log

    package init(
        intake: Intake, store: any Store, time: any TimeSource, stop: StopFlag, book: LeaseBook = .whole, log: Log
    ) {
        self.intake = intake
        self.store = store
        self.time = time
        self.stop = stop
        self.book = book
        self.log = log
    }

    /// Runs until asked to stop or cancelled.
    package func run() async {
        while await book.begin(.chores, unless: stop, time: time) {
            let mayBeMore = await tell()
            book.end(.chores)
            if !mayBeMore { await stop.bell.wait(after: 0, for: Self.interval, time: time) }
        }
    }

    /// - Returns: whether there may be more.
    private func tell() async -> Bool {
        do {
            let news = intake.deliveryNews
            let told = try await store.write { try news.tellDelays($0) }
            if told > 0 {
                log(.warning, "\(told) deliveries have waited for two hours: see malotectl queue list.")
                intake.ringEvents()
            }
            return told == DeliveryNews.delayBatch
        } catch {
            log(.error, "late deliveries could not be told: \(Failure(storing: error))")
            return false
        }
    }
}
