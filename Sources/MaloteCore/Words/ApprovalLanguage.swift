// The words of approvals in each language, in one table: what pages say and what replies may say; knows no page.

/// To add a language, add an entry to `all`.
package struct ApprovalLanguage: Sendable {
    /// As in a registry (`pt-BR`), and in the page's `lang`.
    package var tag: String

    // What a reply's first line may say, in lower case, without accents and punctuation
    package var approving: Set<String>
    package var rejecting: Set<String>

    // Pages
    package var approve, reject, comment, commentHint: String
    package var heading: String
    package var ticket, requester, subject, details, asked, expires, votes: String
    /// `{name}` stands for the voter.
    package var confirmApprove, confirmReject, choose, chooseAgain: String
    /// `{n}`, `{of}`: how many of how many must approve. `{yes}`, `{no}`: what was voted so far.
    package var quorum, count: String
    package var takenHeading, takenApprove, takenReject: String
    /// `{choice}` and `{time}`.
    package var votedHeading, voted: String
    package var approvedWord, rejectedWord: String
    package var stillOpen: String
    /// `{time}`.
    package var endedHeading, endedApproved, endedRejected, endedExpired, endedCancelled: String
    package var forgedHeading, forged, foreignHeading, foreign: String
    package var troubleHeading, trouble, tooOften: String

    /// The language of this tag, else another of its kind (`pt` for `pt-BR`), else English.
    package static func named(_ tag: String?) -> ApprovalLanguage {
        let wished = (tag ?? "").lowercased()
        return all.first { $0.tag.lowercased() == wished }
            ?? all.first { $0.tag.lowercased().prefix(2) == wished.prefix(2) } ?? english
    }

    package static let all = [english, portuguese]

    package static let english = ApprovalLanguage(
        tag: "en",
        approving: [
            "approve", "approved", "i approve", "approval", "accept", "accepted", "i accept", "agree", "agreed",
            "i agree", "yes", "yes approved", "ok", "okay",
        ],
        rejecting: [
            "reject", "rejected", "i reject", "rejection", "deny", "denied", "decline", "declined", "i decline",
            "refuse", "refused", "disapprove", "disapproved", "not approved", "i do not approve", "no",
        ],
        approve: "Approve", reject: "Reject", comment: "Comment (optional)",
        commentHint: "Whoever asked can read it. At most 2,000 characters.",
        heading: "Approval needed",
        ticket: "Ticket", requester: "Requested by", subject: "Subject", details: "Details", asked: "You are asked as",
        expires: "Open until", votes: "Votes",
        confirmApprove: "Please confirm, {name}: do you approve this request?",
        confirmReject: "Please confirm, {name}: do you reject this request?",
        choose: "{name}, do you approve this request?",
        chooseAgain: "Nothing was recorded: please choose one of the buttons.",
        quorum: "{n} of {of} must approve.", count: "{yes} for, {no} against so far.",
        takenHeading: "Thank you", takenApprove: "Your approval is recorded.",
        takenReject: "Your rejection is recorded.",
        votedHeading: "You have voted", voted: "Your vote was \"{choice}\", on {time}. A vote cannot be changed.",
        approvedWord: "approved", rejectedWord: "rejected",
        stillOpen: "Others are still to vote.",
        endedHeading: "No vote is needed any more", endedApproved: "This request was approved on {time}.",
        endedRejected: "This request was rejected on {time}.",
        endedExpired: "The time to vote ended on {time}.",
        endedCancelled: "This request was withdrawn on {time}.",
        forgedHeading: "This link is not valid",
        forged: "Perhaps it was cut. Please open the whole link of the mail, or answer the mail.",
        foreignHeading: "This request is not here any more",
        foreign: "The link is genuine, but what it asks is no longer kept. Please ask whoever sent it.",
        troubleHeading: "That did not work", trouble: "Nothing was recorded. Please try again in a few minutes.",
        tooOften: "Too many links that are not valid came from your address. Please wait a minute.")

    package static let portuguese = ApprovalLanguage(
        tag: "pt-BR",
        approving: [
            "aprovo", "aprovado", "aprovada", "aprovar", "eu aprovo", "aprovacao", "aceito", "aceita", "de acordo",
            "concordo", "sim", "sim aprovo", "sim aprovado", "ok",
        ],
        rejecting: [
            "rejeito", "rejeitado", "rejeitada", "rejeitar", "eu rejeito", "rejeicao", "reprovo", "reprovado",
            "reprovada", "reprovar", "recuso", "recusado", "recusada", "nego", "negado", "negada", "nao aprovo",
            "nao aprovado", "nao aprovada", "nao concordo", "nao",
        ],
        approve: "Aprovar", reject: "Rejeitar", comment: "Comentário (opcional)",
        commentHint: "Quem pediu pode lê-lo. No máximo 2.000 caracteres.",
        heading: "Aprovação necessária",
        ticket: "Chamado", requester: "Solicitado por", subject: "Assunto", details: "Detalhes",
        asked: "Você responde por", expires: "Aberta até", votes: "Votos",
        confirmApprove: "Confirme, {name}: você aprova esta solicitação?",
        confirmReject: "Confirme, {name}: você rejeita esta solicitação?",
        choose: "{name}, você aprova esta solicitação?",
        chooseAgain: "Nada foi registrado: escolha um dos botões.",
        quorum: "{n} de {of} precisam aprovar.", count: "Até agora, {yes} a favor e {no} contra.",
        takenHeading: "Obrigado", takenApprove: "Sua aprovação foi registrada.",
        takenReject: "Sua rejeição foi registrada.",
        votedHeading: "Você já votou", voted: "Seu voto foi \"{choice}\", em {time}. Um voto não pode ser mudado.",
        approvedWord: "aprovado", rejectedWord: "rejeitado",
        stillOpen: "Ainda faltam votos de outras pessoas.",
        endedHeading: "Não é mais preciso votar", endedApproved: "Esta solicitação foi aprovada em {time}.",
        endedRejected: "Esta solicitação foi rejeitada em {time}.",
        endedExpired: "O prazo para votar terminou em {time}.",
        endedCancelled: "Esta solicitação foi retirada em {time}.",
        forgedHeading: "Este link não é válido",
        forged: "Talvez tenha sido cortado. Abra o link inteiro do e-mail ou responda ao e-mail.",
        foreignHeading: "Esta solicitação não está mais aqui",
        foreign: "O link é verdadeiro, mas o que ele pergunta não está mais guardado. Pergunte a quem o enviou.",
        troubleHeading: "Não deu certo", trouble: "Nada foi registrado. Tente de novo em alguns minutos.",
        tooOften: "Muitos links inválidos vieram do seu endereço. Espere um minuto.")
}

extension String {
    /// With each `{name}` replaced; what was put in is not looked at again.
    package func filled(_ values: [String: String]) -> String {
        var (output, rest) = ("", self[...])
        while let open = rest.firstIndex(of: "{") {
            output += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let value = values[String(rest[rest.index(after: open)..<close])]
            else {
                output += "{"
                rest = rest.dropFirst()
                continue
            }
            output += value
            rest = rest[rest.index(after: close)...]
        }
        return output + rest
    }
}
