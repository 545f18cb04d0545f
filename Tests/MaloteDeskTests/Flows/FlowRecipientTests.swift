// Who gets a notification and who does not: flags of people, members, groups, contracts and occasions.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct FlowRecipientTests {
    typealias Scene = FlowRunTests.Scene
    typealias Group = Contract.Group

    private static let ana = Sample.address("ana@acme.example")
    private static let bia = Sample.address("bia@acme.example")
    private static let ext = Sample.address("ext@else.example")

    /// A change of the scene, who gets the mail, and words of what is told of the others.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var to: [String]
        var told: String
        var change: @Sendable (inout Scene) -> Void

        init(
            _ testDescription: String, to: [String], told: String = "",
            _ change: @escaping @Sendable (inout Scene) -> Void
        ) {
            (self.testDescription, self.to, self.told, self.change) = (testDescription, to, told, change)
        }
    }

    private static func group(
        _ members: [Group.Member], external: [MailAddress] = [], mandatory: Set<NotificationClass> = []
    ) -> [Group] {
        [Group(name: "team", members: members, external: external, mandatory: mandatory)]
    }

    static let cases: [Case] = [
        Case("a person with mail off", to: [], told: "ana@acme.example gets no mail: it is off for this person.") {
            $0.registry.contracts[0].people[0].mail = false
            $0.step.to = [.person("Ana")]
        },
        Case("a requester with mail off", to: [], told: "ana@acme.example gets no mail") {
            $0.registry.contracts[0].people[0].mail = false
        },
        Case("a requester with mail off who asks elsewhere", to: [], told: "ana@acme.example gets no mail") {
            $0.registry.contracts[0].people[0].mail = false
            $0.view?.replyTo = [Sample.address("home@else.example")]
        },
        Case("a person with mail off, written out", to: ["ana@acme.example"]) {
            $0.registry.contracts[0].people[0].mail = false
            $0.step.to = [.address(ana)]
        },
        Case("a member without mail", to: ["bia@acme.example"], told: "ana@acme.example gets no mail as a member") {
            $0.registry.contracts[0].groups = group([.init(ana, mail: false), .init(bia)])
            $0.step.to = [.group("team")]
        },
        Case("the same, who is the requester", to: ["bia@acme.example", "ana@acme.example"]) {
            $0.registry.contracts[0].groups = group([.init(ana, mail: false), .init(bia)])
            $0.step.to = [.group("team"), .requester]
        },
        Case("a member who is a person without mail", to: ["bia@acme.example"], told: "it is off for this person") {
            $0.registry.contracts[0].people[0].mail = false
            $0.registry.contracts[0].groups = group([.init(ana), .init(bia)])
            $0.step.to = [.group("team")]
        },
        Case("external addresses", to: ["bia@acme.example", "ext@else.example"]) {
            $0.registry.contracts[0].groups = group([.init(bia)], external: [ext, bia])
            $0.step.to = [.group("team")]
        },
        Case("Cc of the ticket", to: ["bia@acme.example", "ana@acme.example"]) {
            $0.ticket?.opening.cc = [bia, Sample.address("desk@house.example")]
            $0.step.to = [.cc, .requester, .cc]
        },
        Case("a class that is off", to: [], told: "Notifications of the class opening are off for contract acme.") {
            $0.registry.contracts[0].notify = [.progress, .closing]
        },
        Case("another class that is off", to: ["ana@acme.example"]) {
            $0.registry.contracts[0].notify = [.opening]
        },
        Case("progress is everything else", to: [], told: "class progress are off") {
            $0.registry.contracts[0].notify = [.opening, .closing]
            $0.registry.flows[0].trigger = "comment.added"
            $0.occasion.trigger = "comment.added"
        },
        Case("closing that is off", to: [], told: "class closing are off") {
            $0.registry.contracts[0].notify = [.opening, .progress]
            $0.registry.flows[0].trigger = "ticket.completed"
            $0.occasion.trigger = "ticket.completed"
        },
        Case("a class that is off, and a group that must know", to: ["bia@acme.example", "ext@else.example"]) {
            $0.registry.contracts[0].notify = []
            $0.registry.contracts[0].groups = group([.init(bia)], external: [ext], mandatory: [.opening])
            $0.step.to = [.requester, .group("team"), .address(ana)]
        },
        Case("a group that must know something else", to: [], told: "class opening are off") {
            $0.registry.contracts[0].notify = []
            $0.registry.contracts[0].groups = group([.init(bia)], mandatory: [.closing, .progress])
            $0.step.to = [.requester, .group("team")]
        },
        Case("a group that must know, not named by the step", to: [], told: "class opening are off") {
            $0.registry.contracts[0].notify = []
            $0.registry.contracts[0].groups = group([.init(bia)], mandatory: [.opening])
        },
        Case("a member without mail of a group that must know", to: [], told: "gets no mail as a member") {
            $0.registry.contracts[0].notify = []
            $0.registry.contracts[0].groups = group([.init(bia, mail: false)], mandatory: [.opening])
            $0.step.to = [.group("team")]
        },
        Case("notify false", to: [], told: "It says that nobody is to be notified.") {
            $0.occasion.data = .object(["notify": .flag(false)])
        },
        Case("notify false, and a group that must know", to: ["bia@acme.example"]) {
            $0.occasion.data = .object(["notify": .flag(false)])
            $0.registry.contracts[0].groups = group([.init(bia)], mandatory: [.opening])
            $0.step.to = [.requester, .group("team")]
        },
        Case("notify true", to: ["ana@acme.example"]) { $0.occasion.data = .object(["notify": .flag(true)]) },
        Case("a private note, and a group that must know", to: [], told: "It is private: nothing leaves.") {
            $0.occasion.data = .object(["private": .flag(true)])
            $0.registry.contracts[0].groups = group([.init(bia)], mandatory: [.opening])
            $0.step.to = [.group("team")]
        },
        Case("a paused contract", to: [], told: "Contract acme is paused.") {
            $0.registry.contracts[0].status = .paused
        },
        Case("a private note that could wait", to: [], told: "It is private: nothing leaves.") {
            $0.occasion.data = .object(["private": .flag(true)])
            $0.step.delaySeconds = 60
        },
    ]

    @Test(arguments: cases)
    func flagsDecideWhoIsWrittenTo(_ given: Case) {
        let scene = edited(Scene(), given.change)
        #expect(scene.drafts.flatMap(\.message.to).map(\.address) == given.to)
        let told = (scene.reasons + scene.drafts.flatMap(\.leftOut)).joined(separator: " ")
        #expect(told.contains(given.told), "\(told)")
        #expect(scene.drafts.isEmpty == given.to.isEmpty && scene.outcomes.count == 1)
    }

    // MARK: - Words and files

    @Test func aStepMayHaveItsOwnWordsAndLanguage() throws {
        let scene = edited(Scene()) {
            $0.step.content = .own(
                subject: "{{ticket.key}}", text: "{{event.time | date}}", html: "<i>{{ticket.key}}</i>")
            $0.step.language = "pt-BR"
        }
        let message = try #require(scene.drafts.first?.message)
        #expect(message.subject == "ACME-42" && message.text == "21/09/2026" && message.html == "<i>ACME-42</i>")
    }

    @Test func theStepsLanguageComesBeforeTheContracts() {
        let scene = edited(Scene()) { scene in
            scene.registry.templates = ["en", "pt-BR", "de"].map { language in
                edited(Sample.opened) { ($0.language, $0.text) = (language, language) }
            }
            scene.registry.contracts[0].language = "de"
            scene.step.language = "PT-br"
        }
        #expect(scene.drafts.first?.message.text == "pt-BR")
        #expect(edited(scene) { $0.step.language = "fr" }.drafts.first?.message.text == "de")
    }

    @Test func filesGoAlongAsFarAsTheyMay() throws {
        let scene = edited(Scene()) { scene in
            scene.registry.contracts[0].attachments.forbid = ["exe"]
            scene.view?.attachments = [("a.pdf", 4), ("b.exe", 1), ("c.pdf", 9_999_997), ("d.pdf", 3)].map {
                .init(name: $0.0, type: "application/pdf", size: $0.1, sha256: nil)
            }
            scene.occasion.files = [.init(name: "e.txt", type: "text/plain", base64: "aGk=")]
        }
        #expect(scene.drafts.first?.attachments == [])
        #expect(scene.drafts.first?.message.attachments.isEmpty == true)
        let draft = try #require(edited(scene) { $0.step.attachments = true }.drafts.first)
        #expect(draft.attachments == [0, 3])
        #expect(draft.leftOut.count == 2 && draft.leftOut[0].hasPrefix("b.exe does not go along."))
        #expect(draft.leftOut[1] == "c.pdf does not go along: all files together may have 10MB.")
        #expect(draft.message.attachments.map(\.content) == [Array("hi".utf8)])
    }

    // MARK: - Later

    @Test func aDelayedStepIsPlannedAndThenSeesWhatIs() throws {
        let scene = edited(Scene()) {
            $0.step.delaySeconds = 7200
            $0.step.unless = [StepCondition("ticket.state", [.init(.is, "closed")])]
        }
        guard case .plan(let place, let due)? = scene.outcomes.first else {
            Issue.record("it is not planned")
            return
        }
        #expect(due == Sample.now + .seconds(7200) && "\(place)" == "Step 1 of flow confirm")
        guard case .send = scene.run.outcome(of: place) else {
            Issue.record("it is not sent when its time has come")
            return
        }
        let closed = edited(scene) { $0.ticket?.closed = Sample.now }
        #expect(reason(closed.run.outcome(of: place)) == "It is not for this case: ticket.state is \"closed\".")
        let gone = edited(scene) { $0.registry.flows = [] }
        #expect(reason(gone.run.outcome(of: place)) == "There is no such flow any more.")
        #expect(
            reason(scene.run.outcome(of: .init(flow: name("confirm"), step: 2)))
                == "The flow has no such step any more."
        )
        #expect(reason(scene.run.outcome(of: .init(flow: name("confirm"), step: 0)))?.contains("no such step") == true)
    }

    private func reason(_ outcome: FlowRun.Outcome) -> String? {
        if case .nothing(_, let reason) = outcome { reason } else { nil }
    }
}
