// Runs the built maloted and malotectl as a user would; knows only their command lines.

import Foundation
import Synchronization

/// A maloted in a folder of its own, that can be killed and started again.
package final class RealDaemon: Sendable {
    package let folder: String
    package let socket: String
    private let process = Mutex<Child?>(nil)

    package var configFile: String { folder + "/malote.yaml" }
    package var logFile: String { folder + "/maloted.log" }

    package init(in folder: String, config: String = "") throws {
        self.folder = folder
        socket = folder + "/control.sock"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = """
            state: \(folder)/state
            control: \(socket)
            http: {listen: "127.0.0.1:0"}
            \(config)

            """
        try text.write(toFile: configFile, atomically: true, encoding: .utf8)
    }

    /// Where the build put the executables: beside the test bundle.
    package static func binary(_ name: String) -> String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        let beside = bundle + "/" + name
        return FileManager.default.isExecutableFile(atPath: beside) ? beside : projectFolder + "/.build/debug/" + name
    }

    /// Starts it and waits until it answers. One that was killed may still answer for a moment: it does not count.
    /// - Parameter tracer: a program and its arguments that run the daemon in their own place.
    package func start(environment: [String: String] = [:], tracer: [String] = []) async throws {
        let earlier = readyTimes
        let words = tracer + [Self.binary("maloted"), "--config", configFile, "--log", "text"]
        let daemon = try Child(
            words[0], Array(words.dropFirst()), environment: environment, output: logFile, errors: logFile)
        process.withLock { $0 = daemon }
        guard try await eventually({ try self.readyTimes > earlier && self.ctl("status").status == 0 }) else {
            throw Program.Failed(description: "maloted did not answer; its log:\n" + self.log)
        }
    }

    private var readyTimes: Int { log.split(separator: "\n").count { $0.contains(" is ready: ") } }

    package func kill() { end(SIGKILL) }

    /// Asks it to stop; returns its exit status.
    @discardableResult package func stop() -> Int32? { end(SIGTERM) }

    @discardableResult private func end(_ signal: Int32) -> Int32? {
        guard
            let daemon = process.withLock({ held in
                defer { held = nil }
                return held
            })
        else { return nil }
        daemon.signal(signal)
        return daemon.wait()
    }

    package func signal(_ signal: Int32) {
        process.withLock { $0?.signal(signal) }
    }

    package var log: String { String(decoding: FileManager.default.contents(atPath: logFile) ?? Data(), as: UTF8.self) }

    package func ctl(_ arguments: String..., input: String = "") throws -> ProgramResult {
        try ctl(arguments, input: input)
    }

    package func ctl(_ arguments: [String], input: String = "") throws -> ProgramResult {
        try Program.run(Self.binary("malotectl"), ["--socket", socket] + arguments, input: input)
    }

    package func apply(_ registry: String) throws -> ProgramResult {
        let file = folder + "/registry.yaml"
        try registry.write(toFile: file, atomically: true, encoding: .utf8)
        return try ctl("apply", "-f", file)
    }

    /// The JSON lines of all events of a contract.
    package func events(_ contract: String) throws -> [String] {
        try ctl("events", "--contract", contract).output.split(separator: "\n").map(String.init)
    }

    deinit { end(SIGKILL) }
}
