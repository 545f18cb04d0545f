// Which messages a maildrop holds when its listings are odd, and what names those without UID.

import MaloteWire
import Testing

@Suite struct POP3MaildropTests {
    private static let long = String(repeating: "u", count: 255)

    /// UIDL, LIST, and what comes of them: `number uid size` a message, `-` for what is not known. `|` ends a line.
    @Test(
        arguments: [
            ("1 a|2 b|", "1 10|2 20|", ["1 a 10", "2 b 20"]), ("", "", []), (nil, "1 10|2 20|", ["1 - 10", "2 - 20"]),
            // Numbers out of order.
            ("2 b|1 a|", "2 20|1 10|", ["1 a 10", "2 b 20"]),
            // One UID for two messages tells neither.
            ("1 a|2 a|3 b|", "1 10|2 20|3 30|", ["1 - 10", "2 - 20", "3 b 30"]),
            // The listings disagree: nothing that either names is lost.
            ("1 a|", "1 10|2 20|", ["1 a 10", "2 - 20"]), ("1 a|2 b|", "1 10|", ["1 a 10", "2 b -"]),
            // Bad numbers and lines.
            ("0 z|-1 y|+1 x|x w|1|1 a|1 b|99999999999999999999 v| |", "1 x|0 5|1 7|", ["1 a -"]),
            ("1 a|", "1 99999999999999999999|", ["1 a -"]), ("1 a|", "1 -5|", ["1 a -"]),
            // UIDs that RFC 1939 does not allow.
            ("1 \(long)|2 \(long)u|", "", ["1 \(long) -", "2 - -"]),
            ("1 caf\u{e9}|2 a\tb|3 !\"#~|", "", ["1 - -", "2 a -", "3 !\"#~ -"]),
        ] as [(String?, String, [String])])
    func joins(_ uidl: String?, _ list: String, _ messages: [String]) {
        func octets(_ text: String) -> [UInt8] { Array(text.replacing("|", with: "\r\n").utf8) }
        let drop = POP3Maildrop(uidl: uidl.map(octets), list: octets(list))
        #expect(drop.messages.map { "\($0.number) \($0.uid ?? "-") \($0.size.map(String.init) ?? "-")" } == messages)
    }

    private static let header = "Received: by x\r\n\tfor y\r\nSubject: hi\r\n"

    /// What may change while a message lies there changes nothing.
    @Test(arguments: [
        header + "\r\n", header, header + "\r\nbody\r\n\r\nmore", header + "Status: RO\r\n\r\n",
        "X-UIDL: a\r\n b\r\n" + header + "\r\n", header + "status: O\r\nX-Status: A\r\nContent-Length: 5\r\n\r\n",
    ])
    func theSameMessage(_ text: String) {
        #expect(String(wire: POP3Maildrop.identity(ofHeader: Array(text.utf8))) == Self.header)
    }

    @Test(arguments: [
        "Subject: ho\r\n\r\n", "Received: by x\r\n\tfor z\r\nSubject: hi\r\n\r\n", "Statuses: RO\r\n" + header, "",
        "\r\n" + header,
    ])
    func anotherMessage(_ text: String) {
        #expect(String(wire: POP3Maildrop.identity(ofHeader: Array(text.utf8))) != Self.header)
    }
}
