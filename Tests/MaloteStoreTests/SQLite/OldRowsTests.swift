// Rows that were written before a field existed still read.

import Foundation
import MaloteCore
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

    /// The first schema kept a mail of any size in one row.
    @Test func aMailFromBeforeThereWerePiecesReads() async throws {
        let disk = try Disk()
        let size = 3 * RawMessage.pieceSize
        try disk.execute(
            Migrations.steps[0] + "; PRAGMA user_version = 1; PRAGMA application_id = \(Migrations.applicationID);"
                + "INSERT INTO raw_sources (message, bytes) VALUES (7, zeroblob(\(size)))")
        let (store, id) = (try disk.open(), MessageID(rawValue: 7))
        #expect(try await store.read { try $0.rawSource(of: id) } == [UInt8](repeating: 0, count: size))
        #expect(try await store.read { try $0.rawSource(of: id, from: size - 3) } == [0, 0, 0])
        #expect(try await store.read { try $0.rawSource(of: id, from: size) } == [])
    }
}
