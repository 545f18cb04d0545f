// Versions of templates, in lists; knows no registry.

import MaloteCore

extension MemoryTransaction {
    func templateVersions(_ name: TemplateName) throws -> [TemplateVersion] {
        (state.templateVersions[name] ?? []).sorted { ($0.language, $1.number) < ($1.language, $0.number) }
    }

    func keepVersion(of name: TemplateName, language: String, _ template: Template?, at time: Timestamp?) throws {
        var versions = state.templateVersions[name] ?? []
        let last = versions.filter { $0.language == language }.map(\.number).max() ?? 0
        versions.append(TemplateVersion(language: language, number: last + 1, time: time, template: template))
        versions.removeAll { $0.language == language && $0.number <= last + 1 - TemplateVersion.kept }
        state.templateVersions[name] = versions
    }
}
