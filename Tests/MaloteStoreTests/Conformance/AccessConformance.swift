// What every store promises of access tokens, of the audit log, and of answers that are kept.

import MaloteCore
import Testing

@Suite struct AccessConformance {
    private static func token(_ name: String, _ octet: UInt8, contract: ContractID? = nil) throws -> APIToken {
        APIToken(
            name: Sample.name(name), digest: try #require(Digest(Array(repeating: octet, count: 32))),
            role: contract == nil ? .admin : .contract, contract: contract, created: Sample.at(1),
            expires: contract == nil ? nil : Sample.at(9))
    }

    @Test(arguments: StoreKind.withFake)
    func aTokenIsKeptAsItIsUntilItIsDeleted(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (a, b) = (try Self.token("b", 1), try Self.token("a", 2, contract: Sample.acme))
        try await store.write { store in
            try store.put(a)
            try store.put(b)
        }
        #expect(try await store.read { try $0.accessTokens() } == [b, a])
        var used = a
        used.lastUsed = Sample.at(5)
        let changed = used
        try await store.write { try $0.put(changed) }
        #expect(try await store.read { try $0.accessTokens() } == [b, changed])
        #expect(try await store.write { try $0.deleteAccessToken(Sample.name("b")) })
        #expect(try await store.write { try !$0.deleteAccessToken(Sample.name("b")) })
        #expect(try await store.read { try $0.accessTokens() } == [b])
    }

    private static func entry(_ second: Int64, _ who: String, contract: String? = nil) -> AuditEntry {
        AuditEntry(
            time: Sample.at(second), who: who, place: "here", action: "queue.retry", subject: "é \u{1F5A8}",
            contract: contract, details: "3 deliveries", outcome: "done")
    }

    @Test(arguments: StoreKind.withFake)
    func theAuditLogIsReadLatestFirstAndByItsFields(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let lines = [
            Self.entry(1, "ana"), Self.entry(2, "bia", contract: "acme"), Self.entry(3, "ana", contract: "acme"),
        ]
        try await store.write { store in for line in lines { try store.append(line) } }
        func found(_ filter: AuditFilter) async throws -> [Int64] {
            try await store.read { try $0.audit(filter) }.map {
                $0.time.milliseconds / 1000 - Sample.at(0).milliseconds / 1000
            }
        }
        #expect(try await found(AuditFilter()) == [3, 2, 1])
        #expect(try await found(AuditFilter(contract: "acme")) == [3, 2])
        #expect(try await found(AuditFilter(who: "ana")) == [3, 1])
        #expect(try await found(AuditFilter(since: Sample.at(2))) == [3, 2])
        #expect(try await found(AuditFilter(limit: 1)) == [3])
        let all = try await store.read { try $0.audit(AuditFilter()) }
        #expect(try await found(AuditFilter(before: all[1].id)) == [1])
        var first = lines[0]
        first.id = all[2].id
        #expect(all[2] == first)
    }

    @Test(arguments: StoreKind.withFake)
    func oldLinesAreForgottenAFewAtATime(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { store in for second in 1...6 { try store.append(Self.entry(Int64(second), "ana")) } }
        #expect(try await store.write { try $0.forgetAudit(before: Sample.at(5), limit: 3) } == 3)
        #expect(try await store.write { try $0.forgetAudit(before: Sample.at(5), limit: 3) } == 1)
        #expect(try await store.write { try $0.forgetAudit(before: Sample.at(5), limit: 3) } == 0)
        let kept = try await store.read { try $0.audit(AuditFilter()) }.map(\.id.rawValue)
        #expect(kept == [6, 5])
        // Numbers are not given twice, but series may have gaps.
        try await store.write { try $0.append(Self.entry(7, "ana")) }
        let all = try await store.read { try $0.audit(AuditFilter()) }.map(\.id.rawValue)
        #expect(all.count == 3 && Array(all.dropFirst()) == kept && all[0] > kept[0])
    }

    @Test(arguments: StoreKind.withFake)
    func anAnswerIsKeptForItsKeyUntilItIsOld(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let digest = try #require(Digest(Array(repeating: 7, count: 32)))
        @Sendable func answer(_ key: String, _ second: Int64, _ body: [UInt8] = [0, 255]) -> StoredAnswer {
            StoredAnswer(
                caller: "ci", key: key, request: digest, answer: KeptAnswer(status: 201, type: "a/b", body: body),
                time: Sample.at(second))
        }
        try await store.write { try $0.keep(answer("k", 1), forgetting: Sample.at(0)) }
        #expect(try await store.read { try $0.answer(caller: "ci", key: "k") } == answer("k", 1))
        #expect(try await store.read { try $0.answer(caller: "other", key: "k") } == nil)
        try await store.write { try $0.keep(answer("k", 2, [1]), forgetting: Sample.at(0)) }
        #expect(try await store.read { try $0.answer(caller: "ci", key: "k") } == answer("k", 2, [1]))
        try await store.write { try $0.keep(answer("l", 9), forgetting: Sample.at(5)) }
        #expect(try await store.read { try $0.answer(caller: "ci", key: "k") } == nil)
        #expect(try await store.read { try $0.answer(caller: "ci", key: "l") } == answer("l", 9))
    }
}
