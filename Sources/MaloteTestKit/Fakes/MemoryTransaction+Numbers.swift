// How much passed, how contracts have been doing, and what people were told, over a value.

import MaloteCore

extension MemoryTransaction {
    func growth(after mark: Growth.Mark?) throws -> Growth {
        var growth = Growth(
            mark: Growth.Mark(event: Int64(state.events.count), message: Int64(state.messages.count)))
        guard let mark else { return growth }
        for message in state.messages.dropFirst(Int(mark.message)) {
            let (contract, fate) = (message.contract, message.fate)
            if let place = growth.messages.firstIndex(where: { $0.contract == contract && $0.fate == fate }) {
                growth.messages[place].count += 1
                growth.messages[place].octets += Int64(message.size)
            } else {
                growth.messages.append(.init(contract: contract, fate: fate, count: 1, octets: Int64(message.size)))
            }
        }
        for event in state.events.dropFirst(Int(mark.event)) {
            let (contract, kind) = (event.contract, event.kind)
            if let place = growth.events.firstIndex(where: { $0.contract == contract && $0.kind == kind }) {
                growth.events[place].count += 1
            } else {
                growth.events.append(.init(contract: contract, kind: kind, count: 1))
            }
        }
        growth.messages.sort { ($0.contract, $0.fate.rawValue) < ($1.contract, $1.fate.rawValue) }
        growth.events.sort { ($0.contract, $0.kind.rawValue) < ($1.contract, $1.kind.rawValue) }
        return growth
    }

    func course(contract: ContractID, from slot: Int64) throws -> [CourseSample] {
        state.course.filter { $0.contract == contract && $0.slot >= slot }.sorted { $0.slot < $1.slot }
    }

    func add(_ samples: [CourseSample], forgettingBefore oldest: Int64) throws {
        for sample in samples {
            if let place = state.course.firstIndex(where: {
                $0.contract == sample.contract && $0.slot == sample.slot
            }) {
                state.course[place].add(sample)
            } else {
                state.course.append(sample)
            }
        }
        state.course.removeAll { $0.slot < oldest }
    }

    func quarantine() throws -> QuarantineSummary {
        let stored = state.messages.filter { $0.fate == .quarantined }
        return QuarantineSummary(
            count: stored.count + (try unfetched(limit: .max)).count, oldest: stored.first?.received)
    }

    func alerts() throws -> [Alert] { state.alerts }
    func setAlerts(_ alerts: [Alert]) throws { state.alerts = alerts }
}
