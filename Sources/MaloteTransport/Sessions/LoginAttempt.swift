// One SASL login from its first word to its verdict; knows not how the words travel.

import MaloteCore
import MaloteWire

/// Ask it what to answer, then let it conclude: a server's yes is not enough.
struct LoginAttempt: Sendable {
    private let credentials: Credentials
    private var exchange: SASLExchange
    /// Why we have called the login off.
    private var fault: WireError?

    /// - Throws: `.credential` if the mechanism cannot carry user or password.
    init(_ mechanism: SASLMechanism, _ credentials: Credentials) throws(Failure) {
        let nonce = Base64.encode((0..<18).map { _ in UInt8.random(in: 0...255) })
        self.credentials = credentials
        do {
            exchange = try SASLExchange(
                mechanism, credentials.account, nonce: String(decoding: nonce, as: UTF8.self), digests: OpenSSLDigests()
            )
        } catch { throw error.loginArgument }
    }

    mutating func takeInitialResponse(upTo limit: Int = .max) -> [UInt8]? {
        exchange.takeInitialResponse(upTo: limit)
    }

    /// - Returns: `nil` to call the login off.
    /// - Throws: when the server goes on asking after that.
    mutating func answer(_ challenge: [UInt8]) throws(Failure) -> [UInt8]? {
        guard fault == nil else {
            throw WireError.unexpected("The server went on asking after the login was called off.").failure
        }
        do { return try exchange.respond(to: challenge) } catch {
            fault = error
            return nil
        }
    }

    /// - Parameter refusal: how the server refused; `nil` if it said yes.
    /// - Throws: why the login has failed.
    func conclude(refusal: Failure?) throws(Failure) {
        if let fault { throw calledOff(fault) }
        if let refusal { throw explained(refusal) }
        guard exchange.isSettled else {
            throw calledOff(.untrusted("The server did not prove that it knows this login's password."))
        }
    }

    private func calledOff(_ fault: WireError) -> Failure {
        var remedy = "Ask the server's administrator, or set sasl to another kind of login."
        if case .untrusted = fault {
            remedy = "Make sure that server and port are the customer's own: somebody may stand in between."
        }
        return Failure(
            .operatorNeeded, .authRefused,
            "The \(exchange.mechanism.name) login of \(credentials.user) was called off: \(fault.sentence)",
            remedy: remedy)
    }

    private func explained(_ refusal: Failure) -> Failure {
        var failure = refusal
        if let word = exchange.refusal { failure.detail += " (\(exchange.mechanism.name): \(word))" }
        guard failure.cause == .authRefused else { return failure }
        if exchange.mechanism.takesToken {
            failure.remedy = credentials.tokenRemedy
        } else if exchange.mechanism.keepsSecret, credentials.pinned == nil {
            // Some servers announce what they cannot do for every account.
            failure.remedy += " If they are right, set sasl to another kind of login that the server offers."
        }
        return failure
    }
}
