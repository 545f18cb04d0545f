// Small notes that the threads of servers and tests share; knows nothing of what they mean.

import Synchronization

/// A yes or no.
final class Mark: Sendable {
    private let mark: Mutex<Bool>
    init(_ value: Bool = false) { mark = Mutex(value) }
    var isSet: Bool { mark.withLock { $0 } }
    func set(_ value: Bool) { mark.withLock { $0 = value } }
}

/// Words in the order in which they came.
final class Notes: Sendable {
    private let words = Mutex<[String]>([])
    var all: [String] { words.withLock { $0 } }
    func add(_ word: String) { words.withLock { $0.append(word) } }
}
