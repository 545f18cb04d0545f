// Address lists as the standard allows them and as people and programs write them.

import MaloteCore
import Testing

struct AddressTests {
    @Test(arguments: [
        Case("bare", "ana@example.com", ["ana@example.com"]),
        Case("in brackets", "<ana@example.com>", ["ana@example.com"]),
        Case("with a name", "Ana Lima <ana@example.com>", ["Ana Lima <ana@example.com>"]),
        Case("quoted name with a comma", "\"Lima, Ana\" <ana@example.com>", ["Lima, Ana <ana@example.com>"]),
        Case("quoted name with quotes", #""Ana \"A\" Lima" <ana@example.com>"#, [#"Ana "A" Lima <ana@example.com>"#]),
        Case("encoded name", "=?utf-8?B?Sm/Do28=?= <joao@example.com>", ["João <joao@example.com>"]),
        Case("encoded name inside quotes", "\"=?utf-8?Q?Jo=C3=A3o?=\" <joao@example.com>", ["João <joao@example.com>"]),
        Case(
            "encoded comma", "=?utf-8?Q?Lima=2C_Ana?= <ana@example.com>, b@example.com",
            ["Lima, Ana <ana@example.com>", "b@example.com"]),
        Case(
            "encoded address in a name stays a name", "=?utf-8?Q?x_=3Ca=40evil.example=3E?= <b@example.com>",
            ["x <a@evil.example> <b@example.com>"]),
        Case(
            "several", "a@example.com, B <b@example.com>,c@example.com",
            ["a@example.com", "B <b@example.com>", "c@example.com"]),
        Case("semicolons between", "a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
        Case("empty places", ", a@example.com,, b@example.com,", ["a@example.com", "b@example.com"]),
        Case(
            "group", "Team: a@example.com, B <b@example.com>;, c@example.com",
            ["a@example.com", "B <b@example.com>", "c@example.com"]),
        Case("empty group", "undisclosed-recipients:;", []),
        Case("group inside brackets", "<Undisclosed-Recipient:@list.example;>", []),
        Case("comment as a name", "ana@example.com (Ana Lima)", ["Ana Lima <ana@example.com>"]),
        Case("nested comment", "ana@example.com (Ana (the first) Lima)", ["Ana (the first) Lima <ana@example.com>"]),
        Case("comments in the address", "Pete(chap) <pete(his)@silly.test(host)>", ["Pete <pete@silly.test>"]),
        Case("comment with an escape", #"a@example.com (x \) y)"#, ["x ) y <a@example.com>"]),
        Case("route", "<@relay.example,@b.example:ana@example.com>", ["ana@example.com"]),
        Case("blanks around the at sign and dots", "jdoe @ machine . example", ["jdoe@machine.example"]),
        Case("blanks in brackets", "Ana < ana @example.com >", ["Ana <ana@example.com>"]),
        Case("quoted local part", "\"john doe\"@example.com", ["\"john doe\"@example.com"]),
        Case("quoted local part in brackets", "<\"a,b\"@example.com>", ["\"a,b\"@example.com"]),
        Case("IPv6 literal", "a@[IPv6:2001:db8::1]", ["a@[IPv6:2001:db8::1]"]),
        Case("EAI", "Жанна <жанна@пример.рф>", ["Жанна <жанна@пример.рф>"]),
        Case("mailto", "<mailto:ana@example.com>", ["ana@example.com"]),
        Case("name that is the address", "ana@example.com <ANA@example.com>", ["ANA@example.com"]),
        Case("name with an at sign", "Ana @ home <ana@example.com>", ["Ana @ home <ana@example.com>"]),
        Case("name without brackets", "Big Bug bb@bug.example", ["Big Bug <bb@bug.example>"]),
        Case("double brackets", "<<ana@example.com>>", ["ana@example.com"]),
        Case(
            "bracket that never ends", "Ana <ana@example.com, b@example.com",
            ["Ana <ana@example.com>", "b@example.com"]),
        Case(
            "quote that never ends", "\"Ana <ana@example.com>, b@example.com",
            ["Ana <ana@example.com>", "b@example.com"]),
        Case("comment that never ends", "a@example.com, b@example.com (x", ["a@example.com", "b@example.com"]),
        Case("no address", "Ana Lima", []),
        Case("an at sign alone", "@", []),
        Case("no local part", "@example.com", []),
        Case("no domain", "ana@", []),
        Case("empty brackets", "Ana <>", []),
        Case("nothing", "", []),
    ])
    func list(_ item: Case<[String]>) {
        #expect(view("To: \(item.given)\n\n").to.map(\.description) == item.expected)
    }

    @Test func foldedNameIsOneLine() {
        #expect(
            view("To: \"Ana\n Lima\" <a@example.com>\n\n").to == [
                MailAddress(name: "Ana Lima", address: "a@example.com")
            ])
    }

    @Test func allFieldsOfOneNameCount() {
        let seen = view("Cc: a@example.com\nSubject: x\nCC: b@example.com\n\n")
        #expect(seen.cc.map(\.address) == ["a@example.com", "b@example.com"])
    }

    @Test func fromSenderAndReplyTo() {
        let seen = view("From: A <a@x.example>, b@x.example\nSender: s@x.example\nReply-To: r@x.example\n\n")
        #expect(seen.from == MailAddress(name: "A", address: "a@x.example"))
        #expect(seen.sender?.address == "s@x.example")
        #expect(seen.replyTo.map(\.address) == ["r@x.example"])
    }

    @Test func moreThanTheLimitAreLeftOut() {
        let list = (0..<3000).map { "a\($0)@b.example" }
        let fields = stride(from: 0, to: 3000, by: 500).map { "To: " + list[$0..<($0 + 500)].joined(separator: ",\n ") }
        let to = view(fields.joined(separator: "\n") + "\n\n").to
        #expect(to.count == 1000)
        #expect(to.last?.address == "a999@b.example")
    }
}
