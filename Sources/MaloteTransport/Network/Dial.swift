// One connection being made by libcurl: TCP, TLS or the required STARTTLS; knows no mail command.

import CCurl
import COpenSSL
import Glibc
import MaloteCore

/// What to connect to and how; everything libcurl needs for one handle.
struct DialPlan: Sendable {
    var endpoint: Endpoint
    /// Numeric addresses, as the resolver found them and the policy allows them: no other is connected to.
    var addresses: [String]
    /// PEM file of authorities.
    var caFile: String
    /// What we call ourselves in EHLO during STARTTLS.
    var clientName: String
    var timeout: Duration
    /// Who wants to know how far it comes; only probes do.
    var witness: DialWitness?
}

/// An easy handle on its way to an open connection. One handle is one connection, never used twice.
final class Dial {
    typealias Reply = @Sendable (Result<Int, Failure>) -> Void

    let easy: UnsafeMutableRawPointer
    let endpoint: Endpoint
    private let reply: Reply
    private let errorText: UnsafeMutablePointer<CChar>
    private var resolve: UnsafeMutablePointer<curl_slist>?
    private let witness: DialWitness?
    private let allowed: Set<PeerAddress>
    /// The server's first and last line before TLS, for the operator.
    private var firstLine = ""
    private var lastLine = ""
    private var lines = 0

    init(_ plan: DialPlan, reply: @escaping Reply) throws(Failure) {
        guard let easy = curl_easy_init() else { throw Failure(.transient, .defect, "libcurl has no handle left.") }
        self.easy = easy
        self.reply = reply
        endpoint = plan.endpoint
        witness = plan.witness
        allowed = Set(plan.addresses.compactMap(PeerAddress.init))
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText[0] = 0
        setTransport(plan)
        setTrust(plan)
    }

    /// The handle itself is released by whoever has it last: `discard`, or the open connection.
    deinit {
        curl_slist_free_all(resolve)
        errorText.deallocate()
    }

    // MARK: - Options

    private func setTransport(_ plan: DialPlan) {
        set(CURLOPT_URL, url(plan))
        set(CURLOPT_PROTOCOLS_STR, "http,https,imap,pop3,smtp")
        // A proxy in the environment must not see customers' mail.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 120)
        set(CURLOPT_TCP_KEEPINTVL, 30)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(plan.timeout.milliseconds))
        malote_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        if PeerAddress(endpoint.host) == nil {
            let addresses = plan.addresses.joined(separator: ",")
            resolve = curl_slist_append(nil, "+\(endpoint.host):\(endpoint.port):\(addresses)")
            malote_easy_set_list(easy, CURLOPT_RESOLVE, resolve)
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        malote_easy_set_socket_opener(easy, openSocket, context)
        malote_easy_set_write_function(easy, ignoreData, nil)
        malote_easy_set_header_function(easy, takeLine, context)
    }

    /// `https` and `http` give the bare stream; the mail schemes do greeting and STARTTLS, and without a user name
    /// stop before the login.
    private func url(_ plan: DialPlan) -> String {
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        switch endpoint.security {
        case .none: return "http://\(host):\(endpoint.port)/"
        case .implicit: return "https://\(host):\(endpoint.port)/"
        case .starttls:
            let path = endpoint.greeter == .smtp ? plan.clientName : ""
            return "\(endpoint.greeter.rawValue)://\(host):\(endpoint.port)/\(path)"
        }
    }

    private func setTrust(_ plan: DialPlan) {
        // With a CA directory every connection would read it anew: 16 times the memory, 26 times the time.
        malote_easy_set_pointer(easy, CURLOPT_CAPATH, nil)
        set(CURLOPT_CAINFO, endpoint.trust.caFile ?? plan.caFile)
        set(CURLOPT_CA_CACHE_TIMEOUT, 600)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_ENABLE_ALPN, 0)
        // A pinned key replaces the chain, it does not add to it: that is what self-signed servers need.
        let isPinned = endpoint.trust.pin != nil
        set(CURLOPT_SSL_VERIFYPEER, isPinned ? 0 : 1)
        set(CURLOPT_SSL_VERIFYHOST, isPinned ? 0 : 2)
        if let pin = endpoint.trust.pin { set(CURLOPT_PINNEDPUBLICKEY, pin) }
        if endpoint.security == .starttls { set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let witness { malote_easy_set_pointer(easy, CURLOPT_SSL_CTX_DATA, witness.pointer) }
        malote_easy_set_ssl_function(easy) { _, context, witness in
            malote_ssl_relax_writes(context)
            if let witness { DialWitness.watch(context, witness) }
            return CURLE_OK
        }
    }

    private func set(_ option: CURLoption, _ value: Int) { malote_easy_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { malote_easy_set_text(easy, option, value) }

    // MARK: - The end

    /// Tells the witness what libcurl knows. Must be called while the handle lives.
    func testify() {
        guard let witness else { return }
        var address: UnsafePointer<CChar>?
        if isConnected { malote_easy_get_text(easy, CURLINFO_PRIMARY_IP, &address) }
        witness.note(address: address.map { String(cString: $0) }, firstLine: firstLine)
    }

    private var isConnected: Bool {
        // The connect time would not do: until TLS is up it is zero.
        var localPort = 0
        malote_easy_get_long(easy, CURLINFO_LOCAL_PORT, &localPort)
        return localPort > 0
    }

    /// The handle outlives this object: what it points to here must be let go first.
    func releaseReferences() {
        malote_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, nil)
        malote_easy_set_header_function(easy, ignoreData, nil)
        malote_easy_set_socket_opener(easy, nil, nil)
        malote_easy_set_list(easy, CURLOPT_RESOLVE, nil)
    }

    func succeed(_ number: Int) { reply(.success(number)) }
    func fail(_ failure: Failure) { reply(.failure(failure)) }

    func failure(_ code: CURLcode) -> Failure {
        var verify = 0
        malote_easy_get_long(easy, CURLINFO_SSL_VERIFYRESULT, &verify)
        let text = String(cString: errorText)
        return DialFailure(
            endpoint: endpoint, code: code, text: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text,
            verifyResult: verify, isConnected: isConnected, lastLine: lastLine, isGreeted: lines > 1
        ).failure
    }

    /// The last look before a connection: whatever libcurl made of the name, only what was allowed is connected to.
    fileprivate func open(_ target: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        guard let address = PeerAddress(target), allowed.contains(address) else { return CURL_SOCKET_BAD }
        let kind = target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(target.pointee.family, kind, target.pointee.`protocol`)
    }

    fileprivate func take(_ line: String) {
        if lines == 0 { firstLine = line }
        lastLine = line
        lines += 1
    }

    /// Takes the handle out of its multi and frees it; this closes the connection.
    static func discard(_ easy: UnsafeMutableRawPointer, _ loop: ShardLoop) {
        curl_multi_remove_handle(UnsafeMutableRawPointer(loop.multi), easy)
        curl_easy_cleanup(easy)
    }
}

private func ignoreData(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
)
    -> Int
{ size * count }

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ target: UnsafeMutablePointer<curl_sockaddr>?
)
    -> curl_socket_t
{
    guard let context, let target else { return CURL_SOCKET_BAD }
    return Unmanaged<Dial>.fromOpaque(context).takeUnretainedValue().open(target)
}

private func takeLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
)
    -> Int
{
    guard let bytes, let context else { return size * count }
    let line = UnsafeRawBufferPointer(start: bytes, count: min(size * count, 300))
    let text = String(decoding: line, as: UTF8.self).filter { !$0.isNewline }
    Unmanaged<Dial>.fromOpaque(context).takeUnretainedValue().take(text)
    return size * count
}
