// The words of the pages about receivers of events; knows no page.

import MaloteCore

struct EndpointWords: PageWords {
    var endpoints, endpoint, contract, state, url, waiting, dead, refused, lastDelivered, delivered, why, since: String
    var nextTry, lastStatus, rotating, noEndpoints, retry, retried, disable, disabled, enable, enabled: String
    var replay, replaySince, replayHint, replayAsk, replayDo, replayed, nothingToReplay, refusedEvents,
        noRefused: String
    var event, kind, attempts, nextAttempt, again, drop, againAll, dropAll, changed, deadLetter, position,
        events: String
    var states: [EndpointView.State: String]

    static let english = EndpointWords(
        endpoints: "Receivers of events", endpoint: "Receiver of {contract}", contract: "Contract", state: "State",
        url: "Address", waiting: "Events that wait", dead: "Dead letters", refused: "Refused, tried again",
        lastDelivered: "Last delivered", delivered: "Delivered", why: "Why", since: "since", nextTry: "Next try",
        lastStatus: "Last answer", rotating: "Signed with two secrets",
        noEndpoints: "No contract has a receiver: its events wait to be pulled.",
        retry: "Try now", retried: "What waits is tried now.", disable: "Disable",
        disabled: "Nothing is delivered any more; events wait.",
        enable: "Enable", enabled: "It is delivered again.", replay: "Deliver again",
        replaySince: "What happened on this day or later",
        replayHint: "Receivers know events by their id: whatever they have already changes nothing there.",
        replayAsk: "Events that would be delivered once more: {n}", replayDo: "Deliver them once more",
        replayed: "Events that are delivered once more: {n}.",
        nothingToReplay: "Nothing was delivered behind that point.",
        refusedEvents: "Events that were refused", noRefused: "None was refused.", event: "Event", kind: "Kind",
        attempts: "Attempts", nextAttempt: "Next attempt", again: "Try again", drop: "Forget",
        againAll: "Try all dead letters again", dropAll: "Forget all dead letters", changed: "Events changed: {n}.",
        deadLetter: "dead letter", position: "Delivered up to", events: "Its events",
        states: [
            .idle: "up to date", .delivering: "delivering", .waiting: "resting", .paused: "contract paused",
            .disabled: "disabled",
        ])

    static let portuguese = EndpointWords(
        endpoints: "Receptores de eventos", endpoint: "Receptor de {contract}", contract: "Contrato", state: "Estado",
        url: "Endereço", waiting: "Eventos que esperam", dead: "Não entregues", refused: "Recusados, tentados de novo",
        lastDelivered: "Última entrega", delivered: "Entregues", why: "Motivo", since: "desde",
        nextTry: "Próxima tentativa", lastStatus: "Última resposta", rotating: "Assinado com dois segredos",
        noEndpoints: "Nenhum contrato tem receptor: os eventos esperam ser buscados.", retry: "Tentar agora",
        retried: "O que espera é tentado agora.", disable: "Desativar",
        disabled: "Nada mais é entregue; os eventos esperam.", enable: "Ativar", enabled: "Voltou a ser entregue.",
        replay: "Entregar de novo",
        replaySince: "O que aconteceu neste dia ou depois",
        replayHint: "Os receptores conhecem os eventos pelo id: o que já têm não muda nada lá.",
        replayAsk: "Eventos que seriam entregues mais uma vez: {n}", replayDo: "Entregar mais uma vez",
        replayed: "Eventos entregues mais uma vez: {n}.", nothingToReplay: "Nada foi entregue depois desse ponto.",
        refusedEvents: "Eventos recusados", noRefused: "Nenhum foi recusado.", event: "Evento", kind: "Tipo",
        attempts: "Tentativas", nextAttempt: "Próxima tentativa", again: "Tentar de novo", drop: "Esquecer",
        againAll: "Tentar de novo todos os não entregues", dropAll: "Esquecer todos os não entregues",
        changed: "Eventos alterados: {n}.", deadLetter: "não entregue", position: "Entregue até",
        events: "Os eventos dele",
        states: [
            .idle: "em dia", .delivering: "entregando", .waiting: "em repouso", .paused: "contrato pausado",
            .disabled: "desativado",
        ])
}

extension EndpointWords {
    func pill(_ state: EndpointView.State) -> HTMLText {
        let text = states[state] ?? state.rawValue
        switch state {
        case .idle, .delivering: return Pill.good(text)
        case .waiting, .paused: return Pill.warn(text)
        case .disabled: return Pill.bad(text)
        }
    }
}
