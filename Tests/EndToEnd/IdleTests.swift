// News from a real Dovecot that tells of it, and what else it offers: special folders, compression.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct IdleTests {
    private struct Desk {
        let folder: TemporaryFolder
        let dovecot: RealDovecot
        let daemon: RealDaemon

        init() async throws {
            folder = try TemporaryFolder()
            dovecot = try RealDovecot(in: folder.path + "/in", user: "help@idle.example", password: "canary-idle")
            daemon = try RealDaemon(in: folder.path + "/daemon")
            try await daemon.start()
        }

        /// Polls once an hour: what comes sooner was told by the server.
        func register(_ fields: String = "") throws {
            let applied = try daemon.apply(
                """
                mailboxes:
                  - {name: in, type: inbox, server: localhost, port: \(dovecot.ports["imaps"] ?? 0), provider: imaps, poll: 1h,
                     user: help@idle.example, password: canary-idle, start: all, ca: \(dovecot.caFile)\(fields)}
                contracts: [{name: idle, title: Idle, prefix: IDLE, inboxes: [in]}]
                """)
            #expect(applied.status == 0, "\(applied.errors)")
        }

        func deliver(_ numbers: ClosedRange<Int>) throws {
            try dovecot.deliver(
                numbers.map {
                    "From: <a\($0)@idle.example>\nSubject: number \($0)\n\n\(String(repeating: "text ", count: 2000))\n"
                })
        }

        func has(events: Int) async throws -> Bool {
            try await eventually { try daemon.events("idle").count == events }
        }

        func isIdling() async throws -> Bool {
            try await eventually { try daemon.ctl("status", "--json").output.contains("\"idling\":true") }
        }

        var logins: Int { dovecot.logins("imap-login").values.reduce(0, +) }

        func mails(in folder: String) -> Int {
            ["new", "cur"].map { place in
                let path = "\(dovecot.inboxFolder)/\(folder)/\(place)"
                return (try? FileManager.default.contentsOfDirectory(atPath: path).count) ?? 0
            }.reduce(0, +)
        }
    }

    @Test func newsIsAnEventLongBeforeTheNextPoll() async throws {
        let desk = try await Desk()
        try desk.deliver(1...2)
        try desk.register()
        #expect(try await desk.has(events: 2), "\(desk.daemon.log)")
        #expect(try await desk.isIdling())
        #expect(try desk.daemon.ctl("status").output.contains("idling"))
        for number in 3...5 {
            try desk.deliver(number...number)
            #expect(try await desk.has(events: number), "\(desk.daemon.log)")
            #expect(try await desk.isIdling())
        }
        #expect(try desk.daemon.ctl("poll", "in").status == 0)
        #expect(try await desk.isIdling())
        #expect(desk.logins == 1)
        #expect(desk.daemon.stop() == 0)
    }

    @Test func aServerThatComesBackIsWaitedOnAgain() async throws {
        let desk = try await Desk()
        try desk.register()
        #expect(try await desk.isIdling(), "\(desk.daemon.log)")
        desk.dovecot.stop()
        try desk.dovecot.startAgain()
        #expect(try await eventually { desk.logins == 2 }, "\(desk.daemon.log)")
        #expect(try await desk.isIdling())
        try desk.deliver(1...1)
        #expect(try await desk.has(events: 1), "\(desk.daemon.log)")
        #expect(desk.daemon.stop() == 0)
    }

    @Test func whoMayNotIdleDoesNot() async throws {
        let desk = try await Desk()
        try desk.deliver(1...1)
        try desk.register(", idle: false")
        #expect(try await desk.has(events: 1), "\(desk.daemon.log)")
        #expect(try await eventually { try desk.daemon.ctl("status", "--json").output.contains("\"state\":\"ok\"") })
        #expect(desk.daemon.stop() == 0)
    }

    @Test func compressedMailsAreMovedToTheArchive() async throws {
        let desk = try await Desk()
        try desk.deliver(1...20)
        try desk.register(", compress: true, after: move \\Archive")
        #expect(try await desk.has(events: 20), "\(desk.daemon.log)")
        #expect(try await eventually { desk.mails(in: ".Archive") == 20 }, "\(desk.daemon.log)")
        #expect(try await desk.isIdling())
        try desk.deliver(21...21)
        #expect(try await desk.has(events: 21), "\(desk.daemon.log)")
        #expect(try await eventually { desk.mails(in: ".Archive") == 21 && desk.mails(in: "") == 0 })
        let tested = try desk.daemon.ctl("mailbox", "test", "in")
        #expect(tested.status == 0, "\(tested.output)")
        for part in ["the server is Dovecot", "compressed from here on", "\\Archive is Archive"] {
            #expect(tested.output.contains(part), "\(tested.output)")
        }
        #expect(desk.daemon.stop() == 0)
    }

    @Test func aFolderThatIsNotThereIsAnsweredWithThoseThatAre() async throws {
        let desk = try await Desk()
        try desk.register(", folder: Archiv")
        let status = { try desk.daemon.ctl("status").output }
        #expect(try await eventually { try status().contains("Did you mean \"Archive\"?") })
        #expect(try status().contains("The server has: Archive (\\Archive), INBOX."))
        #expect(desk.daemon.stop() == 0)
    }
}
