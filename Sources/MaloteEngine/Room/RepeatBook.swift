// Which requests with a key of their own are under way; knows nothing of answers.

import MaloteCore
import Synchronization

/// At most one request of a caller and a key at a time.
final class RepeatBook: Sendable {
    private struct Place: Hashable {
        var caller, key: String
    }

    private let places = Mutex<Set<Place>>([])

    /// - Returns: whether none was under way.
    func enter(_ request: KeyedRequest) -> Bool {
        places.withLock { $0.insert(Place(caller: request.caller, key: request.key)).inserted }
    }

    func leave(_ request: KeyedRequest) {
        places.withLock { _ = $0.remove(Place(caller: request.caller, key: request.key)) }
    }
}
