// The templates that are shipped load, print what they should in both languages, and are plain, sound HTML; files of
// mailboxes in the project's own words are read whole.

import Foundation
import MaloteCore
import MaloteDesk
import MaloteRuntime
import MaloteTestKit
import Testing

@Suite struct ShippedFilesTests {
    static let languages = ["en", "pt-BR"]
    static let names = [
        "approval", "approved", "completed", "delayed", "opened", "rejected", "reopened", "replied",
    ]

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: projectFolder + "/" + path)))
    }

    private static func plan(_ language: String) throws -> RegistryPlan {
        let node = try YAMLReader().read(try bytes("etc/templates.\(language).yaml"))
        return try RegistryPlanner.plan(.document(node, prune: false), on: Registry())
    }

    private static func template(_ name: String, _ language: String) throws -> Template {
        try #require(try plan(language).result.templates.first { $0.name.text == name })
    }

    private static let now = Timestamp(seconds: 1_790_000_000)

    private static func sample(_ language: String) -> TemplateValue {
        let key = SignedMessageID.contractKey(
            master: [1], contract: ContractID(rawValue: 1), hashing: FakeHashing())
        return TemplateSample(language: language, now: now).values(
            contract: TemplateSample.contract, registry: Registry(),
            ids: SignedMessageID(key: key, hashing: FakeHashing()))
    }

    @Test(arguments: languages)
    func aSetIsWhole(_ language: String) throws {
        let plan = try Self.plan(language)
        #expect(plan.result.templates.map(\.name.text) == Self.names)
        #expect(plan.result.templates.allSatisfy { $0.language == language && $0.html != nil && $0.isActive })
        #expect(plan.warnings.isEmpty)
    }

    @Test(arguments: names, languages)
    func aTemplatePrintsEverythingItHas(_ name: String, _ language: String) throws {
        let made = try TemplateRendering(try Self.template(name, language), Self.sample(language), zone: "UTC")
        #expect(made.missing.isEmpty, "\(made.missing)")
        let html = try #require(made.html)
        for text in [made.text, html] {
            #expect(text.contains("Example Ltda"))
            #expect(text.contains("INC-7"))
            #expect(!text.contains("{{") && !text.contains("\n\n\n"))
        }
        #expect(made.subject.contains("[EX-42]"))
        #expect(html.contains("<html lang=\"\(language)\">"))
        try Self.expectSound(html)
    }

    /// Without what only some tickets have, nothing is left hanging.
    @Test(arguments: names, languages)
    func aTemplateNeedsOnlyTheTicket(_ name: String, _ language: String) throws {
        let values = Self.sample(language).with("data", .object([:])).with("approval", .object([:]))
        let made = try TemplateRendering(try Self.template(name, language), values, zone: "UTC")
        #expect(made.missing.isEmpty, "\(made.missing)")
        #expect(!made.text.contains(":\n\n\n") && !made.text.contains(": \n"))
        #expect(made.html?.contains("href=\"\"") == false)
    }

    @Test(arguments: languages)
    func everyButtonHasItsPlainLink(_ language: String) throws {
        let made = try TemplateRendering(try Self.template("approval", language), Self.sample(language), zone: "UTC")
        for link in ["approve", "reject", "view"].map({ "https://malote.example.org/a/\($0)" }) {
            #expect(made.text.contains(link))
            #expect(made.html?.contains(">\(link)</a>") == true)
        }
    }

    @Test(arguments: zip(languages, ["21 Sep 2026", "21/09/2026"]))
    func datesAreWrittenAsPeopleDo(_ language: String, _ date: String) throws {
        let made = try TemplateRendering(try Self.template("opened", language), Self.sample(language), zone: "UTC")
        #expect(made.text.contains(date) && made.html?.contains(date) == true, "\(made.text)")
    }

    @Test(arguments: languages)
    func aHostileSubjectStaysText(_ language: String) throws {
        let ticket = TemplateValue.object([
            "key": .text("EX-1"), "id": .text("EX-1"), "subject": .text("<script>alert(1)</script>"),
        ])
        for name in Self.names {
            let values = Self.sample(language).with("ticket", ticket)
            let made = try TemplateRendering(try Self.template(name, language), values, zone: "UTC")
            #expect(made.html?.contains("<script") == false)
        }
    }

    /// Each element that opens is closed in its order, and nothing is used that Outlook or a filter would not bear.
    private static func expectSound(_ html: String) throws {
        var open: [Substring] = []
        for tag in html.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/).map(\.output) {
            if ["meta", "br", "img"].contains(tag.2) { continue }
            if tag.1.isEmpty { open.append(tag.2) } else { #expect(open.popLast() == tag.2) }
        }
        #expect(open.isEmpty, "\(open)")
        for word in ["<script", "<style", "<div", "position:", "flex", "background-image", "<img", "class="] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    // MARK: - Files of mailboxes

    private static func imported(_ file: String, on registry: Registry = Registry()) throws -> RegistryPlan {
        var options = ImportOptions(createsContracts: true)
        let bytes = try bytes("Tests/Fixtures/mailboxes/" + file)
        options.format = file.hasSuffix(".yaml") ? .yaml : .csv
        let read =
            try options.format == .csv
            ? MailboxImport(csv: bytes, options) : MailboxImport(try YAMLReader().read(bytes), options)
        // What it writes is what it applies.
        let written = try YAMLReader().read(Array(try read.yaml(on: registry).utf8))
        let plan = try RegistryPlanner.plan(.importing(read), on: registry)
        #expect(try RegistryPlanner.plan(.document(written, prune: false), on: registry).result == plan.result)
        return plan
    }

    private static func line(_ mailbox: Mailbox) -> String {
        var secret = "-"
        switch mailbox.login?.password {
        case .literal(let password)?: secret = password.reveal { String(decoding: $0, as: UTF8.self) }
        case .file(let path)?: secret = path
        case .credential(let name)?: secret = name
        case .unopened?, nil: break
        }
        let senders = mailbox.outbox?.senders.map(\.description) ?? []
        return "\(mailbox.name) \(mailbox.provider ?? "smtp") \(mailbox.server):\(mailbox.port) \(mailbox.security) "
            + "\(mailbox.login?.user ?? "-") \(secret.debugDescription) \(senders.joined(separator: "|"))"
    }

    static let files: [(String, mailboxes: [String], contracts: [String], system: String?)] = [
        (
            "caixas.csv",
            [
                #"entrada-acao-ltda imaps imap.acao.example:993 implicit ajuda@acao.example "s;e\"nha" "#,
                #"entrada-beta pop pop.beta.example:110 starttls beta "x1" "#,
                #"retransmissor-local smtp 127.0.0.1:25 none - "-" central@casa.example"#,
                #"saida-acao-ltda smtp smtp.acao.example:465 implicit ajuda@acao.example "segredo" Ajuda Ação <ajuda@acao.example>|aviso@acao.example"#,
                #"saida-da-casa smtp smtp.casa.example:587 starttls - "-" central@casa.example"#,
            ],
            ["acao-ltda ACAO [entrada-acao-ltda] saida-acao-ltda", "beta-s-a BETA [entrada-beta] standard"],
            "saida-da-casa"
        ),
        (
            "mailboxes.csv",
            [
                #"acme-in imap mail.acme.example:143 starttls help@acme.example "two\nlines" "#,
                #"acme-replies smtp smtp.acme.example:587 starttls help@acme.example "a,b" Acme Help <help@acme.example>"#,
                #"globex-in pops pop.globex.example:995 implicit support@globex.example "pw" "#,
            ], ["acme ACME [acme-in, globex-in] standard", "globex GLOBEX [globex-in] acme-replies"], nil
        ),
        (
            "parametros.csv",
            [
                #"system-outbox smtp smtp.casa.example:465 implicit central@casa.example "senha da casa" Central <central@casa.example>"#
            ], [], "system-outbox"
        ),
        (
            "mailboxes.yaml",
            [
                #"entrada-gama imaps imap.gama.example:993 implicit ajuda@gama.example "/run/secrets/gama" "#,
                #"gama-out smtp smtp.gama.example:465 implicit help@gama.example "gama" Gama <help@gama.example>"#,
                #"system-outbox smtp smtp.house.example:25 none - "-" desk@house.example"#,
            ], ["gama GAMA [entrada-gama] gama-out"], "system-outbox"
        ),
    ]

    @Test(arguments: files)
    func aFileOfMailboxesIsReadWhole(
        _ file: String, mailboxes: [String], contracts: [String], system: String?
    ) throws {
        let plan = try Self.imported(file)
        #expect(plan.result.mailboxes.map(Self.line) == mailboxes)
        let shown = plan.result.contracts.map { contract in
            let inboxes = contract.inboxes.map(\.text).joined(separator: ", ")
            return "\(contract.name) \(contract.prefix) [\(inboxes)] \(contract.outbox.words)"
        }
        #expect(shown == contracts)
        #expect(plan.result.systemOutbox?.text == system)
        #expect(try Self.imported(file, on: plan.result).changes.isEmpty)
    }
}
