// What a template said from some time on; knows no store.

/// One version of a template. The one with the highest number is how it is now.
package struct TemplateVersion: Sendable, Hashable {
    package var language: String
    /// 1, 2, 3, ... for each name and language.
    package var number: Int
    /// Since when; `nil` if it is from before versions were kept.
    package var time: Timestamp?
    /// `nil`: from then on there was none.
    package var template: Template?

    package init(language: String, number: Int, time: Timestamp?, template: Template?) {
        self.language = language
        self.number = number
        self.time = time
        self.template = template
    }

    /// How many there are at most of each name and language.
    package static let kept = 100
}
