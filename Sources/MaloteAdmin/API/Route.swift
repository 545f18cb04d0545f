// One operation of the API as a value: method, path, what it takes and gives, and who answers; knows no operation.

import MaloteCore

/// A line of the route table. The OpenAPI document has the same lines; a test holds the two together.
struct Route: Sendable {
    typealias Answer = @Sendable (APIRequest) async throws(Problem) -> HTTPResponse

    /// What a body may be. A body without a type is taken for what is expected.
    enum Body: Sendable {
        case none, json
        /// A registry document or a part of it: YAML, of which JSON is a part.
        case document
        /// Another system's mailboxes.
        case table
        /// Whatever another installation exported: JSON, JSON Lines or a mail.
        case moved

        var types: [String] {
            switch self {
            case .none: []
            case .json: ["application/json"]
            case .document: ["application/yaml", "application/json", "application/merge-patch+json", "text/yaml"]
            case .table: ["text/csv", "application/yaml", "application/json", "text/yaml"]
            case .moved: ["application/json", "application/jsonl", "message/rfc822"]
            }
        }
    }

    var method: String
    /// As in the document: `/v1/mailboxes/{name}`.
    var path: String
    /// Parameters of the query. Others are refused: one that is misspelt must not be passed over.
    var query: Set<String>
    var body: Body
    /// Media types of its answers.
    var gives: [String]
    /// Asked without a token.
    var isOpen: Bool
    /// Its answer is not kept for a key: the store keeps the key for good, or the answer holds a secret.
    var keepsKey: Bool
    var answer: Answer
    let pieces: [Piece]

    enum Piece: Sendable, Hashable {
        case word(String)
        case name(String)
    }

    init(
        _ method: String, _ path: String, query: Set<String> = [], body: Body = .none,
        gives: [String] = ["application/json"], isOpen: Bool = false, keepsKey: Bool = false,
        _ answer: @escaping Answer
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.gives = gives
        self.isOpen = isOpen
        self.keepsKey = keepsKey
        self.answer = answer
        pieces = path.dropFirst().split(separator: "/").map { piece in
            piece.hasPrefix("{") ? .name(String(piece.dropFirst().dropLast())) : .word(String(piece))
        }
    }

    /// The names in the path, if it is this one's.
    func names(in segments: [String]) -> [String: String]? {
        guard segments.count == pieces.count else { return nil }
        var names: [String: String] = [:]
        for (piece, segment) in zip(pieces, segments) {
            switch piece {
            case .word(let word): if word != segment { return nil }
            case .name(let name):
                if segment.isEmpty { return nil }
                names[name] = segment
            }
        }
        return names
    }

    fileprivate var words: Int { pieces.count { if case .word = $0 { true } else { false } } }
}

/// All operations, and which of them a request means.
struct RouteTable: Sendable {
    struct Place: Sendable {
        var routes: [Route]
        var names: [String: String]

        /// Those that may be asked for here, in the table's order; `HEAD` goes with `GET`, and `OPTIONS` with all.
        var methods: [String] { routes.map(\.method) }

        func route(for method: String) -> Route? {
            routes.first { $0.method == (method == "HEAD" ? "GET" : method) }
        }
    }

    let routes: [Route]

    init(_ routes: [Route]) { self.routes = routes }

    /// What stands at a path; a path of words goes before one with names in it.
    func place(_ segments: [String]) -> Place? {
        let fitting = routes.compactMap { route in route.names(in: segments).map { (route, $0) } }
        guard let best = fitting.max(by: { $0.0.words < $1.0.words }) else { return nil }
        return Place(routes: fitting.map(\.0).filter { $0.path == best.0.path }, names: best.1)
    }

    /// Version 1.
    static let v1 = RouteTable(
        DocumentRoutes.all + StatusRoutes.all + RegistryRoutes.all + MailboxRoutes.all + ContractRoutes.all
            + TemplateRoutes.all + MailRoutes.all + MessageRoutes.all + FlowRoutes.all + ApprovalRoutes.all
            + EndpointRoutes.all + AccessRoutes.all + MeterRoutes.all + CareRoutes.all
            + ClusterRoutes.all)
}
