// Which of several templates of one name is meant; knows not what they say.

import MaloteCore

extension Registry {
    /// In the first of these languages that there is, else in any. An inactive one counts: whoever switches a language off
    /// wants silence in it, not another language.
    package func template(_ name: TemplateName, in languages: [String]) -> Template? {
        let all = templates.filter { $0.name == name }
        return languages.lazy.compactMap { wished in
            all.first { $0.language.lowercased() == wished.lowercased() }
        }.first ?? all.first
    }

    /// `NAME LANGUAGE`, or `NAME` alone: the English one, or the only one.
    package func template(keyed text: String) -> Template? {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let all = templates.filter { $0.name.text == words.first }
        guard words.count < 2 else { return all.first { $0.language.lowercased() == words[1].lowercased() } }
        return all.first { $0.language == "en" } ?? (all.count == 1 ? all.first : nil)
    }
}
