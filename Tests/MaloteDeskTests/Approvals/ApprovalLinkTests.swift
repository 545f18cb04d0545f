// A link proves its voter, its approval and its contract, and nothing that anybody else writes does.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct ApprovalLinkTests {
    static let seal = ApprovalSeal(master: Array("master".utf8), hashing: TestHashing())

    static let links = ApprovalLink.Action.allCases.flatMap { action in
        [(1, 1, 0), (7, 42, 3), (Int64.max, Int64.max, 65_535)].map { contract, approval, voter in
            ApprovalLink(
                contract: ContractID(rawValue: contract), approval: ApprovalID(rawValue: approval), voter: voter,
                action: action, nonce: [1, 2, 3, 4, 5, 6, 7, 255])
        }
    }

    @Test(arguments: links)
    func anOwnLinkIsReadBack(_ link: ApprovalLink) {
        let text = link.text(Self.seal)
        #expect(text.utf8.count == ApprovalLink.length)
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(text.allSatisfy(letters.contains))
        #expect(ApprovalLink(text, Self.seal) == link)
    }

    @Test func everyFlippedBitIsNoticed() {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let text = Array(Self.links[4].text(Self.seal))
        for place in text.indices {
            guard let value = letters.firstIndex(of: text[place]) else { continue }
            for bit in 0..<6 {
                let forged = edited(text) { $0[place] = letters[value ^ 1 << bit] }
                #expect(ApprovalLink(String(forged), Self.seal) == nil, "letter \(place), bit \(bit)")
            }
        }
    }

    @Test func everyCutAndEveryAdditionIsNoticed() {
        let text = Self.links[4].text(Self.seal)
        for length in 0..<text.count { #expect(ApprovalLink(String(text.prefix(length)), Self.seal) == nil) }
        for end in ["A", "=", "==", " ", "\n", "/", "%", "\u{0}"] {
            #expect(ApprovalLink(text + end, Self.seal) == nil)
            #expect(ApprovalLink(String(text.dropLast()) + end, Self.seal) == nil)
            #expect(ApprovalLink(end + text, Self.seal) == nil)
        }
    }

    @Test(arguments: ["", "a", "é", "\u{1F5A8}", String(repeating: "A", count: 59), String(repeating: "_", count: 59)])
    func garbageIsNoLink(_ text: String) { #expect(ApprovalLink(text, Self.seal) == nil) }

    @Test func anotherInstallsLinkProvesNothing() {
        let other = ApprovalSeal(master: Array("other".utf8), hashing: TestHashing())
        #expect(ApprovalLink(Self.links[4].text(other), Self.seal) == nil)
    }

    /// The MAC of one contract under the number of another: as if a contract could sign for its neighbour.
    @Test func oneContractsHandDoesNotSignForAnother() {
        let (mine, theirs) = (Self.links[4], edited(Self.links[4]) { $0.contract = ContractID(rawValue: 8) })
        guard let a = Base64URL.decode(mine.text(Self.seal)), let b = Base64URL.decode(theirs.text(Self.seal)) else {
            Issue.record("our own text is Base64")
            return
        }
        #expect(ApprovalLink(Base64URL.encode(Array(b.prefix(28) + a.suffix(16))), Self.seal) == nil)
        #expect(ApprovalLink(Base64URL.encode(Array(b.prefix(28) + b.suffix(16))), Self.seal) == theirs)
    }

    @Test func actionsSayWhatMayBeChosen() {
        #expect(ApprovalLink.Action.view.choices == [.approve, .reject])
        #expect(ApprovalLink.Action.approve.choices == [.approve])
        #expect(ApprovalLink.Action.reject.choices == [.reject])
    }

    @Test(arguments: [
        ("", nil), ("https://desk.example/", nil), ("https://desk.example/a", nil), ("xhttps://desk.example/b/AA", nil),
        ("https://desk.example/a/", nil), ("https://desk.example/a/ x", nil),
        (
            "é https://desk.example/a/Ab-_9. <https://desk.example/a/x>é",
            "é https://desk.example/a/.... <https://desk.example/a/...>é"
        ),
        ("hhttps://desk.example/a/xhttps://desk.example/a/y", "hhttps://desk.example/a/...://desk.example/a/y"),
        ("<a href=\"https://desk.example/a/AB\">", "<a href=\"https://desk.example/a/...\">"),
    ])
    func linksAreTakenOutOfTexts(_ text: String, _ expected: String?) {
        #expect(LinkVeil(base: "https://desk.example/").covered(text) == expected)
    }
}
