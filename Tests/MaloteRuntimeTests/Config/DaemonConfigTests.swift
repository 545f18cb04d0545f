// malote.yaml: what each field means, and that every error names its line, its field and the remedy.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteRuntime

@Suite struct DaemonConfigTests {
    let folder: TemporaryFolder
    let ca: String

    init() throws {
        folder = try TemporaryFolder()
        ca = folder.path + "/ca.pem"
        try "PEM".write(toFile: ca, atomically: false, encoding: .utf8)
    }

    /// With a readable `tls.ca` behind the text.
    func read(_ text: String) throws(DocumentErrors) -> DaemonConfig {
        try DaemonConfig.decode(YAMLReader().read(Array("\(text)\ntls: {ca: \(ca)}\n".utf8)))
    }

    func errors(_ text: String) -> [DocumentError] {
        do { _ = try DaemonConfig.decode(YAMLReader().read(Array(text.utf8))) } catch { return error.errors }
        return []
    }

    // MARK: - Values

    @Test func whatIsNotGivenHasItsDefault() throws {
        let config = try read("")
        #expect(config.state == "/var/lib/malote")
        #expect(config.control == "/run/malote/control.sock")
        #expect(config.http == nil)
        #expect(config.limits == .init(message: 50_000_000, connections: 2000, perHost: 20))
        #expect(config.addressPolicy == .written)
        #expect(DaemonConfig().caFile == "/etc/ssl/certs/ca-certificates.crt")
        let nulls = try read("state: ~\ncontrol:\nhttp: null\nlimits:\n")
        #expect(nulls == config)
    }

    @Test func aDatabaseIsNamedInOneLineOrWithItsFields() throws {
        #expect(try read("").database == nil)
        let short = try read("database: postgres://malote@db.example/malote")
        #expect(short.database == .init(url: "postgres://malote@db.example/malote"))
        let long = try read(
            """
            database: {url: "postgresql://m@a,b/desk", password: {file: /run/pw}, ca: /etc/db.pem, schema: desk}
            cluster: {name: desk-1.example}
            """)
        #expect(
            long.database
                == .init(
                    url: "postgresql://m@a,b/desk", password: .file(path: "/run/pw"), caFile: "/etc/db.pem",
                    schema: "desk"))
        #expect(long.node == "desk-1.example")
        #expect(long.needsRestart(after: short) == ["database", "cluster"])
        let credential = try read("database: {url: \"postgres://m@a/b\", password: {credential: malote.database}}")
        #expect(credential.database?.password == .credential(name: "malote.database"))
    }

    @Test(arguments: [
        ("database: mysql://a:secret@b/c", "database"), ("database: {password: {file: /a}}", "database.url"),
        ("database: {url: \"postgres://a/b\", password: secret}", "database.password"),
        ("database: {url: \"postgres://a/b\", password: {file: /a, credential: b}}", "database.password"),
        ("database: {url: \"postgres://a/b\", ca: db.pem}", "database.ca"),
        ("database: {url: \"postgres://a/b\", passwort: {file: /a}}", "database.passwort"),
        ("cluster: {name: \"a node\"}", "cluster.name"), ("cluster: {nam: a}", "cluster.nam"),
    ])
    func whatIsWrongWithADatabaseIsNamed(_ text: String, _ field: String) {
        let found = errors(text + "\ntls: {ca: \(ca)}\n")
        #expect(found.map(\.field) == [field], "\(found)")
        #expect(!text.contains("secret") || !found.description.contains("secret"))
    }

    @Test func everyFieldIsRead() throws {
        let config = try read(
            """
            state: /srv/malote
            control: /run/m.sock
            http: {listen: 10.0.0.7:8480, url: "https://desk.example/malote"}
            addresses: {private: always}
            limits: {message: 25MB, connections: 300, per-host: 7}
            """)
        #expect(config.state == "/srv/malote")
        #expect(config.control == "/run/m.sock")
        #expect(config.http == .init(host: "10.0.0.7", port: 8480, url: "https://desk.example/malote"))
        #expect(config.caFile == ca)
        #expect(config.limits == .init(message: 25_000_000, connections: 300, perHost: 7))
        #expect(config.addressPolicy == .always)
    }

    @Test(arguments: [
        ("127.0.0.1:8480", "127.0.0.1", 8480), ("0.0.0.0:0", "0.0.0.0", 0), ("localhost:65535", "localhost", 65535),
        ("[::1]:8480", "::1", 8480), ("[2001:db8::7]:80", "2001:db8::7", 80),
    ])
    func listens(_ text: String, _ host: String, _ port: Int) throws {
        #expect(try read("http: {listen: \"\(text)\"}").http == .init(host: host, port: port, url: "http://\(text)"))
    }

    @Test(arguments: [
        ("10kB", 10_000), ("500KB", 500_000), ("50MB", 50_000_000), ("1gb", 1_000_000_000), ("2GB", 2_000_000_000),
        ("10000", 10_000), ("1234567", 1_234_567),
    ])
    func sizesAreInPowersOfTen(_ text: String, _ octets: Int) throws {
        #expect(try read("limits: {message: \(text)}").limits.message == octets)
    }

    @Test(arguments: [(1, 1), (100_000, 10_000)])
    func limitsReachTheirEnds(_ connections: Int, _ perHost: Int) throws {
        let limits = try read("limits: {connections: \(connections), per-host: \(perHost)}").limits
        #expect(limits.connections == connections && limits.perHost == perHost)
    }

    // MARK: - Errors

    static let wrong: [(String, line: Int, field: String, message: String)] = [
        ("- a", 1, "", "must be a mapping of fields."), ("malote", 1, "", "must be a mapping of fields."),
        ("\nstat: /x", 2, "stat", "is not a known field."), ("State: /x", 1, "State", "is not a known field."),
        ("state: var", 1, "state", "\"var\" is not an absolute path."),
        ("state: [/x]", 1, "state", "must be a text."), ("state: ''", 1, "state", "\"\" is not an absolute path."),
        ("state: \"/x\\n\"", 1, "state", "holds a line break or control character."),
        ("\ncontrol: run/x", 2, "control", "\"run/x\" is not an absolute path."),
        (
            "control: /\(String(repeating: "x", count: 107))", 1, "control",
            "is longer than the 107 octets a socket's path may have."
        ),
        ("http: 127.0.0.1:80", 1, "http", "must be a mapping of fields."),
        ("http:\n  url: http://x", 2, "http.listen", "is missing."),
        ("http:\n  listen: ''", 2, "http.listen", "must not be empty."),
        ("http: {listen: '127.0.0.1:80', port: 80}", 1, "http.port", "is not a known field."),
        ("http:\n  listen: 127.0.0.1:80\n  url: desk.example", 3, "http.url", "\"desk.example\" is not a web address."),
        (
            "addresses: {private: sometimes}", 1, "addresses.private",
            "\"sometimes\" is not a rule for private addresses."
        ),
        ("addresses: [private]", 1, "addresses", "must be a mapping of fields."),
        ("limits: 5", 1, "limits", "must be a mapping of fields."),
        ("limits:\n  connections: 0", 2, "limits.connections", "\"0\" is not a number from 1 to 100000."),
        ("limits: {connections: 100001}", 1, "limits.connections", "\"100001\" is not a number from 1 to 100000."),
        ("limits: {connections: many}", 1, "limits.connections", "\"many\" is not a number from 1 to 100000."),
        ("limits: {per-host: -1}", 1, "limits.per-host", "\"-1\" is not a number from 1 to 10000."),
        ("limits: {per-host: 1e3}", 1, "limits.per-host", "\"1e3\" is not a number from 1 to 10000."),
        ("limits: {perhost: 1}", 1, "limits.perhost", "is not a known field."),
    ]

    @Test(arguments: wrong)
    func anErrorNamesLineFieldAndRemedy(_ text: String, _ line: Int, _ field: String, _ message: String) throws {
        let withCA = text.contains(":") ? "\(text)\ntls: {ca: \(ca)}\n" : text
        let error = try #require(errors(withCA).first)
        #expect(errors(withCA).count == 1)
        #expect(error.line == line)
        #expect(error.field == field)
        #expect(error.message == message)
        #expect(!error.remedy.isEmpty)
    }

    @Test(arguments: [
        "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "desk.example:80",
        "::1", "::1:80", "[::1]", "[::1]:", "[]:80", "[127.0.0.1]:80", "1.2.3:80", "127.0.0.1:80:90", "*:80",
        "[::1%eth0]:80", "127.0.0.1:99999999999999999999",
    ])
    func whatIsNoAddressIsRefused(_ listen: String) {
        #expect(
            errors("http:\n  listen: \"\(listen)\"\ntls: {ca: \(ca)}") == [
                DocumentError(
                    line: 2, field: "http.listen", message: "\"\(listen)\" is not a numeric address with a port.",
                    remedy: "Write it as ADDRESS:PORT, such as 127.0.0.1:8480 or [::1]:8480.")
            ])
    }

    @Test(arguments: [
        "0", "9kB", "9999", "2000000001", "3GB", "MB", "x", "50 MB", "-50MB", "1.5MB", "50M", "99999999999999999999",
        "9223372036854775807GB",
    ])
    func whatIsNoSizeIsRefused(_ size: String) {
        #expect(
            errors("limits:\n  message: \"\(size)\"\ntls: {ca: \(ca)}") == [
                DocumentError(
                    line: 2, field: "limits.message", message: "\"\(size)\" is not a size from 10kB to 2GB.",
                    remedy: "Write it like 50MB.")
            ])
    }

    @Test func authoritiesThatCannotBeReadAreNamed() {
        let missing = folder.path + "/none.pem"
        #expect(
            errors("state: /x\ntls:\n  ca: \(missing)") == [
                DocumentError(
                    line: 3, field: "tls.ca", message: "the file of certificate authorities \(missing) cannot be read.",
                    remedy: "Install the package ca-certificates, or set tls.ca to a PEM file.")
            ])
        #expect(errors("tls:\n  ca: ca.pem").first?.message == "\"ca.pem\" is not an absolute path.")
        #expect(errors("tls:\n  cert: /x").contains { $0.field == "tls.cert" && $0.line == 2 })
    }

    @Test func allErrorsAreToldAtOnce() {
        let found = errors("state: a\ncontrol: b\nhttp: {listen: c}\nlimits: {message: d}\ne: f\ntls: {ca: \(ca)}")
        #expect(found.map(\.field) == ["state", "control", "http.listen", "limits.message", "e"])
        #expect(found.map(\.line) == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [("stat", "state"), ("limit", "limits"), ("contrl", "control"), ("htpp", "http")])
    func aSlipIsCorrected(_ slip: String, _ meant: String) {
        #expect(errors("\(slip): x\ntls: {ca: \(ca)}").first?.remedy == "Did you mean \"\(meant)\"?")
    }

    // MARK: - Files

    @Test func aFileIsLoaded() throws {
        let file = folder.path + "/malote.yaml"
        try "state: /srv/m\ntls: {ca: \(ca)}\n".write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try DaemonConfig.load(file).state == "/srv/m")
    }

    @Test func aFileThatIsMissingOrNoFileIsNamed() {
        for (path, reason) in [(folder.path + "/none", "does not exist"), (folder.path, "cannot be read")] {
            do {
                _ = try DaemonConfig.load(path)
                Issue.record("\(path) was loaded")
            } catch {
                #expect(error.errors.map(\.message) == ["the configuration file \(path) \(reason)."])
                #expect(error.errors.allSatisfy { !$0.remedy.isEmpty })
            }
        }
    }

    // MARK: - Reload

    static let changes: [(@Sendable (inout DaemonConfig) -> Void, [String])] = [
        ({ _ in }, []), ({ $0.state = "/x" }, ["state"]), ({ $0.control = "/x" }, ["control"]),
        ({ $0.http = .init(host: "127.0.0.1", port: 1, url: "http://x") }, ["http"]),
        ({ $0.limits.message = 20_000 }, ["limits.message"]),
        ({ $0.caFile = "/x" }, []), ({ $0.limits.connections = 1 }, []), ({ $0.limits.perHost = 1 }, []),
        (
            {
                $0.state = "/x"
                $0.limits.message = 20_000
                $0.limits.perHost = 1
            }, ["state", "limits.message"]
        ),
    ]

    @Test(arguments: changes.indices)
    func aReloadNamesWhatItCannotChange(_ index: Int) {
        var config = DaemonConfig()
        Self.changes[index].0(&config)
        #expect(config.needsRestart(after: DaemonConfig()) == Self.changes[index].1)
        #expect(DaemonConfig().needsRestart(after: config) == Self.changes[index].1)
    }
}
