// One registered object in the registry's own form, for its form to be filled with; knows no kind of object.

import Foundation
import MaloteCore

struct RegisteredObject: Sendable {
    /// As a registry file has it, stored secrets as `{keep: true}`.
    var fields: JSONValue
    /// Changes with the fields: who fills a form with them sends it along.
    var version: String

    /// - Parameter isIt: told the fields of each object.
    /// - Throws: 404 if there is none.
    static func find(
        _ section: RegistrySection, _ name: String, _ visit: Visit, where isIt: ([String: Any]) -> Bool = { _ in true }
    ) async throws(Problem) -> RegisteredObject {
        let text = try await visit.control.export(.json)
        let document = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
        let objects = document?[section.rawValue] as? [[String: Any]] ?? []
        guard let object = objects.first(where: { $0["name"] as? String == name && isIt($0) }),
            let bytes = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
            let fields = try? JSONDecoder().decode(JSONValue.self, from: bytes)
        else { throw AdminRouter.notFound(visit.request) }
        return RegisteredObject(fields: fields, version: bytes.fingerprint)
    }

    func text(_ path: String...) -> String { fields.at(path)?.words ?? "" }

    /// The texts of a list.
    func texts(_ path: String...) -> [String] { fields.at(path)?.items.compactMap(\.words) ?? [] }

    func items(_ path: String...) -> [JSONValue] { fields.at(path)?.items ?? [] }

    func has(_ path: String...) -> Bool { fields.at(path) != nil }
}

extension JSONValue {
    func at(_ path: [String]) -> JSONValue? {
        var place: JSONValue? = self
        for name in path { place = place?[name] }
        return place
    }

    /// Of a list; empty for everything else.
    var items: [JSONValue] { if case .list(let items) = self { items } else { [] } }

    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    /// A text; `null` if there is none.
    static func given(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }

    static func texts(_ texts: [String]) -> JSONValue { .list(texts.map { .text($0) }) }
}

extension Sequence<UInt8> {
    /// FNV-1a: it tells versions apart, and proves nothing.
    var fingerprint: String {
        String(reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
