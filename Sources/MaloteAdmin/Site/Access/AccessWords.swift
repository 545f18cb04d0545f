// The words of the page of access; knows no page.

import MaloteCore

struct AccessWords: PageWords {
    var tokens, name, nameHint, role, admin, ofContract, reader, roleHint, contract, contractHint, allContracts: String
    var created, expires, expiresHint, never, lastUsed, state, valid, invalid, actions, noTokens: String
    var newToken, issue, issued, issuedHint, revoke, revokeQuestion, revokeText, revoked: String
    var audit, time, who, place, action, subject, details, outcome, noAudit, since, later: String

    func role(_ role: APIToken.Role) -> String {
        switch role {
        case .admin: admin
        case .contract: ofContract
        case .reader: reader
        }
    }

    static let english = AccessWords(
        tokens: "Access tokens", name: "Name", nameHint: "Whose it is; the audit log tells it.", role: "Role",
        admin: "administrator", ofContract: "contract", reader: "read-only",
        roleHint: "Administrators may do everything; a contract's token all that belongs to it, but not the registry; "
            + "read-only changes nothing.",
        contract: "Contract", contractHint: "Needed for the role contract; narrows read-only.", allContracts: "all",
        created: "Made", expires: "Ends", expiresHint: "Its last day; empty does not end.", never: "never",
        lastUsed: "Last used", state: "State", valid: "valid", invalid: "not valid", actions: "Actions",
        noTokens: "No token was made yet.", newToken: "New token", issue: "Make it",
        issued: "This is the token of {name}:",
        issuedHint: "Copy it now. It is shown this once, and nobody can see it again.", revoke: "Revoke",
        revokeQuestion: "Revoke the token of {name}?", revokeText: "It opens nothing from then on.",
        revoked: "The token of {name} is revoked.", audit: "Audit log", time: "Time", who: "Who", place: "From",
        action: "What", subject: "About", details: "Details", outcome: "Outcome", noAudit: "Nothing was changed yet.",
        since: "Since", later: "Older")

    static let portuguese = AccessWords(
        tokens: "Chaves de acesso", name: "Nome", nameHint: "De quem é; o registro de auditoria o mostra.",
        role: "Papel", admin: "administrador", ofContract: "contrato", reader: "somente leitura",
        roleHint: "Administradores podem tudo; a chave de um contrato, tudo o que é dele, menos o cadastro; somente "
            + "leitura não altera nada.",
        contract: "Contrato", contractHint: "Necessário para o papel contrato; restringe o somente leitura.",
        allContracts: "todos", created: "Criada", expires: "Termina", expiresHint: "O último dia; vazio não termina.",
        never: "nunca", lastUsed: "Último uso", state: "Situação", valid: "válida", invalid: "não válida",
        actions: "Ações", noTokens: "Ainda não foi criada nenhuma chave.", newToken: "Nova chave", issue: "Criar",
        issued: "Esta é a chave de {name}:",
        issuedHint: "Copie agora. Ela é mostrada só desta vez, e ninguém pode vê-la de novo.", revoke: "Revogar",
        revokeQuestion: "Revogar a chave de {name}?", revokeText: "A partir de então ela não abre mais nada.",
        revoked: "A chave de {name} foi revogada.", audit: "Registro de auditoria", time: "Hora", who: "Quem",
        place: "De onde", action: "O quê", subject: "Sobre", details: "Detalhes", outcome: "Resultado",
        noAudit: "Nada foi alterado ainda.", since: "Desde", later: "Anteriores")
}
