// Who may ask, and who asked what: access tokens, the audit log, and requests that are made twice.

import MaloteCore

extension MailRoom {
    /// Tokens that there may be.
    private static let mostTokens = 1000
    /// How long the audit log remembers, and how many older lines each new one forgets.
    static let auditLife: Int64 = 400 * 86_400_000
    static let auditBatch = 10
    /// How long the answer to a request with a key is kept.
    private static let answerLife: Int64 = 86_400_000

    // MARK: - Recognising

    package func caller(presenting token: Secret) async throws(Problem) -> Caller? {
        let digest = token.reveal { parts.intake.hashing.digest($0) }
        guard let known = try await openTokens()[digest] else { return nil }
        let now = parts.time.now()
        guard let role = role(of: known, at: now) else { return nil }
        if let used = access.use(digest, at: now) {
            // That it was used is worth a line in the store, but no refusal.
            _ = try? await parts.store.write { store in
                guard try store.accessTokens().contains(where: { $0.digest == used.digest }) else { return }
                try store.put(used)
            }
        }
        return Caller(name: known.name.text, role: role)
    }

    /// `nil` if the token is not valid any more.
    private func role(of token: APIToken, at now: Timestamp) -> Caller.Role? {
        if let expires = token.expires, expires <= now { return nil }
        let contract = token.contract.flatMap { parts.board.current.contract($0)?.name }
        guard (token.contract == nil) == (contract == nil) else { return nil }
        switch (token.role, contract) {
        case (.admin, nil): return .admin
        case (.contract, let contract?): return .contract(contract)
        case (.reader, let contract): return .reader(contract)
        case (.admin, _), (.contract, nil): return nil
        }
    }

    private func openTokens() async throws(Problem) -> [Digest: APIToken] {
        if let tokens = access.tokens { return tokens }
        access.replace(with: try await read { try $0.accessTokens() }, order: 0)
        return access.tokens ?? [:]
    }

    // MARK: - Tokens

    package func accessTokens() async throws(Problem) -> [AccessTokenView] {
        _ = try await openTokens()
        return (access.tokens ?? [:]).values.sorted { $0.name < $1.name }.map(view)
    }

    private func view(_ token: APIToken) -> AccessTokenView {
        AccessTokenView(
            token, contract: token.contract.map { parts.board.current.name(of: $0) },
            isValid: role(of: token, at: parts.time.now()) != nil)
    }

    package func issue(_ wish: AccessTokenWish) async throws(Problem) -> IssuedToken {
        let secret = Self.token(parts.intake.hashing.random(32))
        let token = try accessToken(wish, digest: secret.reveal { parts.intake.hashing.digest($0) })
        let access = access
        let (tokens, order) = try await write { store in
            let known = try store.accessTokens()
            guard !known.contains(where: { $0.name == token.name }) else {
                throw Problem(
                    status: 409, title: "Name is taken",
                    detail: "There is a token \(token.name) already. Revoke it first, or choose another name.")
            }
            guard known.count < Self.mostTokens else {
                throw Problem(
                    status: 409, title: "Too many tokens",
                    detail: "There are \(Self.mostTokens) tokens. Revoke those that are not used any more.")
            }
            try store.put(token)
            return (try store.accessTokens(), access.nextOrder())
        }
        access.replace(with: tokens, order: order)
        parts.log(.notice, "access token \(token.name) was made: \(token.role.rawValue).")
        return IssuedToken(token: secret, view: view(token))
    }

    private func accessToken(_ wish: AccessTokenWish, digest: Digest) throws(Problem) -> APIToken {
        guard let name = APITokenName(wish.name) else {
            throw Problem.invalid(
                field: "name", "\"\(wish.name.onOneLine)\" is not a name.", remedy: FieldReader.nameRule)
        }
        guard let role = APIToken.Role(rawValue: wish.role) else {
            throw Problem.invalid(
                field: "role", "\"\(wish.role.onOneLine)\" is not known.",
                remedy: "Write admin, contract or read-only.")
        }
        let contract = try wish.contract.map { text throws(Problem) in try self.contract(named: text).id }
        guard (role != .contract || contract != nil), (role != .admin || contract == nil) else {
            throw Problem.invalid(
                field: "contract", role == .admin ? "an admin has all contracts." : "is missing.",
                remedy: role == .admin ? "Leave it out." : "Name the one contract that the token is for.")
        }
        let now = parts.time.now()
        let expires = try wish.expires.map { text throws(Problem) in
            guard let time = Timestamp(rfc3339: text), time > now else {
                throw Problem.invalid(
                    field: "expires", "\"\(text.onOneLine)\" is no time to come.",
                    remedy: "Write YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ.")
            }
            return time
        }
        return APIToken(
            name: name, digest: digest, role: role, contract: contract, created: now, expires: expires)
    }

    /// Recognisable, so that programs that look for secrets find one that was left lying around.
    private static func token(_ chance: [UInt8]) -> Secret {
        Secret("malote_" + Base64URL.encode(chance))
    }

    package func revoke(accessToken text: String) async throws(Problem) {
        let (access, name) = (access, APITokenName(text))
        let (tokens, order) = try await write { store in
            guard let name, try store.deleteAccessToken(name) else {
                throw Problem.missing("access token", text, known: try store.accessTokens().map(\.name.text))
            }
            return (try store.accessTokens(), access.nextOrder())
        }
        access.replace(with: tokens, order: order)
        parts.log(.notice, "access token \(text) was revoked.")
    }

    /// Another node may have changed them. In a transaction that writes, for the order of changes.
    func rereadAccess() async {
        guard access.tokens != nil else { return }
        let access = access
        do {
            let (tokens, order) = try await parts.store.write { (try $0.accessTokens(), access.nextOrder()) }
            access.replace(with: tokens, order: order)
        } catch { parts.log(.warning, "access tokens could not be read again: \(Failure(storing: error))") }
    }

    // MARK: - Audit log

    package func audit(_ query: AuditQuery) async throws(Problem) -> [AuditEntry] {
        var filter = AuditFilter(
            contract: query.contract, who: query.who, since: try since(query.since),
            limit: min(max(query.page.limit, 1), 1000))
        filter.before = try query.page.number().map(AuditID.init(rawValue:))
        let wanted = filter
        return try await read { try $0.audit(wanted) }
    }

    package func record(_ deed: Deed, refusal: Problem?) async {
        guard let entry = deed.entry(at: parts.time.now(), refusal: refusal) else { return }
        do { try await parts.store.write { try $0.tell(entry) } } catch {
            parts.log(.error, "\(entry.action) by \(entry.who) is not in the audit log: \(Failure(storing: error))")
        }
    }

    // MARK: - Requests that are made twice

    package func begin(_ request: KeyedRequest) async throws(Problem) -> KeptAnswer? {
        let digest = parts.intake.hashing.digest(request.content)
        guard repeats.enter(request) else {
            throw Problem(
                status: 409, title: "Under way",
                detail: "A request with this Idempotency-Key is being carried out. Ask again in a moment.")
        }
        var isToBeDone = false
        defer { if !isToBeDone { repeats.leave(request) } }
        let known = try await read { try $0.answer(caller: request.caller, key: request.key) }
        guard let known, known.time.milliseconds + Self.answerLife > parts.time.now().milliseconds else {
            isToBeDone = true
            return nil
        }
        guard known.request == digest else { throw Problem.otherRequest }
        return known.answer
    }

    package func end(_ request: KeyedRequest, _ answer: KeptAnswer?) async {
        defer { repeats.leave(request) }
        guard let answer else { return }
        let now = parts.time.now()
        let stored = StoredAnswer(
            caller: request.caller, key: request.key, request: parts.intake.hashing.digest(request.content),
            answer: answer, time: now)
        do {
            try await parts.store.write {
                try $0.keep(stored, forgetting: Timestamp(milliseconds: now.milliseconds - Self.answerLife))
            }
        } catch { parts.log(.error, "an answer is not kept for its key: \(Failure(storing: error))") }
    }
}

extension StoreWriting {
    /// Writes a line of the audit log, and forgets some of the oldest.
    func tell(_ entry: AuditEntry) throws {
        try append(entry)
        try forgetAudit(
            before: Timestamp(milliseconds: entry.time.milliseconds - MailRoom.auditLife), limit: MailRoom.auditBatch)
    }
}

extension Hashing {
    func digest(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { sha256($0) } }
}

extension Problem {
    static let otherRequest = Problem(
        status: 422, title: "Idempotency key is taken",
        detail: "Another request was made with this Idempotency-Key. Choose a new key for each request.")
}

extension PageWish {
    /// The cursor of lists that stand by number.
    func number() throws(Problem) -> Int64? {
        guard let after else { return nil }
        guard let number = Int64(after) else { throw badCursor(after) }
        return number
    }

    func badCursor(_ text: String) -> Problem {
        Problem.invalid(
            field: "after", "\"\(text.onOneLine)\" is no cursor of this list.",
            remedy: "Take it from the page before, as its Link header says.")
    }

    /// At least one, and not more than that.
    func limit(atMost most: Int) -> Int { min(max(limit, 1), most) }
}
