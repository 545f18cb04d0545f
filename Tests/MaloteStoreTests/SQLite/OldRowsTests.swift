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

    @Test func registryRowsFromBeforeRulesHaveNone() throws {
        let inbox = #"{"access":"imap","folder":"INBOX","poll":60,"after":"seen","start":"unseen"}"#
        let record = try JSONDecoder().decode(MailboxRecord.InboxRecord.self, from: Data(inbox.utf8)).inbox()
        #expect(record.rules.isEmpty && record.trusted.isEmpty)
        let row = #"{"name":"acme","title":"","prefix":"ACME","inboxes":[],"people":[],"groups":[],"language":"en"}"#
        let contract = try JSONDecoder().decode(ContractRecord.self, from: Data(row.utf8))
        #expect(contract.rules == nil && contract.attachments == nil && contract.answers == nil)
    }

    @Test func registryRowsFromBeforeTermsHaveTheUsualOnes() throws {
        let row = #"""
            {"name":"acme","title":"","prefix":"ACME","inboxes":[],"language":"en",
             "requester":{"address":"desk@acme.example"},
             "people":[{"name":"Ana","email":{"address":"ana@acme.example"}}],
             "groups":[{"name":"all","members":[{"address":"ana@acme.example"}]}]}
            """#
        let record = try JSONDecoder().decode(ContractRecord.self, from: Data(row.utf8))
        let contract = try record.contract(id: .unsaved, vault: Vault(key: Array(0..<32)))
        #expect(contract.opening == .init(requester: MailAddress(address: "desk@acme.example")))
        #expect(contract.status == .active && contract.valid == .init() && contract.notify.count == 3)
        #expect(contract.people[0].mail && contract.groups[0].members.map(\.mail) == [true])
        #expect(contract.groups[0].external.isEmpty && contract.groups[0].mandatory.isEmpty)
    }

    @Test func aFlowFromBeforeConditionsHasNone() throws {
        let row = #"""
            {"name":"confirm","contract":"acme","trigger":"ticket.opened",
             "steps":[{"outbox":"contract","to":[{"kind":"requester"}],"template":"opened"}]}
            """#
        let flow = try JSONDecoder().decode(FlowRecord.self, from: Data(row.utf8)).flow()
        #expect(
            flow.steps == [.email(EmailStep(outbox: .contract, to: [.requester], template: Sample.name("opened")))])
    }

    /// The first schemas kept no histories, and a row knew its message but not the other way round.
    @Test func messagesFromBeforeHistoriesFindTheirLedgerRows() async throws {
        let disk = try Disk()
        try disk.execute(
            Migrations.steps[0].common + ";" + Migrations.steps[1].common
                + "; PRAGMA user_version = 2; PRAGMA application_id = \(Migrations.applicationID);"
                    + """
                    INSERT INTO ledger (id, inbox, folder, validity, uid, state, attempts, settled, message) VALUES
                        (1, 3, 'INBOX', 7, '1', 'stored', 0, 1, 5), (2, 3, 'INBOX', 7, '2', 'quarantined', 3, 1, NULL);
                    INSERT INTO messages (id, contract, inbox, message_id, sha256, size, sender, subject, received, fate, ticket)
                    VALUES (5, 1, 3, NULL, zeroblob(32), 2, 'a@b', 'x', 9, 'opened', NULL);
                    """)
        let (store, id) = (try disk.open(), MessageID(rawValue: 5))
        #expect(try await store.read { try $0.ledger(of: id)?.entry.key.uid } == "1")
        #expect(try await store.read { try $0.message(id)?.history.decisions } == [])
        #expect(try await store.read { try $0.unfetched(limit: 9).map(\.id.rawValue) } == [2])
    }

    /// The first schema kept a mail of any size in one row.
    @Test func aMailFromBeforeThereWerePiecesReads() async throws {
        let disk = try Disk()
        let size = 3 * RawMessage.pieceSize
        try disk.execute(
            Migrations.steps[0].common
                + "; PRAGMA user_version = 1; PRAGMA application_id = \(Migrations.applicationID);"
                + "INSERT INTO raw_sources (message, bytes) VALUES (7, zeroblob(\(size)))")
        let (store, id) = (try disk.open(), MessageID(rawValue: 7))
        #expect(try await store.read { try $0.rawSource(of: id) } == [UInt8](repeating: 0, count: size))
        #expect(try await store.read { try $0.rawSource(of: id, from: size - 3) } == [0, 0, 0])
        #expect(try await store.read { try $0.rawSource(of: id, from: size) } == [])
    }
}
