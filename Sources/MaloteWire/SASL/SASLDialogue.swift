// What the mechanisms have in common; knows none of them.

import MaloteCore

/// Who logs in, and where.
package struct SASLAccount: Sendable {
    package var user: String
    /// The password, or the access token.
    package var secret: Secret
    /// As the operator wrote it; told to the server by OAUTHBEARER alone.
    package var host: String
    package var port: Int

    package init(user: String, secret: Secret, host: String, port: Int) {
        self.user = user
        self.secret = secret
        self.host = host
        self.port = port
    }

    var userOctets: [UInt8] { Array(user.utf8) }
    var secretOctets: [UInt8] { secret.reveal { $0 } }

    /// The user as a `saslname` (RFC 5801 §4).
    var escapedUser: String {
        var name = ""
        for character in user.unicodeScalars {
            switch character {
            case "=": name += "=3D"
            case ",": name += "=2C"
            default: name.unicodeScalars.append(character)
            }
        }
        return name
    }
}

/// One mechanism's state. Prints no secret.
protocol SASLDialogue: Sendable {
    /// `nil` when the server speaks first.
    var initialResponse: [UInt8]? { get }
    /// The answer to a challenge that follows the initial response.
    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8]
    var isSettled: Bool { get }
    var refusal: String? { get }
}

extension SASLDialogue {
    var initialResponse: [UInt8]? { nil }
    /// Most mechanisms ask no proof of the server.
    var isSettled: Bool { true }
    var refusal: String? { nil }
}

extension WireError {
    static let dialogueOver = WireError.unexpected("The server went on asking after the login dialogue was over.")
}

/// A server's word for why it refuses, fit to be shown: short, and nothing but letters, digits and `-_. `.
enum RefusalWord {
    static func shown(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-_. ".utf8.contains(byte)
        }
        return isWord && !text.isEmpty && text.utf8.count <= 64 ? text : "no reason given"
    }
}
