// What the strict YAML reader takes, what it refuses and at which line; hostile text never traps it.

import MaloteCore
import MaloteRuntime
import Testing

@Suite struct YAMLReaderTests {
    static func read(_ bytes: [UInt8]) throws(DocumentErrors) -> DocumentNode { try YAMLReader().read(bytes) }

    /// The only error of a text; `nil` if it has none.
    static func error(_ bytes: [UInt8]) -> DocumentError? {
        do { _ = try read(bytes) } catch {
            #expect(error.errors.count == 1)
            return error.errors.first
        }
        return nil
    }

    // MARK: - Taken

    static let taken: [(String, String)] = [
        ("", ""), ("\n\n", ""), ("# nothing\n", ""), ("---\n", ""), ("~", "~"), ("\u{FEFF}a: 1\n", "{a: 1}"),
        ("a:\nb: \"\"\nc: ''\nd: \"null\"\ne: null\n", #"{a: , b: "", c: "", d: "null", e: null}"#),
        // Types are the schema's business.
        ("a: no\nb: 1.10\nc: 0x1F\nd: 2026-01-01\ne: 010\n", "{a: no, b: 1.10, c: 0x1F, d: 2026-01-01, e: 010}"),
        ("- a\n- [b, c]\n- {d: e}\n- - f\n", "[a, [b, c], {d: e}, [f]]"), ("[]", "[]"), ("{}", "{}"),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", #"{a: "x\ny\n", b: "x y"}"#),
        ("a: x y # not this\nb: 'it''s'\nc: x#y\n", #"{a: x y, b: "it\'s", c: x#y}"#),
        ("a:\tb\nc: [d,\te]\n", "{a: b, c: [d, e]}"), ("a: 1\r\nb: 2\r\n", "{a: 1, b: 2}"),
        ("---\na: 1\n...\n", "{a: 1}"), ("%YAML 1.1\n---\na: 1\n", "{a: 1}"), ("<<: {a: 1}\n", "{<<: {a: 1}}"),
        ("a: \"\\x41\\u00e9\\U0001F600\\0\\e\"\n", #"{a: "Aé😀\0\u{1B}"}"#),
        ("a: \\ud83d\\ude00\n", #"{a: \ud83d\ude00}"#),
        // JSON.
        (#"{"a":"x","b":[true,null,-1.5e3],"c":{},"d":[]}"#, #"{a: "x", b: [true, null, -1.5e3], c: {}, d: []}"#),
        ("{\n\t\"a\": 1,\r\n\t\"b\": [\n\t\t2\n\t]\n}\n", "{a: 1, b: [2]}"),
        (#"{"a":"\"\\\/\b\f\n\r\t\u00e9\u0000"}"#, #"{a: "\"\\/\u{08}\u{0C}\n\r\té\0"}"#),
        (#"{"a":"\ud83d\ude00\uD83D\uDE01"}"#, #"{a: "😀😁"}"#),
        (#"{"a":"\udbff\udfff"}"#, "{a: \"\u{10FFFF}\"}"),
        (#"{"a":"\\ud83d\\ude00","b":"\ud83d\ude00"}"#, #"{a: "\\ud83d\\ude00", b: "😀"}"#),
        (#""text""#, #""text""#),
    ]

    @Test(arguments: taken)
    func takes(_ text: String, _ shown: String) throws {
        #expect(try Self.read(Array(text.utf8)).shown == shown)
    }

    @Test func everyNodeKnowsItsLine() throws {
        let root = try Self.read(Array("# head\na:\n  - 1\n  -\n    b: 2\nc: {d: 3,\n  e: 4}\n".utf8))
        guard case .mapping(let fields) = root.value, case .sequence(let items) = fields[0].value.value,
            case .mapping(let inner) = items[1].value, case .mapping(let flow) = fields[1].value.value
        else {
            Issue.record("another shape: \(root.shown)")
            return
        }
        #expect(root.line == 2)
        #expect(fields.map(\.keyLine) == [2, 6])
        #expect(items.map(\.line) == [3, 5])
        #expect(inner[0].keyLine == 5 && inner[0].value.line == 5)
        #expect(flow.map(\.keyLine) == [6, 7])
    }

    // MARK: - Refused

    static let refused: [(String, line: Int, field: String, message: String)] = [
        ("a: 1\nb: &x 1\n", 2, "", "anchors and tags are not allowed."),
        ("a: 1\nb: &x [1]\n", 2, "", "anchors and tags are not allowed."),
        ("&x a: 1\n", 1, "", "anchors and tags are not allowed."),
        ("a: 1\nb: *x\n", 2, "", "anchors and aliases are not allowed."),
        ("a: 1\n<<: *x\n", 2, "", "anchors and aliases are not allowed."),
        ("\na: !!str 1\n", 2, "", "anchors and tags are not allowed."),
        ("a: ! 1\n", 1, "", "anchors and tags are not allowed."),
        ("!x {a: 1}\n", 1, "", "anchors and tags are not allowed."),
        ("a:\n- !!binary aGk=\n", 2, "", "anchors and tags are not allowed."),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "is given twice; the first is on line 1."),
        ("a: 1\n\"a\": 2\n", 2, "a", "is given twice; the first is on line 1."),
        ("x: {b: 1,\n  b: 2}\n", 2, "b", "is given twice; the first is on line 1."),
        (#"{"a":1,"\u0061":2}"#, 1, "a", "is given twice; the first is on line 1."),
        ("a: 1\n---\nb: 2\n", 2, "", "a second document begins."),
        ("a: 1\n...\n---\n", 3, "", "a second document begins."),
        ("\n? [a]\n: b\n", 2, "", "a field's name must be a text."),
        ("a: 1\n b: 2\n", 2, "", "not valid YAML: mapping values are not allowed in this context."),
        ("a:\n\tb: 1\n", 2, "", "not valid YAML: found character that cannot start any token."),
        ("a: b: c\n", 1, "", "not valid YAML: mapping values are not allowed in this context."),
        ("a: \"\\q\"\n", 1, "", "not valid YAML: found unknown escape character."),
        ("a: @b\n", 1, "", "not valid YAML: found character that cannot start any token."),
        ("\n{\"a\":\"\\ud83d\"}", 2, "", "not valid YAML: found invalid Unicode character escape code."),
        ("\n{\"a\":\"\\ude00\\ud83d\"}", 2, "", "not valid YAML: found invalid Unicode character escape code."),
        ("{\"a\":\"\\ud83d\\ude00\",\n\"a\":1}", 2, "a", "is given twice; the first is on line 1."),
        ("a: 1\nb: \u{1}\n", 2, "", "not readable as text: control characters are not allowed."),
        ("a: 1\n\n\u{0}", 3, "", "not readable as text: control characters are not allowed."),
        ("a: 1\n\u{1B}[2J", 2, "", "not readable as text: control characters are not allowed."),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ line: Int, _ field: String, _ message: String) throws {
        let error = try #require(Self.error(Array(text.utf8)))
        #expect(error.line == line)
        #expect(error.field == field)
        #expect(error.message == message)
        #expect(!error.remedy.isEmpty)
    }

    static let notUTF8: [[UInt8]] = [
        [0xFF], [0xC3, 0x28], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ]

    @Test(arguments: notUTF8)
    func namesTheLineOfWhatIsNotUTF8(_ bytes: [UInt8]) throws {
        let error = try #require(Self.error(Array("a: 1\nb: 2\nc: ".utf8) + bytes + Array("\nd: 3\n".utf8)))
        #expect(error.line == 3)
        #expect(error.message.hasPrefix("not readable as text: "))
        #expect(error.remedy == "Save the file as UTF-8, without control characters.")
    }

    @Test func aTextThatStopsHalfwayIsRefused() {
        for text in ["a: 'x", "a: \"x", "[1, 2", "{a: 1", "a: [1,\nb: 2", "a: |3x\n"] {
            #expect(Self.error(Array(text.utf8))?.message.hasPrefix("not valid YAML: ") == true, "\(text)")
        }
    }

    // MARK: - Limits

    @Test(arguments: [("[", "]"), ("{a: ", "}")])
    func takes32LevelsAndNoMore(_ open: String, _ close: String) throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: open, count: levels) + "x" + String(repeating: close, count: levels)).utf8)
        }
        _ = try Self.read(nested(32))
        #expect(Self.error(nested(33))?.message == "nested deeper than 32 levels.")
        #expect(Self.error(nested(20_000))?.message == "nested deeper than 32 levels.")
    }

    @Test func takesAMebibyteAndNoMore() throws {
        let comment = Array("a: 1\n#".utf8)
        let full = comment + [UInt8](repeating: 0x20, count: 1 << 20 - comment.count)
        #expect(try Self.read(full).shown == "{a: 1}")
        let error = try #require(Self.error(full + [0x20]))
        #expect(error.message == "the document has more than 1048576 octets.")
        #expect(!error.remedy.isEmpty)
    }

    @Test func manyFieldsAreReadInOrder() throws {
        let names = (0..<20_000).map { "k\($0)" }
        let root = try Self.read(Array(names.map { "\($0): v\n" }.joined().utf8))
        guard case .mapping(let entries) = root.value else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == names)
        #expect(entries.last?.keyLine == 20_000)
    }

    /// Every prefix, and every octet replaced by some that mean something: an answer or an error, never a trap.
    @Test func whateverIsCutOrDamagedGivesAnAnswer() {
        let text = "a: [x, {b: \"\\ud83d\\ude00\"}]\n? c\n: - 'd'\n  - |\n   é\ne: # f\n...\n"
        let bytes = Array(text.utf8)
        for end in bytes.indices { _ = try? Self.read(Array(bytes[..<end])) }
        for index in bytes.indices {
            for octet: UInt8 in [0x00, 0x09, 0x0A, 0x22, 0x26, 0x2A, 0x2D, 0x3A, 0x5B, 0x5C, 0x7B, 0x80, 0xFE] {
                var damaged = bytes
                damaged[index] = octet
                do { _ = try Self.read(damaged) } catch {
                    #expect(error.errors.allSatisfy { (1...9).contains($0.line) && !$0.remedy.isEmpty })
                }
            }
        }
    }
}

extension DocumentNode {
    /// The tree on one line: quoted scalars in quotes.
    var shown: String {
        switch value {
        case .scalar(let text, let isPlain): isPlain ? text : text.debugDescription
        case .sequence(let items): "[\(items.map(\.shown).joined(separator: ", "))]"
        case .mapping(let entries): "{\(entries.map { "\($0.key): \($0.value.shown)" }.joined(separator: ", "))}"
        }
    }
}
