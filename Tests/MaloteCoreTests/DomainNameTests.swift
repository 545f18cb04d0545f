// Domain names in ASCII: Punycode, and what can be no name.

import MaloteCore
import Testing

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("b\u{fc}cher.example", "xn--bcher-kva.example"), ("B\u{dc}CHER.Example", "xn--bcher-kva.example"),
        ("\u{438}\u{306}.x", "xn--i1a.x"), ("\u{304b}\u{3099}.x", "xn--v8j.x"), ("\u{ff38}.x", "x.x"),
        // Decomposed, full width, and the stop of East Asia.
        ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("\u{ff41}\u{e9}.x", "xn--a-bga.x"),
        ("\u{4f8b}\u{3048}\u{3002}\u{30c6}\u{30b9}\u{30c8}", "xn--r8jz45g.xn--zckzah"),
        ("m\u{fc}nchen.de", "xn--mnchen-3ya.de"), ("\u{440}\u{444}", "xn--p1ai"),
        ("stra\u{df}e.de", "xn--strae-oqa.de"), ("\u{d55c}\u{ad6d}.kr", "xn--3e0b707e.kr"),
        ("s\u{e3}o-paulo.br", "xn--so-paulo-rza.br"), ("plain.example", "plain.example"),
    ])
    func inASCII(_ domain: String, _ ascii: String) { #expect(DomainName.ascii(domain) == ascii) }

    @Test(arguments: [
        "", ".", "\u{e9}.x\u{ff0c}y", "x\u{ff1e}.\u{e9}", "\u{e9}\u{ff20}x", "a b.\u{e9}", "\u{e9}..x", "-\u{e9}.x",
        "\u{e9}-.x", "\u{2603}.x", "a\u{200b}\u{e9}.x", "\u{301}a.x", "\u{e9} a.x",
        String(repeating: "\u{e9}", count: 64) + ".x", String(repeating: "\u{4f8b}\u{e9}", count: 31) + ".x",
        String(repeating: "a", count: 64) + ".\u{e9}", "\u{10ffff}.x",
    ])
    func whatNoNameCanHold(_ domain: String) { #expect(DomainName.ascii(domain) == nil) }

    /// Every letter there is, alone and in company: it is a name in ASCII or none.
    @Test func anythingGoesThrough() {
        for scalar in (0..<UInt32(0x11_0000)).lazy.compactMap(Unicode.Scalar.init) where scalar.value % 7 == 0 {
            for label in ["\(scalar)", "a\(scalar)\u{4f8b}\(scalar)z"] {
                guard let ascii = DomainName.ascii(label) else { continue }
                guard ascii.isASCII, !ascii.isEmpty else {
                    Issue.record("\(scalar.value)")
                    return
                }
            }
        }
    }

    @Test(arguments: [
        ("ana@b\u{fc}cher.example", "ana@xn--bcher-kva.example"), ("ana@x.example", "ana@x.example"),
        ("an\u{e4}@b\u{fc}cher.example", "an\u{e4}@b\u{fc}cher.example"), ("ana@\u{2603}.x", "ana@\u{2603}.x"),
        ("\u{e9}", "\u{e9}"), ("", ""), ("@\u{e9}", "@xn--9ca"),
    ])
    func addresses(_ address: String, _ ascii: String) { #expect(MailAddress.withASCIIDomain(address) == ascii) }
}
