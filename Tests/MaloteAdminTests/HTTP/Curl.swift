// Real requests by curl, off the pool of threads on which the server's answers are made.

import Dispatch
import Foundation
import MaloteTestKit

struct Curl: Sendable {
    struct Answer: Sendable {
        /// 0 when there was none.
        var status: Int
        var body: String
        var octets: Data
        var headers: String
        /// curl's own exit status.
        var exit: Int32
    }

    /// What every call gets, such as `--unix-socket`.
    var options: [String]
    var base = "http://malote"

    init(socket: String) { options = ["--unix-socket", socket] }

    init(port: Int) {
        options = []
        base = "http://127.0.0.1:\(port)"
    }

    func callAsFunction(_ target: String, _ more: String..., seconds: String = "50") async throws -> Answer {
        let folder = try TemporaryFolder()
        let (body, headers) = (folder.path + "/body", folder.path + "/headers")
        let arguments =
            ["-sS", "--path-as-is", "--noproxy", "*", "--max-time", seconds, "-o", body, "-D", headers]
            + ["-w", "%{http_code}"] + options + more + [base + target]
        let result = try await withCheckedThrowingContinuation { continuation in
            // curl blocks its caller, and the pool has one thread a core.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Program.run("/usr/bin/curl", arguments) })
            }
        }
        func text(_ file: String) -> String {
            String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        }
        return Answer(
            status: Int(result.output) ?? 0, body: text(body),
            octets: FileManager.default.contents(atPath: body) ?? Data(), headers: text(headers), exit: result.status)
    }
}
