// A contract from its template to its end: made, exported with all its mail, erased; others notice nothing.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct ContractLifeTests {
    @Test func aContractIsTakenAwayWholeAndErased() async throws {
        let folder = try TemporaryFolder()
        let (acme, globex) = (
            try Customer("acme", in: folder.path), try Customer("globex", in: folder.path)
        )
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(registry([acme, globex]))
        try #require(applied.status == 0, "\(applied.errors)")
        for customer in [acme, globex] { try customer.dovecot.deliver(customer.mails(0..<5)) }
        #expect(
            try await eventually { acme.confirmations().count == 5 && globex.confirmations().count == 5 })
        #expect(
            try await eventually {
                try daemon.events("acme").filter { $0.contains("notification.sent") }.count == 5
            })

        try export(daemon, acme, to: folder.path + "/away")
        try erase(daemon, globex, folder.path)
        try await moveIn(acme, from: folder.path + "/away/acme", folder.path + "/elsewhere")

        // And a new one is made from what is left.
        let added = try daemon.ctl("contract", "add", "--from", "globex", "--name", "initech", "--prefix", "INI")
        #expect(added.status == 0 && added.output.contains("flow initech-confirm"), "\(added.errors)")
        #expect(daemon.stop() == 0)
    }

    private func export(_ daemon: RealDaemon, _ acme: Customer, to folder: String) throws {
        for _ in 1...2 {
            let done = try daemon.ctl("contract", "export", "acme", "--to", folder)
            #expect(
                done.output.hasPrefix("contract acme: 5 messages, 5 notifications, 5 tickets and "), "\(done.errors)")
        }
        let place = folder + "/acme"
        let mails = try FileManager.default.contentsOfDirectory(atPath: place + "/messages").filter {
            $0.hasSuffix(".eml")
        }
        #expect(mails.count == 5)
        let texts = try mails.map { try String(contentsOfFile: place + "/messages/" + $0, encoding: .utf8) }
        #expect(texts.allSatisfy { $0.contains("@acme.example") } && !texts.contains { $0.contains("globex") })
        let events = try String(contentsOfFile: place + "/events.jsonl", encoding: .utf8)
        #expect(events == (try daemon.events("acme")).map { $0 + "\n" }.joined())
        let registry = try String(contentsOfFile: place + "/registry.yaml", encoding: .utf8)
        #expect(registry.contains("name: acme-in") && !registry.contains("globex") && !registry.contains("canary"))
        let mode = try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    /// On another installation replies find their tickets, numbers go on, and nothing is taken twice.
    private func moveIn(_ acme: Customer, from export: String, _ folder: String) async throws {
        let daemon = try RealDaemon(in: folder)
        try await daemon.start()
        #expect(
            try daemon.apply(registry([acme]).replacingOccurrences(of: "poll: 5s", with: "poll: 5s, start: new")).status
                == 0)
        let early = try daemon.ctl("contract", "import", "acme", export)
        #expect(early.status == 1 && early.errors.contains("malotectl contract pause acme"))
        #expect(try daemon.ctl("contract", "pause", "acme").status == 0)
        for told in ["5 messages, 5 tickets, 10 events", "0 messages, 0 tickets, 0 events"] {
            let done = try daemon.ctl("contract", "import", "acme", export)
            #expect(done.output.hasPrefix("contract acme has taken over \(told)."), "\(done.output)\(done.errors)")
        }
        #expect(try daemon.events("acme").count == 10)
        #expect(try daemon.ctl("ticket", "show", "ACME-3").output.contains("Request"))
        #expect(try daemon.ctl("contract", "resume", "acme").status == 0)
        let reply = """
            From: Person 2 <person2@acme.example>
            Subject: Re: Request 2
            Message-ID: <again.2@acme.example>
            In-Reply-To: <request.2@acme.example>

            Once more.

            """
        try acme.dovecot.deliver([reply] + acme.mails(7..<8))
        #expect(
            try await eventually {
                let events = try daemon.events("acme")
                return events.contains { $0.contains("ticket.replied") } && events.contains { $0.contains("ACME-6") }
            })
        #expect(daemon.stop() == 0)
    }

    private func erase(_ daemon: RealDaemon, _ globex: Customer, _ folder: String) throws {
        let early = try daemon.ctl("contract", "erase", "acme", "--yes")
        #expect(early.status == 1 && early.errors.contains("only an ended one can be erased"))
        #expect(try daemon.ctl("contract", "edit", "acme", "--status", "ended").status == 0)
        let counted = try daemon.ctl("contract", "erase", "acme")
        #expect(counted.output.contains("5 messages, 5 tickets, ") && counted.output.contains("Nothing was erased"))
        let erased = try daemon.ctl("contract", "erase", "acme", "--yes")
        #expect(erased.output.contains("contract acme is erased: 5 messages, 5 tickets, "), "\(erased.errors)")
        #expect(erased.output.contains("mailbox acme-in is linked to nothing any more."))
        #expect(try daemon.ctl("contract", "show", "acme").status == 1)
        // Not one octet of its mail is left in the files.
        let files = folder + "/daemon"
        let found = try Program.run("/bin/grep", ["-rlaE", "This is request [0-9]+|person[0-9]@acme", files])
        let kept = found.output.split(separator: "\n").filter { !$0.hasSuffix(".log") }
        let theirs = try Program.run("/bin/grep", ["-rlaE", "person[0-9]@acme", files])
        #expect(!kept.isEmpty && !theirs.output.contains("malote.db"), "\(theirs.output)")
        #expect(try daemon.events("globex").count == 10)
    }
}
