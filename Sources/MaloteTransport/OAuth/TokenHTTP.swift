// POSTs forms to token servers by libcurl, all of them on one thread of its own; knows no OAuth.

import CCurl
import Glibc
import MaloteCore
import Synchronization

/// A server that hangs holds up nobody else: libcurl's multi interface moves all transfers at once. Lives as long as
/// the process.
package final class TokenHTTP: TokenServer {
    private static let sign = "token servers"

    private let posted = Mutex<[TokenTransfer.Job]>([])
    private let network: Network
    private let multi: Multi

    /// libcurl's handle. Only `curl_multi_wakeup` is called from other threads, which libcurl allows.
    private struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    /// - Parameter network: whose resolver, address policy and authorities hold here as well.
    package init(network: Network, signs: VitalSigns? = nil) throws(Failure) {
        guard let handle = curl_multi_init() else {
            throw Failure(.transient, .defect, "libcurl could not be started.")
        }
        multi = Multi(handle: handle)
        self.network = network
        signs?.register(Self.sign, limit: .seconds(60))
        try ThreadStart { self.run(signs) }.start()
    }

    package func post(_ request: TokenRequest) async throws(Failure) -> TokenReply {
        guard OAuthGrant.mayReceiveSecrets(request.url) else {
            throw Failure(
                .operatorNeeded, .credential, "Secrets may not go to the address of this mailbox's token server.",
                remedy: "Register an https:// address as its oauth2.token_url.")
        }
        let address = TokenAddress(request.url)
        let addresses = try await addresses(of: address)
        if Task.isCancelled { throw .stopped }
        let mark = CallOff()
        let result: Result<TokenReply, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = TokenTransfer.Job(
                    request: request, address: address, addresses: addresses,
                    caFile: request.caFile ?? network.authorities, mark: mark,
                    reply: { continuation.resume(returning: $0) })
                posted.withLock { $0.append(job) }
                curl_multi_wakeup(multi.handle)
            }
        } onCancel: {
            mark.set()
            curl_multi_wakeup(multi.handle)
        }
        return try result.get()
    }

    /// Set when nobody waits for an answer any more.
    final class CallOff: Sendable {
        private let mark = Atomic<Bool>(false)
        var isSet: Bool { mark.load(ordering: .acquiring) }
        func set() { mark.store(true, ordering: .releasing) }
    }

    private func addresses(of address: TokenAddress) async throws(Failure) -> [String] {
        do { return try await network.addresses(of: address.host) } catch {
            guard error.cause == .dns else { throw error }
            throw Failure(
                error.kind, .dns, "\(address) cannot be reached. \(error.detail)",
                remedy: "Check oauth2.token_url, and the DNS of this machine; a server of your own network needs its "
                    + "address in /etc/hosts, or addresses.private: always in malote.yaml.")
        }
    }

    // MARK: - The thread

    private func run(_ signs: VitalSigns?) {
        var transfers: [UnsafeMutableRawPointer: TokenTransfer] = [:]
        while true {
            signs?.tick(Self.sign)
            for job in takePosted() { start(job, &transfers) }
            var running: Int32 = 0
            curl_multi_perform(multi.handle, &running)
            finish(&transfers)
            let isHurried = callOff(&transfers)
            curl_multi_poll(multi.handle, nil, 0, isHurried ? 100 : running > 0 ? 1000 : 10_000, nil)
        }
    }

    /// - Returns: whether the time of somebody is running out.
    private func callOff(_ transfers: inout [UnsafeMutableRawPointer: TokenTransfer]) -> Bool {
        let now = ShardLoop.now()
        for (easy, transfer) in transfers where transfer.isOver(now) {
            curl_multi_remove_handle(multi.handle, easy)
            transfers.removeValue(forKey: easy)?.callOff()
        }
        return transfers.values.contains { $0.isHurried }
    }

    private func takePosted() -> [TokenTransfer.Job] {
        posted.withLock { posted in
            defer { posted = [] }
            return posted
        }
    }

    private func start(_ job: TokenTransfer.Job, _ transfers: inout [UnsafeMutableRawPointer: TokenTransfer]) {
        guard let transfer = TokenTransfer(job) else {
            return job.reply(.failure(Failure(.transient, .defect, "libcurl has no handle left.")))
        }
        transfers[transfer.easy] = transfer
        curl_multi_add_handle(multi.handle, transfer.easy)
    }

    private func finish(_ transfers: inout [UnsafeMutableRawPointer: TokenTransfer]) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message does not outlive the handle.
            let code = malote_message_result(message)
            curl_multi_remove_handle(multi.handle, easy)
            transfers.removeValue(forKey: easy)?.finish(code)
        }
    }
}
