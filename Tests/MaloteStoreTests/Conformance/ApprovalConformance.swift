// What every store promises of approvals and their votes.

import MaloteCore
import Testing

@Suite struct ApprovalConformance {
    private static func approval(
        _ id: ApprovalID, contract: ContractID = Sample.acme, ticket: Int64 = 3, expires: Int64 = 60
    ) -> Approval {
        Approval(
            id: id, contract: contract, ticket: TicketID(rawValue: ticket), flow: Sample.name("ask"), step: 2,
            nonce: [0, 1, 255], subject: "é \u{1F5A8}", summary: "a: b\nc: d", quorum: 2, created: Sample.at(0),
            expires: Sample.at(expires),
            voters: [
                .init(
                    MailAddress(name: "Ana", address: "ana@acme.example"), group: "board",
                    notification: NotificationID(rawValue: 70 + id.rawValue)),
                .init(MailAddress(address: "bia@acme.example")),
            ])
    }

    private static func fill(_ store: FreshStore) async throws -> [ApprovalID] {
        try await store.write { store in
            let ids = try (0..<4).map { _ in try store.newApprovalID() }
            try store.insert(approval(ids[0], expires: 30))
            try store.insert(approval(ids[1], ticket: 4, expires: 10))
            try store.insert(approval(ids[2], contract: Sample.globex, expires: 20))
            return ids
        }
    }

    @Test(arguments: StoreKind.withFake)
    func anApprovalIsKeptAsItWasAsked(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await Self.fill(store)
        #expect(Set(ids).count == 4 && !ids.contains(.unsaved))
        #expect(try await store.read { try $0.approval(ids[0]) } == Self.approval(ids[0], expires: 30))
        #expect(try await store.read { try $0.approval(ids[3]) } == nil)
        let asked = NotificationID(rawValue: 70 + ids[1].rawValue)
        #expect(try await store.read { try $0.approval(askedBy: asked)?.id } == ids[1])
        #expect(try await store.read { try $0.approval(askedBy: NotificationID(rawValue: 1)) } == nil)
    }

    @Test(arguments: StoreKind.withFake)
    func votesAndEndsAreKeptAndNothingElseChanges(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await Self.fill(store)[0]
        var changed = Self.approval(id, expires: 30)
        changed.voters[1].vote = .init(.reject, by: .reply, at: Sample.at(5), comment: "no\n\u{1F5A8}")
        (changed.state, changed.ended) = (.rejected, Sample.at(5))
        let expected = changed
        var forged = changed
        (forged.quorum, forged.subject, forged.voters[0].address.address) = (1, "x", "eve@acme.example")
        let given = forged
        try await store.write { try $0.update(given) }
        #expect(try await store.read { try $0.approval(id) } == expected)
        await store.expectDefect { try $0.update(Self.approval(ApprovalID(rawValue: 99))) }
    }

    @Test(arguments: StoreKind.withFake)
    func approvalsAreFound(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await Self.fill(store)
        let cancelled = ids[0]
        try await store.write { store in
            var approval = Self.approval(cancelled)
            (approval.state, approval.ended) = (.cancelled, Sample.at(1))
            try store.update(approval)
        }
        func found(_ filter: ApprovalFilter) async throws -> [ApprovalID] {
            try await store.read { try $0.approvals(filter).map(\.id) }
        }
        #expect(try await found(.init()) == [ids[2], ids[1], ids[0]])
        #expect(try await found(.init(limit: 2)) == [ids[2], ids[1]])
        #expect(try await found(.init(contract: Sample.acme)) == [ids[1], ids[0]])
        #expect(try await found(.init(ticket: TicketID(rawValue: 3))) == [ids[2], ids[0]])
        #expect(try await found(.init(state: .cancelled)) == [ids[0]])
        #expect(try await found(.init(contract: Sample.globex, state: .approved)).isEmpty)
        #expect(try await store.read { try $0.pendingApprovals(limit: 9).map(\.id) } == [ids[1], ids[2]])
        #expect(try await store.read { try $0.pendingApprovals(limit: 1).map(\.id) } == [ids[1]])
    }

    @Test(arguments: StoreKind.withFake)
    func anErasedContractLeavesNoApprovalAndNoVoter(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await Self.fill(store)
        #expect(try await store.read { try $0.rows(of: Sample.acme).approvals } == 2)
        let erased = try await store.write { store in
            let first = try store.eraseRows(of: Sample.acme, limit: 10)
            return first + (try store.eraseRows(of: Sample.acme, limit: 10))
        }
        #expect(erased.approvals == 2)
        #expect(try await store.read { try $0.approvals(.init()).map(\.id) } == [ids[2]])
        let asked = NotificationID(rawValue: 70 + ids[0].rawValue)
        #expect(try await store.read { try $0.approval(askedBy: asked) } == nil)
    }
}
