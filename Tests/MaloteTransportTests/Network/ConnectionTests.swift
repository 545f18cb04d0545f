// Open connections on real sockets: bytes both ways, ends, deadlines, cancellation, many at once.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Synchronization
import Testing

/// One for all tests: its threads live as long as the process.
func sharedNetwork() throws -> Network { try network.get() }
private let network = Result { try Network(caFile: Certificates.authority, clientName: "client.test") }

func endpoint(
    _ port: Int, _ security: Mailbox.Security, host: String = "localhost", trust: Mailbox.Trust = .init(),
    greeter: Endpoint.Greeter = .imap
) -> Endpoint { Endpoint(host: host, port: port, security: security, trust: trust, greeter: greeter) }

extension ByteStream {
    func say(_ text: String) async throws { try await write(Array(text.utf8), within: .seconds(20)) }

    /// The next line, without its end.
    func line() async throws -> String {
        var bytes: [UInt8] = []
        while bytes.last != 0x0A {
            let more = try await read(atMost: 1, within: .seconds(20))
            guard !more.isEmpty else { return String(decoding: bytes, as: UTF8.self) + "<end>" }
            bytes += more
        }
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
    }
}

@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    /// Greets, then says every line back.
    private static func echo(_ peer: Peer) {
        peer.say("hello\r\n")
        while let line = peer.line() {
            guard line != "end" else { return peer.closeTLS() }
            peer.say("\(line)\r\n")
        }
    }

    private static func server(
        _ security: Mailbox.Security, _ serve: @escaping @Sendable (Peer) -> Void
    ) throws -> LoopbackServer {
        try LoopbackServer(Certificates.here, isImplicit: security == .implicit, serve: serve)
    }

    private static let kinds = [Mailbox.Security.none, .implicit]

    @Test(arguments: kinds) func carriesBytesBothWaysToAnOrderlyEnd(security: Mailbox.Security) async throws {
        let server = try Self.server(security, Self.echo)
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        #expect(try await stream.line() == "hello")
        for text in ["one", "two", String(repeating: "three", count: 10_000)] {
            try await stream.say(text + "\r\n")
            #expect(try await stream.line() == text)
        }
        try await stream.say("end\r\n")
        #expect(try await stream.line() == "<end>")
        await stream.close()
        await stream.close()
        let late = await failure { _ = try await stream.read(atMost: 1, within: .seconds(1)) }
        #expect(words(late) == "transient disconnected")
    }

    /// What had come before the question is handed out first: it is read, and no answer is lost.
    @Test(arguments: kinds) func aQuestionAndItsAnswerAreOneStep(security: Mailbox.Security) async throws {
        let server = try Self.server(security, Self.echo)
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        var heard: [UInt8] = []
        for text in ["one\r\n", "two\r\n", String(repeating: "three", count: 3000) + "\r\n"] {
            heard += try await stream.exchange(Array(text.utf8), atMost: 1 << 20, within: .seconds(20))
        }
        let all = "hello\r\none\r\ntwo\r\n" + String(repeating: "three", count: 3000) + "\r\n"
        while heard.count < all.utf8.count { heard += try await stream.read(atMost: 1 << 20, within: .seconds(20)) }
        #expect(String(decoding: heard, as: UTF8.self) == all)
        #expect(try await stream.exchange(Array("end\r\n".utf8), atMost: 1, within: .seconds(20)).isEmpty)
        await stream.close()
        let late = await failure { _ = try await stream.exchange([1], atMost: 1, within: .seconds(1)) }
        #expect(words(late) == "transient disconnected")
    }

    @Test(arguments: kinds) func aQuestionToASilentPeerEnds(security: Mailbox.Security) async throws {
        let server = try Self.server(security) { $0.linger() }
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        let end = await failure { _ = try await stream.exchange([1], atMost: 1, within: .milliseconds(200)) }
        #expect(words(end) == "transient silent-peer")
        let asking = Task { await failure { _ = try await stream.exchange([1], atMost: 1, within: .seconds(60)) } }
        asking.cancel()
        #expect(words(await asking.value) == "transient shutting-down")
    }

    @Test func aNumberIsAHostToo() async throws {
        let server = try Self.server(.implicit, Self.echo)
        let stream = try await sharedNetwork().open(endpoint(server.port, .implicit, host: "127.0.0.1"))
        #expect(try await stream.line() == "hello")
    }

    @Test func hundredsShareAFewThreads() async throws {
        let signs = VitalSigns()
        let network = try Network(caFile: Certificates.authority, clientName: "client.test", signs: signs)
        let servers = try [Self.server(.none, Self.echo), Self.server(.implicit, Self.echo)]
        let streams = try await withThrowingTaskGroup(of: (any ByteStream).self) { group in
            for number in 0..<300 {
                let place = endpoint(servers[number % 2].port, Self.kinds[number % 2])
                group.addTask { try await network.open(place) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup { group in
            for (number, stream) in streams.enumerated() {
                group.addTask {
                    #expect(try await stream.line() == "hello")
                    for round in 1...3 {
                        try await stream.say("\(number) \(round)\r\n")
                        #expect(try await stream.line() == "\(number) \(round)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(signs.stale(now: .now + .seconds(3600)) == ["network 1", "network 2"])
    }

    // MARK: - Silence

    @Test(arguments: kinds) func aSilentPeerHoldsUpNobodyElse(security: Mailbox.Security) async throws {
        let silent = try Self.server(security) { $0.linger() }
        let lively = try Self.server(security, Self.echo)
        let waiting = try await sharedNetwork().open(endpoint(silent.port, security))
        let other = try await sharedNetwork().open(endpoint(lively.port, security))
        async let end = failure { _ = try await waiting.read(atMost: 1, within: .milliseconds(300)) }
        #expect(try await other.line() == "hello")
        for round in 1...50 {
            try await other.say("\(round)\r\n")
            #expect(try await other.line() == "\(round)")
        }
        #expect(words(await end) == "transient silent-peer")
    }

    @Test func aServerThatNeverGreetsIsLeft() async throws {
        let silent = try Self.server(.none) { $0.linger() }
        let network = try Network(
            caFile: Certificates.authority, clientName: "client.test", patience: .milliseconds(400))
        for security in [Mailbox.Security.implicit, .starttls] {
            let end = await failure { _ = try await network.open(endpoint(silent.port, security)) }
            #expect(words(end) == "transient silent-peer")
        }
    }

    @Test(arguments: kinds) func aPeerThatTakesNothingIsSilent(security: Mailbox.Security) async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try Self.server(security) { _ in gate.wait() }
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        let much = [UInt8](repeating: 0x61, count: 32 << 20)
        let end = await failure { try await stream.write(much, within: .milliseconds(500)) }
        #expect(words(end) == "transient silent-peer")
    }

    @Test(arguments: kinds) func aSlowReaderGetsEverything(security: Mailbox.Security) async throws {
        let gate = Gate()
        let came = Mutex<[UInt8]>([])
        let server = try Self.server(security) { peer in
            gate.wait()
            while came.withLock({ $0.count }) < 12 << 20 {
                let bytes = peer.read()
                guard !bytes.isEmpty else { return }
                came.withLock { $0 += bytes }
            }
            peer.say("thanks\r\n")
        }
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let much = (0..<12).flatMap { block[$0...] + block[..<$0] }
        async let written: Void = stream.write(much, within: .seconds(60))
        // The answer is waited for while the write is still stuck.
        async let answer = stream.line()
        gate.open()
        try await written
        #expect(try await answer == "thanks")
        #expect(came.withLock { $0 == much })
    }

    // MARK: - Cancellation

    @Test(arguments: kinds) func aReadCanBeCalledOff(security: Mailbox.Security) async throws {
        let server = try Self.server(security, Self.echo)
        let stream = try await sharedNetwork().open(endpoint(server.port, security))
        #expect(try await stream.line() == "hello")
        for hasBegun in [true, false] {
            let task = Task {
                if !hasBegun { withUnsafeCurrentTask { $0?.cancel() } }
                return await failure { _ = try await stream.read(atMost: 1, within: .seconds(600)) }
            }
            for _ in 1...100 { await Task.yield() }
            task.cancel()
            #expect(words(await task.value) == "transient shutting-down")
        }
    }

    @Test func aDialCanBeCalledOff() async throws {
        let silent = try Self.server(.none) { $0.linger() }
        let network = try Network(caFile: Certificates.authority, clientName: "client.test", patience: .seconds(600))
        for rounds in [0, 1, 100, 10_000] {
            let task = Task {
                if rounds == 0 { withUnsafeCurrentTask { $0?.cancel() } }
                return await failure { _ = try await network.open(endpoint(silent.port, .implicit)) }
            }
            for _ in 0..<rounds { await Task.yield() }
            task.cancel()
            #expect(words(await task.value) == "transient shutting-down")
        }
    }

    /// Their sockets' numbers are used again at once.
    @Test(arguments: kinds) func dialsCalledOffDisturbNoOther(security: Mailbox.Security) async throws {
        let server = try Self.server(security, Self.echo)
        let silent = try Self.server(.none) { $0.linger() }
        try await withThrowingTaskGroup { group in
            for number in 0..<60 {
                let lost = Task {
                    await failure { _ = try await sharedNetwork().open(endpoint(silent.port, .implicit)) }
                }
                group.addTask {
                    let stream = try await sharedNetwork().open(endpoint(server.port, security))
                    lost.cancel()
                    #expect(try await stream.line() == "hello")
                    try await stream.say("\(number)\r\n")
                    #expect(try await stream.line() == "\(number)")
                    #expect(words(await lost.value) == "transient shutting-down")
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: - Ends

    @Test func whatIsCutOffIsNeverRead() async throws {
        // The header of a record of 16 KiB, and far less than that.
        let half = try Self.server(.implicit) {
            $0.sayBelowTLS([0x17, 3, 3, 0x40, 0] + [UInt8](repeating: 1, count: 99))
        }
        let cut = try Self.server(.implicit) { _ in }
        for server in [half, cut] {
            let stream = try await sharedNetwork().open(endpoint(server.port, .implicit))
            #expect(try await stream.line() == "<end>")
        }
    }

    @Test func aResetIsNoOrderlyEnd() async throws {
        let server = try Self.server(.none) { peer in
            peer.prepareReset()
            _ = peer.line()
        }
        let stream = try await sharedNetwork().open(endpoint(server.port, .none))
        let end = await failure {
            try await stream.say("go\r\n")
            _ = try await stream.read(atMost: 1, within: .seconds(20))
        }
        #expect(words(end) == "transient disconnected")
        #expect(end?.detail.contains("localhost:\(server.port)") == true)
    }

    @Test func wordsBeforeTheEndAreRead() async throws {
        let server = try Self.server(.none) { $0.say("bye\r\n") }
        let stream = try await sharedNetwork().open(endpoint(server.port, .none))
        #expect(try await stream.line() == "bye")
        #expect(try await stream.line() == "<end>")
    }

    /// libcurl drops connections that it takes for unused when another one is made, at most once a second.
    @Test func aConnectionLeftAloneStaysUsable() async throws {
        let network = try Network(caFile: Certificates.authority, clientName: "client.test")
        let servers = try [Self.server(.none, Self.echo), Self.server(.implicit, Self.echo)]
        var alone: [any ByteStream] = []
        for (server, security) in zip(servers, Self.kinds) {
            // One has its greeting still to read, the other has not.
            alone.append(try await network.open(endpoint(server.port, security)))
            let read = try await network.open(endpoint(server.port, security))
            #expect(try await read.line() == "hello")
            try await read.say("hello\r\n")
            alone.append(read)
        }
        // Two servers have gone before anybody read what they said, or that they said nothing.
        let leaving = try Self.server(.none) { $0.say("too many\r\n") }
        let left = try await network.open(endpoint(leaving.port, .none))
        let gone = try Self.server(.none) { _ in }
        let empty = try await network.open(endpoint(gone.port, .none))
        let end = ContinuousClock.now + .seconds(3)
        while ContinuousClock.now < end {
            for (server, security) in zip(servers, Self.kinds) {
                let passing = try await network.open(endpoint(server.port, security))
                #expect(try await passing.line() == "hello")
                await passing.close()
            }
        }
        #expect(try await left.line() == "too many")
        #expect(try await empty.line() == "<end>")
        for stream in alone {
            #expect(try await stream.line() == "hello")
            try await stream.say("still there\r\n")
            #expect(try await stream.line() == "still there")
        }
    }
}
