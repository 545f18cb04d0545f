// The part of malote.yaml about a database that several nodes share; knows not how it is reached.

import MaloteCore

extension DaemonConfig {
    /// Where the state is, if not in a file of this machine's own.
    package struct Database: Sendable, Hashable {
        /// `postgres://USER@HOST/NAME`.
        package var url: String
        /// A file or a credential.
        package var password: SecretSource?
        /// PEM file of who may vouch for the server; `tls.ca` for `nil`.
        package var caFile: String?
        /// Where its tables lie; `nil` is the usual one.
        package var schema: String?
    }

    mutating func readDatabase(_ fields: FieldReader) {
        guard let node = fields.node("database") else { return }
        if case .scalar(let url, _) = node.value {
            database = Self.checked(Database(url: url), fields, "database")
        } else if let section = fields.section("database") {
            guard let url = section.required("url", "Write it like postgres://malote@db.example/malote") else { return }
            var found = Database(url: url)
            found.password = Self.password(section)
            found.caFile = path(section, "ca")
            found.schema = section.line("schema")
            database = Self.checked(found, section, "url")
            section.finish(known: ["url", "password", "ca", "schema"])
        }
    }

    private static func checked(_ database: Database, _ fields: FieldReader, _ key: String) -> Database? {
        guard database.url.hasPrefix("postgres://") || database.url.hasPrefix("postgresql://") else {
            // It is not shown: somebody may have written a password into it.
            fields.fail(
                key, "is not the address of a database.",
                "Write it like postgres://malote@db.example/malote, or leave it out: then the state is a file in `state`."
            )
            return nil
        }
        return database
    }

    /// Never the password itself: whoever may read malote.yaml is not meant to have it.
    private static func password(_ fields: FieldReader) -> SecretSource? {
        guard fields.has("password") else { return nil }
        let remedy = "Write {file: /path} or {credential: NAME}."
        guard let node = fields.node("password"), case .mapping = node.value, let section = fields.section("password")
        else {
            fields.fail("password", "must say where the password is.", remedy)
            return nil
        }
        defer { section.finish(known: ["file", "credential"]) }
        switch (section.line("file"), section.line("credential")) {
        case (let file?, nil): return .file(path: file)
        case (nil, let name?): return .credential(name: name)
        default:
            fields.fail("password", "must name either a file or a credential.", remedy)
            return nil
        }
    }

    mutating func readCluster(_ fields: FieldReader) {
        defer { fields.finish(known: ["name"]) }
        guard let name = fields.line("name") else { return }
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isOfANodeName) else {
            return fields.fail(
                "name", "\"\(name.onOneLine)\" is not a name for a node.",
                "Write up to 64 letters, digits, hyphens, dots and underscores.")
        }
        node = name
    }

    private static func isOfANodeName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
