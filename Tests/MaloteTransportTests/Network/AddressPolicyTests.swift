// Where a mailbox's name may lead: kinds of addresses, the hosts file, and real connections.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(1))) struct AddressPolicyTests {
    @Test(arguments: [
        ("8.8.8.8", true), ("1.1.1.1", true), ("100.63.255.255", true), ("100.128.0.0", true), ("172.15.0.1", true),
        ("172.32.0.1", true), ("192.167.1.1", true), ("223.255.255.255", true), ("2001:4860:4860::8888", true),
        ("2a00:1450::5", true), ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("100.64.0.1", false),
        ("100.127.255.255", false), ("127.0.0.1", false), ("127.255.0.9", false), ("169.254.169.254", false),
        ("172.16.0.1", false), ("172.31.255.255", false), ("192.168.0.1", false), ("198.19.0.1", false),
        ("224.0.0.1", false), ("255.255.255.255", false), ("::", false), ("::1", false), ("fe80::1", false),
        ("fe80::1%lo", false), ("febf::1", false), ("fc00::1", false), ("fdff::1", false), ("ff02::1", false),
        // IPv4 in IPv6's clothes.
        ("::ffff:127.0.0.1", false), ("::ffff:8.8.8.8", true), ("::10.0.0.1", false), ("64:ff9b::10.0.0.1", false),
        ("64:ff9b::8.8.8.8", true), ("2002:7f00:1::", false), ("2002:808:808::", true),
    ])
    func addressesAreOfAKind(_ text: String, _ isPublic: Bool) throws {
        #expect(try #require(PeerAddress(text)).isPublic == isPublic)
    }

    @Test(arguments: ["", "mail.example", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5", "::g", "[::1]"])
    func whatIsNoAddressIsNone(_ text: String) { #expect(PeerAddress(text) == nil) }

    @Test func theHostsFileNamesPlaces() {
        let file =
            "127.0.0.1 localhost\n10.0.0.5\tmail.corp Mail  # not.this\r\nfe80::1%eth0 mail\nnonsense mail\n# 1.1.1.1 mail"
        #expect(HostsFile.addresses(of: "mail.corp", in: file) == [PeerAddress(octets: [10, 0, 0, 5])])
        #expect(HostsFile.addresses(of: "mail", in: file).count == 2)
        #expect(HostsFile.addresses(of: "not.this", in: file).isEmpty)
        #expect(HostsFile.addresses(of: "localhost", path: "/nowhere").isEmpty)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var policy: AddressPolicy
        var addresses: [(text: String, isWritten: Bool)]
        var admits: [String]
    }

    private static let cases = [
        Case(
            testDescription: "public always", policy: .never, addresses: [("8.8.8.8", false)], admits: ["8.8.8.8"]),
        Case(testDescription: "private from DNS", policy: .written, addresses: [("10.0.0.5", false)], admits: []),
        Case(
            testDescription: "private by hand", policy: .written, addresses: [("10.0.0.5", true)], admits: ["10.0.0.5"]),
        Case(
            testDescription: "private by hand, forbidden", policy: .never, addresses: [("10.0.0.5", true)], admits: []),
        Case(testDescription: "private at will", policy: .always, addresses: [("::1", false)], admits: ["::1"]),
        Case(
            testDescription: "a mixture", policy: .written, addresses: [("127.0.0.1", false), ("8.8.8.8", false)],
            admits: ["8.8.8.8"]),
    ]

    @Test(arguments: cases) func aPolicyAdmits(_ item: Case) {
        let addresses = item.addresses.map { HostResolver.Address(text: $0.text, isWritten: $0.isWritten) }
        let result = Result { () throws(Failure) in try item.policy.admit(addresses, of: "mail.example") }
        switch result {
        case .success(let admitted): #expect(admitted == item.admits)
        case .failure(let failure):
            #expect(item.admits.isEmpty)
            #expect(words(failure) == "operator-needed dns")
            #expect(failure.detail.contains("mail.example") && failure.remedy.contains("addresses.private"))
        }
    }

    // MARK: - On sockets

    private static func network(_ policy: AddressPolicy, _ addresses: [String]) throws -> Network {
        try Network(
            caFile: Certificates.authority, policy: policy, clientName: "client.test", patience: .seconds(20),
            signs: nil,
            resolver: HostResolver { _ in
                .success(addresses.map { HostResolver.Address(text: $0, isWritten: false) })
            })
    }

    private static func server() throws -> LoopbackServer {
        try LoopbackServer { peer in
            peer.say("hello\r\n")
            peer.linger()
        }
    }

    @Test func aNameThatLeadsInsideIsNotConnectedTo() async throws {
        let server = try Self.server()
        let place = endpoint(server.port, .none, host: "rebound.test")
        let network = try Self.network(.written, ["127.0.0.1"])
        #expect(words(await failure { _ = try await network.open(place) }) == "operator-needed dns")
        network.set(caFile: Certificates.authority, policy: .always)
        let stream = try await network.open(place)
        #expect(try await stream.line() == "hello")
        await stream.close()
    }

    @Test func aLiteralIsTheOperatorsWordUnlessForbidden() async throws {
        let server = try Self.server()
        let place = endpoint(server.port, .none, host: "127.0.0.1")
        let network = try Self.network(.never, [])
        #expect(words(await failure { _ = try await network.open(place) }) == "operator-needed dns")
        network.set(caFile: Certificates.authority, policy: .written)
        let stream = try await network.open(place)
        #expect(try await stream.line() == "hello")
        await stream.close()
    }

    /// Of the two families one is dead: the other is used.
    @Test(arguments: [["::1", "127.0.0.1"], ["127.0.0.9", "127.0.0.1"], ["127.0.0.1", "::1"]])
    func oneLivingAddressIsEnough(_ addresses: [String]) async throws {
        let server = try Self.server()
        let stream = try await Self.network(.always, addresses).open(endpoint(server.port, .none, host: "two.test"))
        #expect(try await stream.line() == "hello")
        await stream.close()
    }

    /// Whatever libcurl makes of a name, no socket is opened to a place that was not allowed.
    @Test func theSocketIsTheLastGate() async throws {
        let server = try Self.server()
        let network = try Self.network(.always, [])
        let place = endpoint(server.port, .none, host: "127.0.0.1")
        let end = await failure { _ = try await network.dial(place, addresses: ["192.0.2.7"]) }
        #expect(words(end) == "transient connect")
    }
}
