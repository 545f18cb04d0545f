// What a trigger told, as lines for the page of an approval; pure.

import MaloteCore

enum ApprovalSummary {
    private static let lines = 40
    private static let characters = 4000
    /// What says how to notify, not what about.
    private static let hidden: Set<String> = ["private", "notify"]

    /// A line for each scalar: its names with dots between them, and its words.
    static func text(_ data: JSONValue) -> String {
        guard case .object(let members) = data else { return "" }
        var found: [String] = []
        add(members.filter { !hidden.contains($0.key) }, "", &found)
        return String(found.prefix(lines).joined(separator: "\n").prefix(characters))
    }

    private static func add(_ members: [String: JSONValue], _ path: String, _ found: inout [String]) {
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where found.count < lines {
            let name = path + key.onOneLine
            switch value {
            case .object(let inner): add(inner, name + ".", &found)
            case .list(let items):
                let words = items.compactMap(\.words).filter { !$0.isEmpty }
                if !words.isEmpty { found.append("\(name): \(words.joined(separator: ", ").onOneLine)") }
            default:
                let words = value.words ?? ""
                if !words.isEmpty { found.append("\(name): \(words.trimmed)") }
            }
        }
    }
}
