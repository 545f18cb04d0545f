// What an IMAP session makes of the bodies it fetches, and of those it did not ask for.

import MaloteCore
import MaloteTransport
import Testing

struct IMAPFetchTests {
    private static let sizes = "(UID RFC822.SIZE)"
    private static let bodies = "(UID INTERNALDATE BODY.PEEK[])"
    private static let headers = "(UID BODY.PEEK[HEADER])"

    /// A FETCH with one literal.
    private static func literal(_ uid: Int, _ body: String, item: String = "BODY[]") -> String {
        let octets = body.utf8.count + body.count { $0 == "\n" }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        return "S: * 1 FETCH (UID \(uid) \(item) {\(octets)}\nS: " + lines.joined(separator: "\nS: ") + ")\n"
    }

    private static func size(_ uid: Int, _ octets: Int) -> String {
        "S: * 9 FETCH (UID \(uid) RFC822.SIZE \(octets))\n"
    }
    private static func ask(_ set: String, _ items: String) -> String { "C: <tag> UID FETCH \(set) \(items)\n" }
    private static let done = "S: <tag> OK x\n"

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: String
        var delivered: [String]
    }

    static let cases = [
        Case(
            testDescription: "in the server's order",
            script: ask("4:5", sizes) + size(4, 20) + size(5, 20) + done + ask("4:5", bodies)
                + literal(5, "A: 5\n\nfive\n") + literal(4, "A: 4\n\nfour\n") + done,
            delivered: ["5: A: 5\n\nfive\n", "4: A: 4\n\nfour\n"]),
        Case(
            testDescription: "too large by size: only the header is asked for",
            script: ask("4:5", sizes) + size(4, 1001) + size(5, 1000) + done + ask("5", bodies) + literal(5, "A: 5\n\n")
                + done + ask("4", headers) + literal(4, "A: 4\n\n", item: "BODY[HEADER]") + done,
            delivered: ["5: A: 5\n\n", "4 of 1001: A: 4\n\n"]),
        Case(
            testDescription: "too large in spite of its size",
            script: ask("4:5", sizes) + size(4, 1) + size(5, 1) + done + ask("4:5", bodies)
                + literal(4, String(repeating: "0123456789\n", count: 100)) + literal(5, "five") + done
                + ask("4", headers) + literal(4, "A: 4\n\n", item: "BODY[HEADER]") + done,
            delivered: ["5: five", "4 of 1200: A: 4\n\n"]),
        Case(
            testDescription: "even the header is too large",
            script: ask("4", sizes) + size(4, 5000) + done + ask("4", headers)
                + literal(4, String(repeating: "0123456789\n", count: 100), item: "BODY[HEADER]") + done,
            delivered: ["4 of 5000: "]),
        Case(
            testDescription: "a change of flags does not make a message small",
            script: ask("4", sizes) + size(4, 5000) + "S: * 9 FETCH (FLAGS (\\Seen) UID 4)\n" + done + ask("4", headers)
                + literal(4, "A: 4\n\n", item: "BODY[HEADER]") + done,
            delivered: ["4 of 5000: A: 4\n\n"]),
        Case(
            testDescription: "an expunged message is left out",
            script: ask("4:5", sizes) + size(5, 20) + done + ask("5", bodies) + literal(5, "five") + done,
            delivered: ["5: five"]),
        Case(
            testDescription: "nothing there", script: ask("4:5", sizes) + done, delivered: []),
        Case(
            testDescription: "others' sizes and bodies, and bodies without a UID, are not ours",
            script: ask("4:5", sizes) + size(4, 20) + size(5, 20) + size(6, 20) + done + ask("4:5", bodies)
                + literal(6, "six") + "S: * 1 FETCH (BODY[] \"nobody's\")\n" + literal(4, "four") + literal(4, "again")
                + "S: * 2 FETCH (UID 5 FLAGS (\\Seen))\n" + done,
            delivered: ["4: four"]),
        Case(
            testDescription: "short forms of a body",
            script: ask("4:6", sizes) + size(4, 0) + size(5, 5) + size(6, 5) + done + ask("4:6", bodies)
                + "S: * 1 FETCH (UID 4 BODY[] \"\")\nS: * 2 FETCH (BODY[] \"fi\\\\ve\" UID 5)\n"
                + "S: * 3 FETCH (UID 6 BODY[] NIL)\n" + done,
            delivered: ["4: ", "5: fi\\ve"]),
        Case(
            testDescription: "a body that looks like the server's words",
            script: ask("4:5", sizes) + size(4, 20) + size(5, 20) + done + ask("4:5", bodies)
                + literal(4, hostile) + literal(5, "five") + done,
            delivered: ["4: \(hostile)", "5: five"]),
    ]

    private static let hostile = """
        m1 OK done
        m2 NO
        * SEARCH 1 2 3
        * BYE go away
        )
        * 1 FETCH (UID 5 BODY[] {99}
        + go on
        {5}

        """

    @Test(arguments: cases) func fetches(_ entry: Case) async throws {
        let uids = entry.script.contains("4:6") ? ["4", "5", "6"] : entry.script.contains("4:5") ? ["4", "5"] : ["4"]
        try await play(selected() + entry.script) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            let delivered = Delivered()
            try await session.fetch(uids) { delivered.add($0) }
            #expect(delivered.all == entry.delivered)
        }
    }

    @Test func asksForNoMoreThanIsBearableToLose() async throws {
        let script =
            selected() + Self.ask("1:3", Self.sizes) + Self.size(1, 5 << 20) + Self.size(2, 3 << 20)
            + Self.size(3, 1) + Self.done + Self.ask("1:2", Self.bodies) + Self.literal(1, "a") + Self.literal(2, "b")
            + Self.done + Self.ask("3", Self.bodies) + Self.literal(3, "c") + Self.done
        try await play(script) { stream in
            let session = try await Sample(limit: 10 << 20).openInbox(.imap, stream)
            #expect(try await session.fetchAll("1", "2", "3") == ["1: a", "2: b", "3: c"])
        }
    }

    @Test(arguments: [
        ("S: * BYE Bandwidth limit reached\ncloses", "transient throttled"),
        ("S: * BYE Bandwidth limit reached\nbreaks", "transient throttled"),
        ("S: * 2 FETCH (UID 5 BODY[] {50}\nS: half\ncloses", "transient disconnected"),
        ("breaks", "transient disconnected"),
        ("S: * 2 FETCH (UID\n", "transient protocol-broken"),
        ("S: <tag> NO [SERVERBUG] sorry", "transient rejected"),
    ])
    func whatCameBeforeTheEndIsKept(end: String, ends: String) async throws {
        let script =
            selected() + Self.ask("4:5", Self.sizes) + Self.size(4, 20) + Self.size(5, 20) + Self.done
            + Self.ask("4:5", Self.bodies) + Self.literal(4, "four")
        try await play(script + end) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            let delivered = Delivered()
            let failure = await failure { try await session.fetch(["4", "5"]) { delivered.add($0) } }
            #expect(words(failure) == ends)
            #expect(delivered.all == ["4: four"])
        }
    }

    @Test func whoDeliversMayEndTheFetch() async throws {
        let script =
            selected() + Self.ask("4", Self.sizes) + Self.size(4, 20) + Self.done
            + Self.ask("4", Self.bodies) + Self.literal(4, "four")
        try await play(script) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            let full = Failure(.operatorNeeded, .diskFull, "The disk is full.")
            let failure = await failure { try await session.fetch(["4"]) { _ throws(Failure) in throw full } }
            #expect(failure == full)
            // A goodbye in the middle of an answer is no use to anybody.
            try await session.close()
            #expect(stream.isClosed)
        }
    }
}
