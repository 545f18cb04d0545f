// The HTTP shell over libmicrohttpd: bytes to requests, responses to bytes; knows no route.

import CMicroHTTPD
import Glibc
import MaloteCore
import Synchronization

/// Serves one listening socket from a thread of its own. Answers are made in tasks while the connection is suspended,
/// so a slow one holds up nobody.
package final class HTTPServer: Sendable {
    package typealias Respond = @Sendable (HTTPRequest) async -> HTTPResponse
    /// Octets of a body that are taken from whoever sends this head; the request has no body yet.
    package typealias BodyLimit = @Sendable (HTTPRequest) async -> Int

    /// Octets of a request's body that are ever taken; a notification's attachments are the largest.
    package static let largestBody = 48 << 20
    /// So much everybody may send: nobody is asked about it.
    fileprivate static let smallBody = 16 * 1024
    private static let connections: UInt32 = 200
    private static let idleSeconds: UInt32 = 30

    fileprivate let respond: Respond
    fileprivate let bodyLimit: BodyLimit
    let work = Mutex(Work())
    // libmicrohttpd's own handle; started once, stopped once, thread-safe in between.
    private nonisolated(unsafe) var daemon: OpaquePointer?

    /// - Parameters:
    ///   - socket: listening already; closed with the server.
    ///   - bodyLimit: asked of a body of more than 16 KiB, or of unknown size, before any of it is read: nobody can fill the
    ///     memory.
    /// - Throws: `Failure(.transient, .defect)` if the library refuses.
    package init(
        socket: Int32, bodyLimit: @escaping BodyLimit = { _ in largestBody }, respond: @escaping Respond
    ) throws(Failure) {
        self.respond = respond
        self.bodyLimit = bodyLimit
        // The library's thread holds the server until it has ended.
        let held = Unmanaged.passRetained(self)
        daemon = malote_httpd_start(socket, Self.connections, Self.idleSeconds, handle, completed, held.toOpaque())
        guard daemon != nil else {
            held.release()
            throw Failure(.transient, .defect, "The HTTP server could not be started.")
        }
    }

    /// Takes no new request, lets the answers under way reach their clients, for at most 5 seconds, and ends.
    package func stop() async {
        guard let daemon else { return }
        self.daemon = nil
        let socket = MHD_quiesce_daemon(daemon)
        work.withLock { $0.isStopping = true }
        for _ in 0..<100 where work.withLock({ $0.unsent + $0.suspended }) > 0 {
            try? await Task.sleep(for: .milliseconds(50))
        }
        // Stopping with a suspended connection would be an error; then the process's end closes everything.
        if work.withLock({ $0.suspended }) == 0 {
            MHD_stop_daemon(daemon)
            Unmanaged.passUnretained(self).release()
        }
        if socket >= 0 { close(socket) }
    }

    /// What a stop has to wait for.
    struct Work {
        var isStopping = false
        /// Requests that were handed to a task and whose answers have not left.
        var unsent = 0
        /// Those of them whose connections the library has put to sleep.
        var suspended = 0
    }
}

/// One request as it comes in, on libmicrohttpd's thread until it is handed to a task, and there again afterwards.
private final class Exchange: @unchecked Sendable {  // The two sides never touch it at the same time.
    /// Its body comes later.
    var request: HTTPRequest
    var limit = HTTPServer.smallBody
    /// Until it is known how much may come, nothing does.
    var isHeadDone = true
    var isTooLarge = false
    var isAsked = false
    var response: HTTPResponse?
    var live: LiveBody?

    init(_ request: HTTPRequest) { self.request = request }

    /// `nil` for a body that comes in chunks.
    var declaredSize: Int? {
        if request.headers["transfer-encoding"] != nil { return nil }
        return request.headers["content-length"].map { Int($0) ?? .max } ?? 0
    }
}

private func handle(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let url, let method, let uploadSize, let state else { return .NO }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    guard let held = state.pointee else {
        guard let request = head(method, url, connection) else {
            return send(.problem(malformed), connection, server)
        }
        let exchange = Exchange(request)
        state.pointee = Unmanaged.passRetained(exchange).toOpaque()
        // The library comes here once more when it goes on after a sleep.
        if exchange.declaredSize ?? .max > HTTPServer.smallBody { askLimit(server, exchange, connection) }
        return .YES
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    if !exchange.isHeadDone {
        exchange.isHeadDone = true
        guard exchange.declaredSize ?? 0 > exchange.limit else { return .YES }
        return send(.problem(tooLarge(exchange)), connection, server)
    }
    if uploadSize.pointee > 0 {
        take(upload, uploadSize.pointee, exchange)
        uploadSize.pointee = 0
        return .YES
    }
    if let response = exchange.response { return send(response, connection, server, live: exchange.live) }
    if exchange.isTooLarge { return send(.problem(tooLarge(exchange)), connection, server) }
    guard !exchange.isAsked else { return .YES }
    let isTaken = server.work.withLock { work in
        guard !work.isStopping else { return false }
        work.unsent += 1
        work.suspended += 1
        return true
    }
    guard isTaken else {
        return send(
            .problem(Problem(status: 503, title: "Stopping", detail: "maloted is stopping; ask again.")), connection,
            server)
    }
    exchange.isAsked = true
    ask(server, exchange, connection)
    return .YES
}

private let malformed = Problem(
    status: 400, title: "Bad request", detail: "The path or the query is not percent-encoded UTF-8.")

private func tooLarge(_ exchange: Exchange) -> Problem {
    Problem(status: 413, title: "Too large", detail: "The request has more than \(exchange.limit) octets.")
}

/// - Returns: `nil` if the path or the query cannot be read.
private func head(
    _ method: UnsafePointer<CChar>, _ url: UnsafePointer<CChar>, _ connection: OpaquePointer
) -> HTTPRequest? {
    let target = String(cString: url)
    guard PercentText.decoded(target) != nil else { return nil }
    var query: [String: String] = [:]
    for (name, value) in values(connection, .GET_ARGUMENT_KIND) {
        guard let name = PercentText.decoded(name), let value = PercentText.decoded(value) else { return nil }
        query[name] = value
    }
    let user = malote_httpd_user(connection)
    return HTTPRequest(
        String(cString: method), target, query: query, headers: values(connection, .HEADER_KIND),
        client: client(connection), user: user < 0 ? nil : user == 0 ? "root" : "uid \(user)")
}

/// Empty on a Unix socket.
private func client(_ connection: OpaquePointer) -> String {
    guard let address = malote_httpd_client(connection) else { return "" }
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { held in
            withUnsafeBytes(of: held.pointee.sin_addr) { ClientAddress.words(Array($0)) }
        }
    case AF_INET6:
        return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { held in
            withUnsafeBytes(of: held.pointee.sin6_addr) { ClientAddress.words(Array($0)) }
        }
    default: return ""
    }
}

private func take(_ upload: UnsafePointer<CChar>?, _ count: Int, _ exchange: Exchange) {
    guard let upload, !exchange.isTooLarge else { return }
    guard exchange.request.body.count + count <= exchange.limit else {
        exchange.isTooLarge = true
        exchange.request.body = []
        return
    }
    exchange.request.body.append(contentsOf: UnsafeRawBufferPointer(start: upload, count: count))
}

/// Suspends the connection until a task has the answer.
private func ask(_ server: HTTPServer, _ exchange: Exchange, _ connection: OpaquePointer) {
    // Valid until the request is completed, which cannot be while it is suspended.
    nonisolated(unsafe) let connection = connection
    MHD_suspend_connection(connection)
    Task {
        let response = await server.respond(exchange.request)
        let live = response.live.map { _ in LiveBody() }
        (exchange.response, exchange.live) = (response, live)
        MHD_resume_connection(connection)
        server.work.withLock { $0.suspended -= 1 }
        if let live, let write = response.live {
            await write(live)
            live.finish()
        }
    }
}

/// Suspends the connection until it is known how much may come.
private func askLimit(_ server: HTTPServer, _ exchange: Exchange, _ connection: OpaquePointer) {
    exchange.isHeadDone = false
    server.work.withLock { $0.suspended += 1 }
    nonisolated(unsafe) let connection = connection
    MHD_suspend_connection(connection)
    Task {
        exchange.limit = await server.bodyLimit(exchange.request)
        MHD_resume_connection(connection)
        server.work.withLock { $0.suspended -= 1 }
    }
}

private func send(
    _ content: HTTPResponse, _ connection: OpaquePointer, _ server: HTTPServer, live: LiveBody? = nil
) -> MHD_Result {
    let response =
        live.map { Outgoing.response($0, connection, server) }
        ?? content.stream.map { Outgoing.response($0, connection, server) }
        ?? content.body.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    for (name, value) in content.headers { MHD_add_response_header(response, name, value) }
    return MHD_queue_response(connection, UInt32(content.status), response)
}

private func values(_ connection: OpaquePointer, _ kind: MHD_ValueKind) -> [String: String] {
    let found = Unmanaged.passRetained(Found())
    defer { found.release() }
    MHD_get_connection_values(
        connection, kind,
        { context, _, name, value in
            guard let context, let name else { return .YES }
            let found = Unmanaged<Found>.fromOpaque(context).takeUnretainedValue()
            found.values[String(cString: name)] = value.map { String(cString: $0) } ?? ""
            return .YES
        }, found.toOpaque())
    let values = found.takeUnretainedValue().values
    guard kind == .HEADER_KIND else { return values }
    return Dictionary(values.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
}

private final class Found {
    var values: [String: String] = [:]
}

private func completed(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let context, let held = state?.pointee else { return }
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
    state?.pointee = nil
    guard exchange.isAsked else { return }
    Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().work.withLock { $0.unsent -= 1 }
}
