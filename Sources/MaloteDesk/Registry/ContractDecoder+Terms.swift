// When a contract holds and what its tickets begin with; knows no clock.

import MaloteCore

extension ContractDecoder {
    func status() -> Contract.Status {
        fields.choice("status", Contract.Status.allCases.map { ($0.rawValue, $0) }) ?? .active
    }

    func valid() -> Contract.Validity {
        guard let reader = fields.section("valid") else { return Contract.Validity() }
        reader.finish(known: ["from", "until"])
        let valid = Contract.Validity(from: Self.day(reader, "from"), until: Self.day(reader, "until"))
        if let from = valid.from, let until = valid.until, until.daysSinceEpoch < from.daysSinceEpoch {
            reader.fail("until", "\(until) is before \(from).", "Write the last day of the contract.")
        }
        return valid
    }

    private static func day(_ reader: FieldReader, _ key: String) -> CivilDate? {
        guard let text = reader.text(key) else { return nil }
        if let day = CivilDate(text) { return day }
        reader.fail(key, "\"\(text)\" is not a day.", "Write it as 2026-12-31.")
        return nil
    }

    func opening() -> Contract.Opening {
        guard let reader = fields.section("opening") else { return Contract.Opening() }
        reader.finish(known: ["requester", "fields"])
        let fields = reader.node("fields").flatMap { RuleDecoder.values($0, reader.path("fields"), reader.errors) }
        return Contract.Opening(
            requester: reader.has("requester") ? Self.address(reader, "requester") : nil, fields: fields ?? [:])
    }
}
