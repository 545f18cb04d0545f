// The words of the pages of flows; knows no page.

import MaloteCore

struct FlowWords: PageWords {
    var newFlow, editFlow, empty, emptyHint, flow, contract, chooseContract, goOn, noContracts: String
    var trigger, triggerHint, steps, step, addStep, removeStep: String
    var outbox, system, contractOutbox, specific, specificOutbox: String
    var recipients, requester, cc, person, group, addresses, addressesHint: String
    var message, template, own, chooseTemplate, noTemplates, newTemplate, subject, text, html, keysHint: String
    var language, languageOfContract, sender, firstSender, priority, usual, low, normal, high: String
    var attachments, delay, delayHint, conditions, when, unless, whenHint, unlessHint: String
    var approval, approvalHint, quorum, quorumHint, expires, expiresHint, furtherStep: String

    func priority(_ priority: Priority) -> String {
        switch priority {
        case .high: high
        case .normal: normal
        case .low: low
        }
    }

    static let english = FlowWords(
        newFlow: "New flow", editFlow: "Edit flow {name}", empty: "No flow is registered yet.",
        emptyHint:
            "A flow sends messages when something happens to a ticket, such as a confirmation that it was opened.",
        flow: "Flow", contract: "Contract", chooseContract: "Whose flow is it?", goOn: "Go on",
        noContracts: "Register a contract first.", trigger: "Event",
        triggerHint: "What starts it: choose one, or write a name of your own that your ticket system triggers.",
        steps: "Steps", step: "Send message – e-mail", addStep: "Add a step", removeStep: "Remove this step",
        outbox: "E-mail outbox setup", system: "System (the default)", contractOutbox: "Contract",
        specific: "Specific", specificOutbox: "E-mail outbox",
        recipients: "Recipients", requester: "Requester", cc: "Who was in copy (Cc)", person: "Person", group: "Group",
        addresses: "Further addresses", addressesHint: "One a line.",
        message: "Message", template: "A template", own: "Words of its own", chooseTemplate: "Template",
        noTemplates: "No template is registered yet.", newTemplate: "New template", subject: "Subject", text: "Text",
        html: "HTML", keysHint: "Values such as {{ticket.key}} and {{message.subject}} are put in.",
        language: "Language", languageOfContract: "of the contract", sender: "Sender",
        firstSender: "the outbox's first", priority: "Priority", usual: "as usual", low: "low", normal: "normal",
        high: "high",
        attachments: "Send the files of the mail or trigger along", delay: "Delay",
        delayHint: "Like 30m, 2h or 3d after the event; empty for at once.", conditions: "Conditions, delay and more",
        when: "Only when", unless: "Not when",
        whenHint: "One a line (YAML), and all must hold: fields.urgency: high",
        unlessHint: "Such as: ticket.state: closed",
        approval: "Ask the recipients for approval", approvalHint: "Each gets a mail with links to approve or reject.",
        quorum: "How many must approve", quorumHint: "A number, or all.", expires: "Open for",
        expiresHint: "Like 8h or 3d.", furtherStep: "Step {n}")

    static let portuguese = FlowWords(
        newFlow: "Novo fluxo", editFlow: "Editar o fluxo {name}", empty: "Ainda não há fluxo registrado.",
        emptyHint: "Um fluxo envia mensagens quando algo acontece com um chamado, como a confirmação da abertura.",
        flow: "Fluxo", contract: "Contrato", chooseContract: "De que contrato é o fluxo?", goOn: "Continuar",
        noContracts: "Registre antes um contrato.", trigger: "Evento",
        triggerHint: "O que o inicia: escolha um, ou escreva um nome seu, que o sistema de chamados dispara.",
        steps: "Passos", step: "Envio de mensagem - email", addStep: "Incluir um passo",
        removeStep: "Remover este passo", outbox: "Configuração da caixa de saída de e-mail",
        system: "Sistema (padrão)", contractOutbox: "Contrato", specific: "Específica",
        specificOutbox: "Caixa de e-mail de saída",
        recipients: "Destinatários", requester: "Solicitante", cc: "Quem estava em cópia (Cc)", person: "Usuário",
        group: "Grupo", addresses: "Outros endereços", addressesHint: "Um por linha.",
        message: "Mensagem", template: "Um modelo", own: "Palavras próprias", chooseTemplate: "Modelo",
        noTemplates: "Ainda não há modelo registrado.", newTemplate: "Novo modelo", subject: "Assunto",
        text: "Texto", html: "HTML",
        keysHint: "Valores como {{ticket.key}} e {{message.subject}} são preenchidos.",
        language: "Idioma", languageOfContract: "o do contrato", sender: "Remetente",
        firstSender: "o primeiro da caixa de saída", priority: "Prioridade", usual: "a usual", low: "baixa",
        normal: "normal",
        high: "alta", attachments: "Enviar junto os arquivos do e-mail ou do disparo", delay: "Espera",
        delayHint: "Como 30m, 2h ou 3d depois do evento; vazia, na hora.", conditions: "Condições, espera e mais",
        when: "Somente quando", unless: "Exceto quando",
        whenHint: "Uma por linha (YAML), e todas devem valer: fields.urgency: high",
        unlessHint: "Como: ticket.state: closed",
        approval: "Pedir a aprovação dos destinatários",
        approvalHint: "Cada um recebe um e-mail com links para aprovar ou rejeitar.",
        quorum: "Quantos precisam aprovar", quorumHint: "Um número, ou all (todos).", expires: "Aberta por",
        expiresHint: "Como 8h ou 3d.", furtherStep: "Passo {n}")
}
