// A compressed pipe: what goes in comes out, in any pieces, and no more than was asked for.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteTransport

/// The other end of a pipe, with what has come and what is to be read.
private final class Pipe: ByteStream {
    private struct State {
        var unread: [UInt8]
        var written: [UInt8] = []
        var reads = 0
    }

    private let piece: Int
    private let state: Mutex<State>

    init(_ unread: [UInt8] = [], piece: Int = .max) {
        self.piece = piece
        state = Mutex(State(unread: unread))
    }

    var written: [UInt8] { state.withLock { $0.written } }
    var reads: Int { state.withLock { $0.reads } }

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        state.withLock { state in
            state.reads += 1
            let bytes = Array(state.unread.prefix(min(limit, piece)))
            state.unread.removeFirst(bytes.count)
            return bytes
        }
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        state.withLock { $0.written += bytes }
    }

    func close() async {}
}

struct DeflatedStreamTests {
    private func everything(of stream: DeflatedStream, atMost limit: Int = 1 << 16) async throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try await stream.read(atMost: limit, within: .seconds(5))
            guard !bytes.isEmpty else { return all }
            #expect(bytes.count <= limit)
            all += bytes
        }
    }

    @Test(arguments: [1, 7, 1000, .max])
    func whatGoesInComesOut(_ piece: Int) async throws {
        let (near, deflater) = (Pipe(), try Deflater())
        let stream = try DeflatedStream(near, early: [])
        let lines = (0..<50).map { Array("a\($0) NOOP of some length, again and again\r\n".utf8) }
        for line in lines { try await stream.write(line, within: .seconds(5)) }
        #expect(near.written.count < lines.joined().count / 2)
        // Each write can be read at once.
        let first = try DeflatedStream(Pipe(deflater.deflate(lines[0]), piece: piece), early: [])
        #expect(try await everything(of: first) == lines[0])
        let back = try DeflatedStream(Pipe(near.written, piece: piece), early: [])
        #expect(try await everything(of: back, atMost: 10) == Array(lines.joined()))
    }

    @Test func whatCameBeforeItWasReadIsNotLost() async throws {
        let sent = try Deflater().deflate(Array("* OK early\r\n".utf8))
        for cut in [0, 1, 5, sent.count] {
            let stream = try DeflatedStream(Pipe(Array(sent[cut...])), early: Array(sent[..<cut]))
            #expect(try await everything(of: stream) == Array("* OK early\r\n".utf8))
        }
    }

    /// 64 MB of zeros in 64 KB: nothing is expanded that nobody asks for.
    @Test func aBombIsExpandedAsItIsAskedFor() async throws {
        let bomb = try Deflater().deflate([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        let pipe = Pipe(bomb)
        let stream = try DeflatedStream(pipe, early: [])
        for _ in 0..<100 { #expect(try await stream.read(atMost: 1000, within: .seconds(5)).count == 1000) }
        #expect(pipe.reads == 1)
        #expect(try await stream.read(atMost: 100 << 20, within: .seconds(5)).count <= 64 * 1024)
    }

    @Test(arguments: [Array("* OK not compressed\r\n".utf8), [0xFF, 0xFF, 0xFF], [0x06]])
    func rubbishIsAFault(_ rubbish: [UInt8]) async throws {
        let stream = try DeflatedStream(Pipe(rubbish), early: [])
        let failure = await failure { _ = try await stream.read(atMost: 100, within: .seconds(5)) }
        #expect(words(failure) == "transient protocol-broken")
    }

    /// Octets that expand to nothing do not hold it up for ever.
    @Test func emptyBlocksEnd() async throws {
        let empty: [UInt8] = [0x00, 0x00, 0x00, 0xFF, 0xFF]
        let stream = try DeflatedStream(Pipe(Array(repeating: empty, count: 10_000).flatMap { $0 }), early: [])
        #expect(try await everything(of: stream).isEmpty)
        let late = try DeflatedStream(Pipe(empty), early: [])
        let failure = await failure { _ = try await late.read(atMost: 100, within: .zero) }
        #expect(words(failure) == "transient silent-peer")
    }

    @Test func theEndOfTheirStreamIsTheEnd() async throws {
        // A last block: `hi`, stored.
        let stream = try DeflatedStream(Pipe([0x01, 2, 0, 0xFD, 0xFF, 0x68, 0x69, 1, 2, 3]), early: [])
        #expect(try await everything(of: stream) == Array("hi".utf8))
    }
}
