// The words of the pages of contracts; knows no page.

import MaloteCore

struct ContractWords: PageWords {
    var newContract, editContract, contract, empty, emptyHint, titleHint, prefix, prefixHint: String
    var active, paused, ended, statusHint, pause, resume, pausedNotice, resumedNotice, pauseHint: String
    var validity, validFrom, validUntil, validHint, languageHint, timezone, timezoneHint: String
    var mailboxes, inboxes, inboxesHint, noInboxes, outbox, outboxHint, standard: String
    var people, peopleHint, noPeople, email, getsMail, noMail, groups, group, groupHint, newGroup, members: String
    var membersHint, external, externalHint, mandatory, mandatoryHint, noGroups: String
    var notify, notifyHint, opening, progress, closing: String
    var attachments, forbid, forbidHint, largest, largestHint: String
    var events, eventsURL, eventsHint, secret, secretHint, secretKept, secretPlace, mode, modeHint: String
    var flows, noFlows, newFlow, more: String
    /// `{n}`, `{text}`.
    var line: String

    func status(_ status: Contract.Status) -> String {
        switch status {
        case .active: active
        case .paused: paused
        case .ended: ended
        }
    }

    func kind(_ kind: NotificationClass) -> String {
        switch kind {
        case .opening: opening
        case .progress: progress
        case .closing: closing
        }
    }

    static let english = ContractWords(
        newContract: "New contract", editContract: "Edit contract {name}", contract: "Contract",
        empty: "No contract is registered yet.",
        emptyHint:
            "A contract says whose mail is kept together, where it comes from and by which outbox it is answered.",
        titleHint: "The customer's name, as people read it.", prefix: "Ticket prefix",
        prefixHint: "Tickets are PREFIX-1, PREFIX-2, … A-Z and 0-9, up to 16. Empty takes it from the name.",
        active: "active", paused: "paused", ended: "ended",
        statusHint:
            "Paused: mail is set aside, flows do not run, the queue is on hold. Ended: for good; what is queued "
            + "still leaves.",
        pause: "Pause", resume: "Resume", pausedNotice: "{name} is paused.", resumedNotice: "{name} is active again.",
        pauseHint: "This contract is paused: its mail is set aside and nothing is sent.",
        validity: "Validity", validFrom: "First day", validUntil: "Last day",
        validHint: "Whole days in the contract's time zone; empty has no end.",
        languageHint: "Of its templates.", timezone: "Time zone", timezoneHint: "Such as America/Sao_Paulo or UTC.",
        mailboxes: "Mailboxes", inboxes: "Inboxes",
        inboxesHint: "Their mail opens and answers this contract's tickets.",
        noInboxes: "No inbox is registered yet.", outbox: "E-mail outbox",
        outboxHint: "Standard is the outbox of the system.", standard: "Standard",
        people: "People",
        peopleHint: "One a line: Ana Lima <ana@acme.example>. Write (no mail) behind whom flows do not "
            + "write to.",
        noPeople: "Nobody is named.", email: "E-mail", getsMail: "Gets mail", noMail: "(no mail)",
        groups: "Groups", group: "Group", groupHint: "A group without a name and members is removed.",
        newGroup: "Another group", members: "Members",
        membersHint: "Addresses, one a line; (no mail) behind whom flows do not write to as a member.",
        external: "External addresses", externalHint: "Outside the contract; one a line.",
        mandatory: "Is told even what the contract has switched off", mandatoryHint: "", noGroups: "No groups.",
        notify: "Notifications", notifyHint: "What flows may tell.", opening: "opening", progress: "progress",
        closing: "closing", attachments: "Attachments", forbid: "Endings that are refused",
        forbidHint: "Such as: exe, bat, js. The event lists what was refused.", largest: "Largest attachment",
        largestHint: "Such as 25MB; empty for no limit.", events: "Events", eventsURL: "Address of the receiver",
        eventsHint: "Each ticket event is posted there, signed. Empty: events are only pulled.", secret: "Secret",
        secretHint: "Signs the events (Standard Webhooks).",
        secretKept: "A secret is stored. Leave it empty to keep it.", secretPlace: "Where the secret is",
        mode: "Form of the request",
        modeHint: "Of CloudEvents: structured has all in the body.",
        flows: "Flows", noFlows: "No flow reacts for this contract yet.", newFlow: "New flow", more: "Further fields",
        line: "Line {n}: {text}")

    static let portuguese = ContractWords(
        newContract: "Novo contrato", editContract: "Editar o contrato {name}", contract: "Contrato",
        empty: "Ainda não há contrato registrado.",
        emptyHint: "Um contrato diz quais e-mails ficam juntos, de onde vêm e por qual caixa de saída são respondidos.",
        titleHint: "O nome do cliente, como as pessoas o leem.", prefix: "Prefixo dos chamados",
        prefixHint: "Os chamados são PREFIXO-1, PREFIXO-2, … A-Z e 0-9, até 16. Vazio, vem do nome.",
        active: "ativo", paused: "pausado", ended: "encerrado",
        statusHint: "Pausado: os e-mails ficam de lado, os fluxos não rodam, a fila fica retida. Encerrado: em "
            + "definitivo; o que está na fila ainda sai.",
        pause: "Pausar", resume: "Retomar", pausedNotice: "{name} está pausado.",
        resumedNotice: "{name} está ativo de novo.",
        pauseHint: "Este contrato está pausado: seus e-mails ficam de lado e nada é enviado.",
        validity: "Vigência", validFrom: "Primeiro dia", validUntil: "Último dia",
        validHint: "Dias inteiros no fuso horário do contrato; vazio não tem fim.",
        languageHint: "De seus modelos.", timezone: "Fuso horário", timezoneHint: "Como America/Sao_Paulo ou UTC.",
        mailboxes: "Caixas de e-mail", inboxes: "Caixas de entrada",
        inboxesHint: "As mensagens delas abrem e respondem chamados deste contrato.",
        noInboxes: "Ainda não há caixa de entrada registrada.", outbox: "Caixa de e-mail de saída",
        outboxHint: "Padrão é a caixa de saída do sistema.", standard: "Padrão",
        people: "Pessoas",
        peopleHint: "Uma por linha: Ana Lima <ana@acme.example>. Escreva (sem e-mail) depois de quem "
            + "não recebe e-mails dos fluxos.",
        noPeople: "Ninguém foi nomeado.", email: "E-mail", getsMail: "Recebe e-mail", noMail: "(sem e-mail)",
        groups: "Grupos", group: "Grupo", groupHint: "Um grupo sem nome e sem membros é removido.",
        newGroup: "Outro grupo", members: "Membros",
        membersHint: "Endereços, um por linha; (sem e-mail) depois de quem não recebe como membro.",
        external: "Endereços externos", externalHint: "De fora do contrato; um por linha.",
        mandatory: "Recebe mesmo o que o contrato desligou", mandatoryHint: "", noGroups: "Nenhum grupo.",
        notify: "Notificações", notifyHint: "O que os fluxos podem contar.", opening: "abertura",
        progress: "andamento", closing: "encerramento", attachments: "Anexos",
        forbid: "Extensões recusadas", forbidHint: "Como: exe, bat, js. O evento lista o que foi recusado.",
        largest: "Maior anexo", largestHint: "Como 25MB; vazio não tem limite.", events: "Eventos",
        eventsURL: "Endereço do receptor",
        eventsHint: "Cada evento de chamado é enviado para lá, assinado. Vazio: os eventos são apenas consultados.",
        secret: "Segredo", secretHint: "Assina os eventos (Standard Webhooks).",
        secretKept: "Há um segredo guardado. Deixe vazio para mantê-lo.", secretPlace: "Onde está o segredo",
        mode: "Forma da requisição",
        modeHint: "De CloudEvents: structured tem tudo no corpo.",
        flows: "Fluxos", noFlows: "Nenhum fluxo reage por este contrato ainda.", newFlow: "Novo fluxo",
        more: "Outros campos", line: "Linha {n}: {text}")
}
