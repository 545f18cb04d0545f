// HTTP to the daemon over its control socket, by libcurl; knows no route. Blocking: for malotectl only.

import CCurl
import Glibc
import MaloteCore

package struct ControlClient: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var body: [UInt8]
    }

    private let socket: String

    /// - Parameter socket: path of the daemon's control socket.
    package init(socket: String) { self.socket = socket }

    /// - Parameters:
    ///   - target: path and query, percent-encoded.
    ///   - seconds: for the whole exchange.
    ///   - sink: takes the body of a good answer as it comes, in place of `Answer.body`; false ends the exchange.
    /// - Throws: `.connect` when the daemon does not answer; its refusals are answers.
    package func request(
        _ method: String, _ target: String, body: [UInt8] = [], headers: [String] = [], seconds: Int = 60,
        sink: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(Failure) -> Answer {
        guard let easy = curl_easy_init() else { throw Failure(.transient, .defect, "libcurl could not be started.") }
        defer { curl_easy_cleanup(easy) }
        let received = Received(easy, sink)
        malote_easy_set_text(easy, CURLOPT_URL, "http://malote\(target)")
        malote_easy_set_text(easy, CURLOPT_UNIX_SOCKET_PATH, socket)
        malote_easy_set_text(easy, CURLOPT_PROXY, "")
        malote_easy_set_text(easy, CURLOPT_CUSTOMREQUEST, method)
        malote_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        malote_easy_set_long(easy, CURLOPT_TIMEOUT, seconds)
        malote_easy_set_write_function(easy, receive, Unmanaged.passUnretained(received).toOpaque())
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        // Without this libcurl would wait for leave to send a large body.
        for header in headers + ["Expect:"] { list = curl_slist_append(list, header) }
        malote_easy_set_list(easy, CURLOPT_HTTPHEADER, list)
        let code = body.withUnsafeBytes { bytes in
            if method != "GET", method != "DELETE" {
                malote_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
                malote_easy_set_pointer(
                    easy, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? emptyBody))
            }
            return curl_easy_perform(easy)
        }
        guard code == CURLE_OK else { throw failure(code) }
        var status = 0
        malote_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return Answer(status: status, body: received.bytes)
    }

    private func failure(_ code: CURLcode) -> Failure {
        switch code {
        case CURLE_COULDNT_CONNECT where access(socket, F_OK) != 0:
            Failure(
                .operatorNeeded, .connect, "There is no maloted at \(socket).",
                remedy: "Start it (systemctl start maloted), or name its socket with --socket.")
        case CURLE_COULDNT_CONNECT where access(socket, W_OK) != 0:
            Failure(
                .operatorNeeded, .connect, "You may not use \(socket).",
                remedy: "Use sudo, or join the group that owns the socket.")
        case CURLE_COULDNT_CONNECT:
            Failure(
                .operatorNeeded, .connect, "maloted does not answer at \(socket).",
                remedy: "Look at its log: journalctl -u maloted.")
        default:
            Failure(
                .transient, .disconnected,
                "The request to maloted failed: \(String(cString: curl_easy_strerror(code))).")
        }
    }
}

private final class Received {
    var bytes: [UInt8] = []
    private let easy: UnsafeMutableRawPointer
    private let sink: ((UnsafeRawBufferPointer) -> Bool)?

    init(_ easy: UnsafeMutableRawPointer, _ sink: ((UnsafeRawBufferPointer) -> Bool)?) {
        self.easy = easy
        self.sink = sink
    }

    func take(_ octets: UnsafeRawBufferPointer) -> Bool {
        var status = 0
        malote_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        if let sink, status < 400 { return sink(octets) }
        bytes.append(contentsOf: octets)
        return true
    }
}

// libcurl takes a null body for "read from the callback".
private nonisolated(unsafe) let emptyBody = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
    return received.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
