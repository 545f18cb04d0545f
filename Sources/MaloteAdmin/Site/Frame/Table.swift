// A table with its caption; knows nothing of what is in it.

struct Table {
    struct Column {
        var name: String
        var isNumber = false
        init(_ name: String, isNumber: Bool = false) {
            self.name = name
            self.isNumber = isNumber
        }
    }

    /// Said to those who hear the page.
    var caption: String
    var columns: [Column]
    /// The first cell of a row is its heading.
    var rows: [[HTMLText]]
    /// In place of the table where there are no rows.
    var empty: String

    var html: HTMLText {
        guard !rows.isEmpty else { return "<p class=\"card empty\">\(empty)</p>" }
        let head = columns.map { column -> HTMLText in
            "<th scope=\"col\"\(mark(column))>\(column.name)</th>"
        }
        let body = rows.map { row -> HTMLText in
            let cells = zip(row, columns).enumerated().map { index, cell -> HTMLText in
                index == 0
                    ? "<th scope=\"row\"\(mark(cell.1))>\(cell.0)</th>" : "<td\(mark(cell.1))>\(cell.0)</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return """
            <div class="scroll" role="region" aria-label="\(caption)" tabindex="0"><table>
            <caption class="hidden">\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody>
            </table></div>
            """
    }

    private func mark(_ column: Column) -> HTMLText { column.isNumber ? " class=\"number\"" : "" }
}

/// A word with a colour; the word alone says it, too.
enum Pill {
    case good, warn, bad, calm

    func callAsFunction(_ text: String) -> HTMLText {
        switch self {
        case .good: "<span class=\"pill good\">\(text)</span>"
        case .warn: "<span class=\"pill warn\">\(text)</span>"
        case .bad: "<span class=\"pill bad\">\(text)</span>"
        case .calm: "<span class=\"pill\">\(text)</span>"
        }
    }
}
