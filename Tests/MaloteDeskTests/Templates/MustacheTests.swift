// Templates say what their source says, and a broken one is told by line and tag.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct MustacheTests {
    static let values: TemplateValue = .object([
        "name": .text("Ana"), "html": .text("<b a=\"x\" b='y'>&</b>"), "empty": .text(""), "yes": .flag(true),
        "no": .flag(false), "list": .list([.text("1"), .text("2")]), "none": .list([]),
        "people": .list([
            .object(["name": .text("Bia"), "tags": .list([.text("x"), .text("y")])]), .object(["age": .text("9")]),
        ]),
        "ticket": .object(["key": .text("ACME-1"), "by": .object(["name": .text("Cid")])]),
    ])

    static let cases: [(String, String)] = [
        ("", ""), ("no tag", "no tag"), ("Hi {{name}}.", "Hi Ana."), ("{{ name }}{{\tname\n}}", "AnaAna"),
        ("{{missing}}", ""), ("{{missing.deeper}}", ""), ("{{ticket}}", ""), ("{{yes}} {{no}}", "true false"),
        ("{{ticket.key}} {{ticket.by.name}} {{ticket.by.missing}}.", "ACME-1 Cid ."),
        ("{{html}}", "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/b&gt;"),
        ("{{{html}}}", "<b a=\"x\" b='y'>&</b>"), ("{{& html }}", "<b a=\"x\" b='y'>&</b>"),
        ("{{{ name }}}}", "Ana}"), ("{ {{name}} }", "{ Ana }"), ("{{name}}\u{301}", "Ana\u{301}"),
        ("a{{! no }}b{{!\nlines\n}}c", "abc"),
        ("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{#missing}}c{{/missing}}{{#empty}}d{{/empty}}", "a"),
        ("{{^yes}}a{{/yes}}{{^no}}b{{/no}}{{^missing}}c{{/missing}}{{^none}}d{{/none}}{{^list}}e{{/list}}", "bcd"),
        ("{{#list}}<{{.}}>{{/list}}", "<1><2>"), ("{{#none}}x{{/none}}", ""),
        ("{{#people}}{{name}}{{#tags}}{{.}}{{name}}{{/tags}};{{/people}}", "BiaxBiayBia;Ana;"),
        ("{{#ticket}}{{key}}{{#by}}{{name}}{{key}}{{/by}}{{/ticket}}", "ACME-1CidACME-1"),
        ("{{#ticket.by}}{{name}}{{/ticket.by}}", "Cid"), ("{{# yes }}a{{/ yes}}", "a"),
        ("{{#people}}{{ticket.key}}{{/people}}", "ACME-1ACME-1"),
        ("{{=<% %>=}}<%name%> {{name}} <%={{ }}=%>{{name}}", "Ana {{name}} Ana"),
        ("{{=| |=}}|#yes|a|/yes|", "a"),
        ("{{#yes}}\na\n{{/yes}}\nb", "a\nb"), ("{{#yes}}\r\na\r\n{{/yes}}\r\nb", "a\r\nb"),
        ("  {{#yes}}  \n a\n\t{{/yes}}", " a\n"), ("x {{#yes}}\na\n{{/yes}} y", "x \na\n y"),
        ("  {{! alone }}\nb", "b"), ("a {{! not alone }}\nb", "a \nb"), ("  {{name}}\n", "  Ana\n"),
        ("{{=<% %>=}}\n<%name%>", "Ana"), ("a\n{{^no}}\nb\n{{/no}}", "a\nb\n"),
        ("{{#yes}}{{#yes}}\nx{{/yes}}{{/yes}}", "\nx"), ("{{> nothing}}a", "a"),
    ]

    @Test(arguments: cases)
    func aTemplateIsRendered(_ source: String, _ expected: String) throws {
        #expect(try MustacheTemplate(source).render(Self.values, escaping: .html) == expected)
    }

    @Test func plainTextIsNotEscaped() throws {
        let source = "{{html}} {{{html}}} {{&html}}"
        let once = "<b a=\"x\" b='y'>&</b>"
        #expect(try MustacheTemplate(source).render(Self.values, escaping: .none) == "\(once) \(once) \(once)")
    }

    @Test func aValueIsNeverReadAsATemplate() throws {
        let value = TemplateValue.object(["a": .text("{{b}} {{#c}}"), "b": .text("no")])
        #expect(try MustacheTemplate("{{a}}").render(value, escaping: .html) == "{{b}} {{#c}}")
    }

    @Test func partialsAreIndentedAndEnd() throws {
        let partials = try ["p": MustacheTemplate("x\n{{name}}\n"), "me": MustacheTemplate("a{{> me}}{{> me}}")]
        let text = try MustacheTemplate("[\n  {{> p}}\n]").render(Self.values, escaping: .html, partials: partials)
        #expect(text == "[\n  x\n  Ana\n]")
        let values = try MustacheTemplate("  {{> p}}").render(
            .object(["name": .text("a\nb")]), escaping: .html, partials: partials)
        #expect(values == "  x\n  a\nb\n")
        let endless = try MustacheTemplate("{{> me}}").render(Self.values, escaping: .html, partials: partials)
        #expect(endless.allSatisfy { $0 == "a" })
    }

    static let broken: [(String, Int, String, String)] = [
        ("{{", 1, "{{", "is not closed."), ("a\nb {{name\nc", 2, "{{name", "is not closed."),
        ("{{{name}}", 1, "{{{name}}", "is not closed."), ("\n\n{{#a}}\nx", 3, "{{#a}}", "is not closed."),
        ("{{#a}}{{#b}}{{/b}}", 1, "{{#a}}", "is not closed."),
        ("x\n{{/a}}", 2, "{{/a}}", "closes a section that is not open."),
        ("{{#a}}\n{{#b}}\n{{/a}}{{/b}}", 3, "{{/a}}", "does not close {{#b}} of line 2."),
        ("{{}}", 1, "{{}}", "names nothing."), ("{{# }}{{/ }}", 1, "{{# }}", "names nothing."),
        ("{{&}}", 1, "{{&}}", "names nothing."), ("{{=x=}}", 1, "{{=x=}}", "needs two delimiters."),
        ("{{=a=b c=}}", 1, "{{=a=b c=}}", "needs two delimiters."),
        ("{{\(String(repeating: "x", count: 99))", 1, "{{\(String(repeating: "x", count: 38))", "is not closed."),
    ]

    @Test(arguments: broken)
    func aBrokenTemplateIsToldByLineAndTag(_ source: String, _ line: Int, _ tag: String, _ message: String) {
        #expect(throws: MustacheTemplate.SyntaxError(line: line, tag: tag, message: message)) {
            try MustacheTemplate(source)
        }
    }

    @Test func nestingHasALimit() throws {
        let open = { String(repeating: "{{#a}}", count: $0) }
        let close = { String(repeating: "{{/a}}", count: $0) }
        _ = try MustacheTemplate(open(100) + close(100))
        #expect(throws: MustacheTemplate.SyntaxError.self) { try MustacheTemplate(open(101) + close(101)) }
    }

    @Test func outputHasALimit() throws {
        let list = TemplateValue.list(Array(repeating: .text(String(repeating: "x", count: 100)), count: 1000))
        let source = "{{#l}}{{#l}}{{.}}{{/l}}{{/l}}"
        let text = try MustacheTemplate(source).render(.object(["l": list]), escaping: .none)
        #expect(text.utf8.count < MustacheTemplate.outputLimit + 101)
        #expect(text.utf8.count >= MustacheTemplate.outputLimit)
    }

    @Test func sectionsThatSayNothingEndToo() throws {
        let list = TemplateValue.list(Array(repeating: .flag(true), count: 1000))
        let depth = 8
        let source = String(repeating: "{{#l}}", count: depth) + String(repeating: "{{/l}}", count: depth)
        #expect(try MustacheTemplate(source).render(.object(["l": list]), escaping: .none).isEmpty)
    }
}
