// Secrets from files and credentials: what is read, what is refused, and that no text ever holds one.

import Foundation
import MaloteCore
import MaloteRuntime
import MaloteTestKit
import Testing

@Suite struct FileSecretReaderTests {
    let folder: TemporaryFolder
    let reader: FileSecretReader

    init() throws {
        folder = try TemporaryFolder()
        reader = FileSecretReader(credentials: folder.path + "/credentials")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/credentials", withIntermediateDirectories: false)
    }

    func file(_ bytes: [UInt8], _ name: String = "secret") throws -> SecretSource {
        let path = folder.path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return .file(path: path)
    }

    func failure(_ source: SecretSource, _ reader: FileSecretReader? = nil) async throws -> Failure {
        do {
            _ = try await (reader ?? self.reader).reveal(source)
        } catch {
            #expect(error.kind == .operatorNeeded && error.cause == .credential)
            #expect(!error.remedy.isEmpty)
            return error
        }
        throw Unexpected(what: "a secret was read from \(source)")
    }

    // MARK: - Files

    @Test(arguments: [
        ("pw", "pw"), ("pw\n", "pw"), ("pw\r\n", "pw"), ("pw\n\n", "pw\n"), ("pw\r", "pw\r"), (" pw\t\n", " pw\t"),
        ("p\nw\n", "p\nw"), ("não", "não"), ("\r", "\r"),
    ])
    func oneLineEndIsTakenOff(_ content: String, _ secret: String) async throws {
        #expect(try await reader.reveal(file(Array(content.utf8))) == Secret(secret))
    }

    @Test func octetsThatAreNoTextAreKept() async throws {
        #expect(try await reader.reveal(file([0xFF, 0x00, 0xFE, 0x0A])) == Secret([0xFF, 0x00, 0xFE]))
    }

    @Test func aLiteralIsWhatItIs() async throws {
        #expect(try await reader.reveal(.literal(Secret("pw\n"))) == Secret("pw\n"))
    }

    @Test func aChangedFileIsReadAnew() async throws {
        #expect(try await reader.reveal(file([0x61])) == Secret("a"))
        #expect(try await reader.reveal(file([0x62])) == Secret("b"))
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func anEmptyFileIsNoPassword(_ content: String) async throws {
        let failure = try await failure(file(Array(content.utf8)))
        #expect(failure.detail == "The password file \(folder.path)/secret cannot be read: it is empty.")
    }

    @Test func whatIsMissingOrNoFileIsNamed() async throws {
        let missing = try await failure(.file(path: folder.path + "/none"))
        #expect(missing.detail == "The password file \(folder.path)/none cannot be read: No such file or directory.")
        let directory = try await failure(.file(path: folder.path))
        #expect(directory.detail == "The password file \(folder.path) cannot be read: Is a directory.")
    }

    @Test func aPipeThatNobodyWritesDoesNotHang() async throws {
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        #expect(try await failure(.file(path: path)).detail.hasSuffix("it is empty."))
    }

    @Test func aFileBeyondTheLimitIsRefusedWithoutItsContent() async throws {
        let most = [UInt8](repeating: 0x78, count: 65_536)
        #expect(try await reader.reveal(file(most)) == Secret(most))
        let failure = try await failure(file(most + [0x78]))
        #expect(failure.detail.hasSuffix("it is larger than 65536 octets."))
        #expect(!failure.description.contains("xxxx"))
    }

    // MARK: - Credentials

    @Test func aCredentialIsReadFromSystemdsFolder() async throws {
        _ = try file(Array("pw\n".utf8), "credentials/acme in")
        #expect(try await reader.reveal(.credential(name: "acme in")) == Secret("pw"))
    }

    @Test func aCredentialThatWasNotLoadedIsNamed() async throws {
        let missing = try await failure(.credential(name: "acme"))
        #expect(missing.detail == "The credential acme cannot be read: No such file or directory.")
        #expect(missing.remedy == "Add LoadCredential=acme:/path to maloted's unit and restart it.")
        let none = try await failure(.credential(name: "acme"), FileSecretReader(credentials: nil))
        #expect(none.detail == "The credential acme cannot be read: systemd has given none.")
        #expect(none.remedy == missing.remedy)
    }

    @Test(arguments: ["", ".", "..", "/", "../secret", "a/../../secret", "/etc/passwd", "acme\u{0}", "a\nb"])
    func aNameThatLeadsElsewhereIsRefused(_ name: String) async throws {
        _ = try file([0x61])
        _ = try file([0x61], "credentials/acme")
        let failure = try await failure(.credential(name: name))
        #expect(failure.detail.hasSuffix("is not the name of a credential."))
        #expect(!failure.detail.hasControlCharacter)
    }
}

private struct Unexpected: Error { var what: String }
