// The keys of the source system's templates, `${KEY}`, in terms of ours; knows no value.

/// Portuguese and English tables of keys mean the same things. What Malote knows itself is looked up there; everything
/// else comes from the fields that rules, contracts and triggers give (`fields.KEY`), and is empty where nobody gave it.
enum KeyAlias {
    static let longest = 64

    /// A-Z, 0-9 and `_`, beginning with a letter.
    static func isKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5A).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    /// The tag that prints it.
    static func node(_ key: String) -> MustacheTemplate.Node {
        guard let known = ours[key] else { return .variable(path: ["fields", key], filters: [], isEscaped: true) }
        return .variable(
            path: known.path.split(separator: ".").map(String.init), filters: known.filters, isEscaped: true)
    }

    private static let ours: [String: (path: String, filters: [TemplateFilter])] = {
        var table: [String: (path: String, filters: [TemplateFilter])] = [:]
        for (path, filters, keys) in rows {
            for key in keys.split(separator: " ") { table[String(key)] = (path, filters) }
        }
        return table
    }()

    private static let rows: [(String, [TemplateFilter], String)] = [
        ("ticket.id", [], "IDSOLICITACAOSERVICO IDSERVICEREQUEST"),
        ("message.text", [], "DESCRICAO DESCRIPTION"),
        ("contract.title", [], "CONTRATO CONTRACTNAME"),
        ("requester.name", [], "SOLICITANTE REQUESTERNAME USERNAME"),
        ("message.from.name", [], "NOMECONTATO CONTACTNAME"),
        ("message.from.address", [], "EMAILCONTATO CONTACTEMAIL"),
        (
            "message.date", [.datetime],
            "DATAHORASOLICITACAOSTR REQUESTDATETIMESTR DATAHORAINICIO STARTDATETIME DATETIMECREATED"
        ),
        ("message.newText", [], "OCORRENCIA COMMENTTEXT NOTE"),
    ]

    /// Keys that the source system's pages name and that only fields can fill.
    static let others = Set(
        """
        DEMANDA SERVICO NOMESERVICO SOLICITANTEUNIDADE TELEFONECONTATO NOMEUNIDADESOLICITANTE NOMEUNIDADERESPONSAVEL \
        RESPONSAVEL GRUPOATUAL NOMEGRUPOATUAL GRUPONIVEL1 FASEATUAL SITUACAO DESCRSITUACAO PRIORIDADE URGENCIA IMPACTO \
        ORIGEM OBSERVACAO RESPOSTA DETALHAMENTOCAUSA SLAACOMBINAR ATRASOSLASTR DATAHORAFIM DATAHORAINICIOSLASTR \
        DATAHORALIMITESTR LINKSOLICITACAOSERVICO LINKPESQUISASATISFACAO DEMANDTYPENAME SERVICENAME REQUESTERUNITY \
        CONTACTPHONE REQUESTERDEPARTMENTNAME OWNERDEPARTMENTNAME OWNERNAME CURRENTGROUP CURRENTGROUPNAME GROUPLEVEL1 \
        CURRENTPHASE SITUACTION SITUATION DESCRSITUATION PRIORITY URGENCY IMPACT ORIGINNAME OBSERVATION RESPONSE \
        CAUSEDETAIL SLATOAGREE OVERDUESLASTR ENDDATETIME DATETIMEREACTIVATIONSLASTR DEADLINESTR LINKSERVICEREQUEST \
        LINKSATISFACTIONSURVEY CURRENTRESPONSIBLE REQUESTRESPONSIBLENAME REGISTRADOPOR INFORMACOESCONTATO CATEGORIA \
        TEMPOGASTO NOMETAREFA
        """.split(separator: " ").map(String.init))

    static func isKnown(_ key: String) -> Bool { ours[key] != nil || others.contains(key) }
}
