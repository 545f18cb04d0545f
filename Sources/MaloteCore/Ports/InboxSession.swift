// The port to a customer's inbox: list, fetch, settle; knows no IMAP, POP3 or TLS.

/// Opens sessions. Whatever goes wrong is a `Failure` whose cause names the step (DNS, connect, TLS, login, folder).
package protocol InboxConnector: Sendable {
    /// Connects, logs in and opens the folder. Bounded by the transport's own deadlines; cancellable.
    func open(_ mailbox: Mailbox, inbox: Inbox, limits: InboxLimits) async throws(Failure) -> any InboxSession
}

package struct InboxLimits: Sendable, Hashable {
    /// Largest message whose body is fetched, in octets.
    package var messageOctets: Int

    package init(messageOctets: Int) { self.messageOctets = messageOctets }
}

/// One logged-in connection with its folder open. Used by one task at a time; after a thrown `Failure` only `close`.
package protocol InboxSession: Sendable {
    /// The folder as it was when opened.
    var folder: OpenFolder { get }

    /// Lists messages. For POP3 every selection lists the whole maildrop and the caller filters.
    func list(_ selection: InboxSelection) async throws(Failure) -> [RemoteMessage]

    /// Fetches bodies without changing any flag and hands them over one by one, in server order, while the rest is
    /// still on its way. Only a body that carries its own UID counts; uids the server does not answer for are simply
    /// not delivered. A `Failure` thrown by `deliver` ends the fetch.
    func fetch(_ uids: [String], deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void)
        async throws(Failure)

    /// Octets of bodies that have come over this connection so far, those of a long body under way included.
    var bodyOctets: Int { get }

    /// Applies `after` to stored messages. POP3: `delete` takes effect only when `close` succeeds.
    /// - Returns: what the server refused, by uid; the others are settled, and so are those that are not there any more.
    @discardableResult
    func settle(_ uids: [String], after: Inbox.After) async throws(Failure) -> [String: Failure]

    /// Whether the server can tell of new messages by itself (IMAP IDLE, RFC 2177).
    var canIdle: Bool { get }

    /// Connections of one account that this server bears at one time, as far as that is known.
    var accountConnections: Int? { get }

    /// Waits on the open connection until the server tells of new messages in the folder.
    /// - Parameter limit: no longer than this. Within it the session renews the wait as often as the provider needs.
    /// - Returns: whether there was news.
    /// - Throws: `.shuttingDown` when the task is cancelled. After that alone the session may be used on.
    func idle(atMost limit: Duration) async throws(Failure) -> Bool

    /// Opens the folder again, so that a further poll over this connection sees it as it is now.
    /// - Returns: the folder; of another numbering than `folder` if it was made anew, and then only `close` may follow.
    func reopen() async throws(Failure) -> OpenFolder

    /// Says goodbye politely, within a short deadline, and releases the connection. POP3: throws if the server did
    /// not confirm deletions.
    func close() async throws(Failure)

    /// Ends a session in which something has failed on our side. POP3: without QUIT, so that the server keeps what was
    /// fetched and not stored, whatever it does to fetched messages.
    func abandon() async
}

package struct OpenFolder: Sendable, Hashable {
    /// 0 for POP3.
    package var validity: UInt32
    /// The UID the next message will get, if the server said so.
    package var nextUID: UInt32?
    package var messages: Int
    package var isReadOnly: Bool

    package init(validity: UInt32, nextUID: UInt32?, messages: Int, isReadOnly: Bool) {
        self.validity = validity
        self.nextUID = nextUID
        self.messages = messages
        self.isReadOnly = isReadOnly
    }
}

package enum InboxSelection: Sendable, Hashable {
    case all
    case unseen
    /// UIDs greater than this one.
    case after(UInt32)
    /// Internal date on this day or later.
    case since(CivilDate)
}

package struct RemoteMessage: Sendable, Hashable {
    /// Decimal UID, or the UIDL.
    package var uid: String
    /// Octets as the server estimates them; `nil` if it did not say.
    package var size: Int?

    package init(uid: String, size: Int? = nil) {
        self.uid = uid
        self.size = size
    }
}

package struct FetchedMessage: Sendable {
    package enum Content: Sendable {
        case raw(RawMessage)
        /// Over the limit: only the header block was taken.
        case tooLarge(size: Int, header: [UInt8])
    }

    package var uid: String
    package var content: Content
    /// When the server received it.
    package var internalDate: Timestamp?

    package init(uid: String, content: Content, internalDate: Timestamp? = nil) {
        self.uid = uid
        self.content = content
        self.internalDate = internalDate
    }
}

extension InboxSession {
    package var canIdle: Bool { false }
    package var accountConnections: Int? { nil }

    package func abandon() async { try? await close() }

    /// Only who says `canIdle` is asked to.
    package func idle(atMost limit: Duration) async throws(Failure) -> Bool { throw .cannotIdle }
    package func reopen() async throws(Failure) -> OpenFolder { throw .cannotIdle }
}

extension Failure {
    fileprivate static let cannotIdle = Failure(
        .transient, .defect, "This inbox cannot tell of new messages by itself.")
}
