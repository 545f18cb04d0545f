// Every wrong field is named with its line and what to write instead, and all of them at once.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryErrorsTests {
    static let long = Doc.text(String(repeating: "a", count: 64))

    static let documents: [Wrong] = [
        Wrong(["x"], "", "must be a mapping"),
        Wrong(["mailbox": []], "mailbox", "is not a known field"),
        Wrong(["mailboxes": "acme-in"], "mailboxes", "must be a list"),
        Wrong(["mailboxes": ["acme-in"]], "mailboxes[0]", "must be a mapping"),
        Wrong(["system": "house-out"], "system", "must be a mapping"),
        Wrong(["system": ["outbx": "house-out"]], "system.outbx", "is not a known field"),
        Wrong(["system": ["outbox": "House Out"]], "system.outbox", "is not a name"),
        Wrong(["system": ["outbox": []]], "system.outbox", "must be a text"),
        Wrong(.mailboxes(Sample.inbox, Sample.inbox), "mailboxes[1]", "second mailbox acme-in; the first is on line 2"),
        Wrong(.contracts(Sample.contract, Sample.contract), "contracts[1]", "second contract acme"),
        Wrong(.flows(Sample.flow, Sample.flow), "flows[1]", "second flow confirm"),
        Wrong(.templates(Sample.template, Sample.template), "templates[1]", "second template opened"),
    ]

    static let mailboxes: [Wrong] = [
        .inbox(["name": nil], "name", "is missing"),
        .inbox(["name": ""], "name", "must not be empty"),
        .inbox(["name": "Acme"], "name", "\"Acme\" is not a name"),
        .inbox(["name": "-acme"], "name", "is not a name"),
        .inbox(["name": long], "name", "is not a name"),
        .inbox(["name": ["a"]], "name", "must be a text"),
        .inbox(["type": nil], "type", "is missing"),
        .inbox(["type": "mailbox"], "type", "\"mailbox\" is not known"),
        .inbox(["description": "two\nlines"], "description", "line break"),
        .inbox(["server": nil], "server", "is missing"),
        .inbox(["server": "imaps://mail.acme.example"], "server", "is not a host name"),
        .inbox(["server": "mail.acme.example:993"], "server", "is not a host name"),
        .inbox(["server": "mail acme"], "server", "is not a host name"),
        .inbox(["port": 0], "port", "from 1 to 65535"),
        .inbox(["port": 65536], "port", "from 1 to 65535"),
        .inbox(["port": "imap"], "port", "\"imap\" is not a number"),
        .inbox(["port": "99999999999999999999"], "port", "is not a number"),
        .inbox(["port": [993]], "port", "must be a text"),
        .inbox(["provider": "imapx"], "provider", "\"imapx\" is not known"),
        .inbox(["tls": "ssl"], "tls", "\"ssl\" is not known"),
        .inbox(["tls": ["mode": "ssl"]], "tls.mode", "\"ssl\" is not known"),
        .inbox(["tls": ["verify": false]], "tls.verify", "is not a known field"),
        .inbox(["tls": ["ca": "acme.pem"]], "tls.ca", "is not an absolute path"),
        .inbox(["tls": "starttls", "provider": "imaps"], "tls", "does not go with provider imaps"),
        .inbox(["tls": "implicit", "provider": "pop"], "tls", "does not go with provider pop"),
        .inbox(["ca": "acme.pem"], "ca", "is not an absolute path"),
        .inbox(["pin": "sha1//abc"], "pin", "is not a public key pin"),
        .inbox(["pin": "sha256//short="], "pin", "is not a public key pin"),
        .inbox(["user": nil], "user", "is missing"),
        .inbox(["user": "a\r\nLOGOUT"], "user", "control character"),
        .inbox(["sasl": "digest-md5"], "sasl", "\"digest-md5\" is not known"),
        .inbox(["sasl": ["plain"]], "sasl", "must be a text"),
        .inbox(["provider": "imap", "tls": "none", "sasl": "oauthbearer"], "sasl", "needs an encrypted connection"),
        .outbox(["tls": "none", "sasl": "xoauth2"], "sasl", "needs an encrypted connection"),
        .outbox(["auth": false, "password": nil, "sasl": "plain"], "sasl", "is given, but auth is false"),
        .inbox(["password": nil], "password", "is missing"),
        .inbox(["password": ""], "password", "must not be empty"),
        .inbox(["password": ["x"]], "password", "must be a mapping"),
        .inbox(["password": [:]], "password", "must name one source"),
        .inbox(["password": ["keep": false]], "password", "must name one source"),
        .inbox(["password": ["file": "/a", "credential": "b"]], "password", "must name one source"),
        .inbox(["password": ["file": "acme"]], "password.file", "is not an absolute path"),
        .inbox(["password": ["credential": "../acme"]], "password.credential", "is not a credential's name"),
        .inbox(["password": ["flie": "/a"]], "password.flie", "is not a known field", count: 2),
        .inbox(["folder": ""], "folder", "must not be empty"),
        .inbox(["folder": "A\nB"], "folder", "line break"),
        .inbox(["poll": "4s"], "poll", "from 5s to 86400s"),
        .inbox(["poll": "25h"], "poll", "is not a time"),
        .inbox(["poll": "2d"], "poll", "is not a time"),
        .inbox(["poll": "9223372036854775807h"], "poll", "is not a time"),
        .inbox(["after": "archive"], "after", "\"archive\" is not known"),
        .inbox(["after": "move  "], "after", "names no folder"),
        .inbox(["after": ["move": ""]], "after.move", "must not be empty"),
        .inbox(["after": ["mvoe": "Done"]], "after.mvoe", "is not a known field", count: 2),
        .inbox(["after": "move Done", "provider": "pops"], "after", "POP3 has no folders"),
        .inbox(["folder": "\\Archiv"], "folder", "is no special folder"),
        .inbox(["after": "move \\Bin"], "after", "is no special folder"),
        .inbox(["idle": true, "provider": "pops"], "idle", "not for POP3"),
        .inbox(["compress": true, "provider": "pop"], "compress", "not for POP3"),
        .inbox(["compress": "zlib"], "compress", "neither true nor false"),
        .outbox(["idle": true], "idle", "is not a known field"),
        .inbox(["start": "yesterday"], "start", "\"yesterday\" is not known"),
        .inbox(["start": "since 2026-02-31"], "start", "is not known"),
        .inbox(["pasword": "x"], "pasword", "is not a known field"),
        .inbox(["senders": "a@x.example"], "senders", "is not a known field"),
        .outbox(["provider": "imaps"], "provider", "is not a known field"),
        .outbox(["tls": nil], "tls", "is missing"),
        .outbox(["auth": nil], "auth", "is missing"),
        .outbox(["auth": "maybe"], "auth", "neither true nor false"),
        .outbox(["auth": false], "password", "auth is false"),
        .outbox(["user": nil], "user", "is missing"),
        .outbox(["password": nil], "password", "is missing"),
        .outbox(["senders": [], "user": "acme"], "senders", "names nobody"),
        .outbox(["senders": nil, "user": "acme"], "senders", "names nobody"),
        .outbox(["senders": "help@acme.example", "user": "acme"], "senders", "must be a list"),
        .outbox(["senders": ["nobody"]], "senders[0]", "\"nobody\" is not an address"),
        .outbox(["senders": [["a": 1]]], "senders[0]", "must be a text"),
        .outbox(["senders": ["a@x.example\r\nBcc: b@x.example"]], "senders[0]", "is not an address"),
        .outbox(["sender": "nobody"], "sender", "is not an address"),
    ]

    static let contracts: [Wrong] = [
        .contract(["name": "ACME"], "name", "is not a name"),
        .contract(["title": "a\nb"], "title", "line break"),
        .contract(["prefix": "acme"], "prefix", "is not a ticket prefix"),
        .contract(["prefix": "9A"], "prefix", "is not a ticket prefix"),
        .contract(["prefix": "ABCDEFGHIJKLMNOPQ"], "prefix", "is not a ticket prefix"),
        .contract(["prefix": ""], "prefix", "is not a ticket prefix"),
        .contract(["inboxes": ["Acme In"]], "inboxes[0]", "is not a name"),
        .contract(["inboxes": ["acme-in", "acme-in"]], "inboxes[1]", "is named twice"),
        .contract(["inboxes": "acme-in"], "inboxes", "must be a list"),
        .contract(["outbox": "Acme Out"], "outbox", "is not a name"),
        .contract(["people": ["Ana"]], "people[0]", "must be a mapping"),
        .contract(["people": [["name": "Ana"]]], "people[0].email", "is missing"),
        .contract(["people": [["name": "Ana", "email": "ana"]]], "people[0].email", "is not an address"),
        .contract(["people": [["name": "A\nB", "email": "a@x.example"]]], "people[0].name", "line break"),
        .contract(["people": [["email": "a@x.example"]]], "people[0].name", "is missing"),
        .contract(["groups": [["members": ["a@x.example"]]]], "groups[0].name", "is missing"),
        .contract(["groups": [["name": "all", "members": ["ana"]]]], "groups[0].members[0]", "is not an address"),
        .contract(["groups": [["name": "all"], ["name": "all"]]], "groups[1].name", "second group"),
        .contract(["events": ["url": "https://x.example"]], "events.secret", "is missing"),
        .contract(["events": ["secret": "s"]], "events.url", "is missing"),
        .contract(["events": ["url": "ftp://x.example", "secret": "s"]], "events.url", "is not a web address"),
        .contract(["events": ["url": "https://", "secret": "s"]], "events.url", "is not a web address"),
        .contract(["events": ["url": "https://x.example", "secret": ["file": "s"]]], "events.secret.file", "absolute"),
        .contract(["language": "português"], "language", "is not a language"),
        .contract(["language": ""], "language", "is not a language"),
        .contract(["inbox": "acme-in"], "inbox", "is not a known field"),
    ]

    static let flowsAndTemplates: [Wrong] = [
        .flow(["name": "Confirm!"], "name", "is not a name"),
        .flow(["contract": nil], "contract", "is missing"),
        .flow(["on": nil], "on", "is missing"),
        .flow(["when": "ticket.opened"], "when", "is not a known field"),
        .flow(["steps": nil], "steps", "has no step"),
        .flow(["steps": []], "steps", "has no step"),
        .flow(["steps": ["email"]], "steps[0]", "must be a mapping"),
        .flow(["steps": [["sms": "x"]]], "steps[0]", "is not a known step"),
        .flow(["steps": [["email": "x"]]], "steps[0].email", "must be a mapping"),
        .flow(["steps": [["email": Sample.step, "sms": "x"]]], "steps[0].sms", "is not a known field"),
        .step(["to": nil], "to", "names no recipient"),
        .step(["to": []], "to", "names no recipient"),
        .step(["to": "requester"], "to", "must be a list"),
        .step(["to": ["nobody"]], "to[0]", "\"nobody\" is no recipient"),
        .step(["to": [["person": "Ana", "group": "all"]]], "to[0]", "is no recipient"),
        .step(["to": [[:]]], "to[0]", "is no recipient"),
        .step(["template": nil], "template", "is missing"),
        .step(["outbox": "Acme Out"], "outbox", "is not a name"),
        .step(["outbox": ["specific": "Acme Out"]], "outbox.specific", "is not a name"),
        .step(["outbox": ["specifc": "acme-out"]], "outbox.specifc", "is not a known field", count: 2),
        .step(["outbox": ["a"]], "outbox", "must be a text"),
        .step(["sender": "help"], "sender", "is not an address"),
        .step(["cc": "a@x.example"], "cc", "is not a known field"),
        .template(["name": "Opened"], "name", "is not a name"),
        .template(["subject": nil], "subject", "is missing"),
        .template(["text": ""], "text", "must not be empty"),
        .template(["subject": "{{a"], "subject", "in line 1, {{a is not closed"),
        .template(["text": "Hello\n{{#a}} you"], "text", "in line 2, {{#a}} is not closed"),
        .template(["html": "<p>{{/a}}"], "html", "in line 1, {{/a}} closes a section that is not open"),
        .template(["language": "pt BR"], "language", "is not a language"),
        .template(["body": "x"], "body", "is not a known field"),
    ]

    static let links: [Wrong] = [
        .link(["system": ["outbox": "hose-out"]], "system", "system.outbox", "there is no mailbox \"hose-out\""),
        .link(["system": ["outbox": "acme-in"]], "system", "system.outbox", "mailbox acme-in is an inbox"),
        .link(
            ["contracts": [Sample.contract.with(["inboxes": ["acme-inn"]])]], "contracts[0]", "contract acme.inboxes",
            "there is no mailbox \"acme-inn\""),
        .link(
            ["contracts": [Sample.contract.with(["inboxes": ["acme-out"]])]], "contracts[0]", "contract acme.inboxes",
            "mailbox acme-out is an outbox"),
        .link(
            ["contracts": [Sample.contract.with(["outbox": "other"])]], "contracts[0]", "contract acme.outbox",
            "there is no mailbox \"other\""),
        .link(
            ["contracts": [Sample.contract.with(["outbox": "acme-in"])]], "contracts[0]", "contract acme.outbox",
            "mailbox acme-in is an inbox"),
        .link(
            ["contracts": [Sample.contract, ["name": "beta", "prefix": "ACME"]]], "contracts[1]",
            "contract beta.prefix", "ACME is the prefix of contract acme"),
        .link(
            ["flows": [Sample.flow.with(["contract": "acne"])]], "flows[0]", "flow confirm.contract",
            "there is no contract \"acne\""),
        step(["template": "opend"], "template", "there is no template \"opend\""),
        step(["outbox": "other"], "outbox", "there is no mailbox \"other\""),
        step(["outbox": "acme-in"], "outbox", "mailbox acme-in is an inbox"),
        step(["to": [["person": "Bob"]]], "to", "there is no person \"Bob\""),
        step(["to": [["group": "all"]]], "to", "there is no group \"all\""),
    ]

    private static func step(_ changes: Doc, _ field: String, _ says: String) -> Wrong {
        .link(
            ["flows": [Sample.flow.with(["steps": [["email": Sample.step.with(changes)]]])]], "flows[0]",
            "flow confirm.steps[0].\(field)", says)
    }

    @Test(arguments: documents + mailboxes + contracts + flowsAndTemplates + links)
    func aWrongFieldIsNamed(_ wrong: Wrong) throws {
        let node = wrong.doc.node
        let errors = errors(node)
        #expect(errors.count == wrong.count, "\(errors)")
        let error = try #require(errors.first { $0.field == wrong.field }, "\(errors)")
        #expect(error.message.contains(wrong.says))
        #expect(error.line == node.line(at: wrong.place ?? wrong.field))
        #expect(!error.remedy.isEmpty)
    }

    @Test(
        arguments: [
            (["pasword": "x"], "Did you mean \"password\"?"), (["provder": "x"], "Did you mean \"provider\"?"),
            (["colour": "x"], "Known fields: name, type,"),
        ] as [(Doc, String)])
    func anUnknownFieldIsAnsweredWithKnownOnes(_ change: Doc, _ remedy: String) throws {
        let error = try #require(errors(Doc.mailboxes(Sample.inbox.with(change)).node).first)
        #expect(error.remedy.hasPrefix(remedy))
    }

    @Test func everythingWrongIsToldAtOnceInTheOrderOfTheFile() {
        let node = Sample.desk.with([
            "mailboxes": [
                Sample.inbox.with(["port": 0, "ca": "x", "user": nil, "zzz": 1]), Sample.outbox.with(["tls": nil]),
            ],
            "contracts": [Sample.contract.with(["prefix": "acme"])], "templates": [Sample.template.with(["text": nil])],
            "extra": true,
        ]).node
        let errors = errors(node)
        #expect(
            Set(errors.map(\.field)) == [
                "mailboxes[0].port", "mailboxes[0].ca", "mailboxes[0].user", "mailboxes[0].zzz", "mailboxes[1].tls",
                "contracts[0].prefix", "templates[0].text", "extra",
            ])
        #expect(errors.count == 8)
        #expect(errors.map(\.line) == errors.map(\.line).sorted())
    }

    private func errors(_ node: DocumentNode) -> [DocumentError] {
        do {
            _ = try RegistryPlanner.plan(.document(node, prune: false), on: Registry())
            return []
        } catch {
            return error.errors
        }
    }
}
