// Bodies too long for memory: they go to the spool as they come, over IMAP and POP3, and leave nothing when they break.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Synchronization
import Testing

@Suite struct LongBodyTests {
    private static let pieces = [997, 60_000, .max]
    /// 600,000 and 400,000 octets, and lines that a reader of lines would fall for.
    private static let long = lines(4, count: 6000)
    private static let other = lines(5, count: 4000)

    private static func lines(_ uid: Int, count: Int) -> String {
        (0..<count).map { number in
            let start = number % 50 == 7 ? ")" : number % 50 == 8 ? "+OK" : number % 50 == 9 ? "* 1 FETCH" : ".\(uid)"
            return start + String(repeating: "x", count: 98 - start.count) + "\n"
        }.joined()
    }

    // MARK: - Scripts

    private static func script(_ access: Inbox.Access, _ uids: [Int], _ turns: String) -> String {
        switch access {
        case .imap:
            let set = uids.count == 1 ? "\(uids[0])" : "\(uids[0]):\(uids[uids.count - 1])"
            let sizes = uids.map { "S: * 9 FETCH (UID \($0) RFC822.SIZE 1000)\n" }.joined()
            return selected() + "C: <tag> UID FETCH \(set) (UID RFC822.SIZE)\n\(sizes)S: <tag> OK x\n"
                + "C: <tag> UID FETCH \(set) (UID INTERNALDATE BODY.PEEK[])\n" + turns
        case .pop3:
            let list = uids.map { "S: \($0) \($0)\n" }.joined()
            return "S: +OK hi\nC: CAPA\nS: +OK\nS: USER\nS: PIPELINING\nS: .\nC: USER reader\nS: +OK\nC: PASS sesame\n"
                + "S: +OK in\nC: UIDL\nC: LIST\nS: +OK\n\(list)S: .\nS: +OK\n\(list)S: .\n"
                + uids.map { "C: RETR \($0)\n" }.joined() + turns
        }
    }

    /// The server's words with one body in them.
    private static func body(_ access: Inbox.Access, _ uid: Int, _ body: String, isUIDFirst: Bool = true) -> String {
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        switch access {
        case .imap:
            let octets = body.utf8.count + lines.count - 1
            return "S: * 1 FETCH (\(isUIDFirst ? "UID \(uid) " : "")BODY[] {\(octets)}\nS: "
                + lines.joined(separator: "\nS: ") + (isUIDFirst ? ")\n" : " UID \(uid))\n")
        case .pop3:
            return "S: +OK\n" + lines.dropLast().map { "S: " + ($0.hasPrefix(".") ? "." : "") + $0 + "\n" }.joined()
                + "S: .\n"
        }
    }

    private static func half(_ text: String) -> String {
        let lines = text.split(separator: "\n")
        return lines.prefix(lines.count / 2).joined(separator: "\n") + "\n"
    }

    private func open(
        _ access: Inbox.Access, _ stream: ScriptedStream, _ spool: any Spool, limit: Int = 2 << 20
    ) async throws -> any InboxSession {
        let session = try await Sample(limit: limit, spool: spool).openInbox(access, stream)
        if access == .pop3 { _ = try await session.list(.all) }
        return session
    }

    /// Says in a word what is wrong: a comparison of long texts, letter by letter, takes minutes.
    private func expect(
        _ found: [String], _ wanted: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isSame = found == wanted
        #expect(isSame, "lengths are \(found.map(\.utf8.count))", sourceLocation: sourceLocation)
    }

    private static func end(_ access: Inbox.Access) -> String { access == .imap ? "S: <tag> OK x\n" : "" }

    // MARK: - Whole bodies

    @Test(arguments: [Inbox.Access.imap, .pop3], [true, false])
    func aLongBodyLiesInTheSpool(access: Inbox.Access, isUIDFirst: Bool) async throws {
        let script = Self.script(
            access, [4, 5, 6],
            Self.body(access, 4, Self.long, isUIDFirst: isUIDFirst) + Self.body(access, 5, "short\n")
                + Self.body(access, 6, Self.other, isUIDFirst: !isUIDFirst) + Self.end(access))
        try await play(script, pieces: Self.pieces) { stream in
            let spool = MemorySpool()
            let session = try await open(access, stream, spool)
            let delivered = Delivered()
            let spooled = Mutex<[String]>([])
            try await session.fetch(["4", "5", "6"]) { message in
                delivered.add(message)
                guard case .raw(let raw) = message.content, raw.isSpooled else { return }
                spooled.withLock { $0.append(message.uid) }
            }
            expect(delivered.all, ["4: " + Self.long, "5: short\n", "6: " + Self.other])
            #expect(spooled.withLock { $0 } == ["4", "6"])
            #expect(spool.story.opened == 2 && spool.story.held == 0)
            // What is in memory at one time: the start of a body, or what one look at the network has brought.
            #expect(spool.story.longestPiece <= 512 * 1024)
            // What a poll's lease counts: all three bodies, once.
            let octets = Self.long.utf8.count + Self.other.utf8.count
            #expect((octets...octets + octets / 10).contains(session.bodyOctets), "\(session.bodyOctets)")
        }
    }

    /// However long, what nobody asked for or nobody can name is not ours to hand over, and not kept.
    @Test func otherPeoplesBodies() async throws {
        let nobodys = Self.body(.imap, 5, Self.other).replacing("UID 5 ", with: "")
        let script = Self.script(
            .imap, [4],
            Self.body(.imap, 9, Self.other) + nobodys + Self.body(.imap, 4, Self.long)
                + Self.body(.imap, 4, Self.other) + Self.end(.imap))
        try await play(script, pieces: Self.pieces) { stream in
            let spool = MemorySpool()
            let session = try await open(.imap, stream, spool)
            let delivered = Delivered()
            try await session.fetch(["4"]) { message in
                delivered.add(message)
                #expect(spool.story.held == 1)
            }
            expect(delivered.all, ["4: " + Self.long])
            #expect(spool.story.opened == 4 && spool.story.held == 0)
        }
    }

    /// Its size was a lie. POP3 learns of it only on the way.
    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aBodyOverTheLimitIsReportedByItsHeader(access: Inbox.Access) async throws {
        let top =
            access == .imap
            ? "C: <tag> UID FETCH 4 (UID BODY.PEEK[HEADER])\nS: * 1 FETCH (UID 4 BODY[HEADER] \"A: b\")\nS: <tag> OK x"
            : "C: TOP 4 0\nS: +OK\nS: A: b\nS: .\n"
        let script = Self.script(access, [4], Self.body(access, 4, Self.long) + Self.end(access) + top)
        try await play(script, pieces: Self.pieces) { stream in
            let spool = MemorySpool()
            let session = try await open(access, stream, spool, limit: 500_000)
            let came = try await session.fetchAll("4")
            #expect(came == ["4 of 600000: A: b" + (access == .pop3 ? "\n" : "")])
            #expect(spool.story.held == 0 && spool.story.octets <= 500_000)
            if access == .imap { #expect(spool.story.opened == 0) }
        }
    }

    // MARK: - Faults

    @Test(arguments: [Inbox.Access.imap, .pop3], ["closes", "breaks"])
    func aConnectionThatEndsInABodyLeavesNothing(access: Inbox.Access, end: String) async throws {
        let whole = Self.body(access, 4, Self.long)
        let script = Self.script(access, [4, 5], whole + Self.half(Self.body(access, 5, Self.long)) + end)
        try await play(script, pieces: Self.pieces) { stream in
            let spool = MemorySpool()
            let session = try await open(access, stream, spool)
            let delivered = Delivered()
            let failure = await failure { try await session.fetch(["4", "5"]) { delivered.add($0) } }
            #expect(words(failure) == "transient disconnected")
            expect(delivered.all, ["4: " + Self.long])
            #expect(spool.story.opened == 2 && spool.story.held == 0)
        }
    }

    /// Nothing is made ready on a server's word.
    @Test(arguments: [
        ("2097153", "transient disconnected"), ("4294967295", "transient disconnected"),
        ("1000000000000", "transient protocol-broken"),
    ])
    func anAnnouncementBeyondTheLimit(octets: String, ends: String) async throws {
        let start = "S: * 1 FETCH (UID 4 BODY[] {\(octets)}\nS: " + String(repeating: "x", count: 700_000) + "\ncloses"
        try await play(Self.script(.imap, [4], start), pieces: Self.pieces) { stream in
            let spool = MemorySpool()
            let session = try await open(.imap, stream, spool)
            #expect(words(await failure { _ = try await session.fetchAll("4") }) == ends)
            #expect(spool.story == MemorySpool.Story())
        }
    }

    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aFullDiskEndsTheFetch(access: Inbox.Access) async throws {
        let script = Self.script(access, [4], Self.body(access, 4, Self.long))
        let stream = ScriptedStream(script, piece: 60_000)
        let spool = MemorySpool(capacity: 300_000)
        let session = try await open(access, stream, spool)
        #expect(words(await failure { _ = try await session.fetchAll("4") }) == "operator-needed disk-full")
        #expect(spool.story.opened == 1 && spool.story.held == 0)
    }

    /// While the spool writes, the socket is left alone: the kernel's window is what stops a server that is faster.
    @Test(arguments: [Inbox.Access.imap, .pop3])
    func nothingIsReadFasterThanTheSpoolTakesIt(access: Inbox.Access) async throws {
        let script = Self.script(access, [4], Self.body(access, 4, Self.long) + Self.end(access))
        let stream = ScriptedStream(script, piece: 10_000)
        let spool = WatchingSpool { stream.reads }
        let session = try await open(access, stream, spool)
        expect(try await session.fetchAll("4"), ["4: " + Self.long])
        #expect(spool.appends.withLock { $0 } > 30)
    }
}

/// Takes its time, and sees whether anything is read meanwhile.
private final class WatchingSpool: Spool {
    let appends = Mutex(0)
    private let inner = MemorySpool()
    private let reads: @Sendable () -> Int

    init(_ reads: @escaping @Sendable () -> Int) { self.reads = reads }

    func open() async throws(Failure) -> any SpoolWriter { Writer(spool: self, inner: try await inner.open()) }

    private struct Writer: SpoolWriter {
        let spool: WatchingSpool
        let inner: any SpoolWriter

        func append(_ bytes: [UInt8]) async throws(Failure) {
            let before = spool.reads()
            for _ in 0..<20 { await Task.yield() }
            #expect(spool.reads() == before)
            spool.appends.withLock { $0 += 1 }
            try await inner.append(bytes)
        }

        func finish() async throws(Failure) -> RawMessage { try await inner.finish() }
    }
}
