// Finds the source system's own tags in the text between Mustache tags; knows no value.

import MaloteCore

/// A tag in the source system's spelling.
enum SourceMark: Equatable {
    /// `${KEY}`
    case key(String)
    /// `{TOKEN(serviceRequestIncident, ${IDSOLICITACAOSERVICO}, VIEW, 50)}`: a link of the approval. What it is about and
    /// for how long is the approval's own business.
    case approval(String)

    private static let longestToken = 200
    private static let tokenStart = Array("{TOKEN(".unicodeScalars)
    private static let actions = [
        "VIEW": "view", "APROBAR": "approve", "APROVAR": "approve", "APPROVE": "approve", "REJECT": "reject",
        "REJEITAR": "reject",
    ]

    /// The next one of a text.
    static func next(in text: ArraySlice<Unicode.Scalar>) -> (place: Range<Int>, mark: SourceMark)? {
        var rest = text
        while let start = rest.firstIndex(where: { $0 == "$" || $0 == "{" }) {
            rest = rest[start...]
            let found = rest[start] == "$" ? key(rest) : token(rest)
            if let (end, mark) = found { return (start..<end, mark) }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func key(_ text: ArraySlice<Unicode.Scalar>) -> (end: Int, mark: SourceMark)? {
        guard text.dropFirst().first == "{" else { return nil }
        let inside = text.dropFirst(2).prefix(KeyAlias.longest).prefix { $0 != "}" }
        let key = string(inside)
        guard inside.endIndex < text.endIndex, text[inside.endIndex] == "}", KeyAlias.isKey(key) else { return nil }
        return (inside.endIndex + 1, .key(key))
    }

    private static func token(_ text: ArraySlice<Unicode.Scalar>) -> (end: Int, mark: SourceMark)? {
        guard text.starts(with: tokenStart) else { return nil }
        let line = text.dropFirst(tokenStart.count).prefix(longestToken).prefix { $0 != "\n" }
        guard let close = line.firstIndex(of: ")"), line[close...].dropFirst().first == "}" else { return nil }
        let arguments = string(line[..<close]).split(separator: ",").map { String($0).trimmed }
        guard arguments.count == 4, let action = actions[arguments[2].uppercased()] else { return nil }
        return (close + 2, .approval(action))
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
