// A small SMTP server on loopback that works or fails as a drill asks for; what it takes it forgets.

import Glibc
import MaloteCore
import Synchronization

/// The ground of drills: servers that only this machine can reach.
package struct LoopbackDrill: DrillGround {
    package init() {}

    package func open(_ address: String, fault: DrillFault?) async throws(Failure) -> any DrillServer {
        let server = try LoopbackDrillServer(address, fault)
        server.start()
        return server
    }
}

/// One thread serves all its connections, at most `mostClients`.
final class LoopbackDrillServer: DrillServer {
    private static let mostClients = 64

    let port: Int
    private let socket: Int32
    private let fault: DrillFault?
    private let worker = BlockingWorker(label: "malote.drill")
    private let isClosed = Atomic<Bool>(false)

    /// - Throws: `Failure(.transient, .registry)` if there is no port to be had.
    init(_ address: String, _ fault: DrillFault?) throws(Failure) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutablePointer(to: &place) { place in
            inet_pton(AF_INET, address, &place.pointee.sin_addr) == 1
                && place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                    bind(socket, place, length) == 0 && getsockname(socket, place, &length) == 0
                }
        }
        // A port that is bound and not listened at refuses connections, and nobody else can take it.
        guard socket >= 0, isReady, fault == .refuse || listen(socket, 64) == 0 else {
            if socket >= 0 { Glibc.close(socket) }
            throw Failure(.transient, .registry, "The drill's server cannot listen at \(address).")
        }
        self.socket = socket
        self.fault = fault
        port = Int(UInt16(bigEndian: place.sin_port))
    }

    func start() { worker.run { self.serve() } }

    func close() async {
        isClosed.store(true, ordering: .releasing)
        // The worker is serial: when this runs, it has let go of everything.
        await withCheckedContinuation { continuation in worker.run { continuation.resume() } }
    }

    // MARK: - Serving

    private func serve() {
        var clients: [DrillClient] = []
        while !isClosed.load(ordering: .acquiring) {
            var polls = [pollfd(fd: fault == .refuse ? -1 : socket, events: Int16(POLLIN), revents: 0)]
            polls += clients.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
            _ = poll(&polls, nfds_t(polls.count), 20)
            for place in clients.indices {
                if polls[place + 1].revents != 0 { clients[place].receive() }
                clients[place].send()
            }
            for client in clients where client.isOver { Glibc.close(client.socket) }
            clients.removeAll(where: \.isOver)
            if polls[0].revents != 0, let client = accept(among: clients.count) { clients.append(client) }
        }
        for client in clients { Glibc.close(client.socket) }
        Glibc.close(socket)
    }

    private func accept(among count: Int) -> DrillClient? {
        let client = Glibc.accept(socket, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        guard fault != .reset, count < Self.mostClients else {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            Glibc.close(client)
            return nil
        }
        return DrillClient(client, fault)
    }
}

/// One connection: the least of SMTP (RFC 5321) that a client can send mail by.
private struct DrillClient {
    let socket: Int32
    private let fault: DrillFault?
    private var line: [UInt8] = []
    private var isInData = false
    private var isSilent: Bool
    private var answer: [UInt8] = []
    private var nextOctet = ContinuousClock.now
    private(set) var isOver = false
    private var isLeaving = false

    init(_ socket: Int32, _ fault: DrillFault?) {
        self.socket = socket
        self.fault = fault
        isSilent = fault == .mute
        say("220 drill.invalid ESMTP")
    }

    private mutating func say(_ text: String) {
        if !isSilent { answer += Array((text + "\r\n").utf8) }
    }

    mutating func receive() {
        var octets = [UInt8](repeating: 0, count: 16_384)
        let count = recv(socket, &octets, octets.count, 0)
        guard count > 0 else {
            isOver = count == 0 || (errno != EAGAIN && errno != EINTR)
            return
        }
        for octet in octets[..<count] {
            guard octet == UInt8(ascii: "\n") else {
                // Longer than any command; of data only the dot counts.
                if line.count < 1100 { line.append(octet) }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            take(String(decoding: line, as: UTF8.self))
            line = []
        }
    }

    private mutating func take(_ text: String) {
        if isInData {
            guard text == "." else { return }
            isInData = false
            isSilent = isSilent || fault == .hangAfterData
            return say("250 2.0.0 Taken and forgotten")
        }
        switch text.prefix(4).uppercased() {
        case "EHLO": say("250-drill.invalid\r\n250-PIPELINING\r\n250 8BITMIME")
        case "DATA":
            isInData = true
            say("354 Go on")
        case "QUIT":
            isLeaving = true
            say("221 2.0.0 Goodbye")
        case "HELO", "MAIL", "RCPT", "RSET", "NOOP": say("250 2.0.0 OK")
        default: say("502 5.5.1 Not here")
        }
    }

    /// All of the answer, or of a slow server one octet a second.
    mutating func send() {
        guard !answer.isEmpty else {
            isOver = isOver || isLeaving
            return
        }
        if fault == .slow {
            guard nextOctet <= .now else { return }
            nextOctet = .now + .seconds(1)
        }
        let size = fault == .slow ? 1 : answer.count
        let count = Glibc.send(socket, answer, size, Int32(MSG_NOSIGNAL))
        guard count > 0 else {
            isOver = errno != EAGAIN && errno != EINTR
            return
        }
        answer.removeFirst(count)
    }
}
