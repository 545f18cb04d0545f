// How much of one mail is looked at; pure numbers.

/// Caps that keep time and memory bounded whatever is sent. What lies beyond one is not parsed, a defect says so, and
/// the raw source is kept whole.
package struct MailLimits: Sendable, Hashable {
    /// Octets of all header blocks together; Postfix allows 100 kB for one.
    package var headerOctets = 256 * 1024
    /// Octets of one header after unfolding.
    package var fieldOctets = 16 * 1024
    package var fields = 2000
    package var addresses = 1000
    /// Parts of the whole mail.
    package var parts = 1000
    /// Levels of multiparts; a forwarded mail is an attachment and is not taken apart.
    package var depth = 100
    /// Octets of a boundary; RFC 2046 allows 70.
    package var boundary = 2048
    /// Octets of an attachment's name.
    package var fileName = 255
    /// Octets of the text and of the HTML view.
    package var text = 1 << 20

    package init() {}
}
