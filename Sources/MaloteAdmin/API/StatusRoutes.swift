// Routes of the mail room as a whole: how it is, and a drill of its isolation.

import MaloteCore

enum StatusRoutes {
    static let all = [
        Route("GET", "/v1/status", status),
        Route("GET", "/v1/doctor", doctor),
        Route("POST", "/v1/drill", query: ["outbox", "fault", "for"], drill),
    ]

    static func status(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.status())
    }

    /// Answers when everything was looked at.
    static func doctor(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.examine())
    }

    /// Answers when the drill is over.
    static func drill(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let outbox = try ask.required("outbox", "Name an outbox.")
        guard let fault = ask.query("fault").flatMap(DrillFault.init(rawValue:)) else {
            let known = DrillFault.allCases.map(\.rawValue).joined(separator: ", ")
            throw AdminRouter.invalid("fault", "is missing or not known.", "Use one of: \(known).")
        }
        let seconds = try ask.number("for", default: 60)
        return .json(try await ask.control.drill(outbox: outbox, fault: fault, seconds: seconds))
    }
}
