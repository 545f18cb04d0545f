// What a POP3 server can do, as CAPA says; knows no dialogue.

/// RFC 2449. Without CAPA nothing is offered, and nothing is known to be missing.
struct POP3Offer: Sendable, Hashable {
    /// The words of each line, upper case.
    let lines: [[String]]

    init(_ content: [UInt8]) {
        lines = String(decoding: content, as: UTF8.self).uppercased().split(whereSeparator: \.isNewline)
            .map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter { !$0.isEmpty }
    }

    func has(_ keyword: String) -> Bool { lines.contains { $0.first == keyword } }

    /// Commands that may be under way at one time (RFC 2449 §6.6).
    func window(_ most: Int) -> Int { has("PIPELINING") ? most : 1 }

    /// SASL mechanisms (RFC 5034).
    var mechanisms: [String] { lines.filter { $0.first == "SASL" }.flatMap { $0.dropFirst() } }

    /// Seconds between two logins (RFC 2449 §6.5).
    var loginDelay: Int? {
        lines.first { $0.first == "LOGIN-DELAY" }?.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }
}
