// malote.yaml as values: what the daemon needs before it can read its registry; knows nothing of mailboxes.

import Foundation
import MaloteCore

/// The daemon's own configuration. Everything else is in the registry.
package struct DaemonConfig: Sendable, Hashable {
    package struct HTTP: Sendable, Hashable {
        package var host: String
        /// 0 takes any free port.
        package var port: Int
        /// Base of links in mail.
        package var url: String
    }

    package struct Limits: Sendable, Hashable {
        /// Octets of one message; larger ones are reported without their body.
        package var message = 50_000_000
        /// Connections to mail servers at one time.
        package var connections = 2000
        /// Connections to one server name.
        package var perHost = 20
        /// Octets of the disk that are kept free of new mail; `nil` goes by its size.
        package var diskReserve: Int?
    }

    /// Directory of the database, its key and the attempt journal.
    package var state = "/var/lib/malote"
    /// The control socket; malotectl's way in.
    package var control = "/run/malote/control.sock"
    package var http: HTTP?
    /// PEM bundle for mailboxes without `ca` of their own.
    package var caFile = "/etc/ssl/certs/ca-certificates.crt"
    /// Which mailbox servers may stand at addresses that are not public.
    package var addressPolicy = AddressPolicy.written
    package var limits = Limits()
    /// `nil` where the state is a file in `state`.
    package var database: Database?
    /// This node among those that share a database; `nil` goes by the machine's name.
    package var node: String?

    package init() {}

    /// Reads and checks the file. Paths are taken as they are written: nothing is created.
    /// - Throws: every error in the file.
    package static func load(_ path: String) throws(DocumentErrors) -> DaemonConfig {
        guard let data = FileManager.default.contents(atPath: path) else {
            let reason = access(path, F_OK) == 0 ? "cannot be read" : "does not exist"
            throw DocumentErrors([
                DocumentError(
                    field: "", message: "the configuration file \(path) \(reason).",
                    remedy: "Give its path with --config, and let maloted's user read it.")
            ])
        }
        return try decode(YAMLReader().read(Array(data)))
    }

    package static func decode(_ node: DocumentNode) throws(DocumentErrors) -> DaemonConfig {
        let errors = ErrorList()
        var config = DaemonConfig()
        // An empty file says nothing, but what it leaves at its default is checked all the same.
        let node = node.isNull ? DocumentNode(.mapping([]), line: node.line) : node
        if let fields = FieldReader(node, path: "", errors: errors) { config.read(fields) }
        guard errors.errors.isEmpty else { throw DocumentErrors(errors.errors) }
        return config
    }

    private mutating func read(_ fields: FieldReader) {
        state = path(fields, "state") ?? state
        control = path(fields, "control") ?? control
        if control.utf8.count > 107 {
            fields.fail("control", "is longer than the 107 octets a socket's path may have.", "Use a shorter path.")
        }
        if let section = fields.section("http") { readHTTP(section) }
        readTLS(fields)
        if let section = fields.section("addresses") { readAddresses(section) }
        if let section = fields.section("limits") { readLimits(section) }
        readDatabase(fields)
        if let section = fields.section("cluster") { readCluster(section) }
        fields.finish(known: ["state", "control", "http", "tls", "addresses", "limits", "database", "cluster"])
    }

    func path(_ fields: FieldReader, _ key: String) -> String? {
        guard let text = fields.line(key) else { return nil }
        guard text.hasPrefix("/") else {
            fields.fail(key, "\"\(text)\" is not an absolute path.", "Write the path from the root: /...")
            return nil
        }
        return text
    }

    private mutating func readTLS(_ fields: FieldReader) {
        let section = fields.section("tls")
        if let section {
            caFile = path(section, "ca") ?? caFile
            section.finish(known: ["ca"])
        }
        guard access(caFile, R_OK) != 0 else { return }
        fields.errors.add(
            section?.node("ca") ?? section?.node ?? fields.node, "tls.ca",
            "the file of certificate authorities \(caFile) cannot be read.",
            "Install the package ca-certificates, or set tls.ca to a PEM file.")
    }

    private mutating func readHTTP(_ fields: FieldReader) {
        defer { fields.finish(known: ["listen", "url"]) }
        let remedy = "Write it as ADDRESS:PORT, such as 127.0.0.1:8480 or [::1]:8480."
        guard let listen = fields.required("listen", remedy) else { return }
        guard let place = Self.place(listen) else {
            return fields.fail("listen", "\"\(listen)\" is not a numeric address with a port.", remedy)
        }
        let url = fields.line("url") ?? "http://\(listen)"
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            fields.fail("url", "\"\(url)\" is not a web address.", "Write it like https://desk.example.")
        }
        http = HTTP(host: place.host, port: place.port, url: url)
    }

    /// Numeric only: the daemon looks up no name for a socket of its own. IPv6 stands in brackets (RFC 3986 §3.2.2).
    private static func place(_ listen: String) -> (host: String, port: Int)? {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        let host = String(listen[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = String(host.dropFirst().dropLast())
            return isNumeric(inner, AF_INET6) ? (inner, port) : nil
        }
        return host == "localhost" || isNumeric(host, AF_INET) ? (host, port) : nil
    }

    private static func isNumeric(_ host: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, host, &address) == 1
    }

    private mutating func readAddresses(_ fields: FieldReader) {
        defer { fields.finish(known: ["private"]) }
        guard let word = fields.text("private") else { return }
        guard let policy = AddressPolicy(rawValue: word) else {
            let words = AddressPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            return fields.fail("private", "\"\(word)\" is not a rule for private addresses.", "Write one of: \(words).")
        }
        addressPolicy = policy
    }

    private mutating func readLimits(_ fields: FieldReader) {
        limits.message =
            fields.octets("message", in: 10_000...2_000_000_000, words: "from 10kB to 2GB") ?? limits.message
        limits.connections = fields.integer("connections", in: 1...100_000) ?? limits.connections
        limits.perHost = fields.integer("per-host", in: 1...10_000) ?? limits.perHost
        limits.diskReserve = fields.octets("disk-reserve", in: 0...1_000_000_000_000, words: "from 0 to 1000GB")
        fields.finish(known: ["message", "connections", "per-host", "disk-reserve"])
    }
}

extension DaemonConfig {
    /// Settings that a reload cannot change, as far as they differ from the running ones.
    package func needsRestart(after running: DaemonConfig) -> [String] {
        var names: [String] = []
        if state != running.state { names.append("state") }
        if database != running.database { names.append("database") }
        if node != running.node { names.append("cluster") }
        if control != running.control { names.append("control") }
        if http != running.http { names.append("http") }
        if limits.message != running.limits.message { names.append("limits.message") }
        if limits.diskReserve != running.limits.diskReserve { names.append("limits.disk-reserve") }
        return names
    }
}
