// Finding and opening folders: by name, or by what they are for; knows no message.

import MaloteCore
import MaloteWire

extension IMAPDialogue {
    /// Opens the folder; read-only when nothing is to be changed there.
    /// - Parameter told: called for each status that the server gives of the folder.
    mutating func select(_ inbox: Inbox, told: (IMAPStatus) -> Void = { _ in }) async throws(Failure) -> OpenFolder {
        var folder = OpenFolder(validity: 0, nextUID: nil, messages: 0, isReadOnly: false)
        let name = try await locate(inbox.folder)
        let command = IMAPCommand(inbox.after == .leave ? "EXAMINE" : "SELECT", [name])
        let status = try await finish(command) { response in
            if case .status(let status) = response { told(status) }
            switch response {
            case .exists(let count): folder.messages = count
            case .status(let status) where status.code == "UIDVALIDITY":
                folder.validity = UInt32(status.codeArgument) ?? 0
            case .status(let status) where status.code == "UIDNEXT": folder.nextUID = UInt32(status.codeArgument)
            default: break
            }
        }
        guard status.kind == .ok else {
            throw await folderFailure(
                status, command.name, inbox.folder, "The folder \(inbox.folder) cannot be opened.")
        }
        // What was there when it was opened is for the poll to find, and no news.
        forgetNews()
        folder.isReadOnly = status.code == "READ-ONLY"
        guard folder.validity != 0 else {
            throw Failure(
                .operatorNeeded, .protocolBroken, "The server gives the folder \(inbox.folder) no UIDVALIDITY.",
                remedy: "This server cannot say which messages are new; ask its administrator.")
        }
        return folder
    }

    /// How the server knows a folder: what is special is looked up (RFC 6154), all else is a name.
    mutating func locate(_ folder: String) async throws(Failure) -> IMAPCommand.Argument {
        guard let special = SpecialFolder(folder) else { return .mailbox(folder) }
        let listings = try await folders()
        if let found = listings.first(where: { $0.has(special.rawValue) && $0.isSelectable }) {
            return .string(found.wireName)
        }
        throw Failure(
            .operatorNeeded, .mailboxMissing, "The server calls none of its folders \(special.rawValue).",
            remedy: "Name the folder itself. \(FolderHint.known(listings))")
    }

    /// All folders that the server shows to this login.
    mutating func folders() async throws(Failure) -> [IMAPListing] {
        var listings: [IMAPListing] = []
        var arguments: [IMAPCommand.Argument] = [.string([]), .string(Array("*".utf8))]
        // Others tell of special use unasked, or not at all (RFC 6154 §2).
        if has("SPECIAL-USE"), has("LIST-EXTENDED") || has("IMAP4REV2") {
            arguments.append(.raw("RETURN (SPECIAL-USE)"))
        }
        try await run(IMAPCommand("LIST", arguments)) { response in
            if case .list(let listing) = response, listings.count < FolderHint.limit { listings.append(listing) }
        }
        return listings
    }

    static let targetRemedy = "Create this folder on the server, or name another one in after: move FOLDER."

    /// What a refusal to a command on a folder means.
    /// - Parameter remedy: what to do if it is missing.
    mutating func folderFailure(
        _ status: IMAPStatus, _ command: String, _ folder: String, _ sentence: String, remedy: String? = nil
    ) async -> Failure {
        var failure = IMAPVerdict.failure(status, command: command)
        // Servers without RFC 5530 codes say only NO when a folder is missing.
        if status.code.isEmpty, status.kind == .no, failure.cause == .rejected {
            var status = status
            status.code = "NONEXISTENT"
            failure = IMAPVerdict.failure(status, command: command)
        }
        failure.detail = sentence + " " + failure.detail
        guard failure.cause == .mailboxMissing else { return failure }
        failure.remedy = remedy ?? failure.remedy
        // The folders that there are tell the right spelling. Without them the fault is the same.
        if let listings = try? await folders() { failure.remedy += " " + FolderHint.text(folder, listings) }
        return failure
    }
}

/// What to tell an operator who has named a folder that is not there.
private enum FolderHint {
    /// Folders that are looked at, and that are named.
    static let limit = 2000
    private static let shown = 20

    static func text(_ wanted: String, _ listings: [IMAPListing]) -> String {
        let names = listings.filter(\.isSelectable).map(\.name)
        // What stands between levels differs from server to server, and so do the levels above.
        let alike = listings.first { plain($0.name, $0.delimiter) == plain(wanted, $0.delimiter) }
        if let meant = alike?.name ?? Spelling.nearest(to: wanted, among: names) {
            return "Did you mean \"\(meant)\"? \(known(listings))"
        }
        return known(listings)
    }

    /// Without what people get wrong: case, delimiters, and INBOX above all else.
    private static func plain(_ name: String, _ delimiter: String?) -> String {
        let levels = name.lowercased().split { "/.\\".contains($0) || String($0) == delimiter }
        return levels.drop { $0 == "inbox" }.joined(separator: "/")
    }

    static func known(_ listings: [IMAPListing]) -> String {
        let names = listings.filter(\.isSelectable).map { listing in
            let special = SpecialFolder.allCases.first { listing.has($0.rawValue) }
            return listing.name.printable + (special.map { " (\($0.rawValue))" } ?? "")
        }.sorted()
        guard !names.isEmpty else { return "The server shows no folders to this login." }
        let more = names.count > shown ? " and \(names.count - shown) more" : ""
        return "The server has: \(names.prefix(shown).joined(separator: ", "))\(more)."
    }
}

extension String {
    /// A server's word on one line, and not all of it.
    var printable: String {
        String(unicodeScalars.prefix(100).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) })
    }
}
