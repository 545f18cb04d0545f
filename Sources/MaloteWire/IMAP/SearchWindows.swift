// Cuts the search of a large folder into windows of UIDs, so that no answer is long; pure.

/// Search its `window`, then tell it how that went, until it has none left.
package struct SearchWindows: Sendable {
    private let last: UInt32
    private var first: UInt32?
    private var width: Int

    /// - Parameters:
    ///   - uids: what to search, from the lowest to the highest UID there can be.
    ///   - width: UIDs that one answer may have, at most.
    package init(_ uids: ClosedRange<UInt32>, width: Int) {
        first = uids.lowerBound
        last = uids.upperBound
        self.width = max(width, 1)
    }

    /// What to search now.
    package var window: ClosedRange<UInt32>? {
        guard let first else { return nil }
        return first...UInt32(Int(first) + min(width - 1, Int(last) - Int(first)))
    }

    /// The window was searched to its end.
    package mutating func proceed() {
        guard let window else { return }
        first = window.upperBound < last ? window.upperBound + 1 : nil
    }

    /// The server did not search the whole window (RFC 9738 §3).
    /// - Returns: whether there is a narrower one to search instead.
    package mutating func narrow() -> Bool {
        guard let count = window?.count, count > 1 else { return false }
        width = count / 2
        return true
    }
}
