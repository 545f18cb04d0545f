// A line between client and server on loopback that fails on purpose; understands nothing of what it carries.

import Foundation
import Synchronization

/// Counts the octets of both directions and does its worst behind the octet it was told.
package final class FaultProxy: Sendable {
    package enum Fault: Sendable, Hashable {
        case none
        /// Both ends are closed in order.
        case close(after: Int)
        /// The client gets a reset.
        case reset(after: Int)
        /// The server's direction is closed; what the client says is still taken, and goes nowhere.
        case halfClose(after: Int)
        /// Nothing moves any more, and nothing is closed.
        case mute(after: Int)
        /// From there on the server's octets come one by one, with so many microseconds in between.
        case drip(after: Int, pause: UInt32)

        fileprivate var octets: Int {
            switch self {
            case .none: .max
            case .close(let count), .reset(let count), .halfClose(let count), .mute(let count): count
            case .drip(let count, _): count
            }
        }
    }

    private struct State {
        var target: Int
        var fault = Fault.none
        var carried = 0
        var connections = 0
        var said: [UInt8] = []
    }

    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ target: Int) { state = Mutex(State(target: target)) }
    }

    private let shared: Shared
    private let listener: LoopbackListener

    package var port: Int { listener.port }

    /// - Parameter target: the server's port.
    package init(to target: Int) throws {
        let shared = Shared(target)
        self.shared = shared
        listener = try LoopbackListener { client in
            let (target, fault) = shared.state.withLock { state in
                state.connections += 1
                state.carried = 0
                return (state.target, state.fault)
            }
            guard let server = LoopbackListener.connect(to: target) else { return }
            var line = Line(client: client, server: server, fault: fault) { octets, isClient in
                shared.state.withLock { state in
                    state.carried += octets.count
                    if isClient { state.said += octets }
                }
            }
            line.carry()
            close(server)
        }
    }

    /// For connections to come.
    package func set(_ fault: Fault, target: Int? = nil) {
        shared.state.withLock { state in
            state.fault = fault
            state.target = target ?? state.target
        }
    }

    /// Octets of the latest connection.
    package var carried: Int { shared.state.withLock { $0.carried } }
    /// All that clients have said, as it was on the wire.
    package var said: [UInt8] { shared.state.withLock { $0.said } }
    package var connections: Int { shared.state.withLock { $0.connections } }
}

/// One connection through the proxy, on a thread of its own.
private struct Line {
    let client: Int32
    let server: Int32
    let fault: FaultProxy.Fault
    let note: (ArraySlice<UInt8>, _ isClient: Bool) -> Void
    private var left: Int
    private var isDripping = false

    init(client: Int32, server: Int32, fault: FaultProxy.Fault, note: @escaping (ArraySlice<UInt8>, Bool) -> Void) {
        self.client = client
        self.server = server
        self.fault = fault
        self.note = note
        left = fault.octets
        if case .drip(0, _) = fault { isDripping = true }
    }

    mutating func carry() {
        var watched = [pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
        watched.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
        while watched.contains(where: { $0.fd >= 0 }), left > 0 || isDripping {
            guard poll(&watched, 2, -1) > 0 else { return }
            for index in 0..<2 where watched[index].revents != 0 {
                guard move(from: watched[index].fd, to: index == 0 ? server : client) else {
                    // The other direction goes on until its end.
                    shutdown(index == 0 ? server : client, Int32(SHUT_WR))
                    watched[index].fd = -1
                    continue
                }
                if left <= 0, !isDripping { break }
            }
        }
        if left <= 0, !isDripping { fail() }
    }

    /// - Returns: false at the direction's end.
    private mutating func move(from source: Int32, to target: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(source, &buffer, isDripping ? buffer.count : min(buffer.count, left), 0)
        guard count > 0 else { return false }
        left -= count
        note(buffer[..<count], source == client)
        if isDripping, source == server, case .drip(_, let pause) = fault {
            for byte in buffer[..<count] {
                guard Self.send([byte], to: target) else { return false }
                usleep(pause)
            }
        } else {
            _ = Self.send(Array(buffer[..<count]), to: target)
        }
        if left <= 0, case .drip = fault { isDripping = true }
        return true
    }

    private static func send(_ bytes: [UInt8], to target: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func fail() {
        switch fault {
        case .none, .drip, .close: break
        case .reset: LoopbackListener.prepareReset(client)
        case .halfClose:
            shutdown(client, Int32(SHUT_WR))
            waitForTheClientToGo()
        case .mute: waitForTheClientToGo()
        }
    }

    private func waitForTheClientToGo() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(client, &buffer, buffer.count, 0) > 0 {}
    }
}
