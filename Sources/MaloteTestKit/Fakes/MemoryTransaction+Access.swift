// Access tokens, the audit log and answers that are kept, over a value.

import MaloteCore

extension MemoryTransaction {
    func accessTokens() throws -> [APIToken] { state.accessTokens.sorted { $0.name < $1.name } }

    func put(_ token: APIToken) throws {
        state.accessTokens.removeAll { $0.name == token.name }
        state.accessTokens.append(token)
    }

    func deleteAccessToken(_ name: APITokenName) throws -> Bool {
        let before = state.accessTokens.count
        state.accessTokens.removeAll { $0.name == name }
        return state.accessTokens.count < before
    }

    func audit(_ filter: AuditFilter) throws -> [AuditEntry] {
        let found = state.audit.reversed().filter { entry in
            (filter.contract == nil || filter.contract == entry.contract) && (filter.who ?? entry.who) == entry.who
                && (filter.since.map { $0 <= entry.time } ?? true) && (filter.before.map { entry.id < $0 } ?? true)
        }
        return Array(found.prefix(filter.limit))
    }

    func append(_ entry: AuditEntry) throws {
        state.lastAudit += 1
        var entry = entry
        entry.id = AuditID(rawValue: state.lastAudit)
        state.audit.append(entry)
    }

    func forgetAudit(before time: Timestamp, limit: Int) throws -> Int {
        let old = Set(state.audit.prefix(limit).filter { $0.time < time }.map(\.id))
        state.audit.removeAll { old.contains($0.id) }
        return old.count
    }

    func answer(caller: String, key: String) throws -> StoredAnswer? {
        state.answersKept.first { $0.caller == caller && $0.key == key }
    }

    func keep(_ answer: StoredAnswer, forgetting time: Timestamp) throws {
        state.answersKept.removeAll { $0.time < time || $0.caller == answer.caller && $0.key == answer.key }
        state.answersKept.append(answer)
    }
}
