// The sockets the HTTP shell listens on: modes, leftovers, and places where none can be.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteAdmin

@Suite struct ListenSocketTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/control.sock" }

    init() throws { folder = try TemporaryFolder() }

    static func port(of socket: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private func mode() -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : 0
    }

    private func failure(_ listen: () throws(Failure) -> Int32) throws -> Failure {
        do { close(try listen()) } catch {
            #expect(error.kind == .operatorNeeded && error.cause == .registry)
            #expect(!error.remedy.isEmpty)
            return error
        }
        throw Unexpected(what: "a socket was opened")
    }

    @Test func onlyOwnerAndGroupMayUseTheControlSocket() throws {
        let socket = try ListenSocket.unix(path)
        defer { close(socket) }
        #expect(mode() == S_IFSOCK | 0o660)
        #expect(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func aSocketThatAKilledDaemonLeftIsReplaced() throws {
        close(try ListenSocket.unix(path))
        #expect(mode() & S_IFMT == S_IFSOCK)
        let socket = try ListenSocket.unix(path)
        defer { close(socket) }
        #expect(mode() == S_IFSOCK | 0o660)
    }

    @Test func nothingElseIsEverRemoved() throws {
        try "mine".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(
            try failure { () throws(Failure) in try ListenSocket.unix(path) }.detail
                == "Cannot listen on \(path): a file of another kind is there.")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        let link = folder.path + "/link"
        let target = folder.path + "/target.sock"
        close(try ListenSocket.unix(target))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(try failure { () throws(Failure) in try ListenSocket.unix(link) }.detail.contains("another kind"))
        #expect(
            try failure { () throws(Failure) in try ListenSocket.unix(folder.path) }.detail.contains("another kind"))
    }

    @Test func aPlaceWhereNoSocketCanBeIsNamed() throws {
        let nowhere = folder.path + "/none/control.sock"
        #expect(
            try failure { () throws(Failure) in try ListenSocket.unix(nowhere) }.detail
                == "Cannot listen on \(nowhere): No such file or directory.")
        let long = "/tmp/" + String(repeating: "x", count: 103)
        #expect(
            try failure { () throws(Failure) in try ListenSocket.unix(long) }.detail
                == "Cannot listen on \(long): its path is longer than 107 octets.")
    }

    @Test func aTakenPortIsNamed() throws {
        let first = try ListenSocket.tcp(host: "localhost", port: 0)
        defer { close(first) }
        let port = Self.port(of: first)
        #expect(port > 0)
        #expect(fcntl(first, F_GETFD) & FD_CLOEXEC != 0)
        #expect(
            try failure { () throws(Failure) in try ListenSocket.tcp(host: "127.0.0.1", port: port) }.detail
                == "Cannot listen on 127.0.0.1:\(port): Address already in use.")
    }

    @Test(arguments: ["desk.example", "", "1.2.3.4.5", "192.0.2.1"])
    func anAddressThatIsNotOursIsRefused(_ host: String) throws {
        let failure = try failure { () throws(Failure) in try ListenSocket.tcp(host: host, port: 0) }
        #expect(failure.detail.hasPrefix("Cannot listen on \(host):0: "))
    }
}

private struct Unexpected: Error { var what: String }
