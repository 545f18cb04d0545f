// What servers tell of their folders and of themselves, and what people read of it.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPFolderListTests {
    private static func listed(_ attributes: [String], _ delimiter: String?, _ name: String) -> IMAPStep {
        .untagged(.list(IMAPListing(attributes: attributes, delimiter: delimiter, wireName: Array(name.utf8))))
    }

    static let folders = [
        IMAPCase(
            "quoted", wire(#"* LIST (\HasNoChildren \Trash) "/" "Deleted Items""#),
            [listed(["\\HasNoChildren", "\\Trash"], "/", "Deleted Items")]),
        IMAPCase("atom", wire("* list () NIL inbox"), [listed([], nil, "inbox")]),
        IMAPCase("literal", wire("* LIST () \".\" \(literal("a\"b"))"), [listed([], ".", "a\"b")]),
        IMAPCase(
            "extended data behind it", wire(#"* LIST () "/" "a" ("CHILDINFO" ("SUBSCRIBED"))"#), [listed([], "/", "a")]),
        IMAPCase(
            "should have been quoted", wire("* LIST () \"/\" Sent Items (1)"), [listed([], "/", "Sent Items (1)")]),
        IMAPCase("backslash levels", wire(#"* LIST () "\\" "a\\b""#), [listed([], "\\", "a\\b")]),
        IMAPCase(
            "too large", wire("* LIST () \"/\" {2000}\r\n" + String(repeating: "x", count: 2000)), error: .malformed),
        IMAPCase("broken off", wire("* LIST ("), error: .malformed),
    ]

    static let identities = [
        IMAPCase("none", wire("* ID NIL", "* ID ()"), [.untagged(.identity([])), .untagged(.identity([]))]),
        IMAPCase(
            "some", wire(#"* ID ("Name" "Dovecot" "version" NIL "os" {5}"#, #"Linux)"#),
            [.untagged(.identity([IMAPIdentityField("name", "Dovecot"), IMAPIdentityField("os", "Linux")]))]),
        IMAPCase("odd number", wire(#"* ID ("name")"#), error: .malformed),
    ]

    @Test(arguments: folders + identities)
    func transcript(_ sample: IMAPCase) throws {
        let trace = try conversation().traceEveryWay(sample.input)
        #expect(trace.steps == sample.steps)
        #expect(trace.error?.kind == sample.error)
    }

    /// As written, and as people read it.
    @Test(arguments: [
        ("INBOX", "INBOX"), ("a&-b", "a&b"), ("Entw&APw-rfe", "Entwürfe"), ("&2D3eAA-", "😀"),
        ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"), ("", ""),
        // Not modified UTF-7: as it is.
        ("Entwürfe", "Entwürfe"), ("R&D", "R&D"), ("a & b - c", "a & b - c"), ("&", "&"), ("&%-", "&%-"),
    ])
    func namesAreDecoded(_ written: String, _ name: String) {
        #expect(IMAPMailboxName.decode(Array(written.utf8)) == name)
    }

    @Test func namesComeBackAsTheyWere() {
        var chance = Chance(seed: 9)
        let letters = Array("a&-/ ,+éü台😀").map(String.init)
        for _ in 0..<500 {
            let name = (0..<8).compactMap { _ in letters.randomElement(using: &chance) }.joined()
            #expect(IMAPMailboxName.decode(IMAPMailboxName.encode(name)) == name)
        }
    }

    @Test func anyOctetsDecodeToSomething() {
        var chance = Chance(seed: 10)
        for _ in 0..<2000 {
            let bytes = chance.damage(Array("a&U,BTFw-/&ZeVnLIqe-".utf8), with: Array("&-,+\u{0}".utf8) + [0xFF])
            #expect(IMAPMailboxName.decode(bytes).utf8.count <= bytes.count * 4)
        }
    }

    @Test(arguments: [([], true), (["\\noselect"], false), (["\\NonExistent"], false), (["\\Trash"], true)])
    func whatCanBeOpened(_ attributes: [String], _ can: Bool) {
        #expect(IMAPListing(attributes: attributes, wireName: []).isSelectable == can)
    }
}
