// Entity tags (RFC 9110 §8.8.3) of registered objects: whether somebody still sees what they have read; knows no route.

import MaloteCore

/// A strong tag over all that an object is. It covers secrets, and tells nothing of them: the digest is keyed by the
/// process, so that tags are new with each start.
struct EntityTag: Hashable {
    let text: String

    init(_ content: some Hashable) {
        var hasher = Hasher()
        hasher.combine(content)
        let number = UInt64(bitPattern: Int64(hasher.finalize()))
        text = "\"" + String(number, radix: 16) + "\""
    }

    /// Whether a header field (`If-Match`, `If-None-Match`) names this tag, or any.
    /// - Parameter isWeak: tags that are marked weak count as well, as `If-None-Match` wants it.
    func stands(in field: String, isWeak: Bool) -> Bool {
        field.split(separator: ",").contains { item in
            var item = String(item).trimmed
            if isWeak, item.hasPrefix("W/") { item.removeFirst(2) }
            return item == "*" || item == text
        }
    }
}

extension APIRequest {
    /// The answer with its tag, or 304 for somebody who has it already.
    func tagged(_ response: HTTPResponse, _ tag: EntityTag) -> HTTPResponse {
        var response = response
        if let known = request.headers["if-none-match"], tag.stands(in: known, isWeak: true) {
            response = HTTPResponse(status: 304, type: "", body: [])
            response.headers["Content-Type"] = nil
        }
        response.headers["ETag"] = tag.text
        response.headers["Cache-Control"] = "private, no-cache"
        return response
    }

    /// What `If-Match` asks of the registry; `nil` if there is none. What is not there at all is for the planner to say.
    func condition(_ tag: @escaping @Sendable (Registry) -> EntityTag?) -> RegistryCondition? {
        guard let field = request.headers["if-match"] else { return nil }
        return { registry in tag(registry)?.stands(in: field, isWeak: false) ?? true }
    }
}

extension Registry {
    /// Of one object as the API shows it; `nil` if there is none.
    func tag(of section: RegistrySection, _ name: String) -> EntityTag? {
        switch section {
        case .mailboxes:
            mailboxes.first { $0.name.text == name }.map { mailbox in
                EntityTag(Tagged(mailbox, contracts.filter { $0.uses(mailbox.name) }.map(\.name.text)))
            }
        case .contracts:
            contracts.first { $0.name.text == name }.map { contract in
                EntityTag(Tagged(contract, flows.filter { $0.contract == contract.name }.map(\.name.text)))
            }
        case .flows: flows.first { $0.name.text == name }.map { EntityTag($0) }
        case .templates:
            templates(named: name).isEmpty ? nil : EntityTag(templates(named: name))
        }
    }

    /// A name alone means it in every language; one of them is `NAME LANGUAGE`.
    func templates(named name: String) -> [Template] {
        templates.filter {
            $0.name.text == name || "\($0.name.text) \($0.language.lowercased())" == name.lowercased()
        }
    }
}

/// An object with the names that its page shows beside it.
private struct Tagged<Object: Hashable>: Hashable {
    var object: Object
    var names: [String]

    init(_ object: Object, _ names: [String]) {
        self.object = object
        self.names = names
    }
}
