// Servers that stop talking, or talk for ever, at any place of a session: each ends, and costs nothing but time.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(2))) struct SilenceTests {
    private static let securities = [Mailbox.Security.none, .starttls, .implicit]
    /// After the final dot nobody knows, and before the connection stands it is called that.
    private static let causes: Set<Failure.Cause> = [.silentPeer, .unknownOutcome, .connect]

    /// Tries that fail are tried again by somebody who has time, without the fault.
    private func disturb(_ errand: any Errand, _ fault: FaultProxy.Fault, _ comment: Comment) async throws {
        let proxy = try FaultProxy(to: errand.server.port)
        proxy.set(fault)
        let end = await errand.run(port: proxy.port, try hastyNetwork())
        if let end { #expect(end.kind == .transient && Self.causes.contains(end.cause), "\(comment): \(end)") }
        #expect(errand.complaint(isDone: end == nil) == nil, comment)
        guard end != nil else { return }
        proxy.set(.none)
        #expect(await errand.run(port: proxy.port, try sharedNetwork()) == nil, comment)
        #expect(errand.complaint(isDone: true) == nil, comment)
    }

    private func length(_ kind: Errands, _ security: Mailbox.Security) async throws -> Int {
        let errand = try kind.make(security)
        let proxy = try FaultProxy(to: errand.server.port)
        #expect(await errand.run(port: proxy.port, try sharedNetwork()) == nil)
        return proxy.carried
    }

    /// At `places` places of a session, with each kind of security, all at a time.
    private func sweep(
        _ kind: Errands, places: Int, _ fault: @escaping @Sendable (_ count: Int) -> FaultProxy.Fault
    ) async throws {
        try await withThrowingTaskGroup { group in
            for security in Self.securities {
                let length = try await length(kind, security)
                for place in 0..<places {
                    let count = place * length / places + place % 3
                    group.addTask {
                        try await disturb(try kind.make(security), fault(count), "\(kind) \(security) at \(count)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Through greeting, handshake, login and listing, in the middle of literals, of contents and of their dots.
    @Test(arguments: Errands.allCases) func muteInTheMiddle(kind: Errands) async throws {
        try await sweep(kind, places: 16) { .mute(after: $0) }
    }

    /// Every octet comes in time, and the answer never.
    @Test(arguments: Errands.allCases) func oneOctetNowAndThen(kind: Errands) async throws {
        try await sweep(kind, places: 6) { .drip(after: $0, pause: 100_000) }
    }

    /// What is said in single octets is still said.
    @Test(arguments: Errands.allCases, securities) func oneOctetAtATime(
        kind: Errands, security: Mailbox.Security
    ) async throws {
        let errand = try kind.make(security)
        let proxy = try FaultProxy(to: errand.server.port)
        proxy.set(.drip(after: 1, pause: 0))
        #expect(await errand.run(port: proxy.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
    }

    // MARK: - Steps by name

    private static let steps: [Errands: [String]] = [
        .imap: ["GREETING", "CAPABILITY", "AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"],
        .pop3: ["GREETING", "CAPA", "AUTH", "RESPONSE", "UIDL", "LIST", "RETR", "DELE", "QUIT"],
        .smtp: ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"],
    ]

    /// The command was heard, perhaps carried out, and is never answered.
    @Test(arguments: Errands.allCases) func everyStepHasItsEnd(kind: Errands) async throws {
        try await withThrowingTaskGroup { group in
            for command in Self.steps[kind] ?? [] { group.addTask { try await silence(command, kind) } }
            try await group.waitForAll()
        }
    }

    private func silence(_ command: String, _ kind: Errands) async throws {
        let isMute = Mark(true)
        let errand = try kind.make(.none) { isMute.isSet && $0.command == command ? .mute("") : nil }
        let end = await errand.run(port: errand.server.port, try hastyNetwork())
        #expect(words(end) == (command == "DOT" ? "transient unknown-outcome" : "transient silent-peer"), "\(command)")
        #expect(errand.complaint(isDone: false) == nil)
        isMute.set(false)
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil, "\(command)")
    }

    /// What the steps wait for an octet where nobody is in a hurry: two minutes, and ten behind the final dot, where
    /// giving up early makes duplicates (RFC 5321 §4.5.3.2.6).
    @Test(arguments: Errands.allCases) func noStepWaitsForEver(kind: Errands) async throws {
        let errand = try kind.make(.none)
        let watch = WatchedStreams(base: try sharedNetwork())
        #expect(await errand.run(port: errand.server.port, watch) == nil)
        let longest = watch.waits.filter { $0 > .seconds(120) }
        #expect(longest.allSatisfy { kind == .smtp && $0 <= .seconds(600) }, "\(longest)")
        #expect(longest.contains(.seconds(600)) == (kind == .smtp))
        #expect(watch.waits.count > 4)
    }
}
