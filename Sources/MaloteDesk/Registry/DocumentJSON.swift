// Writes document nodes as JSON that the YAML reader reads back the same; knows no registry.

import MaloteCore

extension JSONText {
    /// One line. Plain scalars are the numbers and truth values they look like, all others are strings.
    static func document(_ node: DocumentNode) -> String {
        var json = JSONText()
        json.write(node, key: nil)
        return json.text + "\n"
    }

    private mutating func write(_ node: DocumentNode, key: String?) {
        switch node.value {
        case .mapping(let entries):
            object(key) { json in
                for entry in entries { json.write(entry.value, key: entry.key) }
            }
        case .sequence(let items):
            array(key) { json in
                for item in items { json.write(item, key: nil) }
            }
        case .scalar(let text, let isPlain):
            switch (isPlain, Int(text), text) {
            case (true, let number?, _): field(key, number)
            case (true, nil, "true"), (true, nil, "false"): field(key, text == "true")
            default: field(key, text)
            }
        }
    }
}
