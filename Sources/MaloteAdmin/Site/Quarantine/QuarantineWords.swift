// The words of the pages about the quarantine; knows no page.

import MaloteCore

struct QuarantineWords: PageWords {
    var contract, inbox, since, search, number, what, from, time, reason, attempts, nothing, unfetched, uid: String
    var tryOne, tryAll, rehearsal, rehearsalHint, passRules, passRulesHint, look, replay, replayed, outcome: String
    var fate, ticket, events, mails, to, noResult, back, one, howMany, results: String
    var outcomes: [ReplayResult.Outcome: String]

    static let english = QuarantineWords(
        contract: "Contract", inbox: "Inbox", since: "Since", search: "Search", number: "Number", what: "Message",
        from: "From", time: "Since", reason: "Why it waits", attempts: "Fetches that failed",
        nothing: "Nothing waits here.", unfetched: "It could not be fetched; nothing of it is here.",
        uid: "On the server",
        tryOne: "What would happen?", tryAll: "What would happen if these were filed again?",
        rehearsal: "What would happen",
        rehearsalHint: "Nothing has been changed: this is what filing it again would do now.",
        passRules: "Let it pass the rules",
        passRulesHint: "Rules that ignore or quarantine do not count: you have looked at it.",
        look: "Look again", replay: "File it again",
        replayed: "Filed again: {filed}. Kept: {kept}. Asked for again: {wanted}.",
        outcome: "Outcome", fate: "Fate", ticket: "Ticket", events: "Events", mails: "Mails that go out", to: "to",
        noResult: "Nothing that is selected is in quarantine.", back: "Back to the quarantine",
        one: "message {id}", howMany: "messages: {n}", results: "Results",
        outcomes: [
            .filed: "filed", .kept: "stays here", .wanted: "asked for again", .closed: "not here any more",
        ])

    static let portuguese = QuarantineWords(
        contract: "Contrato", inbox: "Caixa de entrada", since: "Desde", search: "Buscar", number: "Número",
        what: "Mensagem", from: "De", time: "Desde", reason: "Por que espera", attempts: "Buscas que falharam",
        nothing: "Nada espera aqui.", unfetched: "Não foi possível buscá-la; nada dela está aqui.", uid: "No servidor",
        tryOne: "O que aconteceria?", tryAll: "O que aconteceria se estas fossem arquivadas de novo?",
        rehearsal: "O que aconteceria",
        rehearsalHint: "Nada foi alterado: é isto que arquivar de novo faria agora.",
        passRules: "Deixar passar pelas regras",
        passRulesHint: "As regras que ignoram ou põem em quarentena não contam: você já olhou.",
        look: "Ver de novo", replay: "Arquivar de novo",
        replayed: "Arquivadas: {filed}. Ficaram: {kept}. Pedidas de novo: {wanted}.", outcome: "Resultado",
        fate: "Destino", ticket: "Chamado", events: "Eventos", mails: "E-mails que saem", to: "para",
        noResult: "Nada do que está selecionado está em quarentena.", back: "Voltar à quarentena",
        one: "mensagem {id}", howMany: "mensagens: {n}", results: "Resultados",
        outcomes: [
            .filed: "arquivada", .kept: "fica aqui", .wanted: "pedida de novo", .closed: "não está mais aqui",
        ])
}
