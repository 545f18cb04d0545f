// Which first lines are votes, and which are not.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct ReplyVoteTests {
    @Test(arguments: [
        "approve", "Approved", "APPROVED!", "yes", "Yes.", "ok", "OK", "  I approve  ", "\"approve\"", "*Approved*",
        "\u{201C}Approve\u{201D}.", "Aprovo", "aprovado.", "APROVADA", "sim", "Sim, aprovo.",
        "\n\n \t\nApprove\nthanks",
        "aprovac\u{327}a\u{303}o", "aprova\u{E7}\u{E3}o", "\u{AB}Approve\u{BB}", "Approved.\r\nBecause.", "yes -",
    ])
    func whatApproves(_ text: String) { #expect(ReplyVote(text)?.choice == .approve, "\(text)") }

    @Test(arguments: [
        "reject", "Rejected.", "no", "No!", "not approved", "I do not approve.", "Deny", "rejeito", "Reprovado",
        "n\u{E3}o", "NA\u{303}O", "nao", "Não aprovo.", "'reject'",
    ])
    func whatRejects(_ text: String) { #expect(ReplyVote(text)?.choice == .reject, "\(text)") }

    @Test(arguments: [
        "", "\n\n", "   ", "> approve", ">approve\n> reject", "| yes", "Dear all,\napprove", "approve it",
        "yes but later",
        "approve or reject", "approve / reject", "approve?reject", "I would approve this if it were cheaper", "1",
        "y", "no one knows", "+1", "approv", "approve@acme.example", "\u{1F44D}", "не", "sim ou não",
        String(repeating: " ", count: 70) + "approve", "approve" + String(repeating: "!", count: 100),
        "On Monday Ana wrote:\n> approve", "\u{200B}approve", "аpprove",
    ])
    func whatIsNoVote(_ text: String) { #expect(ReplyVote(text) == nil, "\(text)") }

    @Test func theRestIsTheComment() {
        #expect(ReplyVote("Approved.\n\nIt is cheap.\nGo on.\n")?.comment == "It is cheap.\nGo on.")
        #expect(ReplyVote("no")?.comment == "")
        #expect(ReplyVote("no\n" + String(repeating: "x", count: 5000))?.comment.count == 2000)
    }

    @Test func noWordMeansBothAndEachIsNormal() {
        let yes = ApprovalLanguage.all.reduce(Set<String>()) { $0.union($1.approving) }
        let no = ApprovalLanguage.all.reduce(Set<String>()) { $0.union($1.rejecting) }
        #expect(yes.isDisjoint(with: no))
        for word in yes { #expect(ReplyVote(word.uppercased())?.choice == .approve, "\(word)") }
        for word in no { #expect(ReplyVote("\u{201C}\(word)\u{201D}!")?.choice == .reject, "\(word)") }
    }

    @Test(arguments: [
        ("en", "en"), ("pt-BR", "pt-BR"), ("PT-br", "pt-BR"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("de", "en"),
        ("", "en"), ("en-GB", "en"),
    ])
    func theNearestLanguageIsSpoken(_ wished: String, _ tag: String) {
        #expect(ApprovalLanguage.named(wished).tag == tag)
    }

    @Test func whatIsFilledInIsNotFilledAgain() {
        #expect("{name}, {n} {x}{".filled(["name": "{n}", "n": "1"]) == "{n}, 1 {x}{")
    }
}
