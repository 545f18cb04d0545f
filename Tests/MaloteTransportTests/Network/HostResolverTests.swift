// Names to addresses: who waits for whom, what is remembered, what is called what.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(1))) struct HostResolverTests {
    /// A system resolver that hangs on some names and counts its questions.
    private final class System: Sendable {
        private let gate = Gate()
        private let asked = Mutex<[String]>([])

        var questions: [String] { asked.withLock { $0 } }

        func answer(_ name: String) -> HostResolver.Answer {
            asked.withLock { $0.append(name) }
            if name.hasPrefix("hung") { gate.wait() }
            return .success([HostResolver.Address(text: "192.0.2.1", isWritten: false)])
        }

        func letGo() { gate.open() }
    }

    private static func words(_ answer: HostResolver.Answer) -> String {
        switch answer {
        case .success(let addresses): addresses.map(\.text).joined(separator: " ")
        case .failure(let failure): MaloteTransportTests.words(failure)
        }
    }

    private static func ask(_ resolver: HostResolver, _ name: String) async -> String {
        do { return try await resolver.addresses(of: name).map(\.text).joined(separator: " ") } catch {
            return MaloteTransportTests.words(error)
        }
    }

    @Test func aNameThatHangsHoldsUpNoOther() async throws {
        let system = System()
        defer { system.letGo() }
        let resolver = HostResolver(patience: .seconds(30)) { system.answer($0) }
        await withTaskGroup { group in
            for number in 0..<8 { group.addTask { _ = await Self.ask(resolver, "hung\(number).test") } }
            while system.questions.count < 8 { await Task.yield() }
            for number in 0..<100 { #expect(await Self.ask(resolver, "well\(number).test") == "192.0.2.1") }
            group.cancelAll()
        }
    }

    @Test func whenAllThreadsHangTheFirstThatComesFreeTakesTheNext() async throws {
        let system = System()
        let resolver = HostResolver(patience: .seconds(30)) { system.answer($0) }
        await withTaskGroup { group in
            for number in 0..<40 { group.addTask { _ = await Self.ask(resolver, "hung\(number).test") } }
            while system.questions.count < 32 { await Task.yield() }
            let lost = Task { await Self.ask(resolver, "nobody-waits.test") }
            lost.cancel()
            #expect(await lost.value == "transient shutting-down")
            async let late = Self.ask(resolver, "late.test")
            system.letGo()
            #expect(await late == "192.0.2.1")
        }
        #expect(!system.questions.contains("nobody-waits.test"))
    }

    @Test func equalQuestionsAreAskedOnceAndRemembered() async throws {
        let system = System()
        let resolver = HostResolver { system.answer($0) }
        await withTaskGroup { group in
            for name in ["hung.test", "HUNG.test", "Hung.Test"] {
                group.addTask { #expect(await Self.ask(resolver, name) == "192.0.2.1") }
            }
            while system.questions.isEmpty { await Task.yield() }
            system.letGo()
        }
        #expect(await Self.ask(resolver, "hung.test") == "192.0.2.1")
        #expect(system.questions == ["hung.test"])
    }

    @Test func whoWaitsTooLongIsToldAndTheAnswerStillServesOthers() async throws {
        let system = System()
        let resolver = HostResolver(patience: .milliseconds(100)) { system.answer($0) }
        #expect(await Self.ask(resolver, "hung.test") == "transient dns")
        system.letGo()
        #expect(try await eventually { await Self.ask(resolver, "hung.test") == "192.0.2.1" })
        #expect(system.questions == ["hung.test"])
    }

    @Test func oneWaiterLeavesAndTheOthersStay() async throws {
        let system = System()
        let resolver = HostResolver { system.answer($0) }
        let leaving = Task { await Self.ask(resolver, "hung.test") }
        async let staying = Self.ask(resolver, "hung.test")
        while system.questions.isEmpty { await Task.yield() }
        leaving.cancel()
        #expect(await leaving.value == "transient shutting-down")
        system.letGo()
        #expect(await staying == "192.0.2.1")
    }

    @Test(arguments: ["127.0.0.1", "::1", "2001:db8::25"]) func aNumberIsNotAskedFor(host: String) async throws {
        let system = System()
        let resolver = HostResolver { system.answer($0) }
        #expect(await Self.ask(resolver, host) == host)
        #expect(system.questions.isEmpty)
    }

    @Test func theSystemKnowsItself() {
        #expect(Self.words(HostResolver.askSystem("localhost")).contains("127.0.0.1"))
        #expect(
            ["operator-needed dns", "transient dns"].contains(Self.words(HostResolver.askSystem("nowhere.invalid"))))
    }
}
