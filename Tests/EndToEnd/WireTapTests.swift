// What the real daemon hands to the system, call by call: no password leaves it in the clear, whatever servers do.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@Suite(
    .serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"),
    .enabled(if: SystemCalls.canBeTraced, "strace is not there, or may not trace"))
struct WireTapTests {
    private static let password = "canary-sesame-wiretap"
    /// Of mailboxes whose operator wants no TLS: it must be seen, or the tap is no tap.
    private static let openPassword = "control-in-the-clear"

    /// A mailbox, as far as it matters here.
    private struct Line {
        var name: String
        var isInbox = true
        var place: String
        var password = WireTapTests.password
        /// How it fails; `nil` if it works.
        var fails: String?

        var registered: String {
            let login = "user: help@tap.example, password: \(password)"
            return isInbox
                ? "  - {name: \(name), type: inbox, server: localhost, \(place), \(login), poll: 1h, start: new}\n"
                : "  - {name: \(name), type: outbox, server: localhost, \(place), auth: true, \(login), "
                    + "senders: [\"help@tap.example\"]}\n"
        }
    }

    @Test func noPasswordLeavesInTheClear() async throws {
        let folder = try TemporaryFolder()
        let dovecot = try RealDovecot(in: folder.path + "/in", user: "help@tap.example", password: Self.password)
        let postfix = try RealPostfix(in: folder.path + "/out", authSocket: dovecot.authSocket)
        defer { postfix.stop() }
        let hostile = try HostileServers()
        let lines = Self.honest(dovecot, postfix) + Self.hostile(hostile) + Self.open(hostile)
        let trace = folder.path + "/trace"
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start(tracer: SystemCalls.tracer(into: trace))
        let applied = try daemon.apply(Self.registry(lines))
        try #require(applied.status == 0, "\(applied.errors)")
        for line in lines where !line.isInbox {
            let sent = try daemon.ctl(
                "send", "--contract", line.name, "--to", "ana@else.example", "--subject", "by \(line.name)",
                input: "hello\n")
            #expect(sent.status == 0, "\(sent.errors)")
        }
        let count = lines.count { !$0.isInbox && $0.fails == nil }
        #expect(try await eventually { postfix.received().count == count }, "\(daemon.log.suffix(3000))")
        var unexpected = ["nothing was looked at"]
        let isAsExpected = try await eventually {
            unexpected = try Self.unexpected(lines, daemon)
            return unexpected.isEmpty
        }
        #expect(isAsExpected, "\(unexpected)")
        #expect(daemon.stop() == 0)
        let calls = try await SystemCalls.read(trace)
        try expectSilence(calls, daemon)
    }

    private func expectSilence(_ calls: SystemCalls, _ daemon: RealDaemon) throws {
        // The tap hears: words of each protocol in the clear, and the passwords that may be there.
        for word in ["CAPABILITY", "CAPA\\r\\n", "EHLO ", "STARTTLS\\r\\n", "STLS\\r\\n"] {
            #expect(calls.sent.contains { $0.contains(word) }, "\(word)")
        }
        let control = Disguises(Self.openPassword)
        #expect(calls.sent.count { !control.found(in: Array($0.utf8)).isEmpty } >= 3)
        // And it hears no other password, not even on its way into a file or a log.
        let canary = Disguises(Self.password)
        for call in calls.sent { #expect(canary.found(in: Array(call.utf8)) == [], "\(call.prefix(300))") }
        #expect(!daemon.log.contains(Self.password))
    }

    /// Mailboxes that are not, or not yet, as they must become.
    private static func unexpected(_ lines: [Line], _ daemon: RealDaemon) throws -> [String] {
        struct Status: Decodable {
            struct Mailbox: Decodable {
                struct Failure: Decodable { var cause: String }
                var name: String
                var lastGood: String?
                var failure: Failure?
            }
            var mailboxes: [Mailbox]
        }
        let output = try daemon.ctl("status", "--json").output
        let mailboxes = try JSONDecoder().decode(Status.self, from: Data(output.utf8)).mailboxes
        return lines.filter { line in
            let mailbox = mailboxes.first { $0.name == line.name }
            return mailbox?.failure?.cause != line.fails || (line.fails == nil && mailbox?.lastGood == nil)
        }.map { line in "\(line.name): \(mailboxes.first { $0.name == line.name }?.failure?.cause ?? "no fault")" }
    }

    // MARK: - Mailboxes

    private static func registry(_ lines: [Line]) -> String {
        let inboxes = lines.filter(\.isInbox).map(\.name).joined(separator: ", ")
        var text = "mailboxes:\n" + lines.map(\.registered).joined() + "contracts:\n"
        text += "  - {name: tap, title: x, prefix: TAP, inboxes: [\(inboxes)]}\n"
        for (number, line) in lines.enumerated() where !line.isInbox {
            text += "  - {name: \(line.name), title: x, prefix: T\(number), inboxes: [], outbox: \(line.name)}\n"
        }
        return text
    }

    /// PLAIN, so that a password that is sent at all can be seen.
    private static func honest(_ dovecot: RealDovecot, _ postfix: RealPostfix) -> [Line] {
        func port(_ name: String) -> Int { dovecot.ports[name] ?? postfix.ports[name] ?? 0 }
        let rest = "sasl: plain, ca: \(dovecot.caFile)"
        let out = "sasl: plain, ca: \(postfix.caFile)"
        return [
            Line(name: "imap", place: "port: \(port("imap")), provider: imap, \(rest)"),
            Line(name: "imaps", place: "port: \(port("imaps")), provider: imaps, \(rest)"),
            Line(name: "pop", place: "port: \(port("pop3")), provider: pop, \(rest)"),
            Line(name: "pops", place: "port: \(port("pop3s")), provider: pops, \(rest)"),
            Line(
                name: "submission", isInbox: false, place: "port: \(port("submission")), tls: starttls, \(out)"),
            Line(name: "smtps", isInbox: false, place: "port: \(port("smtps")), tls: implicit, \(out)"),
        ]
    }

    private static func hostile(_ servers: HostileServers) -> [Line] {
        servers.stripping.flatMap { place -> [Line] in
            switch place.kind {
            case .imap, .pop:
                [place.kind.rawValue, place.kind.rawValue + "s"].map {
                    Line(
                        name: "\(place.name)-\($0)", place: "port: \(place.server.port), provider: \($0), sasl: plain",
                        fails: $0.hasSuffix("s") ? "tls" : "starttls")
                }
            case .smtp:
                ["starttls", "implicit"].map {
                    Line(
                        name: "\(place.name)-\($0)", isInbox: false,
                        place: "port: \(place.server.port), tls: \($0), sasl: plain",
                        fails: $0 == "starttls" ? "starttls" : "tls")
                }
            }
        }
    }

    private static func open(_ servers: HostileServers) -> [Line] {
        servers.open.map { place in
            let (port, isInbox) = (place.server.port, place.kind != .smtp)
            let security = isInbox ? "provider: \(place.kind.rawValue), tls: none" : "tls: none"
            return Line(
                name: place.name, isInbox: isInbox, place: "port: \(port), \(security), sasl: plain",
                password: openPassword, fails: "disconnected")
        }
    }
}

/// Servers in the clear that would like to hear a password.
private struct HostileServers {
    enum Kind: String { case imap, pop, smtp }

    struct Place {
        var kind: Kind
        var name: String
        var server: ScriptedServer
    }

    /// They take the offer of STARTTLS away, or refuse it.
    let stripping: [Place]
    /// They ask for a login in the clear, and hang up once they have it.
    let open: [Place]

    init() throws {
        stripping = try [Kind.imap, .pop, .smtp].flatMap { kind in
            try [("stripped", nil), ("refused", Self.refusal(kind))].map { word, refusal in
                Place(kind: kind, name: "\(word)-\(kind.rawValue)", server: try Self.server(kind, refusal: refusal))
            }
        }
        open = try [Kind.imap, .pop, .smtp].map { kind in
            Place(kind: kind, name: "open-\(kind.rawValue)", server: try Self.server(kind, refusal: nil))
        }
    }

    private static func refusal(_ kind: Kind) -> String {
        switch kind {
        case .imap: "NO not today\r\n"
        case .pop: "-ERR not today\r\n"
        case .smtp: "454 4.7.0 not today\r\n"
        }
    }

    /// - Parameter refusal: of STARTTLS, which is offered then.
    private static func server(_ kind: Kind, refusal: String?) throws -> ScriptedServer {
        switch kind {
        case .imap:
            try ScriptedServer(greeting: .say("* OK hi\r\n")) { line in
                let tag = line.prefix { $0 != " " } + " "
                if line.contains("STARTTLS"), let refusal { return .say(tag + refusal) }
                guard line.contains("CAPABILITY") else { return .end(tag + "OK done\r\n") }
                let offer = refusal == nil ? "AUTH=PLAIN SASL-IR" : "STARTTLS"
                return .say("* CAPABILITY IMAP4rev1 \(offer)\r\n\(tag)OK done\r\n")
            }
        case .pop:
            try ScriptedServer(greeting: .say("+OK hi\r\n")) { line in
                if line == "STLS", let refusal { return .say(refusal) }
                if line.hasPrefix("AUTH") { return .say("+ \r\n") }
                guard line == "CAPA" else { return .end("+OK\r\n") }
                return .say("+OK\r\n\(refusal == nil ? "SASL PLAIN" : "STLS")\r\n.\r\n")
            }
        case .smtp:
            try ScriptedServer(greeting: .say("220 here\r\n")) { line in
                if line == "STARTTLS", let refusal { return .say(refusal) }
                if line.hasPrefix("AUTH") { return .end("235 in\r\n") }
                return .say("250-here\r\n250 \(refusal == nil ? "AUTH PLAIN" : "STARTTLS")\r\n")
            }
        }
    }
}
