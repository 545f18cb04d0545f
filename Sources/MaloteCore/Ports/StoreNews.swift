// The port to what other nodes have written: that there is news, never what it is.

package enum NewsTopic: String, Sendable, Hashable, CaseIterable {
    /// The registry was changed.
    case registry
    /// Deliveries may have become due, or steps of flows planned.
    case queue
    /// The event log has grown.
    case events
    /// Access tokens were changed.
    case access
    /// Something is wished of a node.
    case wishes
    /// Shares, nodes or their states have changed.
    case shares
}

/// Hearing of news is a matter of speed only: who hears nothing finds out by looking.
package protocol StoreNews: Sendable {
    /// Waits for news from other nodes; returns at once with what came since the last call. Called by one task at a time.
    /// - Returns: nothing if `limit` has passed or the task is cancelled. All topics if something may have been missed,
    ///   as when the connection was lost.
    func next(atMost limit: Duration) async -> Set<NewsTopic>
}
