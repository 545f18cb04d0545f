// What a poll asks a folder for and which messages it wants, for every state of cursor and server.

import MaloteCore
import MaloteEngine
import Testing

@Suite struct DiscoveryTests {
    private let mailbox = MailboxID(rawValue: 1)

    private func discovery(
        start: Inbox.Start = .unseen, next: UInt32? = 11, validity: UInt32 = 5, cursor: (UInt32, UInt32)? = nil,
        lastGood: Timestamp? = nil
    ) -> Discovery {
        Discovery(
            mailbox: mailbox, inbox: Inbox(access: .imap, start: start),
            folder: OpenFolder(validity: validity, nextUID: next, messages: 10, isReadOnly: false),
            cursor: cursor.map { FolderCursor(inbox: mailbox, folder: "INBOX", validity: $0.0, lastUID: $0.1) },
            lastGood: lastGood)
    }

    private func listed(_ uids: [Int]) -> [RemoteMessage] { uids.map { RemoteMessage(uid: String($0)) } }

    @Test(arguments: [
        (Inbox.Start.unseen, InboxSelection.unseen), (.all, .all),
        (.since(CivilDate(daysSinceEpoch: 20_000)), .since(CivilDate(daysSinceEpoch: 20_000))),
    ])
    func theFirstPollListsWhatStartSays(start: Inbox.Start, selection: InboxSelection) {
        let discovery = discovery(start: start)
        #expect(discovery.selection == selection)
        let outcome = discovery.outcome(listed: listed([7, 3]), start: start)
        #expect(outcome.wanted.map(\.uid) == ["3", "7"])
        #expect(outcome.cursor.lastUID == 10)
    }

    @Test func startNewPassesOverEverythingThatIsThere() {
        let known = discovery(start: .new)
        #expect(known.selection == nil)
        #expect(known.outcome(listed: [], start: .new).cursor.lastUID == 10)
        let unknown = discovery(start: .new, next: nil)
        #expect(unknown.selection == .all)
        let outcome = unknown.outcome(listed: listed([4, 9]), start: .new)
        #expect(outcome.wanted.isEmpty)
        #expect(outcome.cursor.lastUID == 9)
    }

    @Test func nothingNewMeansNothingAsked() {
        #expect(discovery(next: 11, cursor: (5, 10)).selection == nil)
        #expect(discovery(next: 12, cursor: (5, 10)).selection == .after(10))
        #expect(discovery(next: nil, cursor: (5, 10)).selection == .after(10))
    }

    @Test func theLastMessageOfAnOpenRangeIsNotNews() {
        let discovery = discovery(next: nil, cursor: (5, 10))
        let outcome = discovery.outcome(listed: listed([10]), start: .unseen)
        #expect(outcome.wanted.isEmpty)
        #expect(outcome.cursor.lastUID == 10)
    }

    @Test func aRenumberedFolderIsReadAgainFromTheDayBeforeTheLastGoodPoll() {
        let good = Timestamp(seconds: 86_400 * 20_000 + 500)
        let discovery = discovery(next: 4, validity: 6, cursor: (5, 10), lastGood: good)
        #expect(discovery.reason == .renumbered)
        #expect(discovery.selection == .since(CivilDate(daysSinceEpoch: 19_999)))
        let outcome = discovery.outcome(listed: listed([1, 2, 3]), start: .unseen)
        #expect(outcome.wanted.count == 3)
        #expect(outcome.cursor == FolderCursor(inbox: mailbox, folder: "INBOX", validity: 6, lastUID: 3))
    }

    @Test func uidsThatAreNoNumbersAreLeftAlone() {
        let outcome = discovery().outcome(listed: listed([3]) + [RemoteMessage(uid: "x")], start: .unseen)
        #expect(outcome.wanted.map(\.uid) == ["3"])
    }
}
