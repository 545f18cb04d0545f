// Rows that were written before a field existed still read.

import Foundation
import Testing

@testable import MaloteStore

@Suite struct OldRowsTests {
    @Test func aMailboxFromBeforeSaslPinsNothing() throws {
        let row = #"""
            {"name":"acme-in","description":"","server":"mail.acme.example","port":993,"security":"implicit","user":"ana",
             "password":{"file":"/run/acme"},
             "inbox":{"access":"imap","folder":"INBOX","poll":60,"after":"seen","start":"unseen"}}
            """#
        let record = try JSONDecoder().decode(MailboxRecord.self, from: Data(row.utf8))
        #expect(record.user == "ana" && record.sasl == nil)
    }
}
