// FETCH responses: bodies that look like the protocol, strings of every form, items nobody asked for.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPFetchTests {
    private static func body(_ written: String, _ body: IMAPFetch.Body, _ name: String? = nil) -> IMAPCase {
        IMAPCase(
            name ?? written, wire("* 1 FETCH (UID 7 BODY[] \(written) RFC822.SIZE 9)", "t1 OK done"),
            [
                fetched {
                    $0.uid = 7
                    $0.body = body
                    $0.size = 9
                }, done(),
            ])
    }

    private static func literalBody(_ text: String, _ name: String) -> IMAPCase {
        body(literal(text), .text(text), name)
    }

    static let bodies = [
        literalBody("t1 OK done\r\n", "our tag in a body"),
        literalBody("* SEARCH 1 2 3\r\n* BYE\r\n", "responses in a body"),
        literalBody(")\r\n* 2 FETCH (UID 8 BODY[] {4}\r\nevil)\r\n", "a FETCH in a body"),
        literalBody("a {99}\r\n", "an announcement at the end of a body"),
        literalBody("{99}", "only an announcement"),
        literalBody("+ go on\r\n+\r\n", "continuations in a body"),
        literalBody("\0\0\r\n\0", "NULs in a body"),
        literalBody("", "an empty literal"),
        literalBody("\n", "a line feed"),
        literalBody(String(repeating: "x", count: 1000), "as long as is kept"),
        body(literal(String(repeating: ")", count: 1001)), .omitted(octets: 1001), "longer than is kept"),
        body("{3+}\r\nabc", .text("abc"), "literal with a plus"),
        body("~{4}\r\na\0bc", .text("a\0bc"), "literal8"),
        body("{003}\r\nabc", .text("abc"), "leading zeros"),
        body("NIL", .missing), body("nil", .missing), body("\"\"", .text("")),
        body("\"a ) b {9} \"", .text("a ) b {9} "), "quoted"),
        body("\"a \\\"b\\\" \\\\ c\"", .text("a \"b\" \\ c"), "quoted with escapes"),
    ]

    static let items = [
        IMAPCase(
            "everything we ask for",
            wire(
                "* 12 FETCH (FLAGS (\\Seen $Done) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" uid 8 RFC822.SIZE 44 "
                    + "BODY[HEADER] \(literal("A: b\r\n\r\n")) BODY[]<0> \"x\")"),
            [
                fetched {
                    $0.flags = ["\\Seen", "$Done"]
                    $0.internalDate = "17-Jul-1996 02:44:25 -0700"
                    $0.uid = 8
                    $0.size = 44
                    $0.header = .text("A: b\r\n\r\n")
                    $0.body = .text("x")
                }
            ]),
        IMAPCase("nothing", wire("* 1 FETCH ()"), [fetched { _ in }]),
        IMAPCase("spaces", wire("* 1  FETCH  (  UID  3  )"), [fetched { $0.uid = 3 }]),
        IMAPCase(
            "flags with brackets", wire("* 1 FETCH (FLAGS ([a b] x[y]z) UID 3)"),
            [
                fetched {
                    $0.flags = ["[a", "b]", "x[y]z"]
                    $0.uid = 3
                }
            ]),
        IMAPCase(
            "odd numbers", wire("* 1 FETCH (RFC822.SIZE 9.3e+06 UID 4294967296)", "* 2 FETCH (RFC822.SIZE -9 UID 5)"),
            [fetched { $0.size = 9_300_000 }, fetched { $0.uid = 5 }]),
        IMAPCase(
            "number zero, UIDs instead of numbers, and MODSEQ of all kinds",
            wire(
                "* 0 FETCH (UID 5)", "* 25996 UIDFETCH (FLAGS () MODSEQ (7))", "* 1 FETCH (MODSEQ (-1) UID 6)",
                "* 1 FETCH (RFC822.SIZE inf UID 7)", "* 1 FETCH (RFC822.SIZE 1e300 UID 8)"),
            [
                fetched { $0.uid = 5 },
                fetched {
                    $0.uid = 25_996
                    $0.flags = []
                }, fetched { $0.uid = 6 }, fetched { $0.uid = 7 }, fetched { $0.uid = 8 },
            ]),
        IMAPCase(
            "sizes that would overflow when added",
            wire("* 1 FETCH (RFC822.SIZE 9223372036854775807)", "* 1 FETCH (RFC822.SIZE -9223372036854775808)"),
            [fetched { _ in }, fetched { _ in }]),
        IMAPCase(
            "unknown and nested",
            wire(
                "* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x) (\") NIL \(literal("(\r\n")) 5)"
                    + " \"MIXED\" (\"b\" \(literal(")")))) X-GM-MSGID 12 X-GM-LABELS (\"\\\\Inbox\" [Gmail]/All) "
                    + "MODSEQ (65402) ENVELOPE NIL UID 9)"),
            [fetched { $0.uid = 9 }]),
        IMAPCase(
            "sections of other items",
            wire(
                "* 1 FETCH (BINARY[1.2]<0> ~\(literal("\0)")) BINARY.SIZE[1] 5 BODY[HEADER.FIELDS (FROM TO)] "
                    + "\(literal("From: a\r\n\r\n")) BODY[1.MIME] NIL UID 9)"),
            [fetched { $0.uid = 9 }]),
        IMAPCase(
            "omitted in an unknown item", wire("* 1 FETCH (X \(literal(String(repeating: "(", count: 2000))) UID 2)"),
            [fetched { $0.uid = 2 }]),
        IMAPCase("64 deep", wire("* 1 FETCH (X \(nest(64)) UID 2)"), [fetched { $0.uid = 2 }]),
        IMAPCase("65 deep", wire("* 1 FETCH (X \(nest(65)) UID 2)"), error: .limit),
        IMAPCase("absurdly deep", wire("* 1 FETCH (X " + String(repeating: "(", count: 50_000)), error: .limit),
    ]

    private static func nest(_ depth: Int) -> String {
        String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
    }

    static let broken = [
        "* 1 FETCH", "* 1 FETCH x", "* 1 FETCH (", "* 1 FETCH (UID", "* 1 FETCH (UID )", "* 1 FETCH (UID 1",
        "* 1 FETCH (INTERNALDATE \"x", "* 1 FETCH (BODY[] foo)", "* 1 FETCH (BODY[", "* 1 FETCH (BODY[]",
        "* 1 FETCH (BODY[] \"a\\", "* 1 FETCH (FLAGS \\Seen)", "* 1 FETCH (FLAGS (\\Seen", "* 1 FETCH (X (a)",
        "* 1 FETCH (X (\"a)", "* 1 FETCH (X \u{1})", "* 1 FETCH (BODY[] {x})", "* 1 FETCH (BODY[] {}",
        "* 1 FETCH (BODY[] {1234567890123456}",
    ].map { IMAPCase($0, wire($0), error: .malformed) }

    @Test(arguments: bodies + items + broken)
    func transcript(_ sample: IMAPCase) throws {
        let trace = try conversation().traceEveryWay(sample.input, cuts: sample.input.count > 10_000 ? 3 : 30)
        #expect(trace.steps == sample.steps)
        #expect(trace.error?.kind == sample.error)
    }

    /// A body with everything in it that a line-wise reader would fall for, cut at each place.
    @Test func aBodyIsTakenByItsLengthAlone() throws {
        let evil = "t1 OK\r\n* SEARCH 1\r\n)\r\nt1 OK {99}\r\n+ x\r\n* BYE {5}\r\n"
        let input = wire("* 1 FETCH (UID 7 BODY[] \(literal(evil)))", "t1 OK done")
        for cut in input.indices {
            let trace = try conversation().trace([input[..<cut], input[cut...]])
            #expect(trace.steps.count == 2 && trace.steps.last == done() && trace.error == nil)
        }
    }
}
