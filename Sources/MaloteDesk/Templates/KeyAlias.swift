// The keys of the source system's templates, `${KEY}`, in terms of ours; knows no value.

/// Portuguese and English tables of keys mean the same things. Whatever a trigger or a rule gives under the key's own name
/// comes first (`data.KEY`, `fields.KEY`, then the same by the key's name in the other language), then what Malote knows,
/// then nothing.
enum KeyAlias {
    static let longest = 64

    /// A-Z, 0-9 and `_`, beginning with a letter.
    static func isKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5A).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    struct Row: Sendable {
        /// Where its value is looked for; of a `data.NAME` the field `fields.NAME` will do as well.
        var places: [String]
        var isTime = false
        var portuguese: [String]
        var english: [String]

        init(_ places: String, isTime: Bool = false, _ portuguese: String, _ english: String) {
            func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
            self.places = words(places)
            self.isTime = isTime
            self.portuguese = words(portuguese)
            self.english = words(english)
        }
    }

    static let rows: [Row] = [
        // The request.
        Row("ticket.id", "IDSOLICITACAOSERVICO", "IDSERVICEREQUEST"),
        Row("data.type", "DEMANDA", "DEMANDTYPENAME"),
        Row("data.service", "SERVICO NOMESERVICO", "SERVICENAME"),
        Row("data.description message.text", "DESCRICAO", "DESCRIPTION"),
        Row("contract.title contract.name", "CONTRATO", "CONTRACTNAME"),
        Row("data.status", "SITUACAO", "SITUACTION SITUATION"),
        Row("data.statusText data.status", "DESCRSITUACAO", "DESCRSITUATION"),
        Row("data.phase", "FASEATUAL", "CURRENTPHASE"),
        Row("data.priority", "PRIORIDADE", "PRIORITY"),
        Row("data.urgency", "URGENCIA", "URGENCY"),
        Row("data.impact", "IMPACTO", "IMPACT"),
        Row("data.origin", "ORIGEM", "ORIGINNAME"),
        Row("data.observation", "OBSERVACAO", "OBSERVATION"),
        Row("data.answer", "RESPOSTA", "RESPONSE"),
        Row("data.cause", "DETALHAMENTOCAUSA", "CAUSEDETAIL"),
        Row("data.task", "NOMETAREFA", ""),
        Row("data.link approval.view", "LINKSOLICITACAOSERVICO", "LINKSERVICEREQUEST"),
        Row("data.survey", "LINKPESQUISASATISFACAO", "LINKSATISFACTIONSURVEY"),
        // People.
        Row("requester.name", "SOLICITANTE", "REQUESTERNAME"),
        Row("data.requesterUnit", "SOLICITANTEUNIDADE", "REQUESTERUNITY"),
        Row("data.requesterDepartment", "NOMEUNIDADESOLICITANTE", "REQUESTERDEPARTMENTNAME"),
        Row("data.contactName message.from.name requester.name", "NOMECONTATO", "CONTACTNAME"),
        Row("data.contactEmail message.from.address requester.address", "EMAILCONTATO", "CONTACTEMAIL"),
        Row("data.contactPhone", "TELEFONECONTATO", "CONTACTPHONE"),
        Row("data.contact message.from.address requester.address", "INFORMACOESCONTATO", ""),
        Row("data.owner", "RESPONSAVEL", "OWNERNAME CURRENTRESPONSIBLE REQUESTRESPONSIBLENAME"),
        Row("data.ownerDepartment", "NOMEUNIDADERESPONSAVEL", "OWNERDEPARTMENTNAME"),
        Row("data.group data.groupName approval.group", "GRUPOATUAL", "CURRENTGROUP"),
        Row("data.groupName data.group approval.group", "NOMEGRUPOATUAL", "CURRENTGROUPNAME"),
        Row("data.firstGroup", "GRUPONIVEL1", "GROUPLEVEL1"),
        // Times.
        Row("data.requested message.date", isTime: true, "DATAHORASOLICITACAOSTR", "REQUESTDATETIMESTR"),
        Row("data.started message.date", isTime: true, "DATAHORAINICIO", "STARTDATETIME"),
        Row("data.ended", isTime: true, "DATAHORAFIM", "ENDDATETIME"),
        Row("data.slaStarted", isTime: true, "DATAHORAINICIOSLASTR", "DATETIMEREACTIVATIONSLASTR"),
        Row("data.deadline", isTime: true, "DATAHORALIMITESTR", "DEADLINESTR"),
        Row("data.slaToAgree", "SLAACOMBINAR", "SLATOAGREE"),
        Row("data.slaDelay", "ATRASOSLASTR", "OVERDUESLASTR"),
        // What somebody wrote to it.
        Row("data.note message.newText", "OCORRENCIA", "COMMENTTEXT NOTE"),
        Row("data.author message.from.name requester.name", "REGISTRADOPOR", "USERNAME"),
        Row("data.noted message.date", isTime: true, "", "DATETIMECREATED"),
        Row("data.category", "CATEGORIA", ""),
        Row("data.timeSpent", "TEMPOGASTO", ""),
    ]

    static let known: [String] = rows.flatMap { $0.portuguese + $0.english }

    static func isKnown(_ key: String) -> Bool { meanings[key] != nil }

    /// Where the value may be, in order, and how it is printed.
    static func meaning(of key: String) -> (paths: [[String]], filters: [TemplateFilter]) {
        meanings[key] ?? (given(key), [])
    }

    private static func given(_ name: String) -> [[String]] { [["data", name], ["fields", name]] }

    private static let meanings: [String: (paths: [[String]], filters: [TemplateFilter])] = {
        var table: [String: (paths: [[String]], filters: [TemplateFilter])] = [:]
        for row in rows {
            let places = row.places.map { $0.split(separator: ".").map(String.init) }
            let ours = places.flatMap { $0[0] == "data" ? [$0, ["fields"] + $0.dropFirst()] : [$0] }
            let keys = row.portuguese + row.english
            for key in keys {
                let twins = keys.filter { $0 != key }.flatMap(given)
                table[key] = (given(key) + twins + ours, row.isTime ? [.datetime] : [])
            }
        }
        return table
    }()
}
