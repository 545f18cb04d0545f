// The words of the pages about the queue; knows no page.

import MaloteCore

struct QueueWords: PageWords {
    var lanes, lane, contract, outbox, oldest, nextAttempt, noLanes, deliveries, recipient: String
    var subject, state, attempts, why, noDeliveries, next, notification, trace, messageID: String
    var created, original, suppressions, suppressed, address, reason, add, remove: String
    var noSuppressions, suppressionsHint, nowSuppressed, nowFree, optionalReason, whatToDo, yes, changed,
        nothing: String
    var onHold, holdContract, releaseContract, of, unknownHint: String
    var states: [Delivery.State: String]
    /// On buttons.
    var actions: [QueueAction: String]
    /// `{n}`: what is asked before.
    var questions: [QueueAction: String]
    /// What an action means.
    var hints: [QueueAction: String]

    func state(_ state: Delivery.State) -> String { states[state] ?? state.rawValue }
    func action(_ action: QueueAction) -> String { actions[action] ?? action.rawValue }

    static let english = QueueWords(
        lanes: "Lanes", lane: "Lane", contract: "Contract", outbox: "Outbox", oldest: "Oldest",
        nextAttempt: "Next attempt", noLanes: "Nothing was ever sent.",
        deliveries: "Deliveries", recipient: "Recipient", subject: "Subject", state: "State", attempts: "Attempts",
        why: "Why", noDeliveries: "No delivery fits.", next: "Next page",
        notification: "Notification", trace: "Why this outbox", messageID: "Message-ID",
        created: "Queued", original: "Download what is sent",
        suppressions: "Addresses that are not written to", suppressed: "Since", address: "Address", reason: "Reason",
        add: "Write to it no more", remove: "Write to it again", noSuppressions: "All addresses are written to.",
        suppressionsHint:
            "An address comes here when a server says that it does not exist, or when you add it.",
        nowSuppressed: "{address} is not written to any more.", nowFree: "{address} is written to again.",
        optionalReason: "Reason (optional)", whatToDo: "What is to be done with what is selected here",
        yes: "Yes, {action}", changed: "Deliveries changed: {n}.",
        nothing: "Nothing that is selected can be changed that way.", onHold: "on hold",
        holdContract: "Hold the contract", releaseContract: "Release the contract",
        of: "{contract} by {outbox}",
        unknownHint: "In doubt: the server's answer was lost after the whole message had been given to it.",
        states: [
            .queued: "queued", .sending: "sending", .sent: "sent", .failed: "failed", .unknown: "in doubt",
            .held: "held", .cancelled: "cancelled",
        ],
        actions: [.retry: "try again now", .hold: "hold", .release: "release", .cancel: "cancel"],
        questions: [
            .retry: "Deliveries to try again now: {n}", .hold: "Deliveries to hold: {n}",
            .release: "Deliveries to release: {n}",
            .cancel: "Deliveries to cancel: {n}",
        ],
        hints: [
            .retry: "Whatever has failed begins a new life. The server is tried at once.",
            .hold:
                "Nothing of it is sent until you release it. A contract that is held as a whole keeps what is queued meanwhile, too.",
            .release: "What was held is sent, and its days count anew.",
            .cancel: "It is not sent, and stays here as cancelled.",
        ])

    static let portuguese = QueueWords(
        lanes: "Raias", lane: "Raia", contract: "Contrato", outbox: "Caixa de saída", oldest: "Mais antiga",
        nextAttempt: "Próxima tentativa", noLanes: "Nada foi enviado ainda.", deliveries: "Entregas",
        recipient: "Destinatário", subject: "Assunto",
        state: "Estado", attempts: "Tentativas", why: "Motivo", noDeliveries: "Nenhuma entrega corresponde.",
        next: "Próxima página", notification: "Notificação",
        trace: "Por que esta caixa de saída", messageID: "Message-ID", created: "Na fila desde",
        original: "Baixar o que é enviado", suppressions: "Endereços para os quais não se escreve",
        suppressed: "Desde", address: "Endereço", reason: "Motivo", add: "Não escrever mais para ele",
        remove: "Voltar a escrever", noSuppressions: "Escreve-se para todos os endereços.",
        suppressionsHint:
            "Um endereço vem para cá quando um servidor diz que ele não existe, ou quando você o acrescenta.",
        nowSuppressed: "Não se escreve mais para {address}.", nowFree: "Voltou-se a escrever para {address}.",
        optionalReason: "Motivo (opcional)", whatToDo: "O que fazer com o que está selecionado aqui",
        yes: "Sim, {action}", changed: "Entregas alteradas: {n}.",
        nothing: "Nada do que está selecionado pode ser alterado assim.", onHold: "retido",
        holdContract: "Reter o contrato", releaseContract: "Liberar o contrato", of: "{contract} por {outbox}",
        unknownHint: "Em dúvida: a resposta do servidor se perdeu depois que ele recebeu a mensagem inteira.",
        states: [
            .queued: "na fila", .sending: "enviando", .sent: "enviada", .failed: "falhou", .unknown: "em dúvida",
            .held: "retida", .cancelled: "cancelada",
        ],
        actions: [.retry: "tentar de novo agora", .hold: "reter", .release: "liberar", .cancel: "cancelar"],
        questions: [
            .retry: "Entregas a tentar de novo agora: {n}", .hold: "Entregas a reter: {n}",
            .release: "Entregas a liberar: {n}", .cancel: "Entregas a cancelar: {n}",
        ],
        hints: [
            .retry: "O que falhou começa uma vida nova. O servidor é tentado na hora.",
            .hold:
                "Nada disso é enviado até que você libere. Um contrato retido por inteiro guarda também o que entrar na fila enquanto isso.",
            .release: "O que estava retido é enviado, e os dias dele contam de novo.",
            .cancel: "Não é enviado, e fica aqui como cancelado.",
        ])
}

extension QueueWords {
    func pill(_ state: Delivery.State) -> HTMLText {
        switch state {
        case .sent: Pill.good(self.state(state))
        case .queued, .sending, .cancelled: Pill.calm(self.state(state))
        case .held: Pill.warn(self.state(state))
        case .failed, .unknown: Pill.bad(self.state(state))
        }
    }
}
