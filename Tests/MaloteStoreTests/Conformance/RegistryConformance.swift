// What every store promises of the registry: each object reads back as it was, under an id that is its own for ever.

import MaloteCore
import Testing

@Suite struct RegistryConformance {
    @Test(arguments: StoreKind.all, RegistrySample.mailboxes)
    func aMailboxReadsBack(_ kind: StoreKind, mailbox: Mailbox) async throws {
        let registry = try await registry(kind, after: [.putMailbox(mailbox)])
        let found = try #require(registry.mailboxes.first)
        #expect(found.id != .unsaved)
        var expected = mailbox
        expected.id = found.id
        #expect(registry == Registry(mailboxes: [expected]))
    }

    @Test(arguments: StoreKind.all, RegistrySample.contracts)
    func aContractReadsBack(_ kind: StoreKind, contract: Contract) async throws {
        let registry = try await registry(kind, after: [.putContract(contract)])
        let found = try #require(registry.contracts.first)
        #expect(found.id != .unsaved)
        var expected = contract
        expected.id = found.id
        #expect(registry == Registry(contracts: [expected]))
    }

    @Test(arguments: StoreKind.all, RegistrySample.flows)
    func aFlowReadsBack(_ kind: StoreKind, flow: Flow) async throws {
        #expect(try await registry(kind, after: [.putFlow(flow)]) == Registry(flows: [flow]))
    }

    @Test(arguments: StoreKind.all, RegistrySample.templates)
    func aTemplateReadsBack(_ kind: StoreKind, template: Template) async throws {
        #expect(try await registry(kind, after: [.putTemplate(template)]) == Registry(templates: [template]))
    }

    @Test(arguments: StoreKind.all)
    func theSystemOutboxIsSetReplacedAndUnset(_ kind: StoreKind) async throws {
        let (one, two): (MailboxName, MailboxName) = (Sample.name("one"), Sample.name("two"))
        let set: [RegistryChange] = [.setSystemOutbox(one), .setSystemOutbox(two)]
        #expect(try await registry(kind, after: set).systemOutbox == two)
        #expect(try await registry(kind, after: set + [.setSystemOutbox(nil)]).systemOutbox == nil)
    }

    @Test(arguments: StoreKind.all)
    func listsAreSortedByName(_ kind: StoreKind) async throws {
        let names = ["b", "a-2", "a.1", "a", "10", "a_3"]
        let registry = try await registry(
            kind,
            after: names.flatMap { name -> [RegistryChange] in
                var (flow, template) = (RegistrySample.flows[0], RegistrySample.template)
                (flow.name, template.name) = (Sample.name(name), Sample.name(name))
                return [
                    .putMailbox(RegistrySample.mailbox(name)), .putContract(RegistrySample.contract(name)),
                    .putFlow(flow), .putTemplate(template),
                ]
            })
        let sorted = names.sorted()
        #expect(registry.mailboxes.map(\.name.text) == sorted)
        #expect(registry.contracts.map(\.name.text) == sorted)
        #expect(registry.flows.map(\.name.text) == sorted)
        #expect(registry.templates.map(\.name.text) == sorted)
    }

    @Test(arguments: StoreKind.all)
    func anEditKeepsTheIDAndADeletedOneIsNeverGivenAgain(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let before = try await apply(["a", "b"].flatMap(Self.put), store)
        var edited = RegistrySample.mailbox("a", security: .none, role: .outbox(Outbox(senders: [])))
        edited.id = MailboxID(rawValue: 999)
        let after = try await apply([.putMailbox(edited), .putContract(RegistrySample.contract("a"))], store)
        #expect(after.mailboxes.map(\.id) == before.mailboxes.map(\.id))
        #expect(after.contracts.map(\.id) == before.contracts.map(\.id))
        #expect(after.mailboxes[0].security == .none)
        let again = try await apply(
            [.deleteMailbox(Sample.name("b")), .deleteContract(Sample.name("b"))] + Self.put("b"), store)
        #expect(Set(again.mailboxes.map(\.id)).intersection(before.mailboxes.map(\.id)) == [before.mailboxes[0].id])
        #expect(Set(again.contracts.map(\.id)).intersection(before.contracts.map(\.id)) == [before.contracts[0].id])
    }

    @Test(arguments: StoreKind.all)
    func eachKindIsDeletedByItsOwnKey(_ kind: StoreKind) async throws {
        let full =
            Self.put("receipt") + RegistrySample.flows.map { .putFlow($0) }
            + RegistrySample.templates.map { .putTemplate($0) }
        let registry = try await registry(
            kind,
            after: full + [
                .deleteMailbox(Sample.name("receipt")), .deleteFlow(Sample.name("quiet")),
                .deleteTemplate(Sample.name("receipt"), language: "en"),
            ])
        #expect(registry.mailboxes.isEmpty)
        #expect(registry.contracts.count == 1)
        #expect(registry.flows == [RegistrySample.flows[1]])
        #expect(registry.templates == [RegistrySample.template])
    }

    @Test(
        arguments: StoreKind.all,
        [
            .deleteMailbox(Sample.name("x")), .deleteContract(Sample.name("x")), .deleteFlow(Sample.name("x")),
            .deleteTemplate(Sample.name("receipt"), language: "fr"),
        ] as [RegistryChange])
    func changesAreAllOrNothing(_ kind: StoreKind, impossible: RegistryChange) async throws {
        let store = try await kind.fresh()
        let before = try await apply([.putTemplate(RegistrySample.template)], store)
        await store.expectDefect { try $0.apply(Self.put("a") + [impossible]) }
        #expect(try await store.read { try $0.registry() } == before)
    }

    @Test(arguments: StoreKind.all)
    func theVersionRisesWithEveryChange(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var versions = [try await store.read { try $0.registryVersion() }]
        for changes in [Self.put("a"), [.setSystemOutbox(nil)], [.deleteMailbox(Sample.name("a"))]] {
            versions.append(
                try await store.write { store in
                    try store.apply(changes)
                    return try store.registryVersion()
                })
            #expect(try await store.read { try $0.registryVersion() } == versions.last)
        }
        #expect(versions == Set(versions).sorted())
        _ = try await apply([], store)
        await store.expectDefect { try $0.apply([.deleteMailbox(Sample.name("x"))]) }
        #expect(try await store.read { try $0.registryVersion() } == versions.last)
    }

    // MARK: - Steps

    private static func put(_ name: String) -> [RegistryChange] {
        [.putMailbox(RegistrySample.mailbox(name)), .putContract(RegistrySample.contract(name))]
    }

    private func registry(_ kind: StoreKind, after changes: [RegistryChange]) async throws -> Registry {
        try await apply(changes, try await kind.fresh())
    }

    private func apply(_ changes: [RegistryChange], _ store: any Store) async throws -> Registry {
        try await store.write { try $0.apply(changes) }
        return try await store.read { try $0.registry() }
    }
}
