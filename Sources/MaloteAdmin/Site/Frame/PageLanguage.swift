// The languages of the pages, and how a page finds its words in one of them; knows no page.

import MaloteCore

/// A language that every page is written in.
enum PageLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case portuguese = "pt-BR"

    /// As in `lang` and in a registry.
    var tag: String { rawValue }
    /// As its speakers name it.
    var name: String { self == .english ? "English" : "Português" }

    /// The language of a tag or of a browser's list (RFC 9110 §12.5.4): the first that the pages speak. Weights are not
    /// looked at: browsers send the list in order.
    static func preferred(_ list: String?) -> PageLanguage {
        for item in (list ?? "").split(separator: ",").prefix(20) {
            let tag = String(item.prefix { $0 != ";" }).trimmed.lowercased()
            if tag.hasPrefix("pt") { return .portuguese }
            if tag.hasPrefix("en") { return .english }
        }
        return .english
    }
}

/// The words of one page or area, in each language. That none is missing is the compiler's business.
protocol PageWords: Sendable {
    static var english: Self { get }
    static var portuguese: Self { get }
}

extension PageLanguage {
    func words<Words: PageWords>(_: Words.Type) -> Words {
        switch self {
        case .english: Words.english
        case .portuguese: Words.portuguese
        }
    }
}
