// What is known of each provider of tokens: addresses, scopes, and what to do when it refuses; data only.

import MaloteCore

struct OAuthProfile: Sendable {
    /// `{tenant}` stands for the directory. `nil` where the registry must say.
    var tokenURL: String?
    var deviceURL: String?
    /// What a client asks for in its own name.
    var clientScope = ""
    /// What a person is asked to consent to, by the protocol of the mailbox.
    var imapScope = ""
    var popScope = ""
    var smtpScope = ""
    /// Whether a refresh must say again for what.
    var repeatsScope = false
    /// Why a mail server refuses a token that its provider has just given.
    var accessRemedy: String

    static func of(_ provider: OAuthGrant.Provider) -> OAuthProfile {
        switch provider {
        case .microsoft: microsoft
        case .google: google
        case .custom: custom
        }
    }

    private static let microsoftDelegated = "https://outlook.office.com/"

    private static let microsoft = OAuthProfile(
        tokenURL: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        deviceURL: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
        clientScope: "https://outlook.office365.com/.default",
        imapScope: microsoftDelegated + "IMAP.AccessAsUser.All offline_access",
        popScope: microsoftDelegated + "POP.AccessAsUser.All offline_access",
        smtpScope: microsoftDelegated + "SMTP.Send offline_access",
        repeatsScope: true,
        accessRemedy: "Check that user is the mailbox's address, that IMAP, POP3 or authenticated SMTP is on for it, "
            + "and for client-credentials that the application has a service principal in Exchange "
            + "(New-ServicePrincipal) and the mailbox's FullAccess (Add-MailboxPermission).")

    private static let google = OAuthProfile(
        tokenURL: "https://oauth2.googleapis.com/token",
        clientScope: "https://mail.google.com/",
        imapScope: "https://mail.google.com/", popScope: "https://mail.google.com/",
        smtpScope: "https://mail.google.com/",
        accessRemedy: "Check that user is the account's own address, that IMAP or POP is on for it, and that the scope "
            + "is https://mail.google.com/.")

    private static let custom = OAuthProfile(
        accessRemedy: "Check that user is the account that the token is for, and that scope covers this protocol.")
}
