// Contracts' courses: what is kept of each five minutes, and the points that charts get of it.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct CourseTests {
    private static let acme = ContractID(rawValue: 1)
    private static let globex = ContractID(rawValue: 2)
    /// The beginning of a slot.
    private static let start = Timestamp(milliseconds: 6_000_000 * CourseSample.slotMilliseconds)

    private func events(_ kind: TicketEvent.Kind, _ count: Int, _ contract: ContractID = acme) -> Growth {
        Growth(mark: .init(event: 0, message: 0), events: [.init(contract: contract, kind: kind, count: count)])
    }

    @Test func aSlotIsGatheredAndKeptOnceItIsOver() {
        var planner = CoursePlanner(now: Self.start)
        planner.note(events(.notificationSent, 2))
        planner.note(events(.notificationFailed, 1))
        planner.note(events(.ticketOpened, 3))
        planner.note(
            Growth(
                mark: .init(event: 0, message: 0),
                messages: [.init(contract: Self.acme, fate: .opened, count: 4, octets: 100)]))
        planner.note(Self.acme, Standing(lag: 30, queueAge: 7))
        planner.note(Self.acme, Standing(lag: 20, queueAge: 9))
        #expect(planner.turn(now: Self.start + .seconds(299)).isEmpty)
        let kept = planner.turn(now: Self.start + .seconds(300))
        #expect(
            kept == [
                CourseSample(contract: CourseSample.daemon, slot: 6_000_000),
                CourseSample(
                    contract: Self.acme, slot: 6_000_000, received: 4, events: 6, sent: 2, failed: 1, lag: 30,
                    queueAge: 9),
            ])
        // The next slot begins empty.
        #expect(
            planner.turn(now: Self.start + .seconds(600)) == [
                CourseSample(contract: CourseSample.daemon, slot: 6_000_001)
            ])
    }

    @Test(arguments: [
        (Standing(lag: 120), false), (Standing(lag: nil), false), (Standing(lag: 121), true),
        (Standing(lag: 1, queueAge: 1), true),
    ])
    func ofAQuietContractNothingIsKept(_ standing: Standing, isKept: Bool) {
        var planner = CoursePlanner(now: Self.start)
        planner.note(Self.acme, standing)
        #expect(planner.end().contains { $0.contract == Self.acme } == isKept)
    }

    @Test func pointsAreZeroWhereTheDaemonWorkedAndMissingWhereItDidNot() {
        let now = Self.start + .seconds(900)
        let plan = CoursePoints(hours: 1, now: now)
        let sample = CourseSample(contract: Self.acme, slot: 6_000_001, received: 5, lag: 200)
        let points = plan.points([sample], worked: [6_000_000, 6_000_001, 6_000_003])
        #expect(points.map(\.received) == [0, 5, 0])
        #expect(points.map(\.time) == [0, 300, 900].map { Self.start + .seconds($0) })
        #expect(points.map(\.lag) == [0, 200, 0])
        #expect(plan.step == 300)
    }

    @Test(arguments: [(1, 300), (24, 300), (25, 600), (168, 2100), (0, 300), (9999, 2100)])
    func thereAreNeverMoreThan288Points(_ hours: Int, step: Int) {
        let now = Self.start + .seconds(123)
        let plan = CoursePoints(hours: hours, now: now)
        let slots = plan.first...CourseSample.slot(of: now)
        let samples = slots.map { CourseSample(contract: Self.acme, slot: $0, received: 1, lag: Int($0 - plan.first)) }
        let points = plan.points(samples, worked: Set(slots))
        #expect(plan.step == step && points.count <= 289)
        #expect(points.map(\.received).reduce(0, +) == slots.count)
        #expect(points.map(\.lag).max() == slots.count - 1)
    }

    @Test func theMailRoomKeepsWhatHappenedAndTellsItsCourse() throws {
        let house = House(deskRegistry(1...2, answers: true))
        let run = Run(house).startPolling().startSending()
        let room = run.room()
        let lookout = house.stage.start { await room.keepLookout() }
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("two"))
        house.stage.advance(by: .seconds(900))
        let course = try house.stage.run { try await room.course(contract: nil, hours: 1) }
        #expect(course.lines.map(\.contract) == ["c-1", "c-2"])
        #expect(course.lines[0].points.map(\.received).reduce(0, +) == 2)
        #expect(course.lines[0].points.map(\.sent).reduce(0, +) == 2)
        #expect(course.lines[1].points.map(\.received).reduce(0, +) == 0)
        #expect(course.lines[1].points.count >= 2)
        // What came after the last slot is kept at the stop.
        house.inbox(1).receive(mail("three"))
        house.stage.advance(by: .seconds(70))
        run.askToStop()
        house.stage.settle()
        #expect(lookout.isOver)
        let all = house.store.state.course.filter { $0.contract == Self.acme }
        #expect(all.map(\.received).reduce(0, +) == 3)
    }

    @Test func anUnknownContractIsRefused() throws {
        let room = Run(House()).room()
        #expect(throws: Problem.self) {
            try House().stage.run { try await room.course(contract: "nobody", hours: 1) }
        }
    }
}
