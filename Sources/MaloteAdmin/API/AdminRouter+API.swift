// The way of a request through the API's door: who asks, how often, for what, in which form; knows no route's work.

import MaloteCore
import Synchronization

extension AdminRouter {
    func api(_ request: HTTPRequest, _ segments: [String]) async throws(Problem) -> HTTPResponse {
        let place = RouteTable.v1.place(segments)
        let caller: Caller
        if place?.route(for: request.method)?.isOpen ?? false {
            caller = Caller(name: "anybody", role: .reader(nil), place: request.client)
        } else {
            caller = try await self.caller(of: request)
            try checkPace(of: caller)
        }
        guard let place else { throw Self.notFound(request) }
        guard let route = place.route(for: request.method) else { return Self.other(request, place.methods) }
        try Self.check(request, for: route)
        let ask = APIRequest(GuardedControl(control, for: caller), request, names: place.names)
        return try await onceForKey(ask, route)
    }

    // MARK: - Who

    func caller(of request: HTTPRequest) async throws(Problem) -> Caller {
        guard door == .tcp else {
            return Caller(name: request.user ?? "somebody", role: .admin, place: "control socket")
        }
        guard let token = Self.bearer(request) else {
            throw Problem(
                status: 401, title: "Unauthorized",
                detail: "Ask with a token: Authorization: Bearer malote_... (malotectl token add makes one).")
        }
        guard var caller = try await control.caller(presenting: token) else {
            if wrongTokens.withLock({ $0.isEmpty(request.client, at: .now) }) {
                throw Problem(
                    status: 429, title: "Too many wrong tokens",
                    detail: "Too many tokens from this address were not valid. Wait a minute.")
            }
            throw Problem(
                status: 401, title: "Unauthorized", detail: "This token is not valid, or not any more.")
        }
        caller.place = request.client
        return caller
    }

    /// RFC 6750 §2.1.
    static func bearer(_ request: HTTPRequest) -> Secret? {
        guard let field = request.headers["authorization"] else { return nil }
        let words = field.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return Secret(String(words[1]).trimmed)
    }

    private func checkPace(of caller: Caller) throws(Problem) {
        guard door == .tcp, calls.withLock({ $0.isEmpty(caller.name, at: .now) }) else { return }
        throw Problem(
            status: 429, title: "Too many requests",
            detail: "\(caller.name) asks more than \(Self.callsPerSecond) times a second. Wait a moment.")
    }

    // MARK: - What

    /// What can be asked here, for whoever asks for that or for something else.
    private static func other(_ request: HTTPRequest, _ methods: [String]) -> HTTPResponse {
        var response =
            request.method == "OPTIONS"
            ? HTTPResponse(status: 204, type: "", body: [])
            : .problem(notAllowed(request, methods), to: request)
        if request.method == "OPTIONS" { response.headers["Content-Type"] = nil }
        let all = methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]
        response.headers["Allow"] = all.joined(separator: ", ")
        return response
    }

    private static func check(_ request: HTTPRequest, for route: Route) throws(Problem) {
        if let other = request.query.keys.sorted().first(where: { !route.query.contains($0) }) {
            let known = route.query.sorted()
            let near = Spelling.nearest(to: other, among: known).map { "Did you mean \"\($0)\"?" }
            let list = known.isEmpty ? "There is none here." : "Known parameters: \(known.joined(separator: ", "))."
            throw invalid(other.onOneLine, "is not a known parameter.", near ?? list)
        }
        if !request.body.isEmpty, let type = request.headers["content-type"].map(Self.mediaType),
            !route.body.types.contains(type)
        {
            let types = route.body.types
            throw Problem(
                status: 415, title: "Unsupported media type",
                detail: types.isEmpty
                    ? "\(request.method) \(request.path) takes no body."
                    : "\(request.method) \(request.path) takes \(types.joined(separator: ", ")), not \(type.onOneLine)."
            )
        }
        guard accepts(request, anyOf: route.gives) else {
            throw Problem(
                status: 406, title: "Not acceptable",
                detail: "\(request.path) gives \(route.gives.joined(separator: ", ")).")
        }
    }

    /// Without its parameters.
    private static func mediaType(_ field: String) -> String {
        String(field.prefix { $0 != ";" }).trimmed.lowercased()
    }

    /// RFC 9110 §12.5.1, as far as it says what is not wanted at all.
    static func accepts(_ request: HTTPRequest, anyOf types: [String]) -> Bool {
        guard let field = request.headers["accept"], !field.trimmed.isEmpty else { return true }
        return field.split(separator: ",").contains { item in
            let words = item.split(separator: ";").map { String($0).trimmed.lowercased() }
            guard let range = words.first, !words.dropFirst().contains(where: isNothing) else { return false }
            return range == "*/*"
                || types.contains { $0 == range || range.hasSuffix("/*") && $0.hasPrefix(range.dropLast()) }
        }
    }

    /// `q=0`, `q=0.0`, ...
    private static func isNothing(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=") && Double(parameter.dropFirst(2)) == 0
    }

    // MARK: - Once

    /// A request with a key of its own is carried out once; a repetition has the same answer.
    private func onceForKey(_ ask: APIRequest, _ route: Route) async throws(Problem) -> HTTPResponse {
        guard route.method == "POST", let key = ask.idempotencyKey else { return try await route.answer(ask) }
        guard (1...255).contains(key.utf8.count), !key.hasControlCharacter else {
            throw Self.invalid("Idempotency-Key", "it must have 1 to 255 octets.", "Use a UUID.")
        }
        guard !route.keepsKey else { return try await route.answer(ask) }
        let query = ask.request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let head = "\(route.method) \(ask.request.target)?\(query.joined(separator: "&"))\n"
        let request = KeyedRequest(
            caller: ask.control.caller.name, key: key, content: Array(head.utf8) + ask.request.body)
        if let kept = try await ask.control.begin(request) {
            var response = HTTPResponse(status: kept.status, type: kept.type, body: kept.body)
            response.headers["Idempotency-Replayed"] = "true"
            return response
        }
        do throws(Problem) {
            let response = try await route.answer(ask)
            let isKept = response.stream == nil && response.body.count <= Self.largestKeptAnswer
            await ask.control.end(
                request,
                isKept
                    ? KeptAnswer(
                        status: response.status, type: response.headers["Content-Type"] ?? "", body: response.body)
                    : nil)
            return response
        } catch {
            await ask.control.end(request, nil)
            throw error
        }
    }
}
