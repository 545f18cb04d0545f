// The words of the pages about events; knows no page.

import MaloteCore

struct EventWords: PageWords {
    var contract, kind, time, subject, event, noEvents, json, showLog: String
    var kinds: [TicketEvent.Kind: String]

    func kind(_ kind: TicketEvent.Kind) -> String { kinds[kind] ?? kind.rawValue }

    static let english = EventWords(
        contract: "Contract", kind: "Kind", time: "Time", subject: "About", event: "Event", noEvents: "No event fits.",
        json: "What receivers get", showLog: "The contract's log",
        kinds: [
            .ticketOpened: "ticket opened", .ticketReplied: "ticket answered", .ticketApproved: "ticket approved",
            .ticketRejected: "ticket rejected", .notificationSent: "notification sent",
            .notificationDelayed: "notification delayed", .notificationFailed: "notification failed",
            .notificationBounced: "notification bounced", .notificationSuppressed: "answer held back",
            .messageIgnored: "message ignored", .messageQuarantined: "message quarantined",
            .mailboxFailing: "mailbox failing", .mailboxRecovered: "mailbox recovered",
            .mailboxExpiring: "mailbox expiring", .queueAging: "queue aging",
        ])

    static let portuguese = EventWords(
        contract: "Contrato", kind: "Tipo", time: "Hora", subject: "Sobre", event: "Evento",
        noEvents: "Nenhum evento corresponde.", json: "O que os receptores recebem",
        showLog: "O registro do contrato",
        kinds: [
            .ticketOpened: "chamado aberto", .ticketReplied: "chamado respondido",
            .ticketApproved: "chamado aprovado", .ticketRejected: "chamado rejeitado",
            .notificationSent: "notificação enviada", .notificationDelayed: "notificação atrasada",
            .notificationFailed: "notificação falhou", .notificationBounced: "notificação devolvida",
            .notificationSuppressed: "resposta retida", .messageIgnored: "mensagem ignorada",
            .messageQuarantined: "mensagem em quarentena", .mailboxFailing: "caixa falhando",
            .mailboxRecovered: "caixa recuperada",
            .mailboxExpiring: "caixa perto do vencimento", .queueAging: "fila envelhecendo",
        ])
}

extension EventWords {
    func pill(_ kind: TicketEvent.Kind) -> HTMLText {
        switch kind {
        case .ticketOpened, .ticketReplied, .ticketApproved, .mailboxRecovered: Pill.good(self.kind(kind))
        case .notificationSent, .messageIgnored: Pill.calm(self.kind(kind))
        case .notificationDelayed, .notificationSuppressed, .ticketRejected, .mailboxExpiring, .queueAging:
            Pill.warn(self.kind(kind))
        default: Pill.bad(self.kind(kind))
        }
    }
}
