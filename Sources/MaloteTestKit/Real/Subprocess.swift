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
    }

    /// - Parameter input: given on standard input.
    package static func run(_ path: String, _ arguments: [String], input: String = "") throws -> ProgramResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // Files, not pipes: a daemon started by a script keeps them open, and a pipe would never end.
        let folder = try TemporaryFolder()
        let (outputFile, errorFile) = (folder.path + "/out", folder.path + "/err")
        for file in [outputFile, errorFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        guard let output = FileHandle(forWritingAtPath: outputFile),
            let errors = FileHandle(forWritingAtPath: errorFile)
        else { throw Failed(description: "cannot write in \(folder.path)") }
        let stdin = Pipe()
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, output, errors)
        try process.run()
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        process.waitUntilExit()
        return ProgramResult(
            status: process.terminationStatus,
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
