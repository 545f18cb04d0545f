// Runs a program and gathers what it says; knows nothing of mail.

import Foundation

/// A finished program.
package struct ProgramResult: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
}

/// Runs programs to their end. Only for tests: it blocks the calling thread.
package enum Program {
    package struct Failed: Error, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }

    /// - Parameters:
    ///   - input: given on standard input.
    ///   - limit: a program that takes longer is killed, and its status is 137.
    package static func run(
        _ path: String, _ arguments: [String], input: String = "", within limit: Duration = .seconds(60)
    ) throws -> ProgramResult {
        // Files, not pipes: a daemon started by a script keeps them open, and a pipe would never end.
        let folder = try TemporaryFolder()
        let (inputFile, outputFile, errorFile) = (folder.path + "/in", folder.path + "/out", folder.path + "/err")
        try input.write(toFile: inputFile, atomically: false, encoding: .utf8)
        let child = try Child(path, arguments, input: inputFile, output: outputFile, errors: errorFile)
        let status = child.wait(within: limit)
        return ProgramResult(
            status: status,
            output: String(decoding: FileManager.default.contents(atPath: outputFile) ?? Data(), as: UTF8.self),
            errors: String(decoding: FileManager.default.contents(atPath: errorFile) ?? Data(), as: UTF8.self))
    }

    /// - Throws: unless the program ends with 0.
    @discardableResult
    package static func succeed(_ path: String, _ arguments: [String], input: String = "") throws -> String {
        let result = try run(path, arguments, input: input)
        guard result.status == 0 else {
            throw Failed(
                description: "\(path) \(arguments) ended with \(result.status): \(result.errors)\(result.output)")
        }
        return result.output
    }
}

/// A child process. Foundation's `Process` is not used: it learns of the end by a descriptor that grandchildren inherit,
/// so after a script that starts a daemon it would wait for ever.
package struct Child: Sendable {
    package let identifier: pid_t

    /// Files are appended to; made if missing.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // Daemons that the child leaves behind must not hold our descriptors; closing one that is not open is no error.
        for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // A test's threads block most signals; what a child inherits of that it could not be stopped by.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var identifier: pid_t = 0
        let all = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
        var settings = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for setting in settings { free(setting) } }
        let code = posix_spawn(&identifier, path, &actions, &attributes, &words, &settings)
        guard code == 0 else { throw Program.Failed(description: "\(path): \(String(cString: strerror(code)))") }
        self.identifier = identifier
    }

    package func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for its end, once, and kills it when that takes too long. A signal counts as 128 and its number, as in
    /// shells.
    package func wait(within limit: Duration = .seconds(60)) -> Int32 {
        var status: Int32 = 0
        let deadline = ContinuousClock.now + limit
        while waitpid(identifier, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            usleep(2000)
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

/// A folder under the system's temporary folder that is removed with its last reference.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "malote-test-" + UUID().uuidString
        // Servers run as other users and must reach what is theirs below it.
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Waits on the real world: real servers have no fake clock. Polls a condition until it holds or the time is over.
package func eventually(
    within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return try await condition()
}
