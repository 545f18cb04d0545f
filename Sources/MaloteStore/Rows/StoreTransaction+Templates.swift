// Versions of templates, one row each; knows nothing of why they changed.

import MaloteCore

extension StoreTransaction {
    func templateVersions(_ name: TemplateName) throws -> [TemplateVersion] {
        try connection.rows(
            """
            SELECT language, number, time, body FROM template_versions WHERE name = ?
            ORDER BY language, number DESC
            """, .text(name.text)
        ) { row in
            let record = try row.optionalText(3).map { try JSONColumn.decode($0, TemplateRecord.self) }
            return TemplateVersion(
                language: row.text(0), number: row.count(1), time: row.optionalTime(2), template: try record?.template()
            )
        }
    }

    func keepVersion(of name: TemplateName, language: String, _ template: Template?, at time: Timestamp?) throws {
        let last = try connection.first(
            "SELECT COALESCE(MAX(number), 0) FROM template_versions WHERE name = ? AND language = ?",
            .text(name.text), .text(language)
        ) { $0.integer(0) }
        let number = (last ?? 0) + 1
        try connection.run(
            "INSERT INTO template_versions (name, language, number, time, body) VALUES (?, ?, ?, ?, ?)",
            .text(name.text), .text(language), .integer(number), .init(time),
            .init(try template.map { try JSONColumn.encode(TemplateRecord($0)) }))
        try connection.run(
            "DELETE FROM template_versions WHERE name = ? AND language = ? AND number <= ?", .text(name.text),
            .text(language), .integer(number - Int64(TemplateVersion.kept)))
    }
}
