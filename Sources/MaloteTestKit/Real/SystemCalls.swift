// The system calls by which a program lets octets out, as strace writes them down; knows no program.

import Foundation

package struct SystemCalls: Sendable {
    private static let strace = "/usr/bin/strace"
    private static let names = "write,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg"

    /// One line for each call, with its octets as C writes them.
    package let sent: [String]

    /// Some containers allow no tracing.
    package static var canBeTraced: Bool {
        (try? Program.run(strace, ["-qq", "-e", "trace=none", "/bin/true"]).status) == 0
    }

    /// To run a program with all its threads in the tracer's own place.
    package static func tracer(into file: String) -> [String] {
        [strace, "-D", "-f", "-s", "65536", "-e", "trace=network,\(names)", "-o", file]
    }

    /// Waits until the traced program's end is written, too.
    package static func read(_ file: String) async throws -> SystemCalls {
        var text = ""
        let isWhole = try await eventually {
            text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").last?.contains("+++ exited with") == true
        }
        guard isWhole else { throw Program.Failed(description: "the trace does not end: \(text.suffix(300))") }
        let calls = names.split(separator: ",").map { "\($0)(" }
        return SystemCalls(
            sent: text.split(separator: "\n").map(String.init).filter { line in calls.contains { line.contains($0) } })
    }
}
