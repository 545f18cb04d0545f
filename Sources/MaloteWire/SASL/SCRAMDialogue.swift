// SCRAM (RFC 5802, RFC 7677): both sides prove that they know the password; knows not how digests are computed.

import MaloteCore

/// Without channel binding, and without SASLprep: user and password go as registered.
struct SCRAMDialogue: SASLDialogue {
    /// Fewer make the password cheap to guess for who has seen the dialogue (RFC 7677 §4 asks for 4,096); more would
    /// let a server keep us busy.
    static let iterations = 4096...100_000
    /// No channel binding, no authorization identity (RFC 5801 §4).
    private static let header = "n,,"

    private enum Stage: Sendable {
        case opened
        /// We have proved our side; the server must show this signature.
        case proved(signature: [UInt8])
        case settled
        case refused(String)
    }

    private let function: DigestFunction
    private let account: SASLAccount
    private let nonce: String
    private let digests: any SASLDigests
    private var stage = Stage.opened

    init(_ function: DigestFunction, _ account: SASLAccount, nonce: String, _ digests: any SASLDigests) {
        self.function = function
        self.account = account
        self.nonce = nonce
        self.digests = digests
    }

    private var clientFirst: String { "n=\(account.escapedUser),r=\(nonce)" }
    var initialResponse: [UInt8]? { Array((Self.header + clientFirst).utf8) }

    var isSettled: Bool {
        if case .settled = stage { true } else { false }
    }

    var refusal: String? {
        if case .refused(let word) = stage { word } else { nil }
    }

    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        switch stage {
        case .opened: return try prove(challenge)
        case .proved(let signature):
            try settle(challenge, signature)
            return []
        case .settled, .refused: throw .dialogueOver
        }
    }

    // MARK: - Our proof (RFC 5802 §3)

    private mutating func prove(_ challenge: [UInt8]) throws(WireError) -> [UInt8] {
        let first = try SCRAMServerFirst(challenge, nonce: nonce, iterations: Self.iterations)
        let bound = String(decoding: Base64.encode(Array(Self.header.utf8)), as: UTF8.self)
        let withoutProof = "c=\(bound),r=\(first.nonce)"
        let said = Array("\(clientFirst),\(first.text),\(withoutProof)".utf8)
        let salted = try digests.stretch(
            function, password: account.secretOctets, salt: first.salt, iterations: first.iterations)
        let clientKey = try digests.hmac(function, key: salted, Array("Client Key".utf8))
        let storedKey = try digests.hash(function, clientKey)
        let clientSignature = try digests.hmac(function, key: storedKey, said)
        let serverKey = try digests.hmac(function, key: salted, Array("Server Key".utf8))
        stage = .proved(signature: try digests.hmac(function, key: serverKey, said))
        return Array("\(withoutProof),p=".utf8) + Base64.encode(zip(clientKey, clientSignature).map { $0 ^ $1 })
    }

    // MARK: - The server's proof (RFC 5802 §5.1 v and e)

    private mutating func settle(_ challenge: [UInt8], _ signature: [UInt8]) throws(WireError) {
        let field = challenge.prefix { $0 != UInt8(ascii: ",") }
        if field.starts(with: "e=".utf8) {
            stage = .refused(RefusalWord.shown(String(decoding: field.dropFirst(2), as: UTF8.self)))
            return
        }
        let shown = field.starts(with: "v=".utf8) ? Base64.decode(Array(field.dropFirst(2))) : nil
        guard let shown, Self.isSame(shown, signature) else {
            throw .untrusted("The server did not prove that it knows this login's password.")
        }
        stage = .settled
    }

    /// In a time that does not tell where they differ.
    private static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
