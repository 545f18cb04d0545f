// Reads where a contract's events are delivered; opens no secret and asks no receiver.

import MaloteCore

extension ContractDecoder {
    /// Shorter ones can be guessed (Standard Webhooks: 24 to 64 octets).
    private static let secretOctets = 24

    func endpoint() -> Contract.EventEndpoint? {
        guard let reader = fields.section("events") else { return nil }
        reader.finish(known: ["url", "secret", "former_secret", "mode", "ca"])
        let url = reader.requiredLine("url", "Write the receiver's https address.")
        if let url { check(url, reader) }
        if reader.node("secret") == nil {
            reader.errors.add(
                reader.node, reader.path("secret"), "is missing.",
                "Write {file: /path}, {credential: NAME} or a text.")
        }
        let secret = self.secret(reader, "secret")
        let former = self.secret(reader, "former_secret")
        let mode = reader.choice("mode", Contract.EventEndpoint.Mode.allCases.map { ($0.rawValue, $0) })
        let caFile = authorities(reader)
        guard let url, let secret else { return nil }
        return Contract.EventEndpoint(
            url: url, secret: secret, formerSecret: former, mode: mode ?? .structured, caFile: caFile)
    }

    private func check(_ url: String, _ reader: FieldReader) {
        guard let address = WebAddress(url) else {
            let isPlain = url.hasPrefix("http://")
            return reader.fail(
                "url",
                isPlain
                    ? "events would cross the network in clear." : "\"\(url.onOneLine)\" is not a web address.",
                "Write https://...; http:// is for this machine's loopback addresses only.")
        }
        if address.isPlain {
            reader.warn("url", "events are sent in clear.", "That is for a receiver on this machine only.")
        }
    }

    private func secret(_ reader: FieldReader, _ key: String) -> SecretSource? {
        guard let (source, keeps) = SecretDecoder.decode(reader, key) else { return nil }
        if case .literal(let secret) = source, !keeps {
            switch WebhookSecret.octets(of: secret) {
            case nil:
                reader.fail(
                    key, "what follows whsec_ is not Base64.", "Copy the whole secret, with the = signs at its end.")
            case let octets? where octets.count < Self.secretOctets:
                reader.warn(
                    key, "is short: \(octets.count) octets.",
                    "Use at least \(Self.secretOctets) random octets, such as whsec_ and the output of: "
                        + "openssl rand -base64 32")
            default: break
            }
        }
        return source
    }

    private func authorities(_ reader: FieldReader) -> String? {
        guard let path = reader.line("ca") else { return nil }
        if !path.hasPrefix("/") {
            reader.fail("ca", "\"\(path.onOneLine)\" is not an absolute path.", "Write the path from the root: /...")
        }
        return path
    }
}
