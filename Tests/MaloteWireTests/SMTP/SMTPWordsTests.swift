// Addresses and parameters as they are said to a server: domains in ASCII, reports asked for.

import MaloteCore
import Testing

@testable import MaloteWire

@Suite struct SMTPWordsTests {
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
