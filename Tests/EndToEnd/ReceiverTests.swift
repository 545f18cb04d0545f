// Events at etc/receiver.py, which stands for a customer's ticket system: linked, caught up, verified, refused.

import Foundation
import MaloteTestKit
import Synchronization
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct ReceiverTests {
    /// The sample receiver, that can be killed and started again at the same address.
    private final class Receiver: Sendable {
        private let folder: String
        private let process = Mutex<Child?>(nil)
        private let listen = Mutex("127.0.0.1:0")
        var url: String { "http://\(listen.withLock { $0 })/" }
        private var log: String { folder + "/receiver.log" }

        init(in folder: String) { self.folder = folder }

        func start(_ secrets: String...) async throws {
            try? FileManager.default.removeItem(atPath: log)
            let files = secrets.flatMap { ["--secret", "\(folder)/\($0)"] }
            let child = try Child(
                "/usr/bin/python3",
                ["\(projectFolder)/etc/receiver.py", "--database", "\(folder)/received.db"]
                    + ["--listen", listen.withLock { $0 }] + files, output: log, errors: log)
            process.withLock { $0 = child }
            let isUp = try await eventually { said.contains("listening on ") }
            try #require(isUp, "\(said)")
            let place = said.split(separator: "\n").first?.split(separator: " ").last.map(String.init) ?? ""
            listen.withLock { $0 = place }
        }

        var said: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }

        func kill() {
            let child = process.withLock { held in
                defer { held = nil }
                return held
            }
            child?.signal(SIGKILL)
            _ = child?.wait()
        }

        /// Ids in the order of their arrival.
        func received() throws -> [String] {
            let script =
                "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute("
                + "'SELECT id FROM events ORDER BY number'): print(row[0])"
            return try Program.succeed("/usr/bin/python3", ["-c", script, "\(folder)/received.db"])
                .split(separator: "\n").map(String.init)
        }

        /// Posts as a sender would, with a signature made a while ago; returns the status.
        func post(_ body: String, id: String, secret: String, age: Int = 0) throws -> String {
            let script = """
                import base64, hashlib, hmac, sys, time, urllib.error, urllib.request
                url, id, secret, age, body = sys.argv[1:6]
                stamp = str(int(time.time()) - int(age))
                signed = (id + "." + stamp + "." + body).encode()
                mac = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
                headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": "v1,bad v1," + mac,
                           "Content-Type": "application/cloudevents+json"}
                try: print(urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)).status)
                except urllib.error.HTTPError as error: print(error.code)
                """
            let answer = try Program.succeed("/usr/bin/python3", ["-c", script, url, id, secret, "\(age)", body])
            return answer.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        deinit { kill() }
    }

    /// Whoever copies the sample should copy something that is careful.
    @Test func theSampleReceiverTakesOnlyWhatIsSignedAndFresh() async throws {
        let folder = try TemporaryFolder()
        for name in ["one", "two"] {
            try "a secret \(name) of enough octets\n".write(
                toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
        }
        let receiver = Receiver(in: folder.path)
        try await receiver.start("one", "two")
        let body = "{\"type\":\"x\",\"data\":{\"contract\":\"acme\",\"ticket\":{\"key\":\"ACME-1\"}}}"
        func post(_ body: String, _ id: String, _ secret: String, age: Int = 0) throws -> String {
            try receiver.post(body, id: id, secret: "a secret \(secret) of enough octets", age: age)
        }
        #expect(try post(body, "e1", "one") == "200" && post(body, "e2", "two") == "200")
        #expect(try post(body, "e1", "two") == "200")
        #expect(try post(body, "e3", "three") == "401")
        #expect(try post(body, "e4", "one", age: 301) == "400" && post(body, "e5", "one", age: -320) == "400")
        #expect(try post("[]", "e6", "one") == "400" && post("{", "e7", "one") == "400")
        #expect(try receiver.received() == ["e1", "e2"])
    }

    private struct Identified: Decodable { var id: String }

    private func log(_ daemon: RealDaemon) throws -> [String] {
        try daemon.events("acme").map { try JSONDecoder().decode(Identified.self, from: Data($0.utf8)).id }
    }

    /// - Returns: whether the receiver gets every event of the log, in its order.
    private func catchesUp(_ receiver: Receiver, _ daemon: RealDaemon, mails: Int, _ acme: Customer) async throws
        -> Bool
    {
        try await eventually {
            try acme.opened(daemon).count == mails && receiver.received() == log(daemon)
        }
    }

    @Test func nothingIsLostAndNothingIsOutOfOrder() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        defer { acme.stopServers() }
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        for (name, secret) in [
            ("old", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("new", "canary-new-secret-of-32-octets!!"),
        ] {
            try secret.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
        }
        let receiver = Receiver(in: folder.path)
        try await receiver.start("old")
        try await daemon.start()
        let events = "outbox: acme-out, events: {url: \"\(receiver.url)\", secret: {file: \(folder.path)/old}}}"
        let applied = try daemon.apply(
            registry([acme]).replacingOccurrences(of: "outbox: acme-out}", with: events))
        try #require(applied.status == 0 && applied.output.contains("in clear"), "\(applied)")

        try acme.dovecot.deliver(acme.mails(0..<3))
        #expect(try await catchesUp(receiver, daemon, mails: 3, acme), "\(daemon.log)\n\(receiver.said)")
        #expect(try daemon.ctl("--json", "ticket", "show", "ACME-1").output.contains("\"external\":\"EXT-1\""))

        try await outage(receiver, daemon, acme)
        try await rotation(receiver, daemon, acme, folder.path)
        try await replay(receiver, daemon)
        #expect(daemon.stop() == 0)
        #expect(!daemon.log.contains("canary") && !daemon.log.contains("whsec"))
    }

    private func outage(_ receiver: Receiver, _ daemon: RealDaemon, _ acme: Customer) async throws {
        receiver.kill()
        try acme.dovecot.deliver(acme.mails(3..<6))
        #expect(try await eventually { try acme.opened(daemon).count == 6 }, "\(daemon.log)")
        #expect(
            try await eventually { try daemon.ctl("endpoint", "show", "acme").output.contains("does not accept") })
        #expect(try daemon.ctl("status").output.contains("The endpoint of contract acme has been waiting"))
        daemon.kill()
        try await daemon.start()
        try await receiver.start("old")
        let retried = try daemon.ctl("endpoint", "retry", "acme")
        #expect(retried.status == 0, "\(retried.errors)")
        #expect(try await catchesUp(receiver, daemon, mails: 6, acme), "\(daemon.log)\n\(receiver.said)")
        #expect(try await eventually { try daemon.ctl("endpoint", "list").output.contains(" idle ") })
    }

    /// Both secrets sign; then the receiver changes over; then the former one goes. No event waits meanwhile.
    private func rotation(_ receiver: Receiver, _ daemon: RealDaemon, _ acme: Customer, _ folder: String) async throws {
        let both = try daemon.ctl(
            "contract", "edit", "acme", "--events-secret-file", "\(folder)/new", "--events-former-secret-file",
            "\(folder)/old")
        #expect(both.output.contains("changed contract acme: events"), "\(both)")
        try acme.dovecot.deliver(acme.mails(6..<7))
        #expect(try await catchesUp(receiver, daemon, mails: 7, acme), "\(receiver.said)")
        receiver.kill()
        try await receiver.start("new")
        _ = try daemon.ctl("endpoint", "retry", "acme")
        let one = try daemon.ctl(
            "contract", "edit", "acme", "--events-former-secret-file", "", "--events-mode", "binary")
        #expect(one.status == 0, "\(one.errors)")
        try acme.dovecot.deliver(acme.mails(7..<8))
        #expect(try await catchesUp(receiver, daemon, mails: 8, acme), "\(receiver.said)")
        #expect(try daemon.ctl("--json", "ticket", "show", "ACME-8").output.contains("\"external\":\"EXT-8\""))
        // Whoever has not changed over lets nobody in: that is told, and the events wait for him.
        receiver.kill()
        try await receiver.start("old")
        _ = try daemon.ctl("endpoint", "retry", "acme")
        try acme.dovecot.deliver(acme.mails(8..<9))
        #expect(
            try await eventually {
                try daemon.ctl("endpoint", "show", "acme").output.contains("does not let us in (401)")
            }, "\(receiver.said)")
        receiver.kill()
        try await receiver.start("new")
        _ = try daemon.ctl("endpoint", "retry", "acme")
        // Each mail is an opening and, when it is confirmed, a notification that was sent.
        #expect(try await eventually { try receiver.received().count == 18 }, "\(receiver.said)")
    }

    private func replay(_ receiver: Receiver, _ daemon: RealDaemon) async throws {
        let ids = try log(daemon)
        let dry = try daemon.ctl("endpoint", "replay", "acme", "--after", ids[0], "--dry-run")
        #expect(dry.output.contains("\(ids.count - 1) events would be delivered again"), "\(dry)")
        _ = try daemon.ctl("endpoint", "replay", "acme", "--after", ids[0])
        #expect(
            try await eventually {
                receiver.said.components(separatedBy: "(known already)").count == ids.count
            }, "\(receiver.said)")
        #expect(try receiver.received().count == ids.count)
        let pulled = try daemon.ctl("events", "acknowledge", ids[1], "--contract", "acme")
        #expect(pulled.output.contains("is acknowledged, \(ids.count - 2) wait"), "\(pulled)")
        let rest = try daemon.ctl("events", "--contract", "acme", "--after", "acknowledged", "--limit", "1").output
        #expect(rest.contains(ids[2]))
    }
}
