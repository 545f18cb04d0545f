// What is accepted but probably not meant is said, with its line.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryWarningsTests {
    static let suspicious: [(Doc, Doc, String, String)] = [
        (Sample.inbox, ["provider": "imaps", "port": 143], "port", "port 143 is usually IMAP (provider imap)"),
        (Sample.inbox, ["provider": "imap", "port": 993], "port", "port 993 is usually IMAP over TLS"),
        (Sample.inbox, ["provider": "pops", "port": 993], "port", "port 993 is usually IMAP over TLS"),
        (Sample.inbox, ["provider": "imaps", "port": 995], "port", "port 995 is usually POP3 over TLS"),
        (Sample.inbox, ["provider": "pops", "port": 110], "port", "port 110 is usually POP3 (provider pop)"),
        (Sample.inbox, ["port": 587], "port", "port 587 is usually SMTP"),
        (Sample.outbox, ["port": 465], "port", "port 465 is usually SMTP over TLS"),
        (Sample.outbox, ["tls": "implicit"], "port", "port 587 is usually SMTP with STARTTLS"),
        (Sample.outbox, ["port": 143], "port", "port 143 is usually IMAP"),
        (Sample.outbox, ["tls": "none"], "tls", "the password will cross the network in clear"),
        (Sample.inbox, ["provider": "pop", "tls": "none"], "tls", "the password will cross the network in clear"),
        (Sample.outbox, ["tls": "none", "sasl": "login"], "tls", "the password will cross the network in clear"),
    ]

    @Test(arguments: suspicious.indices)
    func aMismatchIsWarnedOf(_ index: Int) throws {
        let (base, change, field, says) = Self.suspicious[index]
        let node = Doc.mailboxes(base.with(change)).node
        let warnings = try RegistryPlanner.plan(.document(node, prune: false), on: Registry()).warnings
        #expect(warnings.map(\.field) == ["mailboxes[0].\(field)"])
        #expect(warnings.first?.line == node.line(at: "mailboxes[0].\(field)"))
        #expect(warnings.first?.message.hasPrefix(says) == true)
        #expect(warnings.first?.remedy.isEmpty == false)
    }

    static let usual: [(Doc, Doc)] = [
        (Sample.inbox, ["provider": "imap", "port": 143]), (Sample.inbox, ["provider": "pop3", "port": 110]),
        (Sample.inbox, ["provider": "imaps", "port": 10_993]), (Sample.outbox, ["tls": "implicit", "port": 465]),
        (Sample.outbox, ["port": 25]), (Sample.house, ["tls": "none"]),
        (Sample.outbox, ["tls": "none", "sasl": "cram-md5"]),
        (Sample.outbox, ["tls": "none", "sasl": "scram-sha-256"]),
    ]

    @Test(arguments: usual.indices)
    func theUsualIsNotWarnedOf(_ index: Int) throws {
        let node = Doc.mailboxes(Self.usual[index].0.with(Self.usual[index].1)).node
        #expect(try RegistryPlanner.plan(.document(node, prune: false), on: Registry()).warnings.isEmpty)
    }

    @Test(arguments: ["aaa-in", "zzz-in"])
    func twoReadersOfOneFolderAreWarnedOf(_ name: String) throws {
        let second = Sample.inbox.with(["name": .text(name), "server": "MAIL.acme.example"])
        let wish = RegistryPlanner.Wish.document(Doc.mailboxes(second).node, prune: false)
        let warnings = try RegistryPlanner.plan(wish, on: Sample.registry).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.line == 2)
        #expect(warnings.first?.message.contains("reads the same folder") == true)
    }

    @Test func anotherFolderIsNotTheSame() throws {
        let second = Sample.inbox.with(["name": "acme-vip", "folder": "VIP"])
        let wish = RegistryPlanner.Wish.document(Doc.mailboxes(second).node, prune: false)
        #expect(try RegistryPlanner.plan(wish, on: Sample.registry).warnings.isEmpty)
    }
}
