// Inboxes on real servers by every door: plain, STARTTLS and implicit TLS, IMAP and POP3.

import Foundation
import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

/// A server that holds mail, whichever it is.
private struct Inboxes {
    var ports: [String: Int]
    var caFile: String
    var user: String
    var password: String
    var deliver: ([String]) throws -> Void
    /// What a move into a folder that does not exist looks like.
    var moveToMissing = Failure.Cause.mailboxMissing

    func sample(_ door: Door, after: Inbox.After = .leave) -> Sample {
        Sample(
            port: ports[door.port] ?? 0, security: door.security, trust: .init(caFile: caFile), user: user,
            password: password, after: after, limit: 1 << 20)
    }
}

private struct Door: Sendable {
    var access: Inbox.Access
    var security: Mailbox.Security
    var port: String

    static let all = [
        Door(access: .imap, security: .none, port: "imap"), Door(access: .imap, security: .starttls, port: "imap"),
        Door(access: .imap, security: .implicit, port: "imaps"),
        Door(access: .pop3, security: .none, port: "pop3"), Door(access: .pop3, security: .starttls, port: "pop3"),
        Door(access: .pop3, security: .implicit, port: "pop3s"),
    ]
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct RealInboxTests {
    private static let login = ("reader", "sesame")

    @Test func dovecot() async throws {
        let folder = try TemporaryFolder()
        let server = try RealDovecot(in: folder.path + "/in", user: Self.login.0, password: Self.login.1)
        defer { server.stop() }
        try await everyDoor(
            Inboxes(
                ports: server.ports, caFile: server.caFile, user: server.user, password: server.password,
                deliver: server.deliver))
    }

    @Test(.enabled(if: UnpackedServer.Kind.cyrus.isPossible, "\(UnpackedServer.Kind.absence)"))
    func cyrus() async throws { try await everyDoor(.cyrus) }

    @Test(.enabled(if: UnpackedServer.Kind.courier.isPossible, "\(UnpackedServer.Kind.absence)"))
    func courier() async throws { try await everyDoor(.courier) }

    private func everyDoor(_ kind: UnpackedServer.Kind) async throws {
        let folder = try TemporaryFolder()
        let server = try UnpackedServer(
            kind, in: folder.path + "/in", user: Self.login.0, password: Self.login.1)
        defer { server.stop() }
        try await everyDoor(
            Inboxes(
                ports: server.ports, caFile: server.caFile, user: server.user, password: server.password,
                deliver: server.deliver,
                // Courier answers with a bare NO, in the words it has for every mistake.
                moveToMissing: kind == .courier ? .rejected : .mailboxMissing))
    }

    // MARK: - What must hold on each

    /// Lines that would be answers, if anything but their count mattered.
    private static let body = "A004 OK done\n* SEARCH 1 2\n)\n{99}\n+OK\n-ERR\n.\n..\n.dot\n"

    private static func mail(_ number: Int) -> String {
        "From: ana@acme.example\nTo: reader@malote.example\nSubject: Request \(number)\n"
            + "Message-ID: <\(number).\(UUID().uuidString)@acme.example>\n\n\(body)"
    }

    private func everyDoor(_ inboxes: Inboxes) async throws {
        let network = try sharedNetwork()
        try inboxes.deliver((1...4).map(Self.mail))
        for door in Door.all where door.access == .imap { try await read(inboxes.sample(door), door, network) }
        try await settle(inboxes, network)
        for door in Door.all where door.access == .pop3 { try await read(inboxes.sample(door), door, network) }
        try await deleteByPOP3(inboxes, network)
        for door in Door.all where door.security != .none { try await refuse(inboxes.sample(door), door, network) }
    }

    private func read(_ sample: Sample, _ door: Door, _ network: Network) async throws {
        let session = try await sample.openInbox(door.access, by: network)
        let listed = try await session.list(.all)
        #expect(listed.count == (door.access == .imap ? 4 : 3), "\(door)")
        let delivered = Delivered()
        try await session.fetch(listed.map(\.uid)) { delivered.add($0) }
        #expect(delivered.all.count == listed.count, "\(door)")
        for message in delivered.all {
            #expect(
                message.contains("Subject: Request ") && message.hasSuffix("\n\n" + Self.body), "\(door): \(message)")
        }
        try await session.close()
    }

    private func refuse(_ sample: Sample, _ door: Door, _ network: Network) async throws {
        var sample = sample
        sample.password = "wrong"
        let end = await failure { try await sample.openInbox(door.access, by: network).close() }
        #expect(words(end) == "operator-needed auth-refused", "\(door): \(end?.detail ?? "")")
        #expect(end?.detail.contains("wrong") == false)
    }

    /// Fetching has marked nothing; settling marks and removes what it is told to, and nothing else.
    private func settle(_ inboxes: Inboxes, _ network: Network) async throws {
        let sample = inboxes.sample(Door.all[2], after: .delete)
        let imap = try await sample.openInbox(.imap, by: network)
        let uids = try await imap.list(.all).map(\.uid)
        #expect(try await imap.list(.unseen).map(\.uid) == uids)
        try await imap.settle([uids[0]], after: .seen)
        #expect(try await imap.list(.unseen).map(\.uid) == Array(uids.dropFirst()))
        #expect(try await imap.list(.after(UInt32(uids[2]) ?? 0)).map(\.uid) == [uids[3]])
        try await imap.settle([uids[1]], after: .delete)
        #expect(try await imap.list(.all).map(\.uid) == [uids[0], uids[2], uids[3]])
        try await imap.close()
        let missing = await failure {
            let lost = try await sample.openInbox(.imap, by: network)
            try await lost.settle([uids[0]], after: .move(folder: "No such folder"))
        }
        #expect(missing?.cause == inboxes.moveToMissing, "\(missing?.detail ?? "moved")")
    }

    private func deleteByPOP3(_ inboxes: Inboxes, _ network: Network) async throws {
        let pop3 = try await inboxes.sample(Door.all[5], after: .delete).openInbox(.pop3, by: network)
        let drop = try await pop3.list(.all)
        #expect(drop.count == 3)
        try await pop3.settle([drop[2].uid], after: .delete)
        try await pop3.close()
        let again = try await inboxes.sample(Door.all[5]).openInbox(.pop3, by: network)
        #expect(try await again.list(.all).map(\.uid) == drop.prefix(2).map(\.uid))
        try await again.close()
    }
}
