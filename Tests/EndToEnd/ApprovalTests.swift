// A request for approval through real servers: asked by mail, answered by a link's form and by a reply, told as events.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct ApprovalTests {
    private static let more = """
          - {name: acme-ask, contract: acme, on: approval.requested, steps: [{email: {outbox: contract, \
        to: [{group: board}], template: request, approval: {quorum: 1, expires: 8h}}}]}
          - {name: acme-yes, contract: acme, on: ticket.approved, steps: [{email: {outbox: contract, \
        to: [requester], subject: "Approved {{ticket.key}} by {{approval.group}}", text: "{{data.reason}}"}}]}

        """
    private static let template = """
          - name: request
            language: en
            subject: "Approval needed: [{{ticket.key}}]"
            text: |
              Approve: {{approval.approve}}
              Reject: {{approval.reject}}

        """

    private func desk(_ acme: Customer) -> String {
        registry([acme])
            .replacingOccurrences(
                of: "outbox: acme-out}",
                with: "outbox: acme-out, groups: [{name: board, members: [bia@acme.example, caio@acme.example]}]}"
            )
            .replacingOccurrences(of: "templates:\n", with: Self.more + "templates:\n" + Self.template)
    }

    /// The mail that asks this voter, as it arrived.
    private func request(_ number: Int, to voter: String, _ acme: Customer) -> String? {
        let mails = acme.postfix.received().filter {
            $0.contains("Approval needed: [ACME-\(number)]") && $0.contains("To: \(voter)@acme.example")
        }
        return mails.first
    }

    /// Quoted-printable cuts long lines with `=`.
    private func link(_ mail: String, _ word: String) throws -> String {
        let text = mail.replacingOccurrences(of: "\r", with: "").replacingOccurrences(of: "=\n", with: "")
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(word): http") }, "\(mail)")
        return "/a/" + (line.split(separator: "/").last ?? "")
    }

    private func curl(_ daemon: RealDaemon, _ path: String, _ more: String...) throws -> (status: String, page: String)
    {
        let result = try Program.run(
            "/usr/bin/curl",
            ["-sS", "--unix-socket", daemon.socket, "-w", "\n%{http_code}"] + more + ["http://malote" + path])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    private func events(_ type: String, _ daemon: RealDaemon) throws -> [String] {
        try daemon.events("acme").filter { $0.contains("malote.\(type).v1") }
    }

    @Test func aRequestIsAnsweredByALinkAndAnotherByAReply() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(desk(acme))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(0..<2))
        #expect(try await eventually { try events("ticket.opened", daemon).count == 2 }, "\(daemon.log)")
        for key in ["ACME-1", "ACME-2"] {
            let asked = try daemon.ctl(
                "trigger", "--contract", "acme", "--on", "approval.requested", "--ticket", key, "--data",
                #"{"price": "100 <EUR>"}"#)
            try #require(asked.status == 0, "\(asked.errors)")
        }
        #expect(
            try await eventually {
                (1...2).allSatisfy { number in
                    ["bia", "caio"].allSatisfy { request(number, to: $0, acme) != nil }
                }
            }, "\(daemon.log)\(acme.postfix.received())")

        try link(daemon, acme)
        try await reply(daemon, acme)
        #expect(
            try await eventually {
                acme.postfix.received().contains { $0.contains("Approved ACME-1 by board") }
            })
        let shown = try daemon.ctl("ticket", "show", "ACME-1").output
        #expect(shown.contains("APPROVAL") && shown.contains("ticket.approved"), "\(shown)")
        #expect(daemon.stop() == 0)
    }

    private func link(_ daemon: RealDaemon, _ acme: Customer) throws {
        let mail = try #require(request(1, to: "bia", acme))
        let approve = try link(mail, "Approve")
        for _ in 0..<2 {
            let looked = try curl(daemon, approve)
            #expect(looked.status == "200" && looked.page.contains("price: 100 &lt;EUR&gt;"), "\(looked)")
        }
        #expect(try events("ticket.approved", daemon).isEmpty)
        let taken = try curl(daemon, approve, "-d", "choice=approve", "--data-urlencode", "comment=go on")
        #expect(taken.status == "200" && taken.page.contains("Your approval is recorded."), "\(taken)")
        let told = try events("ticket.approved", daemon)
        #expect(told.count == 1, "\(told)")
        for part in [
            "\"subject\":\"ACME-1\"", "\"address\":\"bia@acme.example\"", "\"group\":\"board\"", "\"way\":\"link\"",
            "\"comment\":\"go on\"",
        ] { #expect(told.first?.contains(part) == true, "\(told)") }
        #expect(try curl(daemon, approve, "-d", "choice=approve").status == "410")
        let other = try curl(daemon, try link(try #require(request(1, to: "caio", acme)), "Reject"))
        #expect(other.status == "410" && other.page.contains("was approved on"), "\(other)")
        #expect(try curl(daemon, String(approve.dropLast()) + "!").status == "404")
        let listed = try daemon.ctl("approval", "list", "--state", "approved").output
        #expect(listed.contains("ACME-1") && !listed.contains("ACME-2"), "\(listed)")
    }

    private func reply(_ daemon: RealDaemon, _ acme: Customer) async throws {
        let mail = try #require(request(2, to: "caio", acme))
        let id = try #require(mail.split(separator: "\n").first { $0.lowercased().hasPrefix("message-id:") })
        let asked = id.drop { $0 != "<" }.filter { !$0.isNewline }
        let link = try link(mail, "Approve")
        let quoted = "http://127.0.0.1:0\(link)"
        func reply(_ from: String, _ text: String) -> String {
            """
            From: \(from)@acme.example
            To: \(acme.user)
            Subject: Re: Approval needed: [ACME-2]
            Message-ID: <\(from).\(text.count)@acme.example>
            In-Reply-To: \(asked)

            \(text)

            On Saturday Acme wrote:
            > Approve: \(quoted)

            """
        }
        try acme.dovecot.deliver([reply("bia", "Approved")])
        #expect(try await eventually { try events("ticket.replied", daemon).count == 1 }, "\(daemon.log)")
        #expect(try events("ticket.rejected", daemon).isEmpty)
        // What it quotes votes for nobody who reads the event.
        let told = try events("ticket.replied", daemon).first ?? ""
        #expect(told.contains("http://127.0.0.1:0/a/...") && !told.contains(link), "\(told)")
        try acme.dovecot.deliver([reply("caio", "Não.\n\nMuito caro.")])
        #expect(try await eventually { try events("ticket.replied", daemon).count == 2 }, "\(daemon.log)")
        // One of two said no: the other may still approve.
        #expect(try events("ticket.rejected", daemon).isEmpty)
        let shown = try daemon.ctl("approval", "show", "2").output
        for part in ["reject", "reply", "Muito caro.", "board", "pending"] { #expect(shown.contains(part), "\(shown)") }
        let voted = try daemon.ctl("approval", "vote", "2", "--as", "bia@acme.example", "--reject")
        #expect(voted.output == "approval 2 of ticket ACME-2 is rejected\n", "\(voted.errors)")
        #expect(try events("ticket.rejected", daemon).count == 1)
    }
}
