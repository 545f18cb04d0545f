// Why a connection to the database did not come to be, read off libpq's words, and what to change; opens nothing.

import MaloteCore

/// libpq tells no SQLSTATE of a connection that it could not make, only words; it translates none for maloted.
package enum PostgresRefusal: CaseIterable, Hashable, Sendable {
    /// It has as many connections as it may have.
    case full
    /// The server lets nobody in with this password, or wants one and gets none.
    case password
    /// Its rules have none for this machine, role and database.
    case rules
    case role, database
    /// The file that says who may vouch for the server cannot be used.
    case authorities
    /// Nobody in it vouches for the server's certificate, or that has expired.
    case untrusted
    /// The certificate is another host's.
    case name
    case plain
    case lookup
    /// None of the hosts takes writes.
    case readOnly
    /// All else: nobody is there, or does not answer.
    case silence

    package init(_ message: String) {
        self = Self.allCases.first { $0.words.contains { message.contains($0) } } ?? .silence
    }

    /// As libpq 13 to 17 and their servers write it.
    private var words: [String] {
        switch self {
        case .full: ["too many clients", "connection slots are reserved", "too many connections"]
        case .password: ["password authentication failed", "no password supplied"]
        case .rules: ["no pg_hba.conf entry", "pg_hba.conf rejects", "Peer authentication failed", "Ident auth"]
        case .role: ["role \""]
        case .database: ["database \""]
        case .authorities: ["root certificate file"]
        case .untrusted: ["certificate verify failed"]
        case .name: ["does not match host name"]
        case .plain: ["does not support SSL"]
        case .lookup: ["could not translate host name"]
        case .readOnly: ["session is read-only", "server is in hot standby mode"]
        case .silence: []
        }
    }

    /// What the server would have answered with; class 08 is tried again.
    var state: String {
        switch self {
        case .password: "28P01"
        case .rules, .role: "28000"
        case .database: "3D000"
        case .full: "53300"
        default: "08001"
        }
    }

    /// - Parameter message: libpq's, on one line and a whole sentence. There is no password in it.
    package func failure(_ message: String) -> Failure {
        let (kind, cause): (Failure.Kind, Failure.Cause) =
            switch self {
            case .password, .rules, .role: (.operatorNeeded, .credential)
            case .authorities, .untrusted, .name: (.operatorNeeded, .certificate)
            case .plain: (.operatorNeeded, .tls)
            case .database: (.operatorNeeded, .storage)
            case .lookup, .full, .readOnly, .silence: (.transient, .storage)
            }
        return Failure(kind, cause, "The database \(what): \(message)", remedy: remedy)
    }

    private var what: String {
        switch self {
        case .password: "does not accept the password"
        case .rules: "does not let this machine in"
        case .role: "does not know the role"
        case .database: "is not there"
        case .authorities: "cannot be verified"
        case .untrusted: "has a certificate that nobody vouches for here, or that has expired"
        case .name: "has a certificate of another name"
        case .plain: "offers no TLS"
        case .lookup, .silence: "is not reached"
        case .full: "takes no more connections"
        case .readOnly: "takes no writes"
        }
    }

    private var remedy: String {
        switch self {
        case .password:
            "Put the role's password where database.password in malote.yaml says: {file: PATH} or {credential: NAME}."
        case .rules:
            "Add a line to the server's pg_hba.conf, such as: hostssl NAME USER ADDRESS scram-sha-256, or change "
                + "database.url in malote.yaml."
        case .role:
            "Make it on the server (createuser --pwprompt USER), or change the user in database.url of malote.yaml."
        case .database:
            "Make it on the server (createdb --owner=USER NAME), or change the name in database.url of malote.yaml."
        case .authorities:
            "Let database.ca in malote.yaml (else tls.ca) name a PEM file that maloted's user can read."
        case .untrusted:
            "Name the PEM file of who signed it as database.ca in malote.yaml, or renew it on the server."
        case .name:
            "Write the host in database.url of malote.yaml as the certificate names it, or have one made for that name."
        case .plain:
            "Switch it on there (ssl = on in postgresql.conf): over a network database.url is not used without TLS."
        case .lookup: "Check the host in database.url of malote.yaml, and this machine's DNS."
        case .full: "Raise max_connections in postgresql.conf: each node uses up to nine."
        case .readOnly: "Name all servers in database.url of malote.yaml: the one that takes writes is used."
        case .silence: "Is PostgreSQL up, and does it listen there? Check database.url in malote.yaml."
        }
    }
}
