// How the engine words its refusals for people and programs (RFC 9457); pure.

import MaloteCore

extension Problem {
    static func missing(_ kind: String, _ name: String, known: [String]) -> Problem {
        let hint =
            known.isEmpty
            ? "None is registered yet." : "Registered: \(known.prefix(20).joined(separator: ", "))."
        return Problem(status: 404, title: "Not found", detail: "There is no \(kind) \"\(name)\". \(hint)")
    }

    static func invalid(field: String, _ message: String, remedy: String = "") -> Problem {
        Problem(invalid: DocumentError(field: field, message: message, remedy: remedy))
    }

    init(invalid error: DocumentError) {
        self.init(status: 422, title: "Invalid request", detail: error.description, errors: [error])
    }

    init(_ errors: DocumentErrors) {
        let first = errors.errors.first?.description ?? "The document is not valid."
        let more = errors.errors.count > 1 ? " (and \(errors.errors.count - 1) more)" : ""
        self.init(
            status: 422, title: "Invalid document", detail: first + more + " Nothing was changed.",
            errors: errors.errors)
    }

    /// What the store or a rule threw.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let errors as DocumentErrors: self.init(errors)
        case let failure as Failure:
            let status =
                switch failure.cause {
                case .rejected, .registry: 422
                case .diskFull: 507
                default: 503
                }
            self.init(
                status: status,
                title: failure.cause.rawValue, detail: failure.description)
        default:
            self.init(
                status: 500, title: "Internal error",
                detail: "An internal error occurred: \(String(describing: type(of: error))).")
        }
    }
}
