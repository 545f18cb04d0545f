// POP3 servers with their known faults (O1 to O9): nothing is lost, and no message is taken for another.

import MaloteCore
import MaloteTransport
import Testing

struct POP3FaultTests {
    private static func loggedIn(_ capabilities: String...) -> String {
        "S: +OK hi\nC: CAPA\nS: +OK\n" + capabilities.map { "S: \($0)\n" }.joined()
            + "S: .\nC: USER reader\nS: +OK\nC: PASS sesame\nS: +OK in\n"
    }

    private static func lines(_ lines: [String]) -> String {
        "S: +OK\n" + lines.map { "S: \($0)\n" }.joined() + "S: .\n"
    }

    private static func listing(uidl: [String]?, list: [String]) -> String {
        "C: UIDL\n" + (uidl.map(lines) ?? "S: -ERR unknown command\n") + "C: LIST\n" + lines(list)
    }

    private static func top(_ number: Int, _ subject: String) -> String {
        "C: TOP \(number) 0\n" + lines(["Subject: \(subject)", "Status: RO", ""])
    }

    /// What the script's maildrop lists; each uid with a letter for what `named` gives.
    private func listed(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [String] {
        var all: [[String]] = []
        try await play(script, sourceLocation: sourceLocation) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            all.append(try await session.list(.all).map(\.uid))
        }
        #expect(Set(all).count == 1, sourceLocation: sourceLocation)
        return all.first ?? []
    }

    // MARK: - O1 no UIDL, O2 repeated UIDL, O8 numbers shift

    @Test func withoutUIDLTheHeaderNamesTheMessage() async throws {
        let first = try await listed(
            Self.loggedIn() + Self.listing(uidl: nil, list: ["1 10", "2 20"]) + Self.top(1, "one") + Self.top(2, "two"))
        #expect(Set(first).count == 2 && first.allSatisfy { $0.hasPrefix("sha256 ") && $0.utf8.count == 71 })
        // The next session: one is gone, the numbers have moved up, one is new.
        let second = try await listed(
            Self.loggedIn() + Self.listing(uidl: nil, list: ["1 20", "2 30"]) + Self.top(1, "two")
                + Self.top(2, "three"))
        #expect(second.first == first.last && !first.contains(second.last ?? ""))
    }

    @Test func headersArePipelinedWhereTheyMayBe() async throws {
        let pipelined =
            Self.loggedIn("PIPELINING") + "C: UIDL\nC: LIST\nS: -ERR what\n" + Self.lines(["1 10", "2 20"])
            + "C: TOP 1 0\nC: TOP 2 0\n" + Self.lines(["Subject: one", ""]) + Self.lines(["Subject: two", ""])
        let plain =
            Self.loggedIn() + Self.listing(uidl: nil, list: ["1 10", "2 20"]) + Self.top(1, "one") + Self.top(2, "two")
        #expect(try await listed(pipelined) == listed(plain))
    }

    /// A message and its copy are two messages.
    @Test func equalHeadersAreNumbered() async throws {
        let three =
            Self.loggedIn() + Self.listing(uidl: nil, list: ["1 10", "2 10", "3 10"]) + Self.top(1, "one")
            + Self.top(2, "one") + Self.top(3, "one")
        let uids = try await listed(three)
        let name = uids.first ?? ""
        #expect(uids == [name, name + " 2", name + " 3"])
    }

    @Test func withoutTOPTheWholeMessageNamesItself() async throws {
        let retr = "C: TOP 1 0\nS: -ERR no TOP\nC: RETR 1\n" + Self.lines(["Subject: one", "", "body", "", "more"])
        let listing = Self.listing(uidl: nil, list: ["1 10"])
        #expect(
            try await listed(Self.loggedIn() + listing + retr) == listed(Self.loggedIn() + listing + Self.top(1, "one"))
        )
    }

    @Test func whatGivesNothingIsLeftOut() async throws {
        let script =
            Self.loggedIn() + Self.listing(uidl: nil, list: ["1 10", "2 10"])
            + "C: TOP 1 0\nS: -ERR damaged\nC: RETR 1\nS: -ERR damaged\n" + Self.top(2, "two")
        #expect(try await listed(script).count == 1)
    }

    /// Both messages behind one UID are kept apart, and the third keeps its own.
    @Test func aRepeatedUIDLNamesNobody() async throws {
        let script =
            Self.loggedIn("UIDL") + Self.listing(uidl: ["1 a", "2 a", "3 b"], list: ["1 10", "2 20", "3 30"])
            + Self.top(1, "one") + Self.top(2, "two")
        let uids = try await listed(script)
        #expect(Set(uids).count == 3 && uids.last == "b" && !uids.contains("a"))
    }

    @Test func numbersHoldForOneSessionOnly() async throws {
        let body = Self.lines(["Subject: b"])
        for (uidl, number) in [(["1 a", "2 b"], 2), (["1 b"], 1)] {
            let script =
                Self.loggedIn() + Self.listing(uidl: uidl, list: []) + "C: RETR \(number)\n" + body
                + "C: DELE \(number)\nS: +OK\nC: QUIT\nS: +OK"
            try await play(script) { stream in
                let session = try await Sample().openInbox(.pop3, stream)
                _ = try await session.list(.all)
                #expect(try await session.fetchAll("b") == ["b: Subject: b\n"])
                #expect(try await session.settle(["b"], after: .delete).isEmpty)
                try await session.close()
            }
        }
    }

    // MARK: - O4, O5: listings that disagree, bad numbers

    @Test func whatEitherListingNamesIsThere() async throws {
        let script =
            Self.loggedIn() + Self.listing(uidl: ["1 a", "3 c", "-4 d", "x e", "0 f"], list: ["2 20", "1 x", "9"])
            + Self.top(2, "two") + "C: RETR 3\nS: -ERR no such message\nC: RETR 1\n" + Self.lines(["one"])
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            let messages = try await session.list(.all)
            #expect(messages.map(\.uid.count) == [1, 71, 1] && messages.map(\.size) == [nil, 20, nil])
            #expect(try await session.fetchAll("c", "a") == ["a: one\n"])
        }
    }

    // MARK: - O6, O9: how a message ends

    /// Rest of the script after `RETR 1`, what comes of it, and how it ends.
    @Test(arguments: [
        ("S: +OK\nS: Subject: x\nsilent", [], "transient silent-peer"),
        ("S: +OK\nS: Subject: x\ncloses", [], "transient disconnected"),
        ("S: +OK\nS: Subject: x\nS: ..\nS: .", ["a: Subject: x\n.\n"], "fine"),
        // Longer than LIST said, and within the limit; and beyond it.
        ("S: +OK 3 octets\nS: 0123456789\nS: 0123456789\nS: .", ["a: 0123456789\n0123456789\n"], "fine"),
        (
            "S: +OK\n" + String(repeating: "S: 0123456789\n", count: 100)
                + "S: .\nC: TOP 1 0\nS: +OK\nS: A: b\nS:\nS: .",
            ["a of 1200: A: b\n\n"], "fine"
        ),
    ])
    func bodies(rest: String, came: [String], ends: String) async throws {
        try await play(Self.loggedIn() + Self.listing(uidl: ["1 a"], list: ["1 3"]) + "C: RETR 1\n" + rest) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            let delivered = Delivered()
            let end = await failure { try await session.fetch(["a"]) { message in delivered.add(message) } }
            #expect(delivered.all == came && words(end) == ends)
        }
    }

    // MARK: - Windows

    /// RFC 2449 §6.6: a server need not take more than its input buffer holds.
    @Test func deletesInWindowsOf32() async throws {
        let uidl = (1...40).map { "\($0) u\($0)" }
        let script =
            Self.loggedIn("PIPELINING") + "C: UIDL\nC: LIST\n" + Self.lines(uidl) + Self.lines([])
            + (1...32).map { "C: DELE \($0)\n" }.joined() + String(repeating: "S: +OK\n", count: 32)
            + (33...40).map { "C: DELE \($0)\n" }.joined() + String(repeating: "S: +OK\n", count: 8) + "C: QUIT\nS: +OK"
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            let uids = try await session.list(.all).map(\.uid)
            #expect(try await session.settle(uids, after: .delete).isEmpty)
            try await session.close()
        }
    }
}
