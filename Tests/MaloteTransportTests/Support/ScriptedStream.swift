// A pipe whose other end follows a script of what it hears and says; knows no protocol.

import MaloteCore
import MaloteTransport
import Synchronization
import Testing

/// One line of the script is one line on the wire, CRLF left out.
///
///     C: <tag> NOOP      the client must say this; `<tag>` is whatever it begins with
///     S: <tag> OK done   the server says this
///     silent             the server says nothing for as long as the client will wait, this time
///     called off         the client's reading is called off
///     closes             the server closes the connection
///     breaks             from here on reads and writes fail
///
/// The client must say no more than the next lines of the script before it listens, and no less.
final class ScriptedStream: ByteStream {
    private enum Turn { case hear(String), say(String), silent, calledOff, closes, breaks }

    private struct State {
        var turns: ArraySlice<Turn> = []
        /// Said by the client and not yet compared.
        var unheard: [UInt8] = []
        /// Said by the server and not yet read.
        var unread: ArraySlice<UInt8> = []
        var tag = ""
        var sent: [UInt8] = []
        var fault: String?
        var isClosed = false
        var waits: [Duration] = []
        var reads = 0
    }

    private let piece: Int
    private let state: Mutex<State>

    /// - Parameter piece: the server's octets come in pieces of this size.
    init(_ script: String, piece: Int) {
        self.piece = piece
        var turns: [Turn] = []
        for line in script.split(separator: "\n") {
            let text = String(line.dropFirst(2).drop { $0 == " " })
            switch line.prefix(2) {
            case "C:": turns.append(.hear(text))
            case "S:": turns.append(.say(String(line.dropFirst(3))))
            default:
                let turn: [Substring: Turn] = ["silent": .silent, "called off": .calledOff, "closes": .closes]
                turns.append(turn[line] ?? .breaks)
            }
        }
        state = Mutex(State(turns: turns[...]))
    }

    /// All that the client has said.
    var sent: String { state.withLock { String(decoding: $0.sent, as: UTF8.self) } }
    /// How often the client has read.
    var reads: Int { state.withLock { $0.reads } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// How long the client would have waited, for each silence.
    var waits: [Duration] { state.withLock { $0.waits } }

    /// The client kept to the script, to its end.
    func expectEnd(sourceLocation: SourceLocation = #_sourceLocation) {
        state.withLock { state in
            if case .closes? = state.turns.first { state.turns.removeFirst() }
            if case .breaks? = state.turns.first { state.turns.removeFirst() }
            if let fault = state.fault {
                Issue.record("\(fault), in pieces of \(piece)", sourceLocation: sourceLocation)
            } else if let next = state.turns.first {
                Issue.record("the script goes on with \(next), in pieces of \(piece)", sourceLocation: sourceLocation)
            }
        }
    }

    // MARK: - ByteStream

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let result: Result<[UInt8], Failure> = state.withLock { state in
            state.reads += 1
            if state.unread.isEmpty {
                while case .say(let text)? = state.turns.first {
                    state.turns.removeFirst()
                    state.unread += (text.replacing("<tag>", with: state.tag) + "\r\n").utf8
                }
            }
            guard state.unread.isEmpty else {
                let bytes = Array(state.unread.prefix(min(limit, piece)))
                state.unread = state.unread.dropFirst(bytes.count)
                return .success(bytes)
            }
            switch state.turns.first {
            case .closes: return .success([])
            case .breaks: return .failure(Self.broken)
            case .silent:
                state.turns.removeFirst()
                state.waits.append(timeout)
                return .failure(Self.silence)
            case .calledOff:
                state.turns.removeFirst()
                return .failure(Self.calledOff)
            case let turn:
                state.fault = state.fault ?? "the client listens, but next comes \(turn.map { "\($0)" } ?? "nothing")"
                return .failure(Self.offScript)
            }
        }
        return try result.get()
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        let failure: Failure? = state.withLock { state in
            if case .breaks? = state.turns.first { return Self.broken }
            state.sent += bytes
            state.unheard += bytes
            Self.compare(&state)
            return state.fault == nil ? nil : Self.offScript
        }
        if let failure { throw failure }
    }

    func close() async { state.withLock { $0.isClosed = true } }

    private static func compare(_ state: inout State) {
        while let end = state.unheard.firstIndex(of: 0x0A) {
            let line = String(decoding: state.unheard[..<end].filter { $0 != 0x0D }, as: UTF8.self)
            state.unheard.removeSubrange(...end)
            guard case .hear(let expected)? = state.turns.first else {
                // What is said to somebody who has gone is not heard.
                if case .closes? = state.turns.first { continue }
                state.fault = state.fault ?? "the client says too much: \(line)"
                return
            }
            state.turns.removeFirst()
            if expected.hasPrefix("<tag>") { state.tag = String(line.prefix { $0 != " " }) }
            guard line == expected.replacing("<tag>", with: state.tag) else {
                state.fault = state.fault ?? "the client says \"\(line)\" instead of \"\(expected)\""
                return
            }
        }
    }

    private static let broken = Failure(.transient, .disconnected, "The script broke the connection.")
    private static let silence = Failure(.transient, .silentPeer, "The script is silent.")
    private static let calledOff = Failure(.transient, .shuttingDown, "The script called it off.")
    private static let offScript = Failure(.transient, .defect, "The client left the script.")
}

/// Plays a script with the server's octets in pieces of many sizes.
func play(
    _ script: String, pieces: [Int] = [1, 2, 3, 7, 61, .max], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (ScriptedStream) async throws -> Void
) async throws {
    for piece in pieces {
        let stream = ScriptedStream(script, piece: piece)
        try await body(stream)
        stream.expectEnd(sourceLocation: sourceLocation)
    }
}
