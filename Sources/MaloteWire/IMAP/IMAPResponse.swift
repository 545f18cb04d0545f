// What an IMAP server can say to us, as values; knows not how it was written.

/// One response (RFC 9051 §7). What we have no use for is `other`.
package enum IMAPResponse: Sendable, Hashable {
    case tagged(String, IMAPStatus)
    case status(IMAPStatus)
    case continuation(text: [UInt8])
    case capability([String])
    /// SEARCH or ESEARCH ALL.
    case search([UInt32])
    case exists(Int)
    case expunge(Int)
    /// As many messages are gone (RFC 7162 §3.2.10): what EXPUNGE is to those who count by UID.
    case vanished(Int)
    case fetch(IMAPFetch)
    case list(IMAPListing)
    /// Who the server is, as `name` and `value` in its order (RFC 2971).
    case identity([IMAPIdentityField])
    case other(String)
}

/// OK, NO, BAD, PREAUTH or BYE with its response code.
package struct IMAPStatus: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case ok = "OK", no = "NO", bad = "BAD", preauth = "PREAUTH", bye = "BYE"
    }

    package var kind: Kind
    /// The atom after `[`, upper case, and the rest up to `]`.
    package var code: String
    package var codeArgument: String
    package var text: String

    package init(_ kind: Kind, code: String = "", codeArgument: String = "", text: String = "") {
        self.kind = kind
        self.code = code
        self.codeArgument = codeArgument
        self.text = text
    }
}

/// What one FETCH response told about one message.
package struct IMAPFetch: Sendable, Hashable {
    package enum Body: Sendable, Hashable {
        case bytes([UInt8])
        /// Long: its octets went ahead of the response.
        case streamed(octets: Int)
        /// Larger than we take: dropped on the way.
        case omitted(octets: Int)
        /// `NIL`: the server has none.
        case missing
    }

    package var uid: UInt32?
    package var size: Int?
    package var flags: [String]?
    /// As written: `17-Jul-1996 02:44:25 -0700`.
    package var internalDate: String?
    /// `BODY[]`; the first, should there be several.
    package var body: Body?
    /// `BODY[HEADER]`
    package var header: Body?

    package init() {}
}

/// One folder, as LIST tells of it.
package struct IMAPListing: Sendable, Hashable {
    /// `\Noselect`, `\Trash` and the like, as written.
    package var attributes: [String]
    /// What stands between the levels of names; `nil` if there are none.
    package var delimiter: String?
    /// The name as the server wrote it: to be sent back to it octet by octet.
    package var wireName: [UInt8]

    package init(attributes: [String] = [], delimiter: String? = nil, wireName: [UInt8]) {
        self.attributes = attributes
        self.delimiter = delimiter
        self.wireName = wireName
    }

    /// The name that people read.
    package var name: String { IMAPMailboxName.decode(wireName) }

    package var isSelectable: Bool { !has("\\Noselect") && !has("\\NonExistent") }

    package func has(_ attribute: String) -> Bool {
        attributes.contains { $0.lowercased() == attribute.lowercased() }
    }
}

package struct IMAPIdentityField: Sendable, Hashable {
    /// Lower case.
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
