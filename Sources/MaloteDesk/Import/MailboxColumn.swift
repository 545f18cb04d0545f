// The columns of another system's mailboxes, in Portuguese and English; knows no value.

import Foundation
import MaloteCore

/// A field of a mailbox form. Heads of columns are compared by letters and digits alone: case, accents and signs do not
/// count.
enum MailboxColumn: String, CaseIterable {
    case description = "Description", type = "Type", server = "Server", port = "Server port", user = "User"
    case password = "Password", provider = "Provider", folder = "Inbox folder"
    case tls = "Requires TLS/SSL authentication?", auth = "Requires user authentication?"
    case senders = "Sender", contract = "Contract", outbox = "E-mail outbox", status = "Status"

    init?(head: String) {
        guard let found = Self.table[Self.key(head)] else { return nil }
        self = found
    }

    static let heads = allCases.map(\.rawValue)

    /// The registry's field; `nil` for what is about contracts.
    var field: String? {
        switch self {
        case .description: "description"
        case .type: "type"
        case .server: "server"
        case .port: "port"
        case .user: "user"
        case .password: "password"
        case .provider: "provider"
        case .folder: "folder"
        case .tls: "tls"
        case .auth: "auth"
        case .senders: "senders"
        case .contract, .outbox, .status: nil
        }
    }

    /// Letters and digits in lower case without their accents.
    static func key(_ text: String) -> String {
        String(folded(text).filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    /// In lower case without accents.
    static func folded(_ text: String) -> String {
        String(text.decomposedStringWithCanonicalMapping.lowercased().unicodeScalars.filter { !isAccent($0) })
    }

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

    private static let table: [String: MailboxColumn] = {
        var table: [String: MailboxColumn] = [:]
        for (column, names) in names { for name in names { table[key(name)] = column } }
        return table
    }()

    private static let names: [MailboxColumn: [String]] = [
        .description: ["Description", "Descrição", "Name", "Nome"],
        .type: ["Type", "Tipo", "Tipo de caixa", "Tipo da caixa", "Type of box"],
        .server: [
            "Server", "Servidor", "Host", "Incoming mail server", "Servidor de entrada de e-mail", "Servidor de e-mail",
        ],
        .port: ["Server port", "Porta do servidor", "Porta de servidor", "Port", "Porta"],
        .user: ["User", "Usuário", "Login", "User name", "Nome de usuário", "User (email address)"],
        .password: ["Password", "Senha", "Senha de conexão"],
        .provider: ["Provider", "Provedor", "Server provider", "Provedor do servidor", "Protocolo", "Protocol"],
        .folder: [
            "Inbox folder", "Pasta de entrada", "Pasta da caixa de entrada", "Pasta Inbox", "Pasta", "Folder",
        ],
        .tls: [
            "Requires TLS/SSL authentication?", "Requires TSL/SSL authentication?", "Requer autenticação TLS/SSL?",
            "Requer autenticação TSL/SSL?", "TLS/SSL", "TLS", "SSL",
        ],
        .auth: [
            "Requires user authentication?", "Requer autenticação de usuário?", "Requer autenticação do usuário?",
            "User authentication", "Autenticação de usuário",
        ],
        .senders: ["Sender", "Senders", "Remetente", "Remetentes"],
        .contract: ["Contract", "Contracts", "Contrato", "Contratos"],
        .outbox: ["E-mail outbox", "Outbox", "Caixa de e-mail de saída", "Caixa de saída"],
        .status: ["Status", "Situation", "Situação"],
    ]
}
