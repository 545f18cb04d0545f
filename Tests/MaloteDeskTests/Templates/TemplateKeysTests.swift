// The table of keys says what contexts hold, the source system's keys all mean something, and a slip is told.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteDesk

@Suite struct TemplateKeysTests {
    private static let sample = TemplateSample(language: "en", now: Sample.now).values(
        contract: Sample.acme, registry: Sample.registry, ids: Sample.signer)

    private static func printed(_ source: String, _ values: TemplateValue = sample) throws -> String {
        try MustacheTemplate(source).render(values, escaping: .none)
    }

    /// Paths of all values, but not what is inside `fields` and `data`.
    private static func paths(_ value: TemplateValue, _ path: String = "") -> [String] {
        guard case .object(let members) = value, !["fields", "data"].contains(path) else {
            return [["fields", "data"].contains(path) ? path + ".*" : path]
        }
        return members.flatMap { paths($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }

    @Test func theTableIsWhatContextsHold() {
        #expect(Set(Self.paths(Self.sample)) == Set(TemplateKeys.rows.map(\.key)))
    }

    @Test(arguments: TemplateKeys.known)
    func everyKeyPrintsSomethingInASample(_ key: String) throws {
        #expect(try !Self.printed("{{\(key)}}").isEmpty)
    }

    static let portuguese = """
        IDSOLICITACAOSERVICO DEMANDA SERVICO NOMESERVICO DESCRICAO CONTRATO SOLICITANTE SOLICITANTEUNIDADE NOMECONTATO \
        EMAILCONTATO TELEFONECONTATO NOMEUNIDADESOLICITANTE NOMEUNIDADERESPONSAVEL RESPONSAVEL GRUPOATUAL \
        NOMEGRUPOATUAL GRUPONIVEL1 FASEATUAL SITUACAO DESCRSITUACAO PRIORIDADE URGENCIA IMPACTO ORIGEM OBSERVACAO \
        RESPOSTA DETALHAMENTOCAUSA SLAACOMBINAR ATRASOSLASTR DATAHORASOLICITACAOSTR DATAHORAINICIO DATAHORAFIM \
        DATAHORAINICIOSLASTR DATAHORALIMITESTR LINKSOLICITACAOSERVICO LINKPESQUISASATISFACAO REGISTRADOPOR OCORRENCIA \
        INFORMACOESCONTATO CATEGORIA TEMPOGASTO NOMETAREFA
        """.split(separator: " ").map(String.init)
    static let english = """
        IDSERVICEREQUEST DEMANDTYPENAME SERVICENAME DESCRIPTION CONTRACTNAME REQUESTERNAME REQUESTERUNITY CONTACTNAME \
        CONTACTEMAIL CONTACTPHONE REQUESTERDEPARTMENTNAME OWNERDEPARTMENTNAME OWNERNAME CURRENTGROUP CURRENTGROUPNAME \
        GROUPLEVEL1 CURRENTPHASE SITUACTION DESCRSITUATION PRIORITY URGENCY IMPACT ORIGINNAME OBSERVATION RESPONSE \
        CAUSEDETAIL SLATOAGREE OVERDUESLASTR REQUESTDATETIMESTR STARTDATETIME ENDDATETIME DATETIMEREACTIVATIONSLASTR \
        DEADLINESTR LINKSERVICEREQUEST LINKSATISFACTIONSURVEY CURRENTRESPONSIBLE NOTE COMMENTTEXT DATETIMECREATED \
        USERNAME REQUESTRESPONSIBLENAME
        """.split(separator: " ").map(String.init)

    @Test(arguments: portuguese + english)
    func everyKeyOfTheSourceSystemMeansSomething(_ key: String) throws {
        #expect(KeyAlias.isKnown(key))
        #expect(try !Self.printed("${\(key)}").isEmpty)
        #expect(try Self.printed("[${\(key)}]", .object([:])) == "[]")
        // Whatever is given under its own name comes first.
        let given = Self.sample.with("data", .object([key: .text("given")]))
        #expect(try Self.printed("${\(key)}", given) == "given")
    }

    static let aliases: [(String, TemplateValue, String)] = [
        ("${URGENCIA}", .object(["data": .object(["URGENCY": .text("twin")])]), "twin"),
        ("${URGENCIA}", .object(["data": .object(["urgency": .text("ours")])]), "ours"),
        ("${URGENCY}", .object(["fields": .object(["urgency": .text("field")])]), "field"),
        (
            "${URGENCIA}",
            .object(["data": .object(["URGENCIA": .text("")]), "fields": .object(["URGENCIA": .text("rule")])]), "rule"
        ),
        ("${OWN_KEY}", .object(["data": .object(["OWN_KEY": .text("own")])]), "own"),
        ("${DATAHORAFIM}", .object(["data": .object(["ended": .text("2026-11-21T12:00:00Z")])]), "21 Nov 2026 12:00"),
        ("${DATAHORAFIM}", .object(["data": .object(["ended": .text("soon")])]), "soon"),
        ("${CONTACTNAME}", .object(["requester": .object(["name": .text("Ana")])]), "Ana"),
    ]

    @Test(arguments: aliases)
    func aKeyIsLookedForInOrder(_ source: String, _ values: TemplateValue, _ expected: String) throws {
        #expect(try Self.printed(source, values) == expected)
    }

    static let tokens: [(String, String)] = [
        ("{TOKEN(serviceRequestIncident, ${IDSOLICITACAOSERVICO}, VIEW, 50)}", "https://malote.example.org/a/view"),
        ("<{TOKEN(serviceRequestIncident,${IDSERVICEREQUEST},aprobar,50)}>", "<https://malote.example.org/a/approve>"),
        (
            "{TOKEN(x, 1, REJECT, 120)}{TOKEN(x, 1, VIEW, 1)}",
            "https://malote.example.org/a/rejecthttps://malote.example.org/a/view"
        ),
        ("{TOKEN(x, ${IDSERVICEREQUEST}, DANCE, 50)}", "{TOKEN(x, INC-7, DANCE, 50)}"),
        ("{TOKEN(x, 1, VIEW)}", "{TOKEN(x, 1, VIEW)}"), ("{TOKEN(x, 1,\nVIEW, 5)}", "{TOKEN(x, 1,\nVIEW, 5)}"),
        ("{TOKEN(", "{TOKEN("), ("{{TOKEN(", "{{TOKEN("),
    ]

    @Test(arguments: tokens)
    func anApprovalLinkOfTheSourceSystemIsOurs(_ source: String, _ expected: String) throws {
        guard !source.hasPrefix("{{") else {
            #expect(throws: MustacheTemplate.SyntaxError.self) { try MustacheTemplate(source) }
            return
        }
        #expect(try Self.printed(source) == expected)
        #expect(TemplateCheck.findings(try MustacheTemplate(source)).isEmpty)
    }

    @Test func manyBracesEnd() throws {
        let source = String(repeating: "{TOKEN(x,", count: 20_000)
        #expect(try Self.printed(source) == source)
    }

    @Test func thePagesNameEveryKey() throws {
        func page(_ path: String) throws -> String {
            try String(contentsOfFile: projectFolder + "/" + path, encoding: .utf8)
        }
        let (manual, operations) = (try page("man/malotectl.1"), try page("docs/operations.md"))
        for row in TemplateKeys.rows { #expect(manual.contains(".It Li \(row.key)\n"), "\(row.key)") }
        for key in KeyAlias.known { #expect(operations.contains("`\(key)`"), "\(key)") }
        for place in KeyAlias.rows.flatMap(\.places) { #expect(operations.contains("`\(place)`"), "\(place)") }
    }

    // MARK: - Slips

    /// Source, what is told of it; nothing of a good one.
    static let sources: [(String, [String])] = [
        ("{{ticket.key}} {{{ message.from.name }}} {{fields.x.y}} {{data.a.b | upper}} ${IMPACTO}", []),
        ("{{#message}}{{subject}} {{from.name}} {{ticket.key}}{{/message}}", []),
        ("{{#data.items}}{{name}}{{#anything}}{{.}}{{/anything}}{{/data.items}}", []),
        ("{{#fields}}{{whatever}}{{/fields}}{{^approval.approve}}{{ticket.id}}{{/approval.approve}}", []),
        ("{{=<% %>=}}<%ticket.tag%> {{no.tag}}", []), ("{{#ticket.subject}}{{.}}{{/ticket.subject}}", []),
        ("a\n\n{{ticket.kye}}", ["3 {{ticket.kye}} is not a known key. Did you mean ticket.key?"]),
        ("{{key}}", ["1 {{key}} is not a known key. Did you mean ticket.key?"]),
        ("{{mesage.subject}}", ["1 {{mesage.subject}} is not a known key. Did you mean message.subject?"]),
        (
            "{{ticket.nonsense}}",
            [
                "1 {{ticket.nonsense}} is not a known key. There are ticket.key, ticket.tag, ticket.id, "
                    + "ticket.external, ticket.subject, ticket.state."
            ]
        ),
        (
            "{{something}}",
            ["1 {{something}} is not a known key. What a trigger gave is data.NAME, what a rule set is fields.NAME."]
        ),
        ("{{#ticket}}\n{{subjet}}{{/ticket}}", ["2 {{subjet}} is not a known key. Did you mean ticket.subject?"]),
        (
            "{{#tickets}}{{key}}{{/tickets}}",
            ["1 {{#tickets}} is not a known key. What a trigger gave is data.NAME, what a rule set is fields.NAME."]
        ),
        (
            "{{^aproval.view}}x{{/aproval.view}}",
            ["1 {{^aproval.view}} is not a known key. Did you mean approval.view?"]
        ),
        (
            "{{message.from}}",
            ["1 {{message.from}} prints nothing. Name what is in it: message.from.address, message.from.name."]
        ),
        ("{{ticket.key.x}}", ["1 {{ticket.key.x}} is not a known key. Did you mean ticket.key?"]),
        ("{{> footer}}", ["1 {{> footer}} includes another template, which there is not. Write its text here."]),
        (
            "x\n${URGENCIAS}",
            [
                "2 ${URGENCIAS} is no known key: it prints only what a trigger or a rule gives by that name. "
                    + "Did you mean ${URGENCIA}?"
            ]
        ),
        ("{{x}} {{x}} {{y}}", ["1 {{x}}", "1 {{y}}"]),
    ]

    @Test(arguments: sources)
    func aSlipIsToldByLineWithTheNearestKey(_ source: String, _ told: [String]) throws {
        let findings = TemplateCheck.findings(try MustacheTemplate(source))
        #expect(findings.count == told.count, "\(findings)")
        for (finding, told) in zip(findings, told) {
            let text =
                "\(finding.line) \(finding.message.dropFirst("in line \(finding.line), ".count)) \(finding.remedy)"
            #expect(text.hasPrefix(told), "\(text)")
            #expect(finding.message.hasPrefix("in line \(finding.line), "))
            #expect(finding.isError == !source.contains("$"))
        }
    }

    @Test func linesAreCountedOnce() throws {
        let source = String(repeating: "{{ticket.key}}\n", count: 50_000) + "{{nothing}}"
        #expect(TemplateCheck.findings(try MustacheTemplate(source)).map(\.line) == [50_001])
    }

    // MARK: - In documents

    static let wrong: [Wrong] = [
        .template(["subject": "{{ticket.kye}}"], "subject", "in line 1, {{ticket.kye}} is not a known key."),
        .template(["text": "a\n{{mesage.text}}"], "text", "in line 2"),
        .template(["html": "{{> x}}"], "html", "another template"),
        .template(["active": "perhaps"], "active", "neither true nor false"),
    ]

    @Test(arguments: wrong)
    func aSlipInADocumentIsAnError(_ wrong: Wrong) throws {
        let node = wrong.doc.node
        let errors = #expect(throws: DocumentErrors.self) { try RegistryDocument.decode(node) }
        let error = try #require(errors?.errors.first)
        #expect(error.field == wrong.field)
        #expect(error.message.contains(wrong.says))
        #expect(error.line == node.line(at: wrong.field))
    }

    @Test func anUnknownKeyOfTheSourceSystemIsAWarning() throws {
        let template = Sample.template.with(["text": "${MINHACHAVE}"])
        let document = try RegistryDocument.decode(Doc.templates(template).node)
        #expect(document.templates.count == 1)
        #expect(document.warnings.map(\.field) == ["templates[0].text"])
        #expect(document.warnings.first?.remedy == "Give it as data.MINHACHAVE or fields.MINHACHAVE, or correct it.")
    }
}
