// One POST, from its options to its answer; knows not what it is for and logs nothing.

import CCurl
import Glibc
import MaloteCore

/// Owns an easy handle. Lives on the thread of its `WebClient` alone.
final class WebTransfer {
    struct Job: Sendable {
        var request: WebRequest
        /// Numeric, as the resolver found them and the policy allows them: no other is connected to.
        var addresses: [String]
        var caFile: String
        var mark: WebClient.CallOff
        var reply: @Sendable (Result<WebAnswer, WebFault>) -> Void
    }

    static let largestAnswer = 64 * 1024
    private static let longest = 30_000
    private static let longestConnect = 15_000
    /// Seconds that a used connection waits for more, and lives in all: then addresses and certificates are looked at again.
    private static let longestIdle = 60
    private static let longestLife = 300
    /// An answer may hold what nobody can ask for again: who calls off waits this long for it still.
    private static let respite: Int64 = 2000

    let easy: UnsafeMutableRawPointer
    private let job: Job
    private let errorText: UnsafeMutablePointer<CChar>
    private let allowed: Set<PeerAddress>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var resolve: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var retryAfter: String?
    private var location: String?
    private var headerOctets = 0
    private var isTooLarge = false
    private var isCut = false
    private var deadline: Int64?

    init?(_ job: Job) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.job = job
        allowed = Set(job.addresses.compactMap(PeerAddress.init))
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText[0] = 0
        setRequest(job.request)
        setTransport(job)
        setTrust(job.caFile)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        curl_slist_free_all(resolve)
        errorText.deallocate()
    }

    private func setRequest(_ request: WebRequest) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, request.address.isPlain ? "http" : "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_USERAGENT, "Malote/\(MaloteVersion.text)")
        // Over HTTP/2, transfers of different contracts would share a connection, and its stalls.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        for header in request.headers + ["Accept: application/json", "Expect:"] {
            headers = curl_slist_append(headers, header)
        }
        malote_easy_set_list(easy, CURLOPT_HTTPHEADER, headers)
        request.body.reveal { body in
            set(CURLOPT_POST, 1)
            malote_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                malote_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
        }
        // Not retained: the transfer outlives its handle's last callback.
        let place = Unmanaged.passUnretained(self).toOpaque()
        malote_easy_set_write_function(easy, takeBody, place)
        malote_easy_set_header_function(easy, takeHeader, place)
    }

    private func setTransport(_ job: Job) {
        // A proxy in the environment must not see what is sent.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        if job.request.isOnce {
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
        set(CURLOPT_MAXAGE_CONN, Self.longestIdle)
        set(CURLOPT_MAXLIFETIME_CONN, Self.longestLife)
        set(CURLOPT_TIMEOUT_MS, Self.longest)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.longestConnect)
        malote_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        malote_easy_set_socket_opener(easy, openSocket, Unmanaged.passUnretained(self).toOpaque())
        let address = job.request.address
        guard PeerAddress(address.host) == nil else { return }
        resolve = curl_slist_append(
            nil, "+\(address.host):\(address.port):\(job.addresses.joined(separator: ","))")
        malote_easy_set_list(easy, CURLOPT_RESOLVE, resolve)
    }

    private func setTrust(_ caFile: String) {
        malote_easy_set_pointer(easy, CURLOPT_CAPATH, nil)
        set(CURLOPT_CAINFO, caFile)
        set(CURLOPT_CA_CACHE_TIMEOUT, 600)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
    }

    private func set(_ option: CURLoption, _ value: Int) { malote_easy_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { malote_easy_set_text(easy, option, value) }

    // MARK: - The end

    var isHurried: Bool { deadline != nil }

    /// - Parameter now: monotonic milliseconds.
    func isOver(_ now: Int64) -> Bool {
        if deadline == nil, job.mark.isSet { deadline = now + Self.respite }
        return deadline.map { now >= $0 } ?? false
    }

    func callOff() { job.reply(.failure(.stopped)) }

    func finish(_ code: CURLcode) {
        guard code == CURLE_OK || isCut else { return job.reply(.failure(fault(code))) }
        var status = 0
        malote_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        job.reply(
            .success(
                WebAnswer(status: status, retryAfter: retryAfter, location: location, body: isCut ? [] : body)))
    }

    private func fault(_ code: CURLcode) -> WebFault {
        let text = String(cString: errorText[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText))
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: return .certificate(text)
        case CURLE_COULDNT_CONNECT: return .refused
        case CURLE_OPERATION_TIMEDOUT: return .silent
        case CURLE_SSL_CONNECT_ERROR: return .tls(text)
        case CURLE_WRITE_ERROR where isTooLarge: return .tooLarge
        default: return .broken(text)
        }
    }

    // MARK: - libcurl's callbacks

    /// The last look before a connection, as for mail servers.
    fileprivate func open(_ target: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        guard let address = PeerAddress(target), allowed.contains(address) else { return CURL_SOCKET_BAD }
        let kind = target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(target.pointee.family, kind, target.pointee.`protocol`)
    }

    /// - Returns: false to break off.
    fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count > Self.largestAnswer else {
            body += bytes
            return true
        }
        isCut = job.request.cutsLongAnswers
        isTooLarge = !isCut
        return false
    }

    fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
        headerOctets += bytes.count
        isTooLarge = headerOctets > Self.largestAnswer
        if let value = Self.value(of: "retry-after:", in: bytes, limit: 64) { retryAfter = value }
        if let value = Self.value(of: "location:", in: bytes, limit: 1000) { location = value }
        return !isTooLarge
    }

    private static func value(of name: String, in line: UnsafeRawBufferPointer, limit: Int) -> String? {
        guard line.count > name.utf8.count, zip(line, name.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
            return nil
        }
        return String(decoding: line.dropFirst(name.utf8.count).prefix(limit), as: UTF8.self).trimmed
    }
}

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ target: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let target else { return CURL_SOCKET_BAD }
    return Unmanaged<WebTransfer>.fromOpaque(context).takeUnretainedValue().open(target)
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<WebTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<WebTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
