// Polls against IMAP servers that do it wrong: no mail is lost, none is filed twice, none with another's body.

import Foundation
import MaloteCore
import MaloteEngine
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct IMAPFaultTests {
    static let securities = [Mailbox.Security.none, .implicit]

    private func errand(
        _ security: Mailbox.Security, _ illness: Mark, after: Inbox.After = .seen, offer: String? = nil,
        _ bend: @escaping IMAPFault.Bend
    ) throws -> InboxErrand {
        let folder = PeerFolder("one", "two", "three")
        return try InboxErrand(.imap, security, folder: folder, after: after, offer: offer) { cue in
            illness.isSet ? bend(cue, folder) : nil
        }
    }

    @Test(arguments: IMAPFault.all, securities)
    func costsNoMail(_ fault: IMAPFault, security: Mailbox.Security) async throws {
        let illness = Mark(true)
        let errand = try errand(security, illness, after: fault.after, offer: fault.offer, fault.bend)
        let port = errand.server.port
        for round in 1...2 {
            let end = await errand.run(port: port, fault.isSilent ? try hastyNetwork() : try sharedNetwork())
            guard round == 1 else { break }
            #expect(words(end) == fault.ends, "\(end?.description ?? "")")
            #expect(errand.opened.sorted() == fault.files.sorted())
        }
        illness.set(false)
        for _ in 1...2 { #expect(await errand.run(port: port, try sharedNetwork()) == nil) }
        #expect(errand.opened.sorted() == fault.filesLater.sorted())
        #expect(errand.store.state.events.allSatisfy { $0.kind == .ticketOpened })
        #expect(errand.store.state.ledger.allSatisfy { $0.settled })
    }

    // MARK: - M4, M8

    private static let commands = ["CAPABILITY", "AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"]

    @Test(arguments: ["GREETING"] + commands, securities)
    func aGoodbyeAtAnyTime(command: String, security: Mailbox.Security) async throws {
        let illness = Mark(true)
        let errand = try errand(security, illness) { cue, _ in
            cue.command == command ? .end("* BYE shutting down\r\n") : nil
        }
        #expect(words(await errand.run(port: errand.server.port, try sharedNetwork())) == "transient disconnected")
        #expect(errand.complaint(isDone: false) == nil)
        illness.set(false)
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
    }

    /// For longer than a mail that cannot be fetched would be given up.
    @Test(
        arguments: [
            "UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "AUTHENTICATIONFAILED", "EXPIRED",
            "CONTACTADMIN",
        ], commands.dropFirst())
    func aServersOwnTroubleIsNoMailsFault(code: String, command: String) async throws {
        let illness = Mark(true)
        let errand = try errand(.none, illness) { cue, _ in
            cue.command == command && (command != "UID FETCH" || cue.isForBodies)
                ? .say("\(cue.tag) NO [\(code)] not now\r\n") : nil
        }
        for _ in 1...5 {
            let end = await errand.run(port: errand.server.port, try sharedNetwork())
            #expect(end.map { Self.troubles.contains($0.cause) } == true, "\(end?.description ?? "")")
        }
        #expect(errand.opened.count == (command == "UID STORE" ? 3 : 0))
        illness.set(false)
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
    }

    private static let troubles: Set<Failure.Cause> = [
        .authTemporary, .authRefused, .throttled, .quota, .mailboxLocked,
    ]

    // MARK: - M1, M2, M12, M14

    @Test(arguments: securities) func aFolderIsRenumberedUpwardsAndBack(security: Mailbox.Security) async throws {
        let folder = PeerFolder("one", "two", "three")
        let errand = try InboxErrand(.imap, security, folder: folder)
        let port = errand.server.port
        #expect(await errand.run(port: port, try sharedNetwork()) == nil)
        for (validity, shift) in [(9, 100), (3, -90), (8, 0), (3, 7)] {
            folder.change { state in
                state.validity = validity
                for index in state.mails.indices { state.mails[index].uid += shift }
                state.nextUID += shift
            }
            #expect(await errand.run(port: port, try sharedNetwork()) == nil)
            #expect(errand.complaint(isDone: true) == nil)
        }
        folder.change { $0.receive(peerMail("four")) }
        #expect(await errand.run(port: port, try sharedNetwork()) == nil)
        #expect(errand.opened == ["one", "two", "three", "four"])
    }

    @Test(arguments: securities) func numbersMayHaveGapsAndGoToTheirEnd(security: Mailbox.Security) async throws {
        let folder = PeerFolder("one", "two", "three", "four")
        folder.change { state in
            for (index, uid) in [5, 900, 2_147_483_648, 4_294_967_294].enumerated() { state.mails[index].uid = uid }
            state.nextUID = 4_294_967_295
        }
        let errand = try InboxErrand(.imap, security, folder: folder)
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
    }

    private static let manyNumbers = (1...100_000).map { " \($0)" }.joined()

    /// Their numbers are one line of two thirds of a megabyte.
    @Test(arguments: securities) func aHundredThousandMails(security: Mailbox.Security) async throws {
        let folder = PeerFolder()
        folder.change { $0.nextUID = 100_001 }
        let errand = try InboxErrand(.imap, security, folder: folder, start: .new) { cue in
            switch cue.command {
            // Without UIDNEXT all of them must be listed.
            case "SELECT": .say(cue.answer.replacing("[UIDNEXT", with: "[X"))
            case "UID SEARCH" where cue.line.contains("ALL"):
                .say("* SEARCH\(Self.manyNumbers)\r\n\(cue.tag) OK done\r\n")
            default: nil
            }
        }
        let before = residentPages()
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.opened.isEmpty)
        #expect(residentPages() - before < (96 << 20) / 4096)
        folder.change { $0.receive(peerMail("new")) }
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.opened == ["new"])
    }

    private func residentPages() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test(arguments: securities) func oneMessageIDIsNotOneMail(security: Mailbox.Security) async throws {
        let folder = PeerFolder()
        for text in [peerMail("one"), peerMail("one"), peerMail("other", id: "one")] {
            folder.change { $0.receive(text) }
        }
        let errand = try InboxErrand(.imap, security, folder: folder)
        let report = try await errand.poll(port: errand.server.port, try sharedNetwork())
        #expect(report.new == 2 && report.duplicate == 1 && report.seen == 3)
        #expect(errand.opened == ["one", "other"])
    }
}
