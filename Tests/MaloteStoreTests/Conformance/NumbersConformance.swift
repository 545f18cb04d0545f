// What every store promises of growth, courses and alerts: nothing is counted twice, and little is kept.

import MaloteCore
import Testing

@Suite struct NumbersConformance {
    @Test(arguments: StoreKind.withFake)
    func growthIsWhatCameSinceTheMark(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            for number in 1...2 { try store.append(Sample.event(number, contract: Sample.acme)) }
        }
        let start = try await store.read { try $0.growth(after: nil) }
        #expect(start.events.isEmpty && start.messages.isEmpty)
        try await store.write { store in
            try store.want(Sample.keys(1...3), at: Sample.at(0))
            for (number, contract) in [(1, Sample.acme), (2, Sample.acme), (3, Sample.globex)] {
                let message = Sample.message("<\(number)@x>", contract: contract)
                try store.insert(
                    message, raw: RawMessage([UInt8](repeating: 0x61, count: message.size)),
                    ledger: Sample.keys(1...3)[number - 1])
                try store.append(Sample.event(10 + number, contract: contract))
            }
        }
        let growth = try await store.read { try $0.growth(after: start.mark) }
        #expect(growth.messages.map(\.count) == [2, 1])
        #expect(growth.messages.map(\.contract) == [Sample.acme, Sample.globex])
        #expect(growth.messages.map(\.octets).allSatisfy { $0 > 0 })
        #expect(growth.events.map(\.count).reduce(0, +) == 3)
        let quiet = try await store.read { try $0.growth(after: growth.mark) }
        #expect(quiet.events.isEmpty && quiet.messages.isEmpty && quiet.mark == growth.mark)
    }

    private func sample(
        _ slot: Int64, _ contract: ContractID = Sample.acme, received: Int = 1, lag: Int = 0
    ) -> CourseSample {
        CourseSample(
            contract: contract, slot: slot, received: received, events: 2, sent: 3, failed: 4, lag: lag, queueAge: 5)
    }

    @Test(arguments: StoreKind.withFake)
    func samplesOfOneSlotAreAddedUpAndOldOnesForgotten(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let given = [sample(10, lag: 70), sample(11), sample(10, Sample.globex)]
        try await store.write { try $0.add(given, forgettingBefore: 0) }
        let again = sample(10, lag: 60)
        try await store.write { try $0.add([again], forgettingBefore: 10) }
        var sum = sample(10, received: 2, lag: 70)
        (sum.events, sum.sent, sum.failed) = (4, 6, 8)
        let next = sample(11)
        #expect(try await store.read { try $0.course(contract: Sample.acme, from: 0) } == [sum, next])
        #expect(try await store.read { try $0.course(contract: Sample.acme, from: 11) } == [next])
        try await store.write { try $0.add([], forgettingBefore: 11) }
        #expect(try await store.read { try $0.course(contract: Sample.acme, from: 0) } == [next])
        #expect(try await store.read { try $0.course(contract: Sample.globex, from: 0) } == [])
    }

    @Test(arguments: StoreKind.withFake)
    func anErasedContractHasNoCourse(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let given = [sample(10), sample(10, Sample.globex)]
        try await store.write { store in
            try store.add(given, forgettingBefore: 0)
            _ = try store.eraseRows(of: Sample.acme, limit: 10)
        }
        #expect(try await store.read { try $0.course(contract: Sample.acme, from: 0) } == [])
        #expect(try await store.read { try $0.course(contract: Sample.globex, from: 0) }.count == 1)
    }

    @Test(arguments: StoreKind.withFake)
    func alertsReadBackInOrderAndAreReplacedWhole(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let all = Alert.Kind.allCases.enumerated().map { place, kind in
            Alert(
                kind, "subject \(place)", contracts: ["acme"], mailboxes: ["acme-in"], level: place,
                detail: "Détail.\n", remedy: "Change it.", since: Sample.at(1), expires: Sample.at(2),
                told: Sample.at(3), clear: place == 0 ? nil : Sample.at(4))
        }
        for alerts in [all, Array(all.reversed()), [], [all[1]]] {
            try await store.write { try $0.setAlerts(alerts) }
            #expect(try await store.read { try $0.alerts() } == alerts)
        }
    }

    @Test(arguments: StoreKind.withFake)
    func quarantineIsCountedWithItsOldest(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        #expect(try await store.read { try $0.quarantine() } == QuarantineSummary())
        try await store.write { store in
            try store.want(Sample.keys(1...3), at: Sample.at(0))
            for (place, fate) in [StoredMessage.Fate.quarantined, .quarantined, .opened].enumerated() {
                var message = Sample.message("<\(place)@x>", contract: Sample.acme)
                (message.fate, message.received) = (fate, Sample.at(Int64(place) + 1))
                try store.insert(
                    message, raw: RawMessage([0x61]), ledger: Sample.keys(1...3)[place])
            }
        }
        #expect(try await store.read { try $0.quarantine() } == QuarantineSummary(count: 2, oldest: Sample.at(1)))
    }

    @Test(arguments: StoreKind.withFake)
    func alertAddressesArePartOfTheRegistry(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let addresses = [
            MailAddress(address: "ops@house.example"), MailAddress(name: "Nöc", address: "noc@house.example"),
        ]
        for set in [addresses, [addresses[1]], []] {
            try await store.write { try $0.apply([.setAlerts(set)]) }
            #expect(try await store.read { try $0.registry().alerts } == set)
        }
    }
}
