// When a step is carried out: conditions over everything that flows know.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct StepConditionTests {
    /// Conditions, and whether they hold for the scene below.
    static let cases: [([StepCondition], Bool)] = [
        ([], true),
        ([StepCondition("fields.urgency", [.init(.matches, "HIGH")])], true),
        ([StepCondition("fields.urgency", [.init(.is, "low"), .init(.is, "high")])], true),
        ([StepCondition("fields.urgency", [.init(.is, "low")])], false),
        ([StepCondition("fields.none", [.init(.is, "")])], true),
        ([StepCondition("fields.none", [.init(.matches, "?*")])], false),
        ([StepCondition("ticket.subject", [.init(.contains, "print")])], true),
        ([StepCondition("ticket.state", [.init(.is, "open")])], true),
        ([StepCondition("data.x", [.init(.is, "7")])], true),
        ([StepCondition("data.deep.y", [.init(.is, "true")])], true),
        ([StepCondition("data.list", [.init(.is, "b")])], true),
        ([StepCondition("data.list", [.init(.is, "c")])], false),
        ([StepCondition("data.deep", [.init(.is, "")])], true),
        ([StepCondition("event.type", [.init(.matches, "ticket.*")])], true),
        (
            [
                StepCondition("fields.urgency", [.init(.is, "high")]),
                StepCondition("message.from.address", [.init(.matches, "*@acme.example")]),
            ], true
        ),
        (
            [
                StepCondition("fields.urgency", [.init(.is, "high")]),
                StepCondition("message.from.address", [.init(.matches, "*@else.example")]),
            ], false
        ),
    ]

    private static let scene = edited(FlowRunTests.Scene()) {
        $0.occasion.fields = ["urgency": "high"]
        $0.occasion.data = .object([
            "x": .integer(7), "deep": .object(["y": .flag(true)]), "list": .list([.text("a"), .text("b")]),
        ])
    }

    @Test(arguments: cases.indices)
    func allMustHold(_ index: Int) {
        let (conditions, holds) = Self.cases[index]
        let asked = edited(Self.scene) { $0.step.when = conditions }
        #expect(asked.drafts.isEmpty != holds)
        #expect(asked.reasons.isEmpty == holds)
        // What holds keeps it from being carried out; of nothing nothing comes.
        let excepted = edited(Self.scene) { $0.step.unless = conditions }
        #expect(excepted.drafts.isEmpty == (holds && !conditions.isEmpty))
    }

    @Test func whatDoesNotHoldIsTold() {
        let scene = edited(Self.scene) {
            $0.step.when = [StepCondition("fields.urgency", [.init(.is, "low"), .init(.contains, "x")])]
        }
        #expect(
            scene.reasons == [
                "Step 1 of flow confirm: Its condition does not hold: fields.urgency is \"high\", "
                    + "and is low or contains x is asked for."
            ])
        let long = edited(Self.scene) {
            $0.occasion.fields["urgency"] = String(repeating: "x\n", count: 500)
            $0.step.when = [StepCondition("fields.urgency", [.init(.is, "low")])]
        }
        #expect(long.reasons.first?.count ?? 999 < 300 && long.reasons.first?.hasControlCharacter == false)
    }
}
