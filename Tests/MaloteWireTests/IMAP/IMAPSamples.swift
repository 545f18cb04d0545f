// An IMAP connection with a command under way, and shorthands for what it should tell; knows no test.

import MaloteWire
import Testing

typealias IMAPStep = IMAPConversation.Step

/// A transcript of the server's side and what it must come to. The command under way has the tag `t1`.
struct IMAPCase: Sendable, CustomTestStringConvertible {
    var name: String
    var input: [UInt8]
    var steps: [IMAPStep]
    var error: WireError.Kind?

    init(_ name: String, _ input: [UInt8], _ steps: [IMAPStep] = [], error: WireError.Kind? = nil) {
        self.name = name
        self.input = input
        self.steps = steps
        self.error = error
    }

    var testDescription: String { name }
}

func conversation(
    _ command: IMAPCommand = IMAPCommand("NOOP"), limits: IMAPFramer.Limits = .init(literal: 1000)
) throws -> IMAPConversation {
    var conversation = IMAPConversation(tagPrefix: "t", limits: limits)
    _ = try conversation.start(command)
    return conversation
}

func fetched(_ fill: (inout IMAPFetch) -> Void) -> IMAPStep {
    var fetch = IMAPFetch()
    fill(&fetch)
    return .untagged(.fetch(fetch))
}

func said(_ kind: IMAPStatus.Kind, _ code: String = "", _ argument: String = "", _ text: String = "") -> IMAPStep {
    .untagged(.status(IMAPStatus(kind, code: code, codeArgument: argument, text: text)))
}

func done(_ kind: IMAPStatus.Kind = .ok, _ text: String = "done") -> IMAPStep {
    .completed(IMAPStatus(kind, text: text))
}

func literal(_ text: String) -> String { "{\(text.utf8.count)}\r\n\(text)" }

extension IMAPFetch.Body {
    static func text(_ text: String) -> IMAPFetch.Body { .bytes(Array(text.utf8)) }
}
