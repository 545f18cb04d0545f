// Addresses and parameters as they are said to a server: domains in ASCII, reports asked for.

import MaloteCore
import Testing

@testable import MaloteWire

@Suite struct SMTPWordsTests {
    // MARK: - Domains

    @Test(arguments: [
        ("b\u{fc}cher.example", "xn--bcher-kva.example"), ("B\u{dc}CHER.Example", "xn--bcher-kva.example"),
        // Decomposed, full width, and the stop of East Asia.
        ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("\u{ff41}\u{e9}.x", "xn--a-bga.x"),
        ("\u{4f8b}\u{3048}\u{3002}\u{30c6}\u{30b9}\u{30c8}", "xn--r8jz45g.xn--zckzah"),
        ("m\u{fc}nchen.de", "xn--mnchen-3ya.de"), ("\u{440}\u{444}", "xn--p1ai"),
        ("stra\u{df}e.de", "xn--strae-oqa.de"), ("\u{d55c}\u{ad6d}.kr", "xn--3e0b707e.kr"),
        ("s\u{e3}o-paulo.br", "xn--so-paulo-rza.br"), ("plain.example", "plain.example"),
    ])
    func inASCII(_ domain: String, _ ascii: String) { #expect(DomainName.ascii(domain) == ascii) }

    @Test(arguments: [
        "", ".", "\u{e9}..x", "-\u{e9}.x", "\u{e9}-.x", "\u{2603}.x", "a\u{200b}\u{e9}.x", "\u{301}a.x", "\u{e9} a.x",
        String(repeating: "\u{e9}", count: 64) + ".x", String(repeating: "\u{4f8b}\u{e9}", count: 31) + ".x",
        String(repeating: "a", count: 64) + ".\u{e9}", "\u{10ffff}.x",
    ])
    func whatNoNameCanHold(_ domain: String) { #expect(DomainName.ascii(domain) == nil) }

    @Test func anythingGoesThrough() {
        var chance = Chance(seed: 5)
        for _ in 0..<2000 {
            let scalars = (0..<Int.random(in: 0...70, using: &chance)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &chance))
            }
            let ascii = DomainName.ascii(String(String.UnicodeScalarView(scalars)))
            #expect(ascii?.isASCII ?? true)
        }
    }

    // MARK: - Reports

    @Test(arguments: [
        ("a+b=c@x", "a+2Bb+3Dc@x"), ("plain@x", "plain@x"), ("\u{e9}\r", "+C3+A9+0D"), ("12.ab", "12.ab"), (" ", "+20"),
    ])
    func xtext(_ text: String, _ written: String) { #expect(DSNParameters.xtext(text) == written) }

    private func lines(_ envelope: Envelope, utf8: Bool = false) throws -> [String] {
        var extensions = SMTPExtensions()
        (extensions.dsn, extensions.pipelining, extensions.smtpUTF8) = (true, true, utf8)
        var transaction = try SMTPTransaction(envelope, MessageShape(size: 10), extensions: extensions)
        return String(wire: transaction.start()).split(separator: "\r\n").dropLast().map(String.init)
    }

    @Test func asksForReports() throws {
        let long = String(repeating: "+", count: 64) + "@" + String(repeating: "+", count: 180)
        let envelope = Envelope(from: "desk@x", recipients: ["a+b@b\u{fc}cher.de", long], envid: "12.a=b")
        #expect(
            try lines(envelope) == [
                "MAIL FROM:<desk@x> RET=HDRS ENVID=12.a+3Db",
                "RCPT TO:<a+b@xn--bcher-kva.de> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@xn--bcher-kva.de",
                "RCPT TO:<\(long)> NOTIFY=FAILURE,DELAY",
            ])
    }

    @Test(arguments: ["", String(repeating: "a", count: 101), String(repeating: "=", count: 34)])
    func aNameThatCannotBeSaidIsLeftOut(_ envid: String) throws {
        #expect(try lines(Envelope(from: "desk@x", recipients: [], envid: envid)) == ["MAIL FROM:<desk@x> RET=HDRS"])
    }

    @Test func otherLettersGoAsTheyAreWithSMTPUTF8() throws {
        let envelope = Envelope(from: "desk@x", recipients: ["\u{e9}+\\=@x"])
        #expect(
            try lines(envelope, utf8: true) == [
                "MAIL FROM:<desk@x> SMTPUTF8 RET=HDRS",
                "RCPT TO:<\u{e9}+\\=@x> NOTIFY=FAILURE,DELAY ORCPT=utf-8;\u{e9}\\x{2B}\\x{5C}\\x{3D}@x",
            ])
    }

    @Test func nobodyIsToldAboutANullSendersMail() throws {
        #expect(try lines(Envelope(from: "", recipients: ["a@x"], envid: "1")) == ["MAIL FROM:<>", "RCPT TO:<a@x>"])
    }

    @Test(arguments: Outbox.Extension.allCases)
    func whatIsNotWantedIsAsNotOffered(_ unwanted: Outbox.Extension) {
        let offer = ["SIZE 10", "PIPELINING", "CHUNKING", "DSN", "8BITMIME", "SMTPUTF8"]
        func extensions(_ lines: [String]) -> SMTPExtensions {
            SMTPExtensions(ehlo: SMTPReply(code: 250, lines: ["hi"] + lines))
        }
        let rest = offer.filter { !$0.lowercased().hasPrefix(unwanted.rawValue) }
        #expect(rest.count == offer.count - 1)
        #expect(extensions(offer).without([unwanted]) == extensions(rest))
    }
}
