// Long literals: handed over as they come if they are the body of a FETCH, and never mistaken for one.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPStreamTests {
    private static let limits = IMAPFramer.Limits(line: 1000, inline: 10, literal: 200, response: 2000)
    private static let long = "0123456789)\r\n"
    private static let other = "an other one of 22 ..."

    private static func octets(_ text: String) -> IMAPStep { .octets(Array(text.utf8)) }

    private static func body(_ uid: UInt32?, _ body: IMAPFetch.Body, also: (inout IMAPFetch) -> Void = { _ in })
        -> IMAPStep
    {
        fetched {
            $0.uid = uid
            $0.body = body
            also(&$0)
        }
    }

    static let bodies = [
        IMAPCase(
            "after its UID", wire("* 1 FETCH (UID 7 BODY[] \(literal(long)))", "t1 OK done"),
            [octets(long), body(7, .streamed(octets: 13)), done()]),
        IMAPCase(
            "before its UID", wire("* 1 FETCH (BODY[] \(literal(long)) UID 7)", "t1 OK done"),
            [octets(long), body(7, .streamed(octets: 13)), done()]),
        IMAPCase(
            "without a UID", wire("* 1 FETCH (BODY[] \(literal(long)))"),
            [octets(long), body(nil, .streamed(octets: 13))]),
        IMAPCase(
            "lower case, origin, literal8, more items",
            wire("* 1 fetch (FLAGS (\\Seen) X (a (b)) body[]<0>  ~\(literal(long)) UID 7)"),
            [octets(long), body(7, .streamed(octets: 13)) { $0.flags = ["\\Seen"] }]),
        IMAPCase(
            "just short enough to stay", wire("* 1 FETCH (UID 7 BODY[] \(literal("0123456789")))"),
            [body(7, .text("0123456789"))]),
        IMAPCase(
            "as long as is taken", wire("* 1 FETCH (UID 7 BODY[] \(literal(String(repeating: "x", count: 200))))"),
            [octets(String(repeating: "x", count: 200)), body(7, .streamed(octets: 200))]),
        IMAPCase(
            "longer than is taken", wire("* 1 FETCH (UID 7 BODY[] \(literal(String(repeating: "x", count: 201))))"),
            [body(7, .omitted(octets: 201))]),
        IMAPCase(
            "two responses",
            wire("* 1 FETCH (UID 7 BODY[] \(literal(long)))", "* 2 FETCH (BODY[] \(literal(other)) UID 8)"),
            [
                octets(long), body(7, .streamed(octets: 13)), octets(other), body(8, .streamed(octets: 22)),
            ]),
        IMAPCase(
            "between other responses", wire("* 3 EXISTS", "* 1 FETCH (BODY[] \(literal(long)) UID 7)", "* 2 EXPUNGE"),
            [
                .untagged(.exists(3)), octets(long), body(7, .streamed(octets: 13)), .untagged(.expunge(2)),
            ]),
        IMAPCase(
            "not whole", Array("* 1 FETCH (UID 7 BODY[] {100}\r\nhalf of it".utf8), [octets("half of it")]),
    ]

    /// One body a response, and nothing else.
    static let others = [
        IMAPCase(
            "a header", wire("* 1 FETCH (BODY[HEADER] \(literal(long)) UID 7)"),
            [
                fetched {
                    $0.uid = 7
                    $0.header = .omitted(octets: 13)
                }
            ]),
        IMAPCase(
            "an unknown item and a body", wire("* 1 FETCH (X \(literal(other)) BODY[] \(literal(long)) UID 7)"),
            [octets(long), body(7, .streamed(octets: 13))]),
        IMAPCase(
            "something that is called a body in an unknown item",
            wire("* 1 FETCH (X (BODY[] \(literal(other))) BODY[] \(literal(long)) UID 7)"),
            [octets(long), body(7, .streamed(octets: 13))]),
        IMAPCase(
            "two bodies", wire("* 1 FETCH (BODY[] \(literal(long)) BODY[] \(literal(other)) UID 7)"),
            [octets(long)], error: .malformed),
        IMAPCase(
            "a short body and a long one", wire("* 1 FETCH (BODY[] \"a\" BODY[] \(literal(long)) UID 7)"),
            error: .malformed),
        IMAPCase(
            "no body and a long one", wire("* 1 FETCH (BODY[] NIL BODY[] \(literal(long)) UID 7)"), error: .malformed),
        IMAPCase(
            "a part of a body", wire("* 1 FETCH (BODY[1] \(literal(long)) BODY[TEXT] \(literal(long)) UID 7)"),
            [fetched { $0.uid = 7 }]),
        IMAPCase("no FETCH", wire("* 1 FETSCH (BODY[] \(literal(long)))"), [.untagged(.other("FETSCH"))]),
        IMAPCase("no number", wire("* x FETCH (BODY[] \(literal(long)))"), [.untagged(.other("X"))]),
        IMAPCase(
            "the text of a status", wire("* OK 1 FETCH (BODY[] \(literal(long)))"),
            [said(.ok, "", "", "1 FETCH (BODY[] ")]),
        IMAPCase("in quotes", wire("* 1 FETCH (X \"BODY[] \(literal(long))\")"), error: .malformed),
        IMAPCase("a broken response", wire("* 1 FETCH (\u{1} BODY[] \(literal(long)))"), error: .malformed),
        IMAPCase(
            "a response that breaks after its body", wire("* 1 FETCH (BODY[] \(literal(long)) \u{1})"), [octets(long)],
            error: .malformed),
        IMAPCase(
            "a body after more long literals than anybody sends",
            wire(
                "* 1 FETCH (UID 7 " + String(repeating: "X \(literal(other)) ", count: 8) + "BODY[] \(literal(long)))"),
            [body(7, .omitted(octets: 13))]),
    ]

    @Test(arguments: bodies + others)
    func transcript(_ sample: IMAPCase) throws {
        let trace = try conversation(limits: Self.limits).traceEveryWay(sample.input)
        #expect(trace.steps == sample.steps)
        #expect(trace.error?.kind == sample.error)
    }

    /// Nothing in a long body is taken for the server's words, wherever the network cuts it.
    @Test func aBodyIsTakenByItsLengthAlone() throws {
        let evil = "t1 OK\r\n* SEARCH 1\r\n)\r\n* 1 FETCH (UID 9 BODY[] {99}\r\n+ x\r\n* BYE {5}\r\n"
        let input = wire("* 1 FETCH (UID 7 BODY[] \(literal(evil)))", "t1 OK done")
        let trace = try conversation(limits: Self.limits).traceEveryWay(input)
        #expect(trace.steps == [Self.octets(evil), Self.body(7, .streamed(octets: evil.utf8.count)), done()])
    }

    /// What is announced is neither reserved nor, over the limit, handed over.
    @Test func thousandsOfMillionsOfOctets() throws {
        let input = wire("* 1 FETCH (UID 7 BODY[] {4000000000}", String(repeating: "x", count: 5000))
        #expect(try conversation(limits: Self.limits).traceEveryWay(input, cuts: 3) == Trace())
        let endless = try conversation(limits: .init(literal: .max)).trace([input[...]])
        #expect(endless.steps.count == 1)
    }

    private static let seeds = [
        wire("* 1 FETCH (UID 7 BODY[] {25}\r\n0123456789012345678901234)", "t1 OK done"),
        wire("* 1 FETCH (BODY[] {14}\r\n01234567890123 UID 7)", "* 2 FETCH (X {12}\r\n012345678901 BODY[] NIL)"),
        wire("* 1 FETCH (X (BODY[] {12}\r\n012345678901) BODY[] {11}\r\n01234567890)", "* 2 EXISTS", "t1 NO x"),
    ]

    /// However a transcript is damaged: octets are followed by the FETCH that they belong to, and by all of them.
    @Test(arguments: seeds.indices)
    func damage(_ seed: Int) throws {
        let telling = Array("{}()[]\"\\ \r\n*+~:,0129tUID\0BODY".utf8)
        var chance = Chance(seed: UInt64(seed))
        let conversation = try conversation(limits: Self.limits)
        for _ in 0..<1500 {
            let input = chance.damage(Self.seeds[seed], with: telling)
            let whole = conversation.trace([input[...]])
            guard conversation.trace(chance.cut(input)) == whole, Self.isConsistent(whole.steps) else {
                Issue.record("\(String(wire: input).debugDescription) gives \(whole.steps)")
                return
            }
        }
    }

    private static func isConsistent(_ steps: [IMAPStep]) -> Bool {
        var waiting: Int?
        for step in steps {
            switch step {
            case .octets(let octets): waiting = octets.count
            case .untagged(.fetch(let fetch)):
                var streamed: Int?
                if case .streamed(let octets) = fetch.body { streamed = octets }
                guard streamed == waiting else { return false }
                waiting = nil
            default: if waiting != nil { return false }
            }
        }
        return true
    }
}
