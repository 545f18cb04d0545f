// The words of the pages about messages; knows no page.

import MaloteCore

struct MessageWords: PageWords {
    var contract, inbox, ticket, fate, since, search, received, from, subject, size, noSubject: String
    var noMessages, messages, to, cc, replyTo, date, messageID, inReplyTo, digest, defects: String
    var text, noText, cut, htmlView, htmlHint, htmlRefused, openAlone, links, attachments, noAttachments, name,
        type: String
    var refused, download, original, headers, timeline, time, step, why, reference, quarantined, see: String
    var fates: [StoredMessage.Fate: String]
    var steps: [Decision.Step: String]

    func fate(_ fate: StoredMessage.Fate) -> String { fates[fate] ?? fate.rawValue }
    func step(_ step: Decision.Step) -> String { steps[step] ?? step.rawValue }

    static let english = MessageWords(
        contract: "Contract", inbox: "Inbox", ticket: "Ticket", fate: "Fate", since: "Since", search: "Search",
        received: "Received", from: "From", subject: "Subject", size: "Size", noSubject: "(no subject)",
        noMessages: "No message fits.", messages: "Messages",
        to: "To", cc: "Cc", replyTo: "Reply to", date: "Date in the mail", messageID: "Message-ID",
        inReplyTo: "Answers", digest: "SHA-256", defects: "What is damaged in it",
        text: "Text", noText: "The mail has no text.",
        cut: "Only the beginning is shown here. All of it is in the original.",
        htmlView: "As its HTML shows it",
        htmlHint: "Nothing in it runs, and nothing is loaded: images from elsewhere stay away.",
        htmlRefused: "This HTML cannot be shown safely. The page of the message has its text.",
        openAlone: "Show it alone",
        links: "Where its links lead", attachments: "Attachments", noAttachments: "none", name: "Name", type: "Type",
        refused: "Not taken by the contract", download: "Download", original: "Download the original",
        headers: "All header fields", timeline: "What happened, and why", time: "Time", step: "Step", why: "Reason",
        reference: "Led to", quarantined: "It waits in quarantine.", see: "See there",
        fates: [
            .opened: "opened a ticket", .replied: "answer", .reported: "report", .ignored: "ignored",
            .duplicate: "duplicate", .quarantined: "in quarantine",
        ],
        steps: [
            .seen: "seen", .fetchFailed: "not fetched", .gone: "gone", .wantedAgain: "asked for again",
            .settled: "server told", .fetched: "fetched", .read: "read", .rule: "rule", .understood: "understood",
            .ticket: "ticket", .requester: "requester", .attachment: "attachment", .report: "report", .filed: "filed",
            .moved: "moved in", .quarantined: "quarantined", .duplicate: "duplicate", .replayed: "filed again",
            .event: "event", .flow: "flow", .planned: "planned", .notification: "notification",
            .approval: "approval", .triggered: "triggered", .delivery: "delivery",
        ])

    static let portuguese = MessageWords(
        contract: "Contrato", inbox: "Caixa de entrada", ticket: "Chamado", fate: "Destino", since: "Desde",
        search: "Buscar", received: "Recebida", from: "De", subject: "Assunto", size: "Tamanho",
        noSubject: "(sem assunto)", noMessages: "Nenhuma mensagem corresponde.", messages: "Mensagens",
        to: "Para", cc: "Cc", replyTo: "Responder a", date: "Data na mensagem", messageID: "Message-ID",
        inReplyTo: "Responde a", digest: "SHA-256", defects: "O que está danificado nela",
        text: "Texto", noText: "A mensagem não tem texto.",
        cut: "Aqui só aparece o começo. O original contém tudo.", htmlView: "Como o HTML a mostra",
        htmlHint: "Nada nela é executado nem carregado: imagens de fora não aparecem.",
        htmlRefused: "Este HTML não pode ser mostrado com segurança. O texto está na página da mensagem.",
        openAlone: "Mostrar sozinha", links: "Para onde os links levam", attachments: "Anexos",
        noAttachments: "nenhum", name: "Nome", type: "Tipo", refused: "Não aceito pelo contrato", download: "Baixar",
        original: "Baixar o original", headers: "Todos os campos do cabeçalho",
        timeline: "O que aconteceu, e por quê", time: "Hora", step: "Passo", why: "Motivo", reference: "Levou a",
        quarantined: "Ela espera na quarentena.", see: "Ver lá",
        fates: [
            .opened: "abriu um chamado", .replied: "resposta", .reported: "relatório", .ignored: "ignorada",
            .duplicate: "duplicada", .quarantined: "em quarentena",
        ],
        steps: [
            .seen: "vista", .fetchFailed: "não buscada", .gone: "sumiu", .wantedAgain: "pedida de novo",
            .settled: "servidor avisado", .fetched: "buscada", .read: "lida", .rule: "regra",
            .understood: "entendida", .ticket: "chamado", .requester: "solicitante", .attachment: "anexo",
            .report: "relatório", .filed: "arquivada", .moved: "trazida", .quarantined: "em quarentena",
            .duplicate: "duplicada", .replayed: "arquivada de novo", .event: "evento", .flow: "fluxo",
            .planned: "planejado", .notification: "notificação", .approval: "aprovação", .triggered: "disparado",
            .delivery: "entrega",
        ])
}

extension MessageWords {
    func pill(_ fate: StoredMessage.Fate) -> HTMLText {
        switch fate {
        case .opened, .replied: Pill.good(self.fate(fate))
        case .reported, .ignored, .duplicate: Pill.calm(self.fate(fate))
        case .quarantined: Pill.bad(self.fate(fate))
        }
    }
}
