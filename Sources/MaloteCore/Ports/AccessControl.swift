// The part of the operators' port that is about who may ask: access tokens; knows neither HTTP nor cookies.

/// Recognises callers.
package protocol AccessControl: Sendable {
    /// Whom this access token stands for; `nil` if it is not valid, or not any more.
    func caller(presenting token: Secret) async throws(Problem) -> Caller?
}
