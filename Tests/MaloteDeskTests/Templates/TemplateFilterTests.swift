// Filters, time zones, and the source system's keys say what they say, and a wrong one is told by line and tag.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TemplateFilterTests {
    /// 21 November 2026, 01:05:09 UTC.
    static let night = Timestamp(rfc3339: "2026-11-21T01:05:09Z") ?? Timestamp(seconds: 0)
    static let values: TemplateValue = .object([
        "when": .time(night), "told": .text("2026-03-05T12:00:00Z"), "text": .text("one\ntwo\nthree"),
        "word": .text("Olá"), "nothing": .text(""),
        "ticket": .object(["id": .text("INC 7")]), "requester": .object(["name": .text("Ana <b>")]),
        "fields": .object(["URGENCIA": .text("Alta")]),
    ])

    static let cases: [(String, String)] = [
        ("{{when | date}}", "21 Nov 2026"), ("{{when|time}}", "01:05"), ("{{ when | datetime }}", "21 Nov 2026 01:05"),
        ("{{{when | date: yyyy-MM-dd'T'HH:mm:ss zzz}}}", "2026-11-21'T'01:05:09 +0000"),
        ("{{when | date: d/MM/yy}}", "21/11/26"), ("{{when}}", "2026-11-21T01:05:09.000Z"),
        ("{{told | date}}", "5 Mar 2026"), ("{{word | date}}", "Olá"), ("{{nothing | date}}", ""),
        ("{{word | upper}} {{word|lower}}", "OLÁ olá"), ("{{text | lines: 2}}", "one\ntwo"),
        ("{{text | lines: 9}}", "one\ntwo\nthree"), ("{{word | cut: 2}}", "Ol…"), ("{{word | cut: 3}}", "Olá"),
        ("{{nothing | default: none yet}}", "none yet"), ("{{missing | default: x | upper}}", "X"),
        ("{{{requester.name | upper}}}", "ANA <B>"),
        ("${IDSOLICITACAOSERVICO} ${IDSERVICEREQUEST}", "INC 7 INC 7"), ("${URGENCIA}!", "Alta!"),
        ("${SOLICITANTE}", "Ana &lt;b&gt;"), ("[${NOTTHERE}]", "[]"),
        ("$ {X} ${x} ${ X} ${} ${X", "$ {X} ${x} ${ X} ${} ${X"), ("$${URGENCIA}}", "$Alta}"),
        ("{{! ${URGENCIA} }}", ""), ("{{#word}}${URGENCIA}{{/word}}", "Alta"),
    ]

    @Test(arguments: cases)
    func aTemplateIsRendered(_ source: String, _ expected: String) throws {
        #expect(try MustacheTemplate(source).render(Self.values, escaping: .html) == expected)
    }

    static let styles: [(String, String, String)] = [
        ("en", "UTC", "21 Nov 2026 01:05"), ("pt-BR", "America/Sao_Paulo", "20/11/2026 22:05"),
        ("PT-br", "Europe/Lisbon", "21/11/2026 01:05"), ("de", "Europe/Berlin", "21.11.2026 02:05"),
        ("xx", "Asia/Kolkata", "2026-11-21 06:35"), ("en", "Nowhere/Else", "21 Nov 2026 01:05"),
    ]

    @Test(arguments: styles)
    func timesAreThoseOfTheContract(_ language: String, _ zone: String, _ expected: String) throws {
        let style = TemplateStyle(language: language, zone: zone)
        let text = try MustacheTemplate("{{when | datetime}}").render(Self.values, escaping: .none, style: style)
        #expect(text == expected)
    }

    /// Summer time changes the offset within a year.
    @Test func aZoneKnowsItsSummer() throws {
        let july = TemplateValue.object(["when": .time(Timestamp(rfc3339: "2026-07-01T12:00:00Z") ?? Self.night)])
        let style = TemplateStyle(language: "de", zone: "Europe/Berlin")
        #expect(try MustacheTemplate("{{when|date: HH zzz}}").render(july, escaping: .none, style: style) == "14 +0200")
    }

    static let faults: [(String, String)] = [
        ("a\n{{when | dat}}", "in line 2, {{when | dat}} has no filter \"dat\""), ("{{x | lines: many}}", "no filter"),
        ("{{x | lines: 0}}", "no filter"), ("{{x | }}", "no filter"), ("{{ | upper}}", "names nothing"),
        ("{{x | date:}}", "no filter"),
    ]

    @Test(arguments: faults)
    func aWrongFilterIsNamed(_ source: String, _ says: String) {
        do throws(MustacheTemplate.SyntaxError) {
            _ = try MustacheTemplate(source)
            Issue.record("it was taken")
        } catch { #expect("\(error)".contains(says), "\(error)") }
    }

    @Test func manyDollarsEnd() throws {
        let source = String(repeating: "${", count: 100_000)
        #expect(try MustacheTemplate(source).render(Self.values, escaping: .none) == source)
    }
}
