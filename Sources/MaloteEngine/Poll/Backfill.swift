// Has older mail of an inbox fetched: lists the folder beside the schedule, and wants what the ledger does not know.

import MaloteCore

/// What `start` did not take on the first poll can still be had. The poll fetches it, in turns and after what is new;
/// what was taken before in another way becomes a duplicate there, as ever.
struct Backfill: Sendable {
    /// Rows of one commit: others must not wait long for theirs.
    private static let commitRows = 5000

    let mailbox: Mailbox
    let inbox: Inbox
    let selection: InboxSelection
    let connector: any InboxConnector
    let store: any Store
    let limits: InboxLimits
    let now: Timestamp

    /// - Parameter dryRun: everything is done, and nothing of it committed.
    /// - Returns: how many messages the server named, and how many of them are wanted now that were not.
    @concurrent func run(dryRun: Bool) async throws(Failure) -> (listed: Int, wanted: Int) {
        let session = try await connector.open(mailbox, inbox: inbox, limits: limits)
        let validity = session.folder.validity
        let listed: [RemoteMessage]
        do throws(Failure) { listed = try await session.list(selection) } catch {
            await session.abandon()
            throw error
        }
        try? await session.close()
        let keys = Self.oldestFirst(listed).map {
            LedgerKey(inbox: mailbox.id, folder: inbox.folder, validity: validity, uid: $0)
        }
        var wanted = 0
        for start in stride(from: 0, to: keys.count, by: Self.commitRows) {
            let some = Array(keys[start..<min(start + Self.commitRows, keys.count)])
            wanted += try await want(some, dryRun: dryRun)
        }
        return (listed.count, wanted)
    }

    /// UIDs by number; a UIDL means nothing, and stays where the server put it.
    private static func oldestFirst(_ listed: [RemoteMessage]) -> [String] {
        let numbers = listed.compactMap { UInt32($0.uid) }
        guard numbers.count == listed.count else { return listed.map(\.uid) }
        return zip(numbers, listed).sorted { $0.0 < $1.0 }.map(\.1.uid)
    }

    /// Carries the count of what is not to be.
    private struct Rehearsal: Error { var wanted: Int }

    private func want(_ keys: [LedgerKey], dryRun: Bool) async throws(Failure) -> Int {
        let now = now
        do {
            return try await store.write { store in
                let wanted = try store.want(
                    keys, isBacklog: true, reason: "It is on the server, and an operator asked for older mail.",
                    at: now)
                if dryRun { throw Rehearsal(wanted: wanted) }
                return wanted
            }
        } catch let rehearsal as Rehearsal { return rehearsal.wanted } catch { throw Failure(storing: error) }
    }
}
