// What can be wrong with a peer's bytes or with our own arguments; knows no socket and no operator.

import MaloteCore

/// Thrown by parsers, encoders and machines of this room. Each holds one sentence that never shows credentials.
package enum WireError: Error, Sendable, Hashable {
    /// The peer broke the grammar.
    case malformed(String)
    /// The peer went over a wire limit.
    case limit(String)
    /// An argument of ours may not go on the wire (CR, LF, NUL, over-long).
    case argument(String)
    /// The peer said something that is legal elsewhere, but not in this state.
    case unexpected(String)
    /// The peer did not prove who it is.
    case untrusted(String)

    package var sentence: String {
        switch self {
        case .malformed(let text), .limit(let text), .argument(let text), .unexpected(let text), .untrusted(let text):
            text
        }
    }

    /// As the engine sees it: a broken peer may mend, a broken argument will not.
    package var failure: Failure {
        switch self {
        case .argument: Failure(.permanent, .rejected, sentence)
        case .malformed, .limit, .unexpected, .untrusted:
            Failure(
                .transient, .protocolBroken, sentence,
                remedy: "Check that server, port and provider belong together.")
        }
    }
}
