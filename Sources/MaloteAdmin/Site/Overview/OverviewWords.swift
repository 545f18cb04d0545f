// The words of the overview; knows no page.

import MaloteCore

struct OverviewWords: PageWords {
    var needs, nothingNeeded, contracts, contract, health, lag, queue, current, unknown, oldest: String
    var inboxes, outboxes, failingSince, held, waiting, quarantined, noContracts, noContractsHint: String
    var addMailbox, addContract, running, delayed: String
    /// `{mailbox}`, `{n}`, `{contract}`.
    var inQuarantine, attention, failing, laneFailed, laneUnknown, expires: String
    var states: [StatusReport.MailboxLine.State: String]

    func state(_ state: StatusReport.MailboxLine.State) -> String { states[state] ?? state.rawValue }

    static let english = OverviewWords(
        needs: "What needs a person", nothingNeeded: "Nothing. Mail comes in and goes out.",
        contracts: "Contracts", contract: "Contract", health: "Health", lag: "Inbox lag", queue: "Queue",
        current: "Up to date", unknown: "not polled yet", oldest: "oldest",
        inboxes: "Inboxes", outboxes: "Outboxes", failingSince: "failing since", held: "on hold",
        waiting: "waiting", quarantined: "In quarantine",
        noContracts: "No contract is registered yet.",
        noContractsHint: "Register a mailbox first, then a contract that takes its mail.",
        addMailbox: "New mailbox", addContract: "New contract", running: "Running since",
        delayed: "delayed by others",
        inQuarantine: "{n} messages wait in quarantine.",
        attention: "Mailbox {mailbox} needs a person.", failing: "Mailbox {mailbox} is failing.",
        laneFailed: "{n} notifications of {contract} could not be delivered.",
        laneUnknown: "{n} notifications of {contract} are in doubt: the server's answer was lost.",
        expires: "The token of mailbox {mailbox} ends soon.",
        states: [
            .new: "new", .busy: "working", .ok: "healthy", .failing: "failing", .needsAttention: "needs a person",
            .unused: "unused", .resting: "resting",
        ])

    static let portuguese = OverviewWords(
        needs: "O que precisa de uma pessoa", nothingNeeded: "Nada. Os e-mails entram e saem.",
        contracts: "Contratos", contract: "Contrato", health: "Saúde", lag: "Atraso da entrada", queue: "Fila",
        current: "Em dia", unknown: "ainda não lida", oldest: "mais antiga",
        inboxes: "Caixas de entrada", outboxes: "Caixas de saída", failingSince: "falhando desde", held: "retido",
        waiting: "esperando", quarantined: "Em quarentena",
        noContracts: "Ainda não há contrato registrado.",
        noContractsHint: "Registre primeiro uma caixa de e-mail, depois um contrato que receba as mensagens dela.",
        addMailbox: "Nova caixa", addContract: "Novo contrato", running: "Em execução desde",
        delayed: "atrasado por outros",
        inQuarantine: "{n} mensagens esperam na quarentena.",
        attention: "A caixa {mailbox} precisa de uma pessoa.", failing: "A caixa {mailbox} está falhando.",
        laneFailed: "{n} notificações de {contract} não puderam ser entregues.",
        laneUnknown: "{n} notificações de {contract} estão em dúvida: a resposta do servidor se perdeu.",
        expires: "O token da caixa {mailbox} termina em breve.",
        states: [
            .new: "nova", .busy: "trabalhando", .ok: "saudável", .failing: "falhando",
            .needsAttention: "precisa de uma pessoa", .unused: "sem uso", .resting: "em repouso",
        ])
}
