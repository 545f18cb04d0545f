// Opens secured connections to mail servers: name, address, TCP, TLS; knows no mail command beyond STARTTLS.

import CCurl
import Glibc
import MaloteCore
import Synchronization

/// The daemon's connections, spread over shards: libcurl walks all connections of a thread on each send and receive,
/// so none may have too many.
package final class Network: StreamOpener, NameLookup {
    /// Connections of one thread.
    private static let shardSize = 256

    private let resolver: HostResolver
    private let caFile: Mutex<String>
    private let policy: Mutex<AddressPolicy>
    private let clientName: String
    private let patience: Duration
    private let pace: Pace
    private let signs: VitalSigns?
    private let certificates: CertificateBook?
    private let shards = Mutex<[NetworkShard]>([])
    private let numbers = Atomic<Int>(0)

    /// - Parameters:
    ///   - caFile: PEM bundle for mailboxes without one of their own.
    ///   - policy: which servers may stand at addresses that are not public.
    ///   - clientName: what we call ourselves to SMTP servers (RFC 5321 §4.1.1.1).
    ///   - patience: for TCP, TLS and STARTTLS together.
    ///   - pace: how slowly a server may speak from then on.
    ///   - certificates: is told when servers' certificates end, at most once a day each.
    /// - Throws: `Failure(.operatorNeeded, .defect)` if the libcurl found is not fit for this.
    package convenience init(
        caFile: String, policy: AddressPolicy = .written, clientName: String, patience: Duration = .seconds(30),
        pace: Pace = Pace(), signs: VitalSigns? = nil, certificates: CertificateBook? = nil
    ) throws(Failure) {
        try self.init(
            caFile: caFile, policy: policy, clientName: clientName, patience: patience, pace: pace, signs: signs,
            certificates: certificates, resolver: HostResolver())
    }

    init(
        caFile: String, policy: AddressPolicy, clientName: String, patience: Duration, pace: Pace = Pace(),
        signs: VitalSigns?, certificates: CertificateBook? = nil, resolver: HostResolver
    ) throws(Failure) {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        // libcurl does not shield its sends from SIGPIPE when it may not use signals.
        signal(SIGPIPE, SIG_IGN)
        try Self.checkLibrary()
        self.caFile = Mutex(caFile)
        self.policy = Mutex(policy)
        self.clientName = clientName
        self.patience = patience
        self.pace = pace
        self.signs = signs
        self.certificates = certificates
        self.resolver = resolver
    }

    /// Holds for connections to come.
    package func set(caFile path: String, policy: AddressPolicy) {
        caFile.withLock { $0 = path }
        self.policy.withLock { $0 = policy }
    }

    private static func checkLibrary() throws(Failure) {
        let info = malote_curl_version()
        let version = info.map { $0.pointee.version_num } ?? 0
        let ssl = info?.pointee.ssl_version.map { String(cString: $0) } ?? ""
        guard version >= 0x075801, ssl.hasPrefix("OpenSSL") else {
            throw Failure(
                .operatorNeeded, .defect, "This libcurl cannot be used (\(String(version, radix: 16)), \(ssl)).",
                remedy: "Install libcurl 7.88.1 or later, built with OpenSSL (Debian: libcurl4).")
        }
    }

    package func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream {
        let addresses = try await addresses(of: endpoint.host)
        let witness = endpoint.security == .none ? nil : certificateWitness(endpoint)
        let stream = try await dial(endpoint, addresses: addresses, witness: witness)
        if let witness, let end = witness.facts.tls?.chain.first?.end {
            certificates?.note(CertificateBook.server(endpoint.host, endpoint.port), end: end)
        }
        return PacedStream(stream, place: "\(endpoint.host):\(endpoint.port)", pace: pace)
    }

    /// The connection is made anyway: now and then it is looked at on the way.
    private func certificateWitness(_ endpoint: Endpoint) -> DialWitness? {
        guard certificates?.wants(CertificateBook.server(endpoint.host, endpoint.port)) == true else { return nil }
        return DialWitness(host: endpoint.host)
    }

    /// PEM bundle for servers without authorities of their own.
    var authorities: String { caFile.withLock { $0 } }

    /// The numeric addresses that may be connected to; a host that is one is its own.
    /// - Throws: `.dns`, also when the policy allows none of them.
    package func addresses(of host: String) async throws(Failure) -> [String] {
        let policy = policy.withLock { $0 }
        return try policy.admit(try await resolver.addresses(of: host), of: host)
    }

    /// - Parameter witness: is told how far it came, whether it succeeds or not.
    func dial(
        _ endpoint: Endpoint, addresses: [String], witness: DialWitness? = nil
    ) async throws(Failure) -> any ByteStream {
        let plan = DialPlan(
            endpoint: endpoint, addresses: addresses, caFile: authorities, clientName: clientName,
            timeout: patience, witness: witness)
        let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
        let shard = try shard()
        do throws(Failure) {
            let opened = try await shard.request(cancel: { $0.cancelDial(number) }) { loop, reply in
                loop.dial(plan, number: number, reply: reply)
            }
            return CurlStream(shard: shard, number: opened)
        } catch {
            shard.addLoad(-1)
            throw error
        }
    }

    /// The least loaded shard with room; a new one when all are full.
    private func shard() throws(Failure) -> NetworkShard {
        let result: Result<NetworkShard, Failure> = shards.withLock { shards in
            if let best = shards.min(by: { $0.load < $1.load }), best.load < Self.shardSize {
                best.addLoad(1)
                return .success(best)
            }
            return Result { () throws(Failure) in
                let new = try NetworkShard(sign: "network \(shards.count + 1)", signs: signs)
                new.addLoad(1)
                shards.append(new)
                return new
            }
        }
        return try result.get()
    }
}
