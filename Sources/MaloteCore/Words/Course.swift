// How contracts have been doing over the last days, five minutes at a time; knows neither charts nor tables.

/// Five minutes of one contract.
package struct CourseSample: Sendable, Hashable {
    /// Milliseconds of one slot.
    package static let slotMilliseconds: Int64 = 300_000
    /// What is older is forgotten: seven days.
    package static let keptSlots: Int64 = 2016
    /// Stands for the daemon itself: a slot in which it worked has a sample of it, and so others may be left out.
    package static let daemon = ContractID.unsaved

    package var contract: ContractID
    /// Five-minute slots since 1970.
    package var slot: Int64
    /// Messages filed, whatever became of them.
    package var received: Int
    package var events: Int
    /// Deliveries that a server took.
    package var sent: Int
    /// Deliveries given up.
    package var failed: Int
    /// Seconds by which the contract's inboxes were behind their servers, at worst.
    package var lag: Int
    /// Seconds that its oldest queued delivery had waited, at worst.
    package var queueAge: Int

    package init(
        contract: ContractID, slot: Int64, received: Int = 0, events: Int = 0, sent: Int = 0, failed: Int = 0,
        lag: Int = 0, queueAge: Int = 0
    ) {
        self.contract = contract
        self.slot = slot
        self.received = received
        self.events = events
        self.sent = sent
        self.failed = failed
        self.lag = lag
        self.queueAge = queueAge
    }

    package static func slot(of time: Timestamp) -> Int64 {
        time.milliseconds.flooredDivision(by: slotMilliseconds).quotient
    }

    /// Takes in what else happened in the same time.
    package mutating func add(_ other: CourseSample) {
        received += other.received
        events += other.events
        sent += other.sent
        failed += other.failed
        lag = max(lag, other.lag)
        queueAge = max(queueAge, other.queueAge)
    }
}

/// What charts are drawn from.
package struct Course: Sendable, Hashable, Codable {
    package struct Point: Sendable, Hashable, Codable {
        /// When its time began.
        package var time: Timestamp
        package var received: Int
        package var events: Int
        package var sent: Int
        package var failed: Int
        /// Seconds, the worst of its time; up to two minutes of a contract of which nothing else is to be told is 0.
        package var lag: Int
        /// Seconds, the worst of its time.
        package var queueAge: Int

        package init(_ sample: CourseSample, time: Timestamp) {
            self.time = time
            received = sample.received
            events = sample.events
            sent = sample.sent
            failed = sample.failed
            lag = sample.lag
            queueAge = sample.queueAge
        }
    }

    package struct Line: Sendable, Hashable, Codable {
        package var contract: String
        /// Oldest first; a time in which the daemon did not work has none.
        package var points: [Point]

        package init(contract: String, points: [Point]) {
            self.contract = contract
            self.points = points
        }
    }

    package var from: Timestamp
    package var until: Timestamp
    /// Seconds that each point stands for.
    package var step: Int
    /// By contract's name.
    package var lines: [Line]

    package init(from: Timestamp, until: Timestamp, step: Int, lines: [Line]) {
        self.from = from
        self.until = until
        self.step = step
        self.lines = lines
    }
}

/// What the store's log and messages have grown by since a mark; how much passed, without anything being counted twice.
package struct Growth: Sendable, Hashable {
    /// Up to where it was looked.
    package struct Mark: Sendable, Hashable {
        package var event: Int64
        package var message: Int64
        package init(event: Int64, message: Int64) {
            self.event = event
            self.message = message
        }
    }

    package struct Messages: Sendable, Hashable {
        package var contract: ContractID
        package var fate: StoredMessage.Fate
        package var count: Int
        package var octets: Int64
        package init(contract: ContractID, fate: StoredMessage.Fate, count: Int, octets: Int64) {
            self.contract = contract
            self.fate = fate
            self.count = count
            self.octets = octets
        }
    }

    package struct Events: Sendable, Hashable {
        package var contract: ContractID
        package var kind: TicketEvent.Kind
        package var count: Int
        package init(contract: ContractID, kind: TicketEvent.Kind, count: Int) {
            self.contract = contract
            self.kind = kind
            self.count = count
        }
    }

    package var mark: Mark
    package var messages: [Messages]
    package var events: [Events]

    package init(mark: Mark, messages: [Messages] = [], events: [Events] = []) {
        self.mark = mark
        self.messages = messages
        self.events = events
    }
}
