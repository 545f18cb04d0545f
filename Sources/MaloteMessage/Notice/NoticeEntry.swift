// One recipient as some form of report names it, before it is judged; knows no form.

import MaloteCore

struct NoticeEntry {
    var address: String
    /// Another address of the same recipient.
    var otherAddress: String?
    /// `nil` if the form does not tell.
    var action: NoticedRecipient.Action?
    var status: String?
    /// What was said about it, the nearest first.
    var clues: [String] = []

    func isAbout(_ other: String) -> Bool {
        let other = other.lowercased()
        return address.lowercased() == other || otherAddress?.lowercased() == other
    }
}

/// Entries without doubles, at most so many.
struct NoticeEntries {
    private(set) var all: [NoticeEntry] = []
    private var places: [String: Int] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { all.isEmpty }

    /// What is told twice about one recipient is joined; the first to say something is believed.
    mutating func add(_ entry: NoticeEntry) {
        let key = entry.address.lowercased()
        guard let place = places[key] else {
            guard all.count < limit else { return }
            places[key] = all.count
            all.append(entry)
            return
        }
        if all[place].action == nil { all[place].action = entry.action }
        if all[place].status == nil { all[place].status = entry.status }
        if all[place].clues.count < 8 { all[place].clues += entry.clues }
    }

    /// Adds what another form says about recipients that are known here already.
    mutating func learn(from others: NoticeEntries) {
        for index in all.indices where all[index].clues.count < 8 {
            let known = [all[index].address, all[index].otherAddress].compactMap { $0?.lowercased() }
            guard let place = known.lazy.compactMap({ others.places[$0] }).first else { continue }
            all[index].clues += others.all[place].clues
            if all[index].status == nil { all[index].status = others.all[place].status }
        }
    }

    mutating func learn(_ clues: [String]) {
        for index in all.indices where all[index].clues.count < 8 { all[index].clues += clues }
    }

    /// Adds what may be about anybody to those of whom nothing else says why.
    mutating func learnIfNothingKnown(_ clues: [String]) {
        for index in all.indices where !all[index].clues.contains(where: Diagnosis.isTelling) {
            all[index].clues += clues
        }
    }
}
