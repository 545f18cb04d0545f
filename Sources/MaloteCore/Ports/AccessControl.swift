// The part of the operators' port that is about who may ask; knows neither HTTP nor cookies.

/// Recognises callers.
package protocol AccessControl: Sendable {
    /// Whom this access token stands for; `nil` if it is not valid, or not any more. Decided from memory: a wrong token
    /// costs nothing but its digest.
    func caller(presenting token: Secret) async throws(Problem) -> Caller?
}
