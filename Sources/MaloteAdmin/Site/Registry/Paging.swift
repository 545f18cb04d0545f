// A long list in pages; knows nothing of what is in it.

import MaloteCore

/// The part of a list that `?page=` asks for, from 1.
struct Paging<Item> {
    private static var size: Int { 100 }

    let items: ArraySlice<Item>
    private let number: Int
    private let count: Int

    init(_ all: [Item], _ visit: Visit) {
        count = max(1, (all.count + Self.size - 1) / Self.size)
        number = min(max(1, visit.request.query["page"].flatMap { Int($0) } ?? 1), count)
        items = all.dropFirst((number - 1) * Self.size).prefix(Self.size)
    }

    /// Nothing where all fits on one page. What the list is filtered by stays.
    func links(_ visit: Visit) -> HTMLText {
        guard count > 1 else { return "" }
        let words = visit.words(RegistryPageWords.self)
        func link(_ label: String, _ page: Int) -> HTMLText {
            guard (1...count).contains(page) else { return "" }
            var query = visit.request.query
            query["page"] = String(page)
            let text = query.sorted { $0.key < $1.key }.map { "\($0.key.inAddress)=\($0.value.inAddress)" }
            return visit.link(label, visit.request.path + "?" + text.joined(separator: "&"))
        }
        return """
            <nav class="actions" aria-label="\(words.page)">\(link(words.previous, number - 1))
            <span>\(words.page) \(String(number)) / \(String(count))</span>\(link(words.next, number + 1))</nav>
            """
    }
}
