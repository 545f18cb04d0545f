// How much of one mail is looked at; pure numbers.

import MaloteCore

/// Caps that keep time and memory bounded whatever is sent. What lies beyond one is not looked at, a defect says so, and
/// the raw source is kept whole. Nothing is unpacked: no octet of a mail counts for more than one decoded octet, and one
/// more if it lies in a winmail.dat.
package struct MailLimits: Sendable, Hashable {
    /// Octets of one header block; what Postfix allows.
    package var headerOctets = 100 * 1024
    /// Octets of one header after unfolding.
    package var fieldOctets = 16 * 1024
    /// Headers of one block.
    package var fields = 2000
    /// Addresses of one kind of header.
    package var addresses = 1000
    /// Parts of the whole mail, and files inside one part.
    package var parts = 1000
    /// Levels of multiparts; a forwarded mail is an attachment and is not taken apart.
    package var depth = 100
    /// Octets of a boundary; RFC 2046 allows 70.
    package var boundary = 2048
    /// Octets of an attachment's name.
    package var fileName = 255
    /// Encodings around each other: multiparts in Base64, which RFC 2045 §6.4 forbids.
    package var encodings = 3
    /// Octets of the text, as sent and as shown.
    package var text = 1 << 20
    /// Octets of the HTML as sent; what is shown of it is at most `text`.
    package var html = 2 << 20
    /// Octets of attachments whose contents are kept, all together: only who wants to send them on keeps any.
    package var keptFiles = 0
    /// The one content that is kept, if not all.
    package var onlyKept: Digest?

    package init() {}
}
