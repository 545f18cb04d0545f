// A refusal as the API writes it (RFC 9457); knows no route.

import MaloteCore

struct ProblemView: Encodable {
    struct Item: Encodable {
        /// In the body; 0 where that is not known.
        var line: Int
        /// In the operator's words, such as `mailboxes[0].port`.
        var field: String
        /// The same for programs (RFC 6901); absent for what stands in no body.
        var pointer: String?
        var message: String
        var remedy: String
    }

    var type, title: String
    var status: Int
    var detail: String
    /// The path that was asked for.
    var instance: String?
    var errors: [Item]

    init(_ problem: Problem, to request: HTTPRequest?) {
        type = Self.type(problem.title)
        title = problem.title
        status = problem.status
        detail = problem.detail
        instance = request?.target
        errors = problem.errors.map { error in
            let root = String(error.field.prefix { $0 != "." && $0 != "[" })
            let isInBody = request.map { !$0.body.isEmpty && $0.query[root] == nil } ?? false
            return Item(
                line: error.line, field: error.field,
                pointer: isInBody ? Self.pointer(Self.own(error.field, request)) : nil,
                message: error.message, remedy: error.remedy)
        }
    }

    /// Titles are one for each kind of problem; the URN is made of their words.
    private static func type(_ title: String) -> String {
        let words = title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return words.isEmpty ? "about:blank" : "urn:malote:problem:" + words.joined(separator: "-")
    }

    /// One object is planned as a document with nothing else in it: in its own body `mailboxes[0].port` is `port`.
    private static func own(_ field: String, _ request: HTTPRequest?) -> String {
        guard let request, ["POST", "PATCH"].contains(request.method), let section = request.segments.dropFirst().first,
            RegistrySection(rawValue: section) != nil, field.hasPrefix("\(section)[0]")
        else { return field }
        return String(field.dropFirst("\(section)[0]".count))
    }

    /// `mailboxes[0].port` is `/mailboxes/0/port`.
    static func pointer(_ field: String) -> String {
        let keys = field.split { $0 == "." || $0 == "[" }.map { $0.hasSuffix("]") ? $0.dropLast() : $0 }
        return keys.map {
            "/" + $0.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        }.joined()
    }
}
