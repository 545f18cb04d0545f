// Large mail providers and where their servers are; knows no protocol and no registry.

/// The one list of providers' hosts. What to know of their servers is said where it is used: in presets for who
/// registers a mailbox, in quirks for who speaks to it.
package enum MailProvider: String, Sendable, Hashable, CaseIterable {
    case gmail, microsoft365, yahoo, icloud, zoho, fastmail

    package struct Servers: Sendable, Hashable {
        package var imap: String
        /// `nil` if there is no POP3.
        package var pop: String?
        package var smtp: String
    }

    /// Of accounts that have no servers of a region.
    package var servers: Servers {
        switch self {
        case .gmail: Servers(imap: "imap.gmail.com", pop: "pop.gmail.com", smtp: "smtp.gmail.com")
        case .microsoft365:
            Servers(imap: "outlook.office365.com", pop: "outlook.office365.com", smtp: "smtp.office365.com")
        case .yahoo: Servers(imap: "imap.mail.yahoo.com", pop: "pop.mail.yahoo.com", smtp: "smtp.mail.yahoo.com")
        case .icloud: Servers(imap: "imap.mail.me.com", pop: nil, smtp: "smtp.mail.me.com")
        case .zoho: Servers(imap: "imap.zoho.com", pop: "pop.zoho.com", smtp: "smtp.zoho.com")
        case .fastmail: Servers(imap: "imap.fastmail.com", pop: "pop.fastmail.com", smtp: "smtp.fastmail.com")
        }
    }

    /// All its mail servers are below these.
    private var domains: [String] {
        switch self {
        case .gmail: ["gmail.com", "googlemail.com"]
        case .microsoft365: ["office365.com", "outlook.com", "office365.us", "partner.outlook.cn"]
        case .yahoo: ["mail.yahoo.com", "mail.yahoo.co.jp", "mail.aol.com"]
        case .icloud: ["mail.me.com", "mail.icloud.com"]
        case .zoho: ["zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.com.cn", "zoho.jp", "zohocloud.ca"]
        case .fastmail: ["fastmail.com"]
        }
    }

    /// Whose server this is; `nil` for everybody else's.
    package static func serving(_ host: String) -> MailProvider? {
        let host = host.lowercased()
        return allCases.first { provider in
            provider.domains.contains { host == $0 || host.hasSuffix("." + $0) }
        }
    }
}
