// The OpenAPI document and the route table say the same.

import MaloteCore
import MaloteRuntime
import Testing

@testable import MaloteAdmin

@Suite struct OpenAPITests {
    private static let document = Result { try YAMLReader().read(DocumentRoutes.text) }

    struct Operation: Hashable, CustomStringConvertible {
        var method, path: String
        var query: Set<String>
        var hasBody, isOpen: Bool

        var description: String {
            "\(method) \(path) \(query.sorted())\(hasBody ? " body" : "")\(isOpen ? " open" : "")"
        }
    }

    private func operations() throws -> Set<Operation> {
        let document = try Self.document.get()
        var found: Set<Operation> = []
        for path in document["paths"]?.entries ?? [] {
            for method in path.value.entries where method.key != "parameters" {
                let parameters = (method.value["parameters"]?.items ?? []).compactMap { document.follow($0) }
                let query = parameters.filter { $0["in"]?.text == "query" }.compactMap { $0["name"]?.text }
                found.insert(
                    Operation(
                        method: method.key.uppercased(), path: path.key, query: Set(query),
                        hasBody: method.value["requestBody"] != nil,
                        isOpen: method.value["security"]?.items.isEmpty ?? false))
            }
        }
        return found
    }

    @Test func everyRouteIsInTheDocumentAndNothingElse() throws {
        let routes = RouteTable.v1.routes.map { route in
            Operation(
                method: route.method, path: route.path, query: route.query, hasBody: !route.body.types.isEmpty,
                isOpen: route.isOpen)
        }
        #expect(Set(routes).count == routes.count)
        let described = try operations()
        #expect(described.count > 60)
        #expect(Set(routes).subtracting(described).map(\.description).sorted() == [])
        #expect(described.subtracting(routes).map(\.description).sorted() == [])
    }

    /// A reference to nothing would make the document worthless to programs.
    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try Self.document.get()
        var references = 0
        func visit(_ node: DocumentNode) {
            if let text = node["$ref"]?.text {
                references += 1
                #expect(document.follow(node) != nil, "\(text)")
            }
            for entry in node.entries { visit(entry.value) }
            for item in node.items { visit(item) }
        }
        visit(document)
        #expect(references > 300)
    }

    /// Bodies are of the types that routes take, and answers of those that they give.
    @Test func mediaTypesAreThoseOfTheRoutes() throws {
        let document = try Self.document.get()
        for route in RouteTable.v1.routes {
            let operation = try #require(document["paths"]?[route.path]?[route.method.lowercased()])
            let body = operation["requestBody"].flatMap { document.follow($0) }?["content"]?.entries.map(\.key) ?? []
            #expect(Set(body).isSubset(of: route.body.types), "\(route.method) \(route.path)")
            let answers = (operation["responses"]?.entries ?? []).filter { $0.key.hasPrefix("2") }
                .compactMap { document.follow($0.value)?["content"] }.flatMap { $0.entries.map(\.key) }
            #expect(Set(answers) == Set(route.gives), "\(route.method) \(route.path)")
        }
    }

    @Test func itIsServedToAnybody() async {
        let router = AdminRouter(control: FakeControl(), door: .tcp) { true }
        let response = await router.respond(to: HTTPRequest("GET", "/v1/openapi.yaml"))
        #expect(response.status == 200)
        #expect(response.text.contains("openapi: 3.1.0"))
    }
}

extension DocumentNode {
    fileprivate var entries: [Entry] { if case .mapping(let entries) = value { entries } else { [] } }
    fileprivate var items: [DocumentNode] { if case .sequence(let items) = value { items } else { [] } }
    fileprivate var text: String? { if case .scalar(let text, _) = value { text } else { nil } }
    fileprivate subscript(_ key: String) -> DocumentNode? { entries.first { $0.key == key }?.value }

    /// What a node refers to within this document, or the node itself.
    fileprivate func follow(_ node: DocumentNode) -> DocumentNode? {
        guard let text = node["$ref"]?.text else { return node }
        return text.split(separator: "/").dropFirst().reduce(self) { node, key in node?[String(key)] }
    }
}
