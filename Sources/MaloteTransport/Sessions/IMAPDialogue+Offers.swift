// What a server offers beyond the base protocol and we make use of, once for each connection; knows no folder.

import MaloteCore
import MaloteWire

extension IMAPDialogue {
    /// Says who we are and learns who the server is (RFC 2971). Some let nobody in who does not.
    /// - Returns: the server's own words about itself.
    @discardableResult
    mutating func introduce() async throws(Failure) -> [IMAPIdentityField] {
        var identity: [IMAPIdentityField] = []
        if has("ID") {
            let command = IMAPCommand("ID", [.list(["name", "Malote", "version", MaloteVersion.text])])
            // A server that offers it and refuses it loses nothing by that.
            _ = try await finish(command) { response in
                if case .identity(let fields) = response { identity = fields }
            }
        }
        quirks = .of(host: host, identity: identity, capabilities: conversation.capabilities)
        return identity
    }

    /// Takes what the server offers, where it helps. To be called after the login.
    /// - Parameter compress: whether the operator wants it (RFC 4978).
    mutating func takeOffers(compress: Bool) async throws(Failure) {
        // Without it a server with RFC 9738's limit shows only a part of a large folder. We count by UID anyway.
        if has("UIDONLY"), has("ENABLE") { _ = try await finish(IMAPCommand("ENABLE", [.raw("UIDONLY")])) }
        guard compress, has("COMPRESS=DEFLATE") else { return }
        let status = try await finish(IMAPCommand("COMPRESS", [.raw("DEFLATE")]))
        if status.kind == .ok { try deflate() }
    }

    /// Messages that the server works on in one command (RFC 9738); `nil` if it told no limit.
    var messageLimit: Int? {
        conversation.capabilities.lazy.compactMap { word in
            word.hasPrefix("MESSAGELIMIT=") ? Int(word.dropFirst(13)) : nil
        }.first.map { max($0, 1) }
    }
}
