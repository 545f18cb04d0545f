// Aligned columns for people; knows not what is in them.

import Foundation
import MaloteCore

struct Table {
    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: String...) { self.init(head) }
    init(_ head: [String]) { self.head = head }

    mutating func add(_ cells: String...) { add(cells) }
    mutating func add(_ cells: [String]) { rows.append(cells.map(\.printable)) }

    var isEmpty: Bool { rows.isEmpty }

    func print(empty: String) {
        guard !rows.isEmpty else { return Swift.print(empty) }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        for row in [head] + rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            Swift.print(cells.joined(separator: "  ").trimmingEnd)
        }
    }
}

extension String {
    /// Servers and mail are quoted here: their words must not steer the terminal.
    var printable: String {
        guard hasControlCharacter else { return self }
        return String(unicodeScalars.map { String($0).hasControlCharacter ? " " : Character($0) })
    }

    fileprivate var trimmingEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}

/// How long ago, or how far ahead, in words of a person's size.
enum Ago {
    static func past(_ time: Timestamp?, now: Timestamp) -> String {
        time.map { size((now - $0).milliseconds) + " ago" } ?? "never"
    }

    static func ahead(_ time: Timestamp?, now: Timestamp) -> String {
        guard let time else { return "-" }
        return time <= now ? "now" : "in " + size((time - now).milliseconds)
    }

    static func size(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        switch seconds {
        case ..<90: return "\(seconds)s"
        case ..<5400: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
