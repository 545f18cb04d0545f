// One registered object in the registry's own form, for its form to be filled with; knows no kind of object.

import Foundation
import MaloteCore

struct RegisteredObject: Sendable {
    /// As a registry file has it, stored secrets as `{keep: true}`.
    var fields: JSONValue
    /// Changes with the fields: who fills a form with them sends it along.
    var version: String

    /// - Parameter language: of a template.
    /// - Throws: 404 if there is none.
    static func find(
        _ section: RegistrySection, _ name: String, language: String? = nil, _ visit: Visit
    ) async throws(Problem) -> RegisteredObject {
        // Before the fields: if they change in between, the form is found to be too old, and not too new.
        let version = await visit.control.registry().version(of: section, name, language: language)
        let text = try await visit.control.export(.json)
        let document = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
        let objects = document?[section.rawValue] as? [[String: Any]] ?? []
        guard
            let object = objects.first(where: { item in
                item["name"] as? String == name && (language == nil || item["language"] as? String == language)
            }), let version,
            let bytes = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
            let fields = try? JSONDecoder().decode(JSONValue.self, from: bytes)
        else { throw AdminRouter.notFound(visit.request) }
        return RegisteredObject(fields: fields, version: version)
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

extension Registry {
    /// What tells an object from what it was and will be, secrets included; `nil` if there is none.
    func version(of section: RegistrySection, _ name: String, language: String? = nil) -> String? {
        let tag: EntityTag? =
            switch section {
            case .mailboxes: mailboxes.first { $0.name.text == name }.map { EntityTag($0) }
            case .contracts: contracts.first { $0.name.text == name }.map { EntityTag($0) }
            case .flows: flows.first { $0.name.text == name }.map { EntityTag($0) }
            case .templates:
                templates.first { $0.name.text == name && $0.language == language }.map { EntityTag($0) }
            }
        return tag?.text
    }
}
