// The stored form of registry objects: plain words and sealed secrets; knows nothing of their meaning.

import Foundation
import MaloteCore

/// A record that does not read back is damage, never a default.
func damaged(_ what: String) -> Failure {
    Failure(
        .operatorNeeded, .storage, "The stored \(what) cannot be read.", remedy: "Restore the database from a backup.")
}

func valid<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw damaged(what) }
    return value
}

struct SecretRecord: Codable {
    var sealed: String?
    var key: String?
    var file: String?
    var credential: String?

    init(_ source: SecretSource, label: String, vault: Vault) throws {
        switch source {
        case .unopened(let sealed, let key, _): (self.sealed, self.key) = (sealed, key)
        case .literal(let secret):
            let current = vault.current
            sealed = Data(try secret.reveal { try current.seal($0, label: label) }).base64EncodedString()
            key = current.id
        case .file(let path): file = path
        case .credential(let name): credential = name
        }
    }

    func source(label: String, vault: Vault) throws -> SecretSource {
        if let file { return .file(path: file) }
        if let credential { return .credential(name: credential) }
        let bytes = try valid(sealed.flatMap { Data(base64Encoded: $0) }, "password of \(label)")
        do throws(Failure) { return .literal(Secret(try vault.open(Array(bytes), label: label, key: key))) } catch {
            return .unopened(sealed: sealed ?? "", key: key ?? "", error)
        }
    }
}

struct MailboxRecord: Codable {
    struct InboxRecord: Codable {
        var access: String
        var folder: String
        var poll: Int
        var after: String
        var afterFolder: String?
        var start: String
        /// Absent in rows older than the fields.
        var idle, compress: Bool?
        var rules: [MailRule]?
        var trusted: [String]?
        var plus: Bool?
    }

    var name: String
    var description: String
    var server: String
    var port: Int
    var security: String
    var ca: String?
    var pin: String?
    var user: String?
    var password: SecretRecord?
    /// In the password's place.
    var oauth: OAuthRecord?
    /// Absent where nothing is pinned, as in rows older than the field.
    var sasl: String?
    var inbox: InboxRecord?
    var senders: [MailAddress]?
    /// Absent where the outbox uses all that its server offers, as in rows older than the field.
    var without: [String]?
    /// Absent where nothing is limited, as in rows older than the field.
    var rate: SendingRate?

    init(_ mailbox: Mailbox, vault: Vault) throws {
        name = mailbox.name.text
        description = mailbox.description
        server = mailbox.server
        port = mailbox.port
        security = mailbox.security.rawValue
        ca = mailbox.trust.caFile
        pin = mailbox.trust.pin
        user = mailbox.login?.user
        let owner = "mailbox \(mailbox.name)"
        password = try mailbox.login?.password.map { try SecretRecord($0, label: owner, vault: vault) }
        oauth = try mailbox.login?.oauth.map { try OAuthRecord($0, owner: owner, vault: vault) }
        sasl = mailbox.login?.sasl?.rawValue
        inbox = mailbox.inbox.map(InboxRecord.init)
        senders = mailbox.outbox?.senders
        without = mailbox.outbox.flatMap { $0.without.isEmpty ? nil : $0.without.map(\.rawValue).sorted() }
        rate = mailbox.outbox.flatMap { $0.rate.isLimited ? $0.rate : nil }
    }

    func mailbox(id: MailboxID, vault: Vault) throws -> Mailbox {
        let name = try valid(MailboxName(name), "mailbox")
        let role: Mailbox.Role
        if let inbox {
            role = .inbox(try inbox.inbox())
        } else {
            let without = try (without ?? []).map { try valid(Outbox.Extension(rawValue: $0), "mailbox \(name)") }
            role = .outbox(
                Outbox(senders: senders ?? [], without: Set(without), rate: rate ?? SendingRate()))
        }
        var login: Mailbox.Login?
        if let user, let proof = try proof(owner: "mailbox \(name)", vault) {
            login = .init(
                user: user, proof: proof,
                sasl: try sasl.map { try valid(SASLMechanism(rawValue: $0), "mailbox \(name)") })
        }
        return Mailbox(
            id: id, name: name, description: description, server: server, port: port,
            security: try valid(Mailbox.Security(rawValue: security), "mailbox \(name)"),
            trust: .init(caFile: ca, pin: pin), login: login, role: role)
    }

    private func proof(owner: String, _ vault: Vault) throws -> Mailbox.Login.Proof? {
        if let oauth { return .oauth(try oauth.grant(owner: owner, vault: vault)) }
        return try password.map { .password(try $0.source(label: owner, vault: vault)) }
    }
}

extension MailboxRecord.InboxRecord {
    init(_ inbox: Inbox) {
        access = inbox.access.rawValue
        folder = inbox.folder
        poll = inbox.pollSeconds
        idle = inbox.idle
        compress = inbox.compress
        switch inbox.after {
        case .seen: after = "seen"
        case .delete: after = "delete"
        case .leave: after = "leave"
        case .move(let folder):
            after = "move"
            afterFolder = folder
        }
        switch inbox.start {
        case .unseen: start = "unseen"
        case .new: start = "new"
        case .all: start = "all"
        case .since(let day): start = day.description
        }
        rules = inbox.rules
        trusted = inbox.trusted
        plus = inbox.plus
    }

    func inbox() throws -> Inbox {
        let afters: [String: Inbox.After] = [
            "seen": .seen, "delete": .delete, "leave": .leave, "move": .move(folder: afterFolder ?? ""),
        ]
        let starts: [String: Inbox.Start] = ["unseen": .unseen, "new": .new, "all": .all]
        let since = Timestamp(rfc3339: start).map { CivilDate(daysSinceEpoch: $0.milliseconds / 86_400_000) }
        return Inbox(
            access: try valid(Inbox.Access(rawValue: access), "inbox"), folder: folder, pollSeconds: poll,
            after: try valid(afters[after], "inbox"),
            start: try valid(starts[start] ?? since.map { .since($0) }, "inbox"), idle: idle ?? true,
            compress: compress ?? false, rules: rules ?? [], trusted: trusted ?? [], plus: plus ?? false)
    }
}

struct ContractRecord: Codable {
    struct PersonRecord: Codable {
        var name: String
        var email: MailAddress
        /// Absent in rows older than the field.
        var mail: Bool?
    }

    struct GroupRecord: Codable {
        var name: String
        var members: [MailAddress]
        /// These absent in rows older than the fields.
        var silent: [String]?
        var external: [MailAddress]?
        var mandatory: [NotificationClass]?
    }

    var name: String
    var title: String
    var prefix: String
    var inboxes: [String]
    var outbox: String?
    var people: [PersonRecord]
    var groups: [GroupRecord]
    var eventURL: String?
    var eventSecret: SecretRecord?
    /// These absent where they are the usual, as in rows older than the fields.
    var eventFormerSecret: SecretRecord?
    var eventMode: Contract.EventEndpoint.Mode?
    var eventCA: String?
    var language: String
    /// All of these absent in rows older than the fields.
    var rules: [MailRule]?
    var attachments: AttachmentPolicy?
    var answers: AnswerLimits?
    var closedTickets: ClosedTicketRule?
    var retention: Contract.Retention?
    var requester: MailAddress?
    var timezone: String?
    var status: Contract.Status?
    var validFrom, validUntil: String?
    var openingFields: [String: String]?
    var notify: [NotificationClass]?

    init(_ contract: Contract, vault: Vault) throws {
        name = contract.name.text
        title = contract.title
        prefix = contract.prefix
        inboxes = contract.inboxes.map(\.text)
        if case .mailbox(let name) = contract.outbox { outbox = name.text }
        people = contract.people.map { PersonRecord(name: $0.name, email: $0.email, mail: $0.mail) }
        groups = contract.groups.map(GroupRecord.init)
        eventURL = contract.events?.url
        eventSecret = try contract.events.map {
            try SecretRecord($0.secret, label: "contract \(contract.name)", vault: vault)
        }
        eventFormerSecret = try contract.events?.formerSecret.map {
            try SecretRecord($0, label: Self.formerLabel(contract.name), vault: vault)
        }
        eventMode = contract.events.flatMap { $0.mode == .structured ? nil : $0.mode }
        eventCA = contract.events?.caFile
        language = contract.language
        rules = contract.rules
        attachments = contract.attachments
        answers = contract.answers
        closedTickets = contract.closedTickets
        retention = contract.retention
        requester = contract.opening.requester
        openingFields = contract.opening.fields
        status = contract.status
        validFrom = contract.valid.from?.description
        validUntil = contract.valid.until?.description
        notify = contract.notify.sorted { $0.rawValue < $1.rawValue }
        timezone = contract.timezone
    }

    func contract(id: ContractID, vault: Vault) throws -> Contract {
        let name = try valid(ContractName(name), "contract")
        var events: Contract.EventEndpoint?
        if let eventURL, let eventSecret {
            events = .init(
                url: eventURL, secret: try eventSecret.source(label: "contract \(name)", vault: vault),
                formerSecret: try eventFormerSecret?.source(label: Self.formerLabel(name), vault: vault),
                mode: eventMode ?? .structured, caFile: eventCA)
        }
        return Contract(
            id: id, name: name, title: title, prefix: prefix,
            inboxes: try inboxes.map { try valid(MailboxName($0), "contract \(name)") },
            outbox: try outbox.map { .mailbox(try valid(MailboxName($0), "contract \(name)")) } ?? .standard,
            status: status ?? .active, valid: .init(from: try day(validFrom), until: try day(validUntil)),
            opening: .init(requester: requester, fields: openingFields ?? [:]),
            notify: Set(notify ?? NotificationClass.allCases),
            people: people.map { .init(name: $0.name, email: $0.email, mail: $0.mail ?? true) },
            groups: groups.map(\.group), events: events, language: language,
            timezone: timezone ?? "UTC",
            rules: rules ?? [], attachments: attachments ?? AttachmentPolicy(), answers: answers ?? AnswerLimits(),
            closedTickets: closedTickets ?? ClosedTicketRule(), retention: retention ?? Contract.Retention())
    }

    /// A sealed secret opens in no other field either.
    private static func formerLabel(_ name: ContractName) -> String { formerLabel(name.text) }

    static func formerLabel(_ name: String) -> String { "contract \(name) (former)" }

    private func day(_ text: String?) throws -> CivilDate? {
        guard let text else { return nil }
        let midnight = try valid(Timestamp(rfc3339: text), "contract \(name)")
        return CivilDate(daysSinceEpoch: midnight.milliseconds / 86_400_000)
    }
}

extension ContractRecord.GroupRecord {
    init(_ group: Contract.Group) {
        name = group.name
        members = group.members.map(\.email)
        silent = group.members.filter { !$0.mail }.map(\.email.key)
        external = group.external
        mandatory = group.mandatory.sorted { $0.rawValue < $1.rawValue }
    }

    var group: Contract.Group {
        let silent = Set(silent ?? [])
        return Contract.Group(
            name: name, members: members.map { .init($0, mail: !silent.contains($0.key)) }, external: external ?? [],
            mandatory: Set(mandatory ?? []))
    }
}
