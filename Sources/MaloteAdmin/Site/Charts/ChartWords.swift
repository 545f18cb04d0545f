// The words of the charts; knows no figure.

struct ChartWords: PageWords {
    var contract, span, lag, lagHint, queueAge, throughput, throughputHint, received, events, sent, failed, time: String
    var figures, nothing, worstLag, worstAge, gaps: String
    /// `{n}` hours, `{n}` days.
    var hours, days: String
    /// What a picture says to those who hear it: `{name}`, `{contract}`, `{most}`, `{last}`.
    var spoken: String

    static let english = ChartWords(
        contract: "Contract", span: "Span", lag: "Lag",
        lagHint: "How long mail and notifications had to wait, at worst.",
        queueAge: "Oldest in the queue", throughput: "Throughput", throughputHint: "How many, in {n} each.",
        received: "Received", events: "Events", sent: "Sent", failed: "Given up", time: "Time",
        figures: "The same in figures",
        nothing: "Nothing has been measured yet.", worstLag: "Worst lag", worstAge: "Longest in the queue",
        gaps: "Where there is no line, the daemon did not work.", hours: "{n} hours",
        days: "{n} days",
        spoken: "{name} of {contract}: at most {most}, at last {last}.")

    static let portuguese = ChartWords(
        contract: "Contrato", span: "Período", lag: "Atraso",
        lagHint: "Quanto mensagens e notificações tiveram de esperar, no pior caso.", queueAge: "Mais antiga na fila",
        throughput: "Vazão", throughputHint: "Quantas, a cada {n}.", received: "Recebidas", events: "Eventos",
        sent: "Enviadas", failed: "Desistidas", time: "Hora", figures: "O mesmo em números",
        nothing: "Ainda não há medidas.", worstLag: "Pior atraso", worstAge: "Maior espera na fila",
        gaps: "Onde não há linha, o serviço não trabalhou.", hours: "{n} horas",
        days: "{n} dias",
        spoken: "{name} de {contract}: no máximo {most}, por último {last}.")
}
