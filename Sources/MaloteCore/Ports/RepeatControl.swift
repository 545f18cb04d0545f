// The part of the operators' port by which a request that is made twice is carried out once; knows no HTTP.

/// Keeps the answers to requests that carry a key of their own (`Idempotency-Key`), for a day.
package protocol RepeatControl: Sendable {
    /// To be called before such a request is carried out.
    /// - Returns: the answer that it had before; `nil` if it is to be carried out now, and then `end` is to be called.
    /// - Throws: 409 while the first one is under way, 422 if the key belongs to another request.
    func begin(_ request: KeyedRequest) async throws(Problem) -> KeptAnswer?

    /// - Parameter answer: `nil` if nothing came of it: the key is free again.
    func end(_ request: KeyedRequest, _ answer: KeptAnswer?) async
}

/// A request with a key that its caller has chosen.
package struct KeyedRequest: Sendable, Hashable {
    package var caller: String
    package var key: String
    /// All of it that may differ, so that it can be told from another one.
    package var content: [UInt8]

    package init(caller: String, key: String, content: [UInt8]) {
        self.caller = caller
        self.key = key
        self.content = content
    }
}

package struct KeptAnswer: Sendable, Hashable {
    package var status: Int
    package var type: String
    package var body: [UInt8]

    package init(status: Int, type: String, body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }
}
