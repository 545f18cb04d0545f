// What can be wrong with a peer's bytes or with our own arguments; knows no socket and no operator.

/// Thrown by parsers, encoders and machines of this room. The transport room maps it to a `Failure`.
package enum WireError: Error, Sendable, Hashable {
    /// The peer broke the grammar. `context` says what was being read; it never holds credentials.
    case malformed(context: String)
    /// A wire limit was reached: which one, and its value.
    case limit(String, Int)
    /// An argument of ours may not go on the wire (CR, LF, NUL, over-long): which one.
    case argument(String)
    /// The peer said something that is legal elsewhere, but not in this state.
    case unexpected(state: String, reply: String)
}
