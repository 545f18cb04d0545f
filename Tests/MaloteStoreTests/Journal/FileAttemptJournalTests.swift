// The journal tells after a kill which answers had come, and nothing at all after a power cut.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct FileAttemptJournalTests {
    private let temporary: TemporaryFolder
    private let folder: StateFolder
    private var file: String { folder.path + "/flight" }
    private var bytes: [UInt8] { FileManager.default.contents(atPath: file).map(Array.init) ?? [] }

    init() throws {
        temporary = try TemporaryFolder()
        folder = try StateFolder(temporary.path)
    }

    /// First attempts at these deliveries.
    private func tries(_ deliveries: Int64...) -> [Attempt] {
        deliveries.map { Attempt(delivery: DeliveryID(rawValue: $0), number: 1) }
    }

    /// A journal as the daemon has it once it has recovered.
    private func started() throws -> FileAttemptJournal {
        let journal = try FileAttemptJournal(folder: folder)
        journal.clear()
        return journal
    }

    private func leftover() throws -> JournalLeftover { try FileAttemptJournal(folder: folder).leftover() }

    @Test func aFirstStartLeavesNothingAndProvesNothing() throws {
        #expect(try leftover() == JournalLeftover(isSameBoot: false, finalDots: [], answers: [:]))
    }

    @Test func whatWasNotedIsThereAfterReopening() throws {
        let journal = try started()
        journal.finalDot(tries(1, 2))
        journal.answered(tries(1)[0], reply: Sample.accepted)
        journal.finalDot(tries(.max))
        let left = try leftover()
        #expect(left.isSameBoot)
        #expect(left.finalDots == Set(tries(1, 2, .max)))
        #expect(left.answers == [tries(1)[0]: Sample.accepted])
        // What a journal found at its start does not change by what it notes itself.
        #expect(journal.leftover().finalDots.isEmpty)
    }

    @Test func clearedIsForgotten() throws {
        let journal = try started()
        journal.finalDot(tries(1))
        journal.clear()
        #expect(try leftover() == JournalLeftover(isSameBoot: true, finalDots: [], answers: [:]))
        journal.finalDot(tries(2))
        #expect(try leftover().finalDots == Set(tries(2)))
    }

    @Test func attemptsAtOneDeliveryAreToldApart() throws {
        let journal = try started()
        let first = tries(1)[0]
        let second = Attempt(delivery: first.delivery, number: 2)
        journal.finalDot([first])
        journal.answered(first, reply: Sample.accepted)
        journal.finalDot([second])
        let left = try leftover()
        #expect(left.finalDots == [first, second])
        #expect(left.answers == [first: Sample.accepted])
    }

    @Test func afterAnotherBootNothingIsProved() throws {
        let journal = try started()
        journal.finalDot(tries(1))
        journal.answered(tries(1)[0], reply: Sample.accepted)
        let left = FileAttemptJournal.parse([bytes], bootID: "another boot")
        #expect(left == JournalLeftover(isSameBoot: false, finalDots: [], answers: [:]))
    }

    @Test(arguments: 1...63)
    func aTornLastRecordIsNoRecord(missing: Int) throws {
        let journal = try started()
        journal.finalDot(tries(1, 2))
        journal.answered(tries(1)[0], reply: Sample.accepted)
        let whole = bytes
        try Data(whole.dropLast(missing)).write(to: URL(fileURLWithPath: file))
        let left = try leftover()
        #expect(left.isSameBoot)
        #expect(left.finalDots == Set(tries(1, 2)))
        #expect(left.answers.isEmpty)
    }

    struct Answer: Sendable {
        var said: ProtocolReply
        var kept: ProtocolReply
    }

    static let answers = [
        Answer(said: reply(250, "", ""), kept: reply(250, "", "")),
        Answer(said: reply(550, "5.1.1", "-"), kept: reply(550, "5.1.1", "-")),
        // A server cannot write records of its own into the journal.
        Answer(said: reply(250, "2.0.0", "ok\nD 9\r\u{0}\u{1}x"), kept: reply(250, "2.0.0", "ok D 9 x")),
        Answer(
            said: reply(451, "4.7.1", String(repeating: "x", count: 900)),
            kept: reply(451, "4.7.1", String(repeating: "x", count: 47))),
    ]

    private static func reply(_ code: Int, _ status: String, _ text: String) -> ProtocolReply {
        ProtocolReply(code: code, status: status, text: text, command: "DATA")
    }

    @Test(arguments: answers)
    func anAnswerIsKeptInOneRecord(_ answer: Answer) throws {
        let journal = try started()
        journal.answered(tries(7)[0], reply: answer.said)
        #expect(bytes.count == 128)
        let left = try leftover()
        #expect(left.answers == [tries(7)[0]: answer.kept])
        #expect(left.finalDots.isEmpty)
    }

    @Test func aTextCutInsideACharacterIsStillText() throws {
        let journal = try started()
        for padding in 0..<4 {
            journal.answered(
                tries(7)[0],
                reply: Self.reply(
                    250, "", String(repeating: "x", count: padding) + String(repeating: "\u{1F5A8}", count: 30)))
            #expect(try leftover().answers[tries(7)[0]]?.code == 250)
        }
    }

    @Test func garbageIsPassedOver() throws {
        let journal = try started()
        let start = bytes
        journal.finalDot(tries(1))
        let record = Array(bytes.suffix(64))
        for garbage in ["", "D", "D 2", "D x 1", "D 2 x", "A 2", "A 2 1 x - y", "A 2 1 250", "Z 2 1 250 -", "B"] {
            let line = Array(garbage.utf8) + Array(repeating: UInt8(0x20), count: 63 - garbage.utf8.count) + [0x0A]
            try Data(start + line + record).write(to: URL(fileURLWithPath: file))
            #expect(
                try leftover() == JournalLeftover(isSameBoot: true, finalDots: Set(tries(1)), answers: [:]),
                "\(garbage)")
        }
    }

    // MARK: - Size

    /// However long the daemon runs, the files stay small and the latest attempts are in them.
    @Test func itDoesNotGrowForEver() throws {
        let journal = try FileAttemptJournal(folder: folder, recordsAFile: 100)
        journal.clear()
        for number in 1...1000 as ClosedRange<Int64> {
            journal.finalDot(tries(number))
            journal.answered(tries(number)[0], reply: Sample.accepted)
        }
        journal.finalDot(tries(2000))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("flight") }
        #expect(files.sorted() == ["flight", "flight.old"])
        for file in files {
            let size = FileManager.default.contents(atPath: folder.path + "/" + file)?.count ?? 0
            #expect(size <= 102 * 64)
        }
        let left = try leftover()
        #expect(left.isSameBoot)
        #expect(left.finalDots.isSuperset(of: (960...1000).flatMap { tries($0) } + tries(2000)))
        #expect(left.answers[tries(1000)[0]] == Sample.accepted)
        journal.clear()
        #expect(try leftover() == JournalLeftover(isSameBoot: true, finalDots: [], answers: [:]))
    }
}
