// drill: the isolation proof on this install.

import Foundation
import MaloteCore

enum DrillCommands {
    private static let faults = DrillFault.allCases.map(\.rawValue)

    static let all = [
        Command(
            words: ["drill"],
            options: [
                .init(name: "--outbox", value: "NAME", help: "whose senders, extensions and rate the drill's lane has"),
                .init(name: "--fault", value: faults.joined(separator: "|"), help: "how the drill's server fails"),
                .init(name: "--for", value: "SECONDS", help: "5 to 600 (60); 2m is 120"),
            ],
            summary: "Let a lane of its own suffer, and show what the others notice",
            details:
                "The daemon starts two mail servers on loopback, without TLS and login: one fails, one works. Made-up "
                + "messages go to both through lanes of their own. No mail leaves, and no real outbox, its deliveries or "
                + "its server are touched; all lanes share the queue, the disk and the network code, and that is "
                + "what is proved. After a quiet time of at most 15 seconds the server fails. Exit status 1 if another "
                + "lane was delayed, or if the fault was not felt.",
            run: drill)
    ]

    private static func drill(_ session: Session) throws {
        let arguments = session.arguments
        let (outbox, fault) = (try arguments.required("--outbox"), try arguments.required("--fault"))
        guard faults.contains(fault) else { throw Stop.usage("--fault takes \(faults.joined(separator: ", ")).") }
        let seconds = try seconds(arguments.value("--for") ?? "60")
        if !session.isJSON { print("The drill takes \(seconds + min(seconds, 15)) seconds and a little more.") }
        fflush(nil)
        let data = try session.ask(
            "POST", ["drill"], query: [("outbox", outbox), ("fault", fault), ("for", "\(seconds)")],
            seconds: seconds + 120)
        let report = try JSONDecoder().decode(DrillReport.self, from: data)
        if session.isJSON { session.printJSON(data) } else { show(report) }
        guard report.isProof else {
            throw Stop.refused("The drill proves nothing: its lane did not feel the fault.")
        }
        guard report.findings.isEmpty else {
            throw Stop.refused("Not isolated. " + report.findings.joined(separator: " "))
        }
        if !session.isJSON { print("\nIsolated: no other lane was delayed.") }
    }

    private static func seconds(_ text: String) throws -> Int {
        let units: [Character: Int] = ["s": 1, "m": 60]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? text : String(text.dropLast())), (5...600).contains(number * (unit ?? 1))
        else { throw Stop.usage("--for takes 5 to 600 seconds, such as 60s.") }
        return number * (unit ?? 1)
    }

    private static func show(_ report: DrillReport) {
        let felt =
            report.felt.map { "\($0.cause.rawValue): \($0.detail.printable)" }
            ?? "no answer, or one too slow to use, until the end"
        print("\nThe failing lane met: \(felt)")
        print(
            "\(report.suffering.during.messages) of its messages were taken; \(report.suffering.queued) were still "
                + "waiting at the end.\n")
        var table = Table(
            "LANE", "OUTBOX", "SENT BEFORE", "P50", "P99", "SENT DURING", "P50", "P99", "QUEUED", "WORST DELAY")
        for line in [report.neighbour] + report.others {
            table.add(
                [line.contract, line.outbox] + cells(line.before) + cells(line.during)
                    + ["\(line.queued)", "\(line.worstDelay) ms"])
        }
        table.print(empty: "")
        if report.others.allSatisfy({ $0.during.messages == 0 }) {
            print("\nNo real lane sent anything meanwhile: only the drill's own healthy lane speaks.")
        }
    }

    private static func cells(_ latency: DrillReport.Latency) -> [String] {
        ["\(latency.messages)", latency.p50.map { "\($0) ms" } ?? "-", latency.p99.map { "\($0) ms" } ?? "-"]
    }
}
