// Each choice of an outbox leads to one mailbox, tells why, and never to another one.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct OutboxResolutionTests {
    private func resolve(
        _ choice: EmailStep.OutboxChoice, _ outbox: Contract.OutboxChoice = .mailbox(name("acme-out")),
        _ registry: Registry = Sample.registry
    ) throws(Failure) -> OutboxResolution {
        try OutboxResolution.resolve(
            choice, asker: "Step 1 of flow confirm", contract: edited(Sample.acme) { $0.outbox = outbox },
            registry: registry)
    }

    static let choices: [(EmailStep.OutboxChoice, Contract.OutboxChoice, String, [String])] = [
        (
            .system, .mailbox(name("acme-out")), "house-out",
            ["Step 1 of flow confirm asks for the system outbox.", "The system outbox is house-out."]
        ),
        (
            .contract, .mailbox(name("acme-out")), "acme-out",
            ["Step 1 of flow confirm asks for the contract's outbox.", "Contract acme has outbox acme-out."]
        ),
        (
            .contract, .standard, "house-out",
            [
                "Step 1 of flow confirm asks for the contract's outbox.",
                "Contract acme uses the standard outbox.", "The system outbox is house-out.",
            ]
        ),
        (
            .specific(name("acme-out")), .standard, "acme-out",
            ["Step 1 of flow confirm asks for outbox acme-out."]
        ),
    ]

    @Test(arguments: choices.indices)
    func aChoiceIsFollowedAndTold(_ index: Int) throws {
        let (choice, outbox, expected, trace) = Self.choices[index]
        let resolution = try resolve(choice, outbox)
        #expect(resolution.mailbox.name.text == expected)
        #expect(resolution.outbox == resolution.mailbox.outbox)
        #expect(resolution.trace == trace)
    }

    @Test(
        arguments: [(.system, .mailbox(name("acme-out"))), (.contract, .standard)]
            as [(EmailStep.OutboxChoice, Contract.OutboxChoice)])
    func aMissingSystemOutboxIsTold(_ choice: EmailStep.OutboxChoice, _ outbox: Contract.OutboxChoice) throws {
        let registry = edited(Sample.registry) { $0.systemOutbox = nil }
        let failure = try #require(throws: Failure.self) { try resolve(choice, outbox, registry) }
        #expect(failure.kind == .operatorNeeded && failure.cause == .registry)
        #expect(failure.detail.hasSuffix("No system outbox is set."))
        #expect(failure.remedy.contains("system: {outbox: NAME}"))
    }

    @Test(arguments: [.specific(name("gone")), .specific(name("acme-in")), .contract] as [EmailStep.OutboxChoice])
    func anOutboxThatIsNotThereNeverBecomesAnother(_ choice: EmailStep.OutboxChoice) throws {
        let failure = try #require(throws: Failure.self) { try resolve(choice, .mailbox(name("gone"))) }
        #expect(failure.detail.contains("There is no outbox"))
    }
}
