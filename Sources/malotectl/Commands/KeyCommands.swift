// key: what the secrets in the database are sealed under, and how that is changed.

import Foundation
import MaloteCore

enum KeyCommands {
    static let all = [
        Command(
            words: ["key", "show"], summary: "Show the keys by their ids, and how many secrets are sealed under each",
            details: "A key's id is the beginning of its SHA-256: it tells nothing about the key.", run: show),
        Command(
            words: ["key", "rotate"],
            summary: "Make a new key, seal every secret anew under it, and forget the one before",
            details:
                "Backups that were made before need the key of their time: keep it with them. Message-IDs and links "
                + "that were sent stay valid. A key that is systemd's credential is changed in its unit; the answer says "
                + "how.", run: rotate),
    ]

    private static func show(_ session: Session) throws {
        let data = try session.ask("GET", ["keys"])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(KeyReport.self, from: data)
        var table = Table("KEY", "STATE", "SECRETS")
        for key in report.keys { table.add(key.id, key.state.rawValue, "\(key.secrets)") }
        table.print(empty: "There is no key.")
        print(
            report.source == "file"
                ? "The key is malote.key in the state directory." : "The key is the credential malote.key.")
        if report.keys.contains(where: { $0.state == .missing }) {
            print("Secrets under a missing key do not open: bring the key back, or enter them again.")
        }
    }

    private static func rotate(_ session: Session) throws {
        let data = try session.ask("POST", ["keys"], seconds: 600)
        guard !session.isJSON else { return session.printJSON(data) }
        let rotation = try JSONDecoder().decode(KeyRotation.self, from: data)
        print("\(rotation.secrets) secrets are sealed anew under key \(rotation.key), in place of \(rotation.former).")
        if rotation.closed > 0 {
            print("\(rotation.closed) did not open and stay as they are: see malotectl key show.")
        }
        print(
            rotation.isForgotten
                ? "Key \(rotation.former) is forgotten: keep a copy of it with the backups that were made before."
                : "Somebody reads the database: key \(rotation.former) is kept until maloted starts again.")
    }
}
