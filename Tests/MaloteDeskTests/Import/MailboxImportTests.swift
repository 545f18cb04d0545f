// Another system's mailboxes become the same mailboxes here, and what cannot be meant is told by row and column.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct MailboxImportTests {
    private static func plan(
        _ text: String, on registry: Registry = Registry(), _ options: ImportOptions = ImportOptions()
    ) throws -> RegistryPlan {
        try RegistryPlanner.plan(.importing(try MailboxImport(csv: Array(text.utf8), options)), on: registry)
    }

    private static func errors(_ text: String, _ options: ImportOptions = ImportOptions()) -> [String] {
        do { _ = try plan(text, on: Sample.registry, options) } catch let errors as DocumentErrors {
            return errors.errors.map(\.description)
        } catch {}
        return []
    }

    private static let creating = ImportOptions(createsContracts: true)
    static let heads =
        "Description;Type;Server;Server port;User;Password;Provider;Inbox folder;TLS;"
        + "User authentication;Sender;Contract;E-mail outbox\n"

    private static func mailbox(_ row: String) throws -> Mailbox {
        try #require(try plan(heads + row).result.mailboxes.first)
    }

    // MARK: - Inboxes

    static let providers: [(String, String, Inbox.Access, Mailbox.Security, Int)] = [
        ("imaps", "", .imap, .implicit, 993), ("IMAP", "", .imap, .starttls, 143), ("Pops", "", .pop3, .implicit, 995),
        ("pop", "", .pop3, .starttls, 110), ("POP3", "1110", .pop3, .starttls, 1110),
        ("pop3s", "995", .pop3, .implicit, 995),
        ("", "", .imap, .implicit, 993), (" imaps ", "993,00", .imap, .implicit, 993),
    ]

    @Test(arguments: providers)
    func aProviderIsAProtocolAndItsTLS(
        _ provider: String, _ port: String, _ access: Inbox.Access, _ security: Mailbox.Security, _ expected: Int
    ) throws {
        let mailbox = try Self.mailbox("In;Inbox;mail.x.example;\(port);u;p;\(provider);;;;;;")
        #expect(mailbox.inbox?.access == access)
        #expect(mailbox.security == security)
        #expect(mailbox.port == expected)
        #expect(mailbox.inbox?.folder == "INBOX")
    }

    // MARK: - Outboxes

    static let outboxes: [(String, Mailbox.Security, Int, Bool)] = [
        ("465;u;p;;;Yes;Yes", .implicit, 465, true), ("587;u;p;;;Sim;S", .starttls, 587, true),
        ("25;;;;;N;Não", .none, 25, false), ("25;;;;;S;No", .starttls, 25, false), (";u;p;;;y;1", .starttls, 587, true),
        ("587;u;p;;;;", .starttls, 587, true), ("465;;;;;;", .implicit, 465, false),
        ("25;u;p;;;false;no", .none, 25, false),
    ]

    @Test(arguments: outboxes)
    func tlsAndLoginAreWhatTheFormSaid(
        _ cells: String, _ security: Mailbox.Security, _ port: Int, _ hasLogin: Bool
    ) throws {
        let mailbox = try Self.mailbox("Out;Outbox;smtp.x.example;\(cells);a@x.example;;")
        #expect(mailbox.security == security)
        #expect(mailbox.port == port)
        #expect((mailbox.login != nil) == hasLogin)
    }

    @Test func severalSendersAreSeveral() throws {
        let mailbox = try Self.mailbox(
            "Out;Outbox;smtp.x.example;25;;;;;N;N;\"Desk <a@x.example>; b@x.example ;\";;")
        #expect(mailbox.outbox?.senders.map(\.description) == ["Desk <a@x.example>", "b@x.example"])
    }

    // MARK: - Names

    static let slugs: [(String, String)] = [
        ("Caixa de Entrada – AÇÃO & Cia.", "caixa-de-entrada-acao-cia"), ("  ", ""), ("7 Mares", "7-mares"), ("日本", ""),
        ("Straße", "stra-e"), (String(repeating: "x", count: 90), String(repeating: "x", count: 55)),
        (String(repeating: "word ", count: 20), "word-word-word-word-word-word-word-word-word-word-word"),
    ]

    @Test(arguments: slugs)
    func aNameIsMadeFromWords(_ text: String, _ slug: String) {
        #expect(ImportedLinks.slug(text) == slug)
        #expect(slug.isEmpty || MailboxName(slug) != nil)
    }

    @Test func namesAreUniqueAndStayTheSame() throws {
        let rows = ["a", "b", "a"].map { "In;Inbox;\($0).example;;u;p;imaps;;;;;;" }
        let text = Self.heads + rows.joined(separator: "\n")
        let first = try Self.plan(text)
        #expect(first.result.mailboxes.map(\.name.text) == ["in", "in-2", "in-3"])
        #expect(try Self.plan(text, on: first.result).changes.isEmpty)
        // In another order the same accounts keep their names.
        let turned = try Self.plan(Self.heads + rows[1], on: first.result)
        #expect(turned.lines.map(\.name) == ["in-2"] && turned.changes.isEmpty)
        // Somebody else's mailbox of that name is left alone.
        let other = try Self.plan(Self.heads + "acme-in;Inbox;other.example;;u;p;imaps;;;;;;", on: Sample.registry)
        #expect(other.result.mailboxes.map(\.name.text).contains("acme-in-2"))
        #expect(other.result.mailbox(name("acme-in")) == Sample.acmeIn)
    }

    @Test func whatTheFileDoesNotSayStays() throws {
        let row = "acme in;Inbox;mail.acme.example;;help@acme.example;;imaps;;;;;;"
        let tuned = edited(Sample.registry) { registry in
            registry.mailboxes[0].role = .inbox(Inbox(access: .imap, folder: "Desk", pollSeconds: 300, after: .leave))
        }
        let plan = try Self.plan(Self.heads + row, on: tuned)
        #expect(plan.lines.map { "\($0.action) \($0.name) \($0.fields)" } == [#"changed acme-in ["description"]"#])
        #expect(plan.result.mailbox(name("acme-in"))?.inbox?.pollSeconds == 300)
        #expect(plan.result.mailbox(name("acme-in"))?.login == Sample.acmeIn.login)
    }

    // MARK: - Contracts

    @Test func mailboxesJoinTheirContract() throws {
        let rows = """
            New in;Inbox;new.example;;u;p;imaps;;;;;Acme Ltda;
            New out;Outbox;smtp.new.example;25;;;;;S;N;a@x.example;ACME;
            """
        let contract = try #require(try Self.plan(Self.heads + rows, on: Sample.registry).result.contract(name("acme")))
        #expect(contract.inboxes.map(\.text) == ["acme-in", "new-in"])
        #expect(contract.outbox == .mailbox(name("new-out")))
        #expect(contract.people == Sample.acme.people && contract.events == Sample.acme.events)
    }

    static let choices: [(String, Contract.OutboxChoice)] = [
        ("Padrão", .standard), ("STANDARD", .standard), ("House-Out", .mailbox(name("house-out"))),
        ("Nova saída", .mailbox(name("nova-saida"))),
    ]

    @Test(arguments: choices)
    func aContractsOutboxIsChosenByItsColumn(_ wish: String, _ outbox: Contract.OutboxChoice) throws {
        let rows = """
            New in;Inbox;new.example;;u;p;imaps;;;;;acme;\(wish)
            Nova saída;Outbox;smtp.new.example;25;;;;;S;N;a@x.example;;
            """
        #expect(try Self.plan(Self.heads + rows, on: Sample.registry).result.contract(name("acme"))?.outbox == outbox)
    }

    @Test func theStandardOutboxIsTheSystems() throws {
        let row = "House;Saída;smtp.h.example;25;;;;;S;N;a@x.example;Padrão;"
        #expect(try Self.plan(Self.heads + row).result.systemOutbox?.text == "house")
    }

    @Test func contractsAreMadeOnlyWhenAskedFor() throws {
        let rows = """
            In;Inbox;a.example;;u;p;imaps;;;;;Ação & Cia Ltda; 
            In 2;Inbox;b.example;;u;p;imaps;;;;;acao cia ltda;
            In 3;Inbox;c.example;;u;p;imaps;;;;;Ação Sul;
            In 4;Inbox;d.example;;u;p;imaps;;;;;7;
            """
        let told = Self.errors(Self.heads + rows)
        #expect(told.count == 4)
        #expect(told.first?.contains("row 2, column Contract: there is no contract \"Ação & Cia Ltda\".") == true)
        #expect(told.first?.contains("--create-contracts") == true)
        let contracts = try Self.plan(Self.heads + rows, Self.creating).result.contracts
        #expect(contracts.map(\.name.text) == ["7", "acao-cia-ltda", "acao-sul"])
        #expect(contracts.map(\.prefix) == ["T", "ACAO", "ACAO2"])
        #expect(contracts.map(\.title) == ["7", "Ação & Cia Ltda", "Ação Sul"])
        #expect(contracts[1].inboxes.map(\.text) == ["in", "in-2"])
    }

    @Test func theContractMayStandInAnotherColumn() throws {
        let text = "Server;Type;User;Password;Cliente;Contrato\nx.example;Entrada;u;p;acme;nothing\n"
        let plan = try Self.plan(text, on: Sample.registry, ImportOptions(contractColumn: "cliente"))
        #expect(plan.result.contract(name("acme"))?.inboxes.count == 2)
        #expect(Self.errors(text, ImportOptions(contractColumn: "Client"))[0].contains("no column \"Client\""))
    }

    // MARK: - What is told

    static let wrong: [(String, String)] = [
        (";Caixa;x.example;;u;p;imaps;;;;;;", "row 2, column Type: \"Caixa\" is not known. Write Inbox or Outbox"),
        (";;x.example;;u;p;;;;;;;", "row 2, column Type: is missing."),
        (";Inbox;;;u;p;imaps;;;;;;", "row 2, column Server: is missing."),
        (
            ";Inbox;x.example;99999;u;p;imaps;;;;;;",
            "row 2, column Server port: \"99999\" is not a number from 1 to 65535."
        ),
        (";Inbox;x.example;;;p;imaps;;;;;;", "row 2, column User: is missing."),
        (";Inbox;x.example;;u;;imaps;;;;;;", "row 2, column Password: is missing."),
        (";Inbox;x.example;;u;p;exchange;;;;;;", "row 2, column Provider: \"exchange\" is not known."),
        (";Outbox;x.example;;u;p;;;talvez;S;a@x.example;;", "row 2, column TLS: \"talvez\" is neither yes nor no."),
        (";Outbox;x.example;;;;;;S;S;a@x.example;;", "row 2, column User: is missing."),
        (";Outbox;x.example;;;;;;S;N;a@x.example;acme;;x", "has more cells"),
        (";Outbox;x.example;;;;;;S;N;a at x;;", "row 2, column Sender: \"a at x\" is not an address."),
        (";Outbox;x.example;;;;;;S;N;;;", "row 2, column Sender: names nobody."),
        (";Inbox;x.example;;u;p;imaps;;;;;Standard;", "an inbox belongs to a contract."),
        (";Inbox;x.example;;u;p;imaps;;;;;acme;nowhere", "column E-mail outbox: there is no outbox \"nowhere\"."),
        (
            "A;Outbox;a.example;;;;;;S;N;a@x.example;acme;\nB;Outbox;b.example;;;;;;S;N;a@x.example;acme;",
            "row 3, column Contract: contract Acme Ltda has outbox a already, by row 2, column Contract."
        ),
        (
            "A;Outbox;a.example;;;;;;S;N;a@x.example;Padrão;\nB;Outbox;b.example;;;;;;S;N;a@x.example;Padrão;",
            "row 3, column Contract: a is the system outbox already."
        ),
    ]

    @Test(arguments: wrong)
    func anErrorNamesRowAndColumn(_ rows: String, _ says: String) {
        let told = Self.errors(Self.heads + rows)
        #expect(told.contains { $0.contains(says) }, "\(told)")
    }

    static let tables: [(String, String)] = [
        ("", "names no mailbox"), ("Description;Type\na;Inbox\n", "no column is the server"),
        (heads, "names no mailbox"),
        ("Server;Servidor\nx;y\n", "column Servidor: says the same as column Server"),
        ("Parameter;Value\n10;a@x.example\n", "names no mailbox"),
    ]

    @Test(arguments: tables)
    func aTableOfSomethingElseIsRefused(_ text: String, _ says: String) {
        #expect(Self.errors(text).contains { $0.contains(says) }, "\(Self.errors(text))")
    }

    static let dubious: [(String, String)] = [
        (";Inbox;x.example;587;u;p;pop;;;;;;", "row 2, column Server port: port 587 is usually SMTP"),
        (";Inbox;x.example;995;u;p;imaps;;;;;;", "column Server port: port 995 is usually POP3 over TLS"),
        (";Inbox;x.example;25;u;p;imaps;;;;;;", "column Server port: port 25 is usually SMTP between servers"),
        (";Outbox;x.example;993;;;;;S;N;a@x.example;;", "column Server port: port 993 is usually IMAP over TLS"),
        (";Outbox;x.example;587;;;;;;N;a@x.example;;", "column TLS: is empty: TLS is required."),
        (";Outbox;x.example;25;u;p;;;N;S;a@x.example;;", "column TLS: the password will cross the network in clear."),
    ]

    @Test(arguments: dubious)
    func whatIsProbablyNotMeantIsAWarning(_ row: String, _ says: String) throws {
        let warnings = try Self.plan(Self.heads + row).warnings.map(\.description)
        #expect(warnings.contains { $0.contains(says) }, "\(warnings)")
        if says.contains("port:") { #expect(warnings.contains { $0.contains("995 for pops, 110 for pop") }) }
    }

    @Test func whatIsLeftOutIsTold() throws {
        let text =
            "Id;Server;Type;User;Password;Provdier;Situação\n1;x.example;Inbox;u;p;y;Ativo\n2;z.example;Inbox;u;p;;Inativo\n"
        let plan = try Self.plan(text)
        #expect(plan.result.mailboxes.count == 1)
        #expect(
            plan.warnings.map(\.description) == [
                "column Provdier: is not known and left out. Did you mean \"Provider\"?",
                "row 3: is inactive and left out. Set it active to register it.",
            ])
    }

    @Test func noPasswordIsToldToAnybody() {
        let text = Self.heads + ";Caixa;x.example;;u;canary;imaps;;;;;;\n;Inbox;;99999;u;canary;imapz;;;;;nobody;\n"
        #expect(Self.errors(text).count >= 3)
        #expect(!Self.errors(text).joined().contains("canary"))
    }
}
