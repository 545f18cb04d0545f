// Where the database is and how the way to it is protected; opens nothing.

import CPQ
import MaloteCore

/// What malote.yaml says under `database`, checked.
package struct PostgresSettings: Sendable, CustomStringConvertible {
    /// `postgres://USER@HOST[:PORT][,HOST...]/NAME`; a folder as `?host=/run/postgresql` is a socket.
    private let url: String
    private let password: Secret?
    /// PEM file of those who may vouch for the server.
    private let caFile: String?
    /// All tables lie in it.
    let schema: String
    private let verifies: Bool
    /// Shared by all copies: what one connection finds, the next one knows.
    let hosts: PostgresHosts

    /// - Throws: `Failure(.operatorNeeded, .registry)` for an address that cannot be used or would not be safe.
    package init(
        url: String, password: Secret? = nil, caFile: String? = nil, schema: String = PostgresSettings.usualSchema
    ) throws(Failure) {
        self.url = url
        self.password = password
        self.caFile = caFile
        self.schema = schema
        guard !Self.hasPassword(url) else {
            throw Self.wrong(
                "has a password in it.", "Write it into a file and name that: database: {password: {file: PATH}}")
        }
        let given = try Self.parse(url)
        guard given["dbname"] != nil else {
            throw Self.wrong("names no database.", "Write it like postgres://malote@db.example/malote")
        }
        let places = ["host", "hostaddr"].flatMap { (given[$0] ?? "").split(separator: ",").map(String.init) }
        let isLocal = places.allSatisfy(Self.isThisMachine)
        if let mode = given["sslmode"], mode != "verify-full", !isLocal {
            throw Self.wrong(
                "asks for sslmode=\(mode).", "Leave it out: over a network the server's certificate is verified.")
        }
        verifies = !isLocal
        hosts = PostgresHosts(given)
    }

    /// A socket's folder, or an address of the machine's own: all of 127/8 (RFC 1122, section 3.2.1.3), and ::1.
    private static func isThisMachine(_ place: String) -> Bool {
        if place.hasPrefix("/") || ["localhost", "::1"].contains(place) { return true }
        let numbers = place.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && place.count { $0 == "." } == 3
    }

    private static func wrong(_ what: String, _ remedy: String) -> Failure {
        Failure(.operatorNeeded, .registry, "database.url \(what)", remedy: remedy)
    }

    /// Looked for before anything is read: what cannot be read is shown.
    private static func hasPassword(_ url: String) -> Bool {
        let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        let (place, options) = (rest.prefix { $0 != "?" }, rest.drop { $0 != "?" })
        let user = place.lastIndex(of: "@").map { place[..<$0] } ?? ""
        return user.contains(":") || options.contains("password=")
    }

    private static func parse(_ url: String) throws(Failure) -> [String: String] {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw wrong("is not a postgres:// address.", "Write it like postgres://malote@db.example/malote")
        }
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            let text = complaint.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(complaint)
            throw wrong(
                "cannot be read: \(text.onOneLine.trimmed)", "Write it like postgres://malote@db.example/malote")
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return given
    }

    /// For libpq, the address first: what follows has the last word.
    func options(purpose: String) -> [(String, String)] {
        var options = [
            ("connect_timeout", "5"), ("target_session_attrs", "read-write"), ("dbname", url),
            ("application_name", "maloted \(purpose)"), ("client_encoding", "UTF8"),
            // A server that is gone without a word is noticed within 10 seconds.
            ("keepalives", "1"), ("keepalives_idle", "4"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"),
        ]
        options += hosts.options
        if verifies { options.append(("sslmode", "verify-full")) }
        if let caFile { options.append(("sslrootcert", caFile)) }
        if let password { options.append(("password", password.reveal { String(decoding: $0, as: UTF8.self) })) }
        return options
    }

    /// Without what is nobody's business: an address has no password in it.
    package var description: String { schema == Self.usualSchema ? url : "\(url) (schema \(schema))" }

    package static let usualSchema = "malote"

    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
