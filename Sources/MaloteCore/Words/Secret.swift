// A password or token that cannot be printed by accident; knows not where it comes from.

/// Bytes that must never reach a log, an error, an export or a crash report. Prints as `<redacted>`.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { self.bytes = Array(text.utf8) }

    package var isEmpty: Bool { bytes.isEmpty }
    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The only way to the bytes. Call it where they leave for the server or the vault, nowhere else.
    package func reveal<T>(_ use: ([UInt8]) throws -> T) rethrows -> T { try use(bytes) }
}

/// Where a mailbox's password comes from.
package enum SecretSource: Sendable, Hashable {
    /// Given in the registry itself; the store keeps it sealed.
    case literal(Secret)
    /// Stored sealed under a key that is not at hand. Kept as it is, for the day when the right key is back: only what
    /// needs this secret fails, with this failure.
    case unopened(sealed: String, key: String, Failure)
    /// Read from a file at each login, one trailing line end removed.
    case file(path: String)
    /// A systemd credential: `$CREDENTIALS_DIRECTORY/name`.
    case credential(name: String)
}
