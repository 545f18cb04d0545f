// send: a notification by hand; the body comes from standard input.

import Foundation
import MaloteCore

enum SendCommands {
    static let all = [
        Command(
            words: ["send"],
            options: [
                .init(name: "--contract", value: "NAME", help: "in whose name"),
                .init(name: "--to", value: "ADDRESS", help: "a recipient; may be repeated", repeats: true),
                .init(name: "--subject", value: "TEXT", help: "the subject"),
                .init(name: "--outbox", value: "contract|system|MAILBOX", help: "through which outbox (contract)"),
                .init(name: "--html", value: "FILE", help: "an HTML body besides the text"),
                .init(name: "--attach", value: "FILE", help: "an attachment; may be repeated", repeats: true),
                .init(name: "--priority", value: "high|normal|low", help: "before or after what else is due (normal)"),
                .init(name: "--key", value: "KEY", help: "idempotency key: the same key sends only once"),
            ], summary: "Queue a notification; its text is read from standard input",
            details:
                "Prints the notification's id once it is stored; delivery follows by itself (malotectl queue list).",
            run: send)
    ]

    private static func send(_ session: Session) throws {
        let arguments = session.arguments
        var request: [String: Any] = [
            "contract": try arguments.required("--contract"), "to": arguments.values("--to"),
            "subject": try arguments.required("--subject"),
        ]
        request["outbox"] = arguments.value("--outbox")
        request["priority"] = arguments.value("--priority")
        request["idempotencyKey"] = arguments.value("--key")
        request["html"] = try arguments.value("--html").map { String(decoding: try Session.read($0), as: UTF8.self) }
        request["attachments"] = try arguments.values("--attach").map(attachment)
        request["text"] = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        let body = try JSONSerialization.data(withJSONObject: request)
        try report(try session.ask("POST", ["notifications"], body: Array(body)), session)
    }

    /// Prints the id of what was queued, and who is not written to.
    static func report(_ data: Data, _ session: Session) throws {
        guard !session.isJSON else { return session.printJSON(data) }
        let receipt = try JSONDecoder().decode(SendReceipt.self, from: data)
        print(receipt.notification)
        for address in receipt.suppressed {
            let note = "\(address) is suppressed and is not written to. See: malotectl suppression list\n"
            FileHandle.standardError.write(Data(note.printable.utf8))
        }
    }

    static func attachment(_ path: String) throws -> [String: Any] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let content = Data(try Session.read(path)).base64EncodedString()
        return ["name": name, "type": mediaType(name), "content": content]
    }

    private static func mediaType(_ name: String) -> String {
        let types = [
            "pdf": "application/pdf", "txt": "text/plain", "html": "text/html", "csv": "text/csv", "png": "image/png",
            "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "zip": "application/zip",
            "json": "application/json", "xml": "application/xml",
        ]
        return types[URL(fileURLWithPath: name).pathExtension.lowercased()] ?? "application/octet-stream"
    }
}
