// What names a share in the database: stable, and read back as the same share.

import MaloteCore
import Testing

@Suite struct ShareTests {
    @Test(arguments: [
        (Share.chores, "chores"), (.mailbox(MailboxID(rawValue: 12)), "mailbox 12"),
        (.mailbox(MailboxID(rawValue: -3)), "mailbox -3"),
        (.endpoint(ContractID(rawValue: 7)), "endpoint 7"),
        (.place(host: "mail.acme.example", number: 20), "place 20 mail.acme.example"),
        (.place(host: "::1", number: 1), "place 1 ::1"), (.place(host: "a b", number: 1), "place 1 a b"),
    ])
    func hasOneKey(share: Share, key: String) {
        #expect(share.description == key)
        #expect(Share(key) == share)
    }

    @Test(arguments: [
        "", "chore", "chores ", "mailbox", "mailbox x", "mailbox 01", "mailbox +1", "mailbox 1 2", "endpoint 1e3",
        "place 1", "place 1 ", "place x host", "place 99999999999999999999 host", "Chores",
    ])
    func isReadFromNothingElse(key: String) { #expect(Share(key) == nil) }
}
