// What a receiver tells in its answer beyond having taken the event; knows no status code.

import FoundationEssentials
import MaloteCore

package enum ReceiverAnswer {
    /// Octets of a ticket system's own id, as `malotectl ticket link` takes it.
    package static let ticketOctets = 1...255

    private struct Body: Decodable { var ticket: String }

    /// The ticket system's own id, from `{"ticket":"EXT-7"}`.
    /// - Returns: `nil` for every other answer, and for an id that could not be linked.
    package static func ticket(_ body: [UInt8]) -> String? {
        // Most receivers answer with nothing, or in words of their own.
        guard body.contains(UInt8(ascii: "{")),
            let ticket = try? JSONDecoder().decode(Body.self, from: Data(body)).ticket,
            ticketOctets.contains(ticket.utf8.count), !ticket.hasControlCharacter
        else { return nil }
        return ticket
    }

    private struct Event: Decodable {
        struct Content: Decodable { var ticket: Ticket? }
        struct Ticket: Decodable { var key: String }
        var data: Content
    }

    /// The key of the ticket that an event tells of; `nil` if it tells of none.
    package static func ticketKey(of event: TicketEvent) -> String? {
        try? JSONDecoder().decode(Event.self, from: Data(event.json.utf8)).data.ticket?.key
    }
}
