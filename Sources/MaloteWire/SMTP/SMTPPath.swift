// An address as it is said in MAIL or RCPT: checked, and in ASCII where that can be; knows no reply.

import MaloteCore

/// RFC 5321 §4.1.2 without source routes.
struct SMTPPath: Sendable, Hashable {
    /// Without angle brackets; empty for the null sender.
    let text: String
    /// It can only be said with SMTPUTF8 (RFC 6531).
    let needsUTF8: Bool

    static let null = SMTPPath(text: "", needsUTF8: false)

    private init(text: String, needsUTF8: Bool) {
        self.text = text
        self.needsUTF8 = needsUTF8
    }

    /// A domain in other letters is said in its ASCII form, which every server on the way understands.
    /// - Throws: `WireError.argument` if the address could end its command early, or needs SMTPUTF8 and the server does
    ///   not offer it.
    init(_ address: String, _ extensions: SMTPExtensions) throws(WireError) {
        let text = MailAddress.withASCIIDomain(address)
        guard MailAddress.isValid(address: address), MailAddress.isValid(address: text) else {
            throw .argument("\"\(String(address.prefix(100)))\" cannot be an address in an SMTP command.")
        }
        guard !text.isASCII else {
            self.init(text: text, needsUTF8: false)
            return
        }
        guard extensions.smtpUTF8 else {
            throw .argument("The address \(address) needs SMTPUTF8, which the server does not offer.")
        }
        self.init(text: text, needsUTF8: true)
    }
}
