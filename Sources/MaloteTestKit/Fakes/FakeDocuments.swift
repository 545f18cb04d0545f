// Documents that need no reading, since the test hands over what they say; knows no YAML.

import MaloteCore

/// Each text stands for the nodes given with it; every other text is not a document.
package struct FakeDocuments: DocumentReader {
    private let nodes: [String: DocumentNode]

    package init(_ nodes: [String: DocumentNode] = [:]) { self.nodes = nodes }

    package func read(_ bytes: [UInt8]) throws(DocumentErrors) -> DocumentNode {
        guard let node = nodes[String(decoding: bytes, as: UTF8.self)] else {
            throw DocumentErrors([DocumentError(line: 1, field: "", message: "it cannot be read.")])
        }
        return node
    }
}
