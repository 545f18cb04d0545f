// The words of the pages about tickets; knows no page.

import MaloteCore

struct TicketWords: PageWords {
    var tickets, key, contract, subject, requester, state, open, closed, latest, external, search, noTickets: String
    var unknown, messages, noMessages, events, noEvents, event, kind, time, subjectOf, deliveries, flows,
        noFlows: String
    var cause, step, reason, reference, planned, due, flow, trigger, waits, callOff, calledOff, approvals: String
    var approval, quorum, voters, expires, decided, comment, close, reopen, quiet, quietHint, closeHint, nowClosed,
        nowOpen: String
    var link, externalHint, linked, noSubject, actions, withdraw, withdrawn, noPlanned, noApprovals, waiting: String
    var approvalStates: [Approval.State: String]
    var choices: [Approval.Choice: String]

    static let english = TicketWords(
        tickets: "Tickets", key: "Ticket", contract: "Contract", subject: "Subject", requester: "Requester",
        state: "State", open: "open", closed: "closed", latest: "Latest message", external: "Id in the ticket system",
        search: "Search", noTickets: "No ticket fits.", unknown: "not known",
        messages: "Messages", noMessages: "No message belongs to it.", events: "Events", noEvents: "No event yet.",
        event: "Event", kind: "Kind", time: "Time", subjectOf: "About", deliveries: "Notifications",
        flows: "What flows did", noFlows: "No flow has done anything.", cause: "Because of", step: "Step",
        reason: "Reason", reference: "Led to", planned: "Planned steps", due: "Due", flow: "Flow",
        trigger: "Waits for", waits: "Held back by", callOff: "Call off", calledOff: "Planned step {n} is called off.",
        approvals: "Approvals", approval: "Approval", quorum: "Needed", voters: "Who was asked", expires: "Expires",
        decided: "Decided", comment: "Comment", close: "Close the ticket", reopen: "Open it again",
        quiet: "Run no flow", quietHint: "Nobody is told by mail.",
        closeHint: "What flows do on closing is done now: the requester may get a mail.",
        nowClosed: "The ticket is closed.", nowOpen: "The ticket is open again.",
        link: "Keep this id", externalHint: "1 to 255 characters; events tell it from now on.",
        linked: "The id is kept.", noSubject: "(no subject)", actions: "What you can do", withdraw: "Withdraw",
        withdrawn: "Approval {n} is withdrawn.", noPlanned: "Nothing waits for its time.",
        noApprovals: "No approval fits.",
        waiting: "Approvals and planned steps",
        approvalStates: [
            .pending: "waiting", .approved: "approved", .rejected: "rejected", .expired: "expired",
            .cancelled: "withdrawn",
        ], choices: [.approve: "approves", .reject: "rejects"])

    static let portuguese = TicketWords(
        tickets: "Chamados", key: "Chamado", contract: "Contrato", subject: "Assunto", requester: "Solicitante",
        state: "Estado", open: "aberto", closed: "fechado", latest: "Última mensagem",
        external: "Número no sistema de chamados", search: "Buscar", noTickets: "Nenhum chamado corresponde.",
        unknown: "desconhecido", messages: "Mensagens", noMessages: "Nenhuma mensagem pertence a ele.",
        events: "Eventos", noEvents: "Ainda não há evento.", event: "Evento", kind: "Tipo", time: "Hora",
        subjectOf: "Sobre", deliveries: "Notificações", flows: "O que os fluxos fizeram",
        noFlows: "Nenhum fluxo fez nada.", cause: "Por causa de", step: "Passo", reason: "Motivo",
        reference: "Levou a", planned: "Passos planejados", due: "Previsto para", flow: "Fluxo", trigger: "Espera por",
        waits: "Retido por", callOff: "Desmarcar", calledOff: "O passo planejado {n} foi desmarcado.",
        approvals: "Aprovações", approval: "Aprovação", quorum: "Necessárias", voters: "Quem foi consultado",
        expires: "Expira", decided: "Decidida", comment: "Comentário", close: "Fechar o chamado",
        reopen: "Reabrir", quiet: "Não executar fluxos", quietHint: "Ninguém é avisado por e-mail.",
        closeHint: "O que os fluxos fazem no fechamento é feito agora: o solicitante pode receber um e-mail.",
        nowClosed: "O chamado está fechado.", nowOpen: "O chamado está aberto de novo.", link: "Guardar este número",
        externalHint: "De 1 a 255 caracteres; os eventos passam a informá-lo.", linked: "O número foi guardado.",
        noSubject: "(sem assunto)", actions: "O que você pode fazer", withdraw: "Retirar",
        withdrawn: "A aprovação {n} foi retirada.", noPlanned: "Nada espera a sua hora.",
        noApprovals: "Nenhuma aprovação corresponde.",
        waiting: "Aprovações e passos planejados",
        approvalStates: [
            .pending: "esperando", .approved: "aprovada", .rejected: "rejeitada", .expired: "expirada",
            .cancelled: "retirada",
        ], choices: [.approve: "aprova", .reject: "rejeita"])
}
