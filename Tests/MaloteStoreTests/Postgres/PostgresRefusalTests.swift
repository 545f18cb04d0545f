// What a refused connection is told as: the setting that is at fault and what to change, by the very words of libpq.

import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct PostgresRefusalTests {
    /// libpq 15 and 17 with servers of both versions.
    static let words: [(String, PostgresRefusal, Failure.Cause, remedy: String)] = [
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: FATAL:  password authentication "
                + "failed for user \"malote\"\n", .password, .credential, "database.password"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: fe_sendauth: no password supplied\n",
            .password, .credential, "database.password"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: FATAL:  no pg_hba.conf entry for host "
                + "\"192.0.2.9\", user \"malote\", database \"malote\", SSL encryption\n", .rules, .credential,
            "pg_hba.conf"
        ),
        (
            "connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: FATAL:  Peer authentication failed "
                + "for user \"malote\"\n", .rules, .credential, "pg_hba.conf"
        ),
        (
            "connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: FATAL:  role \"malote\" does not "
                + "exist\n", .role, .credential, "createuser"
        ),
        (
            "connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: FATAL:  database \"malote\" does "
                + "not exist\n", .database, .storage, "createdb"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: root certificate file "
                + "\"/etc/malote/db-ca.pem\" does not exist\nEither provide the file or change sslmode to disable server "
                + "certificate verification.\n", .authorities, .certificate, "database.ca"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: could not read root certificate file "
                + "\"/etc/malote/db-ca.pem\": no start line\n", .authorities, .certificate, "database.ca"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: SSL error: certificate verify failed\n",
            .untrusted, .certificate, "database.ca"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: server certificate for \"localhost\" "
                + "(and 2 other names) does not match host name \"db.example\"\n", .name, .certificate, "database.url"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: server does not support SSL, but SSL "
                + "was required\n", .plain, .tls, "ssl = on"
        ),
        (
            "could not translate host name \"db.example\" to address: Name or service not known\n", .lookup, .storage,
            "DNS"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: FATAL:  too many connections for role "
                + "\"malote\"\n", .full, .storage, "max_connections"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: FATAL:  remaining connection slots are "
                + "reserved for non-replication superuser connections\n", .full, .storage, "max_connections"
        ),
        (
            "connection to server at \"db1.example\" (192.0.2.1), port 5432 failed: Connection refused\n"
                + "\tIs the server running on that host and accepting TCP/IP connections?\n"
                + "connection to server at \"db2.example\" (192.0.2.2), port 5432 failed: session is read-only\n",
            .readOnly, .storage, "all servers"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: Connection refused\n"
                + "\tIs the server running on that host and accepting TCP/IP connections?\n", .silence, .storage,
            "database.url"
        ),
        (
            "connection to server at \"db.example\" (192.0.2.1), port 5432 failed: FATAL:  the database system is "
                + "starting up\n", .silence, .storage, "database.url"
        ),
    ]

    @Test(arguments: words)
    func everyRefusalNamesWhatToChange(
        _ words: String, _ refusal: PostgresRefusal, _ cause: Failure.Cause, _ remedy: String
    ) {
        let error = PostgresError.refused(words)
        #expect(error.refusal == refusal)
        let failure = error.failure
        #expect(failure.cause == cause && failure.remedy.contains(remedy), "\(failure)")
        #expect(failure.kind == (cause == .storage && refusal != .database ? .transient : .operatorNeeded))
        // What may pass is waited for while the daemon runs.
        #expect(error.isLoss == ![.password, .rules, .role, .database].contains(refusal))
        #expect(failure.detail.hasSuffix(".") || failure.detail.hasSuffix("?"), "\(failure.detail)")
        #expect(!failure.detail.hasControlCharacter && !failure.detail.hasSuffix(".."), "\(failure.detail)")
    }

    @Test func everyKindIsTried() {
        #expect(Set(Self.words.map(\.1)) == Set(PostgresRefusal.allCases))
    }
}
