// The version of both programs; knows nothing else.

package enum MaloteVersion {
    /// Semantic version, as CHANGELOG.md has it.
    package static let text = "0.1.0"
}
