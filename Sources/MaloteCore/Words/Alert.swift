// What people are told without asking, as long as it lasts; knows neither mail nor rules.

/// One thing that is wrong, or will be soon.
package struct Alert: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case mailboxFailing = "mailbox-failing"
        case tokenExpiring = "token-expiring"
        case secretExpiring = "secret-expiring"
        case certificateExpiring = "certificate-expiring"
        case queueAging = "queue-aging"
        case endpointFailing = "endpoint-failing"
        case quarantine
        case diskLow = "disk-low"
    }

    package struct Key: Sendable, Hashable {
        package var kind: Kind
        package var subject: String
        package init(_ kind: Kind, _ subject: String) {
            self.kind = kind
            self.subject = subject
        }
    }

    package var kind: Kind
    /// A mailbox, a server, `CONTRACT/OUTBOX`; with the kind it says which alert it is.
    package var subject: String
    /// Whom it concerns, by name.
    package var contracts: [String]
    /// Mailboxes that it is about, by name.
    package var mailboxes: [String]
    /// 1 and up: a higher level is told although the alert is known.
    package var level: Int
    /// One sentence or two: what is wrong.
    package var detail: String
    /// What to do. May be empty.
    package var remedy: String
    package var since: Timestamp
    /// When it ends or ended, where that is what it is about.
    package var expires: Timestamp?
    /// When people were told last.
    package var told: Timestamp?
    /// Since when it has not been so any more; `nil` while it is.
    package var clear: Timestamp?

    package init(
        _ kind: Kind, _ subject: String, contracts: [String] = [], mailboxes: [String] = [], level: Int = 1,
        detail: String, remedy: String = "", since: Timestamp, expires: Timestamp? = nil, told: Timestamp? = nil,
        clear: Timestamp? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.contracts = contracts
        self.mailboxes = mailboxes
        self.level = level
        self.detail = detail
        self.remedy = remedy
        self.since = since
        self.expires = expires
        self.told = told
        self.clear = clear
    }

    package var key: Key { Key(kind, subject) }
}
