// Why a connection could not be made, in the operator's words; pure.

import CCurl
import COpenSSL
import MaloteCore

/// Maps what libcurl and OpenSSL report to a class of fault and its remedy.
struct DialFailure {
    var endpoint: Endpoint
    var code: CURLcode
    var text: String
    /// OpenSSL's `X509_V_*`.
    var verifyResult: Int
    /// TCP was up when it failed.
    var isConnected: Bool
    var lastLine: String
    /// `lastLine` is not the server's first.
    var isGreeted: Bool

    private var place: String { "\(endpoint.host):\(endpoint.port)" }

    var failure: Failure {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: Self.unknownHost(endpoint.host)
        case CURLE_PEER_FAILED_VERIFICATION: certificate
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            operatorNeeded(
                .certificate, "The public key of \(place) is not the pinned one.",
                "If the server's key was changed on purpose, register the new pin of this mailbox.")
        case CURLE_SSL_CACERT_BADFILE:
            operatorNeeded(
                .certificate, "The file of certificate authorities cannot be read (\(text)).",
                "Check the path in this mailbox's ca, or in tls.ca of malote.yaml.")
        case CURLE_USE_SSL_FAILED: isThrottled ? refusal : startTLS
        case CURLE_SSL_CONNECT_ERROR: tls
        case CURLE_OPERATION_TIMEDOUT: timeout
        case CURLE_COULDNT_CONNECT:
            Failure(
                .transient, .connect, "No connection to \(place): \(text).",
                remedy: "Check that the server is up and that the port is right and not blocked by a firewall.")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_REMOTE_ACCESS_DENIED, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
            CURLE_GOT_NOTHING:
            refusal
        default: Failure(.transient, .connect, "No connection to \(place): \(text).")
        }
    }

    static func unknownHost(_ host: String) -> Failure {
        Failure(
            .operatorNeeded, .dns, "The server name \(host) is unknown.",
            remedy: "Check the spelling of this mailbox's server, and the DNS of this machine.")
    }

    private func operatorNeeded(_ cause: Failure.Cause, _ detail: String, _ remedy: String) -> Failure {
        Failure(.operatorNeeded, cause, detail, remedy: remedy)
    }

    // MARK: - TLS

    private var certificate: Failure {
        switch Int32(truncatingIfNeeded: verifyResult) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            operatorNeeded(
                .certificate, "The certificate of \(place) has expired.", "Have the server's certificate renewed.")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            operatorNeeded(
                .certificate, "The certificate of \(place) is not valid yet.",
                "Check the clock of this machine and of the server.")
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            operatorNeeded(
                .certificate, "The certificate of \(place) is signed by an authority that is not trusted here.",
                "Give this mailbox the authority's file (ca: /path/ca.pem), or pin the server's key (pin: sha256//...)."
            )
        // The name is compared before the chain's verdict is noted.
        case X509_V_OK, X509_V_ERR_UNSPECIFIED:
            operatorNeeded(
                .certificate, "The certificate of \(place) is for another name (\(text)).",
                "Use the server name that the certificate carries.")
        default:
            operatorNeeded(
                .certificate, "The certificate of \(place) is not accepted: \(text).",
                "Have the server's certificate mended, or give this mailbox its authority (ca: /path/ca.pem).")
        }
    }

    private var startTLS: Failure {
        let implicit = endpoint.greeter == .smtp ? "tls: implicit, port 465" : "provider \(endpoint.greeter.rawValue)s"
        return operatorNeeded(
            .starttls, "\(place) does not do STARTTLS, which this mailbox requires\(refuses ? quote : "").",
            "Use TLS from the start (\(implicit)), or have STARTTLS switched on at the server.")
    }

    private func tampering(_ sentence: String) -> Failure {
        operatorNeeded(
            .starttls, sentence,
            "Somebody may be tampering with the connection; have STARTTLS looked at, or use TLS from the start.")
    }

    private var tls: Failure {
        let words = text.lowercased()
        func says(_ some: String...) -> Bool { some.contains { words.contains($0) } }
        if says("ssl_error_syscall", "connection reset", "unexpected eof") { return disconnected }
        if says("wrong version number") { return speaksNoTLS }
        if says("protocol version", "unsupported protocol") {
            return operatorNeeded(
                .tls, "\(place) speaks only TLS that is too old.",
                "Have TLS 1.2 or later switched on at the server.")
        }
        return Failure(
            .transient, .tls, "TLS with \(place) failed: \(text).", remedy: "The server must speak TLS 1.2 or later.")
    }

    private var speaksNoTLS: Failure {
        guard endpoint.security == .implicit else {
            return tampering("\(place) agreed to STARTTLS and then did not speak TLS.")
        }
        return operatorNeeded(
            .tls, "\(place) does not speak TLS from the start.",
            endpoint.greeter == .smtp
                ? "Use tls: starttls, or the port for implicit TLS (465)."
                : "Use provider \(endpoint.greeter == .imap ? "imap" : "pop") (STARTTLS), or the port for implicit TLS "
                    + "(\(endpoint.greeter == .imap ? 993 : 995)).")
    }

    // MARK: - Silence and refusal

    private var timeout: Failure {
        guard isConnected else {
            return Failure(
                .transient, .connect, "No connection to \(place): it did not answer in time.",
                remedy: "Check that the server is up and that the port is right and not blocked by a firewall.")
        }
        return Failure(
            .transient, .silentPeer, "\(place) accepted the connection and then said nothing.",
            remedy: "Check that server, port and TLS setting belong together.")
    }

    private var disconnected: Failure {
        Failure(.transient, .disconnected, "\(place) closed the connection before it was secured.")
    }

    /// It ended while the server was still spoken to in the clear.
    private var refusal: Failure {
        guard endpoint.security == .starttls else { return disconnected }
        if isThrottled {
            return Failure(.transient, .throttled, "\(place) has no time for us\(quote).")
        }
        // A greeting that is fine is followed by the STARTTLS command: its refusal is what was said last.
        if isGreeted, refuses, !isGoodbye { return startTLS }
        if refuses { return Failure(.transient, .rejected, "\(place) ended the connection\(quote).") }
        guard code == CURLE_WEIRD_SERVER_REPLY else { return disconnected }
        // Whoever can add words before TLS starts could have them taken for the server's own behind it (RFC 3207 §6).
        if isGreeted { return tampering("\(place) said more in the clear than its answer to STARTTLS.") }
        return Failure(
            .transient, .protocolBroken, "\(place) does not greet as a mail server does\(quote).",
            remedy: "Check that server and port belong together.")
    }

    /// What was not secured may be anybody's word, and must never pass for the server's own.
    private var quote: String { " (somebody said in the clear: \(lastLine))" }

    private var isThrottled: Bool { lastLine.hasPrefix("421") || lastLine.lowercased().contains("too many") }
    private var isGoodbye: Bool { lastLine.uppercased().hasPrefix("* BYE") }

    private var refuses: Bool {
        let line = lastLine.uppercased()
        switch endpoint.greeter {
        case .smtp: return line.hasPrefix("4") || line.hasPrefix("5")
        case .imap: return isGoodbye || line.contains(" NO ") || line.contains(" BAD ")
        case .pop3: return line.hasPrefix("-ERR")
        }
    }
}
