// Charts: the same figures as a picture and as a table, and what is said of them to those who see neither.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

struct ChartTests {
    private static func chart(_ values: [Int], at minutes: [Int], name: String = "Lag <s>") -> Chart {
        Chart(
            spoken: "At most \"9\".", from: Sample.now, until: Sample.now + .seconds(3600), step: 300,
            times: minutes.map { Sample.now + .seconds($0 * 60) }, series: [.init(name: name, values: values)],
            label: { "\($0) s" }, timeLabel: { _ in "t" })
    }

    @Test(
        "the axis ends at a round number",
        arguments: [
            (0, 4), (4, 4), (5, 8), (9, 12), (21, 40), (41, 60), (99, 100), (101, 120), (Int.max, Int.max), (-1, 4),
        ])
    func ceiling(value: Int, axis: Int) {
        #expect(Chart.ceiling(value) == axis)
    }

    @Test("a line begins anew where points are missing")
    func gaps() {
        let picture = Self.chart([0, 4, 2], at: [0, 5, 60]).html.markup
        #expect(picture.contains("<path class=\"line line-1\" d=\"M64 196H118L118 10H172M712 103H712\"/>"))
        #expect(Self.chart([], at: []).html.markup.contains("d=\"\""))
    }

    @Test("an axis of minutes has whole minutes")
    func minutes() {
        var chart = Self.chart([150, 200], at: [0, 5])
        chart.unit = 60
        let labels = chart.html.markup.matches(of: />([0-9]+ s)</).map { String($0.output.1) }
        #expect(labels == ["0 s", "60 s", "120 s", "180 s", "240 s"])
    }

    @Test("it is named for those who hear it, and holds nothing that runs or looks otherwise")
    func spoken() {
        let picture = Self.chart([1], at: [0]).html.markup
        #expect(picture.contains("role=\"img\" aria-label=\"At most &quot;9&quot;.\""))
        #expect(picture.contains("Lag &lt;s&gt;") && !picture.contains("style=") && !picture.contains("<s>"))
    }

    @Test("no figure, however large, leaves the picture")
    func bounded() {
        let picture = Self.chart([.max, .min, -5], at: [-100, 30, 9999]).html.markup
        #expect(picture.contains("M64 10H64") && picture.contains("M388 196H442") && picture.contains("M712 196H712"))
    }

    // MARK: - The page

    private static let course: Course = {
        let points = (0..<12).map { number in
            Course.Point(
                CourseSample(
                    contract: Sample.acme.id, slot: 0, received: number * 10, events: number, sent: 5,
                    failed: number / 6,
                    lag: number * 7, queueAge: 30), time: Sample.now + .seconds(300 * (number - 12)))
        }
        return Course(
            from: Sample.now + .seconds(-3600), until: Sample.now, step: 300,
            lines: [.init(contract: "acme", points: points), .init(contract: "<b>", points: [])])
    }()

    @Test("each contract has its pictures, in both languages", arguments: PageLanguage.allCases)
    func page(language: PageLanguage) async {
        let control = FakeControl()
        control.content.withLock { $0.course = Self.course }
        let page = await Browser.signedIn(control, language: language).get("/charts?hours=6")
        #expect(page.status == 200)
        #expect(control.calls.last == "course - 6")
        #expect(page.text.matches(of: /<svg class="chart"/).count == 4)
        #expect(page.text.contains("<h2>Acme Ltda</h2>") && page.text.contains("<h2>&lt;b&gt;</h2>"))
        #expect(page.text.contains("href=\"/charts?contract=acme&amp;hours=6\""))
        #expect(!page.text.contains(" style=") && !page.text.contains("{n}"))
    }

    @Test("one contract has the same in figures")
    func figures() async {
        var course = Self.course
        course.lines.removeLast()
        let (control, alone) = (FakeControl(), course)
        control.content.withLock { $0.course = alone }
        let browser = await Browser.signedIn(control)
        let page = await browser.get("/charts?contract=acme")
        #expect(control.calls.last == "course acme 24")
        #expect(page.text.matches(of: /<tr>/).count == 13)
        #expect(
            page.text.contains("<td class=\"number\">110</td>")
                && page.text.contains("Received: 660, Sent: 60, Given up: 6"))
        #expect(await browser.get("/charts?hours=x").status == 422)
        #expect(await browser.get("/charts/x").status == 404)
        _ = await Browser.signedIn(control, role: .reader(Sample.name("acme"))).get("/charts?contract=globex")
        #expect(control.calls.last == "course acme 24")
    }

    @Test("where nothing was measured, it says so")
    func nothing() async {
        let control = FakeControl()
        control.content.withLock { $0.course = Course(from: Sample.now, until: Sample.now, step: 300, lines: []) }
        #expect(await Browser.signedIn(control).get("/charts").text.contains(ChartWords.english.nothing))
    }
}
