// How contracts have been doing over time, as pictures and as figures; changes nothing and measures nothing.

import MaloteCore

struct ChartPage {
    private static let spans = [6, 24, 72, 168]
    /// Contracts on one page.
    private static let shown = 20

    private let visit: Visit
    private let words: ChartWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(ChartWords.self)
    }

    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard rest.isEmpty else { throw AdminRouter.notFound(visit.request) }
        try visit.requireMethod("GET")
        let hours = Int(clamping: try visit.number("hours") ?? 24)
        let course = try await visit.control.course(contract: visit.wantedContract, hours: hours)
        let registry = await visit.control.registry()
        let isOne = visit.wantedContract != nil
        let lines = course.lines.prefix(Self.shown)
        let nothing: [HTMLText] = ["<p class=\"card empty\">\(words.nothing)</p>"]
        let sections = lines.map { section($0, course, registry, isLarge: isOne) }
        let filters = Filters(visit)
        let form = filters.form(
            "/charts",
            [
                filters.contract(words.contract, registry),
                filters.select("hours", words.span, Self.spans.map { ("\($0)", span($0)) }),
            ])
        let body: HTMLText = """
            \(form)<p class="soft">\(words.gaps)</p>
            \(lines.isEmpty ? nothing : sections)
            """
        return Page(title: visit.frame.charts, area: .charts, body: body).response(visit)
    }

    private func span(_ hours: Int) -> String {
        hours > 48 ? words.days.filled(["n": "\(hours / 24)"]) : words.hours.filled(["n": "\(hours)"])
    }

    private func words(seconds: Int) -> String { visit.words(.seconds(seconds)) }

    // MARK: - One contract

    private func section(
        _ line: Course.Line, _ course: Course, _ registry: Registry, isLarge: Bool
    ) -> HTMLText {
        let name = ContractName(line.contract).flatMap { registry.contract($0)?.title } ?? ""
        let title = name.isEmpty ? line.contract : name
        let figures: HTMLText =
            isLarge
            ? "<details class=\"card\"><summary>\(words.figures)</summary>\(table(line.points))</details>" : ""
        let large: HTMLText =
            isLarge || visit.caller.contract != nil
            ? "" : " <a href=\"\(visit.address(setting: "contract", to: line.contract))\">\(words.figures)</a>"
        return """
            <section class="card"><h2>\(title)</h2>\(sums(line.points))
            <div class="\(isLarge ? "stack" : "pair")">
            <figure><figcaption>\(words.lag) <span class="soft">\(words.lagHint)</span></figcaption>
            \(lag(line, title, course).html)</figure>
            <figure><figcaption>\(words.throughput) <span class="soft">\(perStep(course))</span></figcaption>
            \(throughput(line, title, course).html)</figure></div>\(large)</section>\(figures)
            """
    }

    private func perStep(_ course: Course) -> String {
        words.throughputHint.filled(["n": words(seconds: course.step)])
    }

    private func sums(_ points: [Course.Point]) -> HTMLText {
        func sum(_ value: (Course.Point) -> Int) -> String { "\(points.reduce(0) { $0 &+ value($1) })" }
        var facts = Facts()
        facts.add(words.worstLag, text: words(seconds: points.map(\.lag).max() ?? 0))
        facts.add(words.worstAge, text: words(seconds: points.map(\.queueAge).max() ?? 0))
        let counts = [(words.received, sum(\.received)), (words.sent, sum(\.sent)), (words.failed, sum(\.failed))]
        facts.add(words.throughput, text: counts.map { "\($0.0): \($0.1)" }.joined(separator: ", "))
        return facts.html
    }

    private func chart(
        _ name: String, _ title: String, _ course: Course, _ points: [Course.Point], _ series: [Chart.Series],
        unit: Int = 1, label: @escaping (Int) -> String
    ) -> Chart {
        let values = series.first?.values ?? []
        let spoken = words.spoken.filled([
            "name": name, "contract": title, "most": label(values.max() ?? 0), "last": label(values.last ?? 0),
        ])
        let isLong = (course.until - course.from).milliseconds > 48 * 3_600_000
        return Chart(
            spoken: spoken, from: course.from, until: course.until, step: course.step, times: points.map(\.time),
            series: series, unit: unit, label: label
        ) { time in Self.clock(time, isLong: isLong) }
    }

    private func lag(_ line: Course.Line, _ title: String, _ course: Course) -> Chart {
        let series = [
            Chart.Series(name: words.lag, values: line.points.map(\.lag)),
            Chart.Series(name: words.queueAge, values: line.points.map(\.queueAge)),
        ]
        // As spans are written: what is below two of a unit is told in the one below it.
        let most = series.flatMap(\.values).max() ?? 0
        let unit = [86_400, 3600, 60].first { most >= 2 * $0 } ?? 1
        return chart(words.lag, title, course, line.points, series, unit: unit) { words(seconds: $0) }
    }

    private func throughput(_ line: Course.Line, _ title: String, _ course: Course) -> Chart {
        let series = [
            Chart.Series(name: words.received, values: line.points.map(\.received)),
            Chart.Series(name: words.sent, values: line.points.map(\.sent)),
            Chart.Series(name: words.failed, values: line.points.map(\.failed)),
        ]
        return chart(words.throughput, title, course, line.points, series) { "\($0)" }
    }

    /// `14:05`, or `21 14h` where days are shown.
    private static func clock(_ time: Timestamp, isLong: Bool) -> String {
        let text = Array(time.description)
        guard text.count >= 16 else { return "" }
        return isLong ? "\(String(text[8..<10])). \(String(text[11..<13]))h" : String(text[11..<16])
    }

    // MARK: - Figures

    private func table(_ points: [Course.Point]) -> HTMLText {
        let rows = points.reversed().map { point -> [HTMLText] in
            [visit.stamp(point.time), "\(words(seconds: point.lag))", "\(words(seconds: point.queueAge))"]
                + [point.received, point.events, point.sent, point.failed].map { "\(String($0))" }
        }
        let names = [words.lag, words.queueAge, words.received, words.events, words.sent, words.failed]
        return Table(
            caption: words.figures, columns: [.init(words.time)] + names.map { .init($0, isNumber: true) }, rows: rows,
            empty: words.nothing
        ).html
    }
}
