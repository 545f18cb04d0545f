// Every event is JSON, and what it refers to is there; knows no receiver.

import Foundation
import MaloteCore

struct EventRule {
    /// What an event refers to.
    private struct Told: Decodable {
        struct Part: Decodable {
            struct Ticket: Decodable { var key: String }
            struct Message: Decodable {
                struct Raw: Decodable { var sha256: String }
                var id: String?
                var messageId: String?
                var raw: Raw?
            }

            var ticket: Ticket?
            var message: Message?
        }

        var id: String
        var type: String
        var data: Part
    }

    func run(_ check: CheckRun) throws {
        let living = try contracts(check, CheckRule.livingContracts)
        let moved = try contracts(check, Self.movedIn)
        // The highest number that was given. Drills have numbers of their own, below it.
        let last =
            try check.connection.first("SELECT \(CheckRule.last("contract", check.connection.engine))") {
                $0.integer(0)
            }
            ?? 0
        try check.connection.each(StoreTransaction.eventColumns + "ORDER BY id") { row in
            check.looked()
            let name = "event \(row.text(0))"
            let event: TicketEvent
            do { event = try StoreTransaction.event(row) } catch {
                return check.complain(name, "its kind \"\(row.text(2))\" is not known")
            }
            guard event.contract.rawValue <= last else {
                return check.complain(name, "there never was a contract \(event.contract)")
            }
            let told: Told
            do { told = try JSONDecoder().decode(Told.self, from: Data(event.json.utf8)) } catch {
                return check.complain(name, "its JSON cannot be read")
            }
            if told.id != event.id.rawValue { check.complain(name, "its JSON tells another id: \(told.id)") }
            if told.type != event.kind.cloudEventType {
                check.complain(name, "its JSON tells another type: \(told.type)")
            }
            guard living.contains(event.contract.rawValue) else { return }
            if let key = told.data.ticket?.key { try ticket(key, of: event, name, check) }
            // What came from another installation tells of messages by the numbers that they had there.
            guard let message = told.data.message, !moved.contains(event.contract.rawValue) else { return }
            try self.message(message, name, check)
        }
    }

    private func ticket(_ key: String, of event: TicketEvent, _ name: String, _ check: CheckRun) throws {
        let found = try check.connection.first(
            "SELECT 1 FROM tickets WHERE contract = ? AND key = ?", .init(event.contract), .text(key)
        ) { _ in true }
        if found == nil { check.complain(name, "it tells of ticket \(key), which does not exist") }
    }

    /// A replay may have given the message to another contract.
    private func message(_ told: Told.Part.Message, _ name: String, _ check: CheckRun) throws {
        guard let number = told.id.flatMap({ Int64($0) }) else { return }
        let digest = try check.connection.first(
            "SELECT sha256 FROM messages WHERE id = ?", .integer(number)
        ) { Digest($0.blob(0)) }
        guard let digest else {
            return check.complain(name, "it tells of message \(number), which does not exist")
        }
        if let sha256 = told.raw?.sha256, digest?.description != sha256 {
            check.complain(name, "it tells of message \(number) with another SHA-256")
        }
    }

    // MARK: - Contracts

    private static let movedIn = """
        SELECT DISTINCT contract FROM messages WHERE inbox = 0
        UNION SELECT registry.id FROM registry JOIN audit ON audit.contract = registry.name AND action = 'contract.move-in'
        WHERE registry.kind = 'contract'
        """

    private func contracts(_ check: CheckRun, _ sql: String) throws -> Set<Int64> {
        var contracts: Set<Int64> = []
        try check.connection.each(sql) { contracts.insert($0.integer(0)) }
        return contracts
    }
}
