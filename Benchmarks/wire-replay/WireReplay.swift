// The command line: reads a transcript, prints its events, words a refusal; knows no protocol.

import Foundation
import MaloteCore

package enum WireReplay {
    static let help = """
        Usage: wire-replay imap|pop3|smtp FILE

        Reads what a mail server said and prints, as JSON Lines, what Malote's wire machines understand of it.
        FILE is a transcript, or - for standard input. Exit status: 0 all was understood, 1 a reply was refused (or the
        file cannot be read), 2 wrong usage. A server's own NO, -ERR or 5xx is a reply like any other.

        A transcript is either the octets that a server sent and nothing else, or both sides: lines that begin with
        "S: " (or "< ") are the server's, with "C: " (or "> ") the client's, with # comments. The client's lines are
        never replayed; they say what is answered, which POP3 needs to be exact. Without them a POP3 +OK has a body
        unless the line after it begins with +OK, -ERR or +, and the body ends with the lone dot.
        Line ends are CRLF. In a file with bare line feeds each stands for CRLF.

        Options:
          --help      this text
          --version   the version

        """

    private struct Wrong: Error {
        var text: String
    }

    /// - Returns: the exit status.
    package static func run(_ words: [String]) -> Int32 {
        do {
            if words.contains("--help") || words.contains("-h") {
                print(help, terminator: "")
            } else if words.contains("--version") {
                print("wire-replay \(MaloteVersion.text)")
            } else {
                let (wire, file) = try invocation(words)
                return try replay(wire, file)
            }
            return 0
        } catch {
            say("\((error as? Wrong)?.text ?? "\(error)") See: wire-replay --help")
            return 2
        }
    }

    /// The protocol and the file, in either order.
    private static func invocation(_ words: [String]) throws -> (WireProtocol, String) {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        if let option = words.first(where: { $0.hasPrefix("-") && $0 != "-" }) {
            throw Wrong(text: "There is no option \(option).")
        }
        guard words.count == 2 else { throw Wrong(text: "A protocol and a file are needed, and nothing else.") }
        if let wire = WireProtocol(name: words[0]) { return (wire, words[1]) }
        if let wire = WireProtocol(name: words[1]) { return (wire, words[0]) }
        throw Wrong(text: "\"\(words[0])\" is no protocol: imap, pop3 or smtp.")
    }

    private static func replay(_ wire: WireProtocol, _ file: String) throws -> Int32 {
        let name = file == "-" ? "standard input" : file
        let input = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard input >= 0, let octets = try? FileHandle(fileDescriptor: input).readToEnd() ?? Data() else {
            say("\(name) cannot be read: \(String(cString: strerror(errno))).")
            return 1
        }
        let played = Replay.play(Array(octets), as: wire)
        var output = Data()
        for event in played.events { output.append(contentsOf: "\(event)\n".utf8) }
        try FileHandle.standardOutput.write(contentsOf: output)
        guard let refusal = played.refusal else { return 0 }
        say("\(name): \(refusal)")
        return 1
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data("wire-replay: \(text)\n".utf8)) }
}
