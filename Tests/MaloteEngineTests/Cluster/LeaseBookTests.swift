// What a node may begin by its own book, and how long.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct LeaseBookTests {
    private let clock = FakeClock(now: Timestamp(seconds: 1000))
    private let share = Share.inbox(1)

    private func book(_ shares: [Share], for lease: Duration = .seconds(12)) -> LeaseBook {
        let clock = clock
        let book = LeaseBook(uptime: { clock.now() - Timestamp(milliseconds: 0) })
        book.renewed(sent: book.uptimeNow(), for: lease)
        book.take(shares)
        return book
    }

    @Test func onlyWhatIsHeldIsBegun() {
        let book = book([share])
        #expect(book.begin(share) && book.holds(share))
        #expect(!book.begin(.inbox(2)) && !book.holds(.inbox(2)) && book.arrival(of: .inbox(2)) == nil)
        #expect(LeaseBook.whole.begin(.inbox(2)) && LeaseBook.whole.mayGoOn)
    }

    @Test func nothingIsBegunBeyondTheLease() {
        let book = book([share])
        clock.move(to: clock.now() + .seconds(11))
        #expect(book.begin(share) && book.mayGoOn)
        // As after a stop of the machine: nobody has told the book.
        clock.move(to: clock.now() + .seconds(1))
        #expect(!book.begin(share) && !book.holds(share) && !book.mayGoOn)
        book.renewed(sent: book.uptimeNow() - .seconds(1), for: .seconds(12))
        #expect(book.begin(share))
        book.lose()
        #expect(!book.begin(share) && !book.mayGoOn)
    }

    /// An answer that comes late renews from when it was asked for, and never takes back what a later one gave.
    @Test func aRenewalCountsFromItsSending() {
        let book = book([share])
        book.renewed(sent: book.uptimeNow() - .seconds(5), for: .seconds(12))
        #expect(book.left == .seconds(12))
        clock.move(to: clock.now() + .seconds(10))
        book.renewed(sent: book.uptimeNow() - .seconds(8), for: .seconds(12))
        #expect(book.left == .seconds(4))
    }

    @Test func whatIsGivenBackIsFirstFinished() {
        let book = book([share, .inbox(2)])
        #expect(book.begin(share) && book.begin(share))
        let (changed, quiet) = (book.changed.generation, book.quiet.generation)
        book.callBack([share])
        #expect(!book.begin(share) && !book.holds(share) && book.changed.generation == changed + 1)
        #expect(book.holds(.inbox(2)))
        #expect(book.resting.isEmpty)
        book.end(share)
        #expect(book.resting.isEmpty && book.quiet.generation == quiet)
        book.end(share)
        #expect(book.resting == [share] && book.quiet.generation == quiet + 1)
        book.drop([share])
        #expect(book.resting.isEmpty && book.entries.keys.elementsEqual([.inbox(2)]))
        // An end too many, of work begun before, ends nobody else's.
        book.take([share])
        #expect(book.begin(share))
        book.end(share)
        book.end(share)
        book.callBack([share])
        #expect(book.resting == [share])
    }

    @Test func eachComingHasItsNumber() {
        let book = book([share])
        let first = book.arrival(of: share)
        book.take([share])
        #expect(book.arrival(of: share) == first)
        book.callBack([share])
        #expect(book.arrival(of: share) == nil)
        book.drop([share])
        book.take([share])
        #expect(book.arrival(of: share) != nil && book.arrival(of: share) != first)
    }
}
