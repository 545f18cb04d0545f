enum ReplyText {
    static func newText(of text: String, subject: String, quoteStart: Int?) -> String { text }
}
