// The words of the pages of templates; knows no page.

import MaloteCore

struct TemplateWords: PageWords {
    var newTemplate, editTemplate, template, empty, emptyHint, languageHint, active, inactive, activeHint: String
    var subject, text, html, htmlHint, keysHint, newLanguage: String
    var preview, previewHint, contract, sample, ticket, ticketHint, show, missing, asText, asHTML, noHTML: String
    var sendTest, sendHint, to, outbox, ofContract, ofSystem, send, sent: String
    var versions, number, since, current, deleted, restore, restored, version, beforeVersions, state: String

    static let english = TemplateWords(
        newTemplate: "New template", editTemplate: "Edit template {name}", template: "Template",
        empty: "No template is registered yet.",
        emptyHint: "Templates hold the words of the messages that flows send.",
        languageHint: "Such as pt-BR or en. The contract's language decides which one is used.", active: "active",
        inactive: "inactive", activeHint: "Nothing is sent by an inactive one.", subject: "Subject", text: "Text",
        html: "HTML", htmlHint: "Empty sends text alone.",
        keysHint: "Values: {{ticket.key}}, {{message.subject}}, {{requester.name}}, {{contract.title}}, …",
        newLanguage: "In another language", preview: "Preview",
        previewHint: "With sample values, or with those of a ticket.", contract: "Contract", sample: "sample",
        ticket: "Ticket", ticketHint: "Such as ACME-42; empty takes samples.", show: "Show",
        missing: "These keys printed nothing:", asText: "As text", asHTML: "As HTML", noHTML: "It has no HTML.",
        sendTest: "Send a test", sendHint: "What is shown above is sent as a real message.", to: "To",
        outbox: "E-mail outbox", ofContract: "of the contract", ofSystem: "of the system", send: "Send",
        sent: "The test is queued as notification {n}, by outbox {outbox}.",
        versions: "Versions", number: "Version", since: "Since", current: "current", deleted: "deleted",
        restore: "Restore this version", restored: "Version {n} is in use again.", version: "Version {n}",
        beforeVersions: "before versions were kept", state: "State")

    static let portuguese = TemplateWords(
        newTemplate: "Novo modelo", editTemplate: "Editar o modelo {name}", template: "Modelo",
        empty: "Ainda não há modelo registrado.",
        emptyHint: "Os modelos guardam as palavras das mensagens que os fluxos enviam.",
        languageHint: "Como pt-BR ou en. O idioma do contrato decide qual é usado.", active: "ativo",
        inactive: "inativo", activeHint: "Nada é enviado por um modelo inativo.", subject: "Assunto", text: "Texto",
        html: "HTML", htmlHint: "Vazio, envia somente texto.",
        keysHint: "Valores: {{ticket.key}}, {{message.subject}}, {{requester.name}}, {{contract.title}}, …",
        newLanguage: "Em outro idioma", preview: "Pré-visualizar",
        previewHint: "Com valores de exemplo, ou com os de um chamado.", contract: "Contrato", sample: "exemplo",
        ticket: "Chamado", ticketHint: "Como ACME-42; vazio usa exemplos.", show: "Mostrar",
        missing: "Estas chaves não imprimiram nada:", asText: "Como texto", asHTML: "Como HTML",
        noHTML: "Não tem HTML.", sendTest: "Enviar um teste",
        sendHint: "O que está acima é enviado como uma mensagem real.", to: "Para",
        outbox: "Caixa de e-mail de saída", ofContract: "do contrato", ofSystem: "do sistema", send: "Enviar",
        sent: "O teste está na fila como notificação {n}, pela caixa {outbox}.",
        versions: "Versões", number: "Versão", since: "Desde", current: "atual", deleted: "excluído",
        restore: "Restaurar esta versão", restored: "A versão {n} está em uso de novo.", version: "Versão {n}",
        beforeVersions: "de antes de se guardarem versões", state: "Situação")
}
