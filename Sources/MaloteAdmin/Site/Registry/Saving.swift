// Carrying out what a form asks of the registry, and what to tell of it; knows no kind of object.

import MaloteCore

enum Saving {
    /// What to tell on the next page: that it is done, and each remark on a line of its own.
    case saved(notice: String)
    /// The errors, with fields as the object has them.
    case refused([DocumentError])
    /// Somebody has changed it since the form was filled; nothing was done.
    case changed
}

extension Visit {
    /// - Parameters:
    ///   - name: of the object: stripped from the fields of errors.
    ///   - done: said when it is.
    ///   - condition: what the registry must be for that.
    func save(
        _ edit: RegistryEdit, _ section: RegistrySection, name: String, done: String,
        onlyIf condition: RegistryCondition? = nil
    ) async throws(Problem) -> Saving {
        do throws(Problem) {
            let report = try await control.apply(edit, dryRun: false, onlyIf: condition)
            let remarks = Self.local(report.warnings, section, name).map { remark in
                "\(remark.field)\(remark.field.isEmpty ? "" : ": ")\(remark.message) \(remark.remedy)".trimmed
            }
            return .saved(notice: ([done] + remarks).joined(separator: "\n"))
        } catch {
            guard error.status != 412 else { return .changed }
            guard [400, 409, 422].contains(error.status) else { throw error }
            let errors = error.errors.isEmpty ? [DocumentError(field: "", message: error.detail)] : error.errors
            return .refused(Self.local(errors, section, name))
        }
    }

    /// `mailboxes[0].port` and `mailbox acme-in.port` are `port` to whoever edits acme-in.
    private static func local(
        _ errors: [DocumentError], _ section: RegistrySection, _ name: String
    ) -> [DocumentError] {
        let kind = section == .mailboxes ? "mailbox" : String(section.rawValue.dropLast())
        return errors.map { error in
            var error = error
            for prefix in ["\(section.rawValue)[0]", "\(kind) \(name)"] {
                if error.field == prefix { error.field = "" }
                if error.field.hasPrefix(prefix + ".") { error.field.removeFirst(prefix.count + 1) }
            }
            return error
        }
    }

    // MARK: - Parts of forms

    /// What to look at before the form is sent once more.
    func remark(_ text: String?) -> HTMLText {
        text.map { "<p class=\"remark\" role=\"alert\">\($0)</p>" } ?? ""
    }

    /// That the object is as it was when the form was filled; `nil` for a new one.
    func unchanged(
        _ section: RegistrySection, _ name: String?, language: String? = nil
    ) -> RegistryCondition? {
        guard let name else { return nil }
        let version = form["version"]
        return { $0.version(of: section, name, language: language) == version }
    }

    /// How the object was when the form was filled.
    func version(_ object: RegisteredObject?) -> HTMLText {
        object.map { "<input type=\"hidden\" name=\"version\" value=\"\($0.version)\">" } ?? ""
    }

    // MARK: - Who may

    /// Readers and those bound to a contract see the registry, and change nothing of it.
    func requireAdmin() throws(Problem) {
        guard caller.isAdmin else {
            throw Problem(
                status: 403, title: "Forbidden", detail: "The registry is changed by administrators.")
        }
    }
}
