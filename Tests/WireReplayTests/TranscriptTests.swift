// What real servers said, replayed whole, in pieces, and without the client's side.

import Foundation
import MaloteTestKit
import Testing
import wire_replay

@Suite struct TranscriptTests {
    @Test func allServersAreThere() {
        let names = Transcript.all.map(\.testDescription)
        for server in [
            "imap dovecot", "imap cyrus", "imap courier", "imap mailutils", "pop3 dovecot", "pop3 cyrus",
            "pop3 courier",
            "pop3 mailutils", "pop3 popa3d", "smtp postfix", "smtp exim", "smtp opensmtpd", "smtp sendmail",
            "smtp aiosmtpd",
        ] { #expect(names.contains("\(server)-session.txt")) }
    }

    @Test(arguments: Transcript.all)
    func events(_ transcript: Transcript) {
        let played = Replay.play(transcript.octets, as: transcript.wire)
        #expect(played.refusal == nil)
        let events = played.events.map(\.description)
        #expect(events.count == transcript.expected.count)
        for (event, expected) in zip(events, transcript.expected) where event != expected {
            Issue.record("\(event)\nis not what was expected:\n\(expected)")
            return
        }
    }

    @Test(arguments: Transcript.all)
    func cutsDoNotMatter(_ transcript: Transcript) {
        let octets = transcript.octets
        let whole = play([octets[...]], as: transcript.wire)
        #expect(play(octets.indices.map { octets[$0...$0] }, as: transcript.wire) == whole)
        var chance = Chance(seed: UInt64(octets.count))
        for _ in 0..<3 { #expect(play(chance.cut(octets), as: transcript.wire) == whole) }
    }

    /// What only the server has said is understood as well; POP3 guesses right which answers are long.
    @Test(arguments: Transcript.all)
    func theServerAlone(_ transcript: Transcript) {
        let both = Replay.play(transcript.octets, as: transcript.wire)
        let alone = Replay.play(transcript.serverOctets, as: transcript.wire)
        #expect(alone.refusal == nil)
        let wire = transcript.wire
        #expect(alone.events.compactMap { $0.withoutClient(wire) } == both.events.compactMap { $0.withoutClient(wire) })
    }

    /// Editors and version control make CRLF into LF; literals were counted before that.
    @Test(arguments: Transcript.all)
    func bareLineFeeds(_ transcript: Transcript) {
        let whole = Replay.play(transcript.octets, as: transcript.wire)
        let bare = transcript.octets.filter { $0 != 0x0D }
        #expect(Replay.play(bare, as: transcript.wire) == whole)
    }

    /// The machines never trap and never depend on how the octets arrive, whatever these are.
    @Test(arguments: Transcript.all)
    func damage(_ transcript: Transcript) {
        let octets = Array(transcript.octets.prefix(3000))
        var chance = Chance(seed: UInt64(octets.count))
        let telling = Array("{}()[]\"\\ \r\n*+-.:,0129SC\0\u{e9}".utf8)
        for _ in 0..<20 {
            let damaged = chance.damage(octets, with: telling)
            #expect(play(chance.cut(damaged), as: transcript.wire) == play([damaged[...]], as: transcript.wire))
        }
    }

    /// A body that came whole has as many octets as the server said before.
    @Test(arguments: Transcript.all.filter { $0.wire == .imap })
    func sizes(_ transcript: Transcript) {
        for event in Replay.play(transcript.octets, as: .imap).events {
            guard case .number(let size) = event["size"], let body = event["body"], body != JSON.null else { continue }
            #expect(body["octets"] == JSON.number(size))
        }
    }
}
