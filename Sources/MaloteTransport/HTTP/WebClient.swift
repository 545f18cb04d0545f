// POSTs to web servers by libcurl, all of them on one thread of its own; knows not what is sent, nor to whom.

import CCurl
import Glibc
import MaloteCore
import Synchronization

/// A server that hangs holds up nobody else: libcurl's multi interface moves all transfers at once. Lives as long as
/// the process.
final class WebClient: Sendable {
    private let posted = Mutex<[WebTransfer.Job]>([])
    private let network: Network
    private let multi: Multi
    private let sign: String

    /// libcurl's handle. Only `curl_multi_wakeup` is called from other threads, which libcurl allows.
    private struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    /// - Parameters:
    ///   - network: whose resolver, address policy and authorities hold here as well.
    ///   - sign: the name under which its thread proves that it lives.
    init(network: Network, sign: String, signs: VitalSigns?) throws(Failure) {
        guard let handle = curl_multi_init() else {
            throw Failure(.transient, .defect, "libcurl could not be started.")
        }
        multi = Multi(handle: handle)
        self.network = network
        self.sign = sign
        signs?.register(sign, limit: .seconds(60))
        try ThreadStart { self.run(signs) }.start()
    }

    /// Within 30 seconds in all. A cancelled task waits two seconds for an answer that is on its way.
    func post(_ request: WebRequest) async throws(WebFault) -> WebAnswer {
        let addresses: [String]
        do { addresses = try await network.addresses(of: request.address.host) } catch { throw .address(error) }
        if Task.isCancelled { throw .stopped }
        let mark = CallOff()
        let caFile = request.caFile ?? network.authorities
        let result: Result<WebAnswer, WebFault> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = WebTransfer.Job(
                    request: request, addresses: addresses, caFile: caFile, mark: mark,
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

    // MARK: - The thread

    private func run(_ signs: VitalSigns?) {
        var transfers: [UnsafeMutableRawPointer: WebTransfer] = [:]
        while true {
            signs?.tick(sign)
            for job in takePosted() { start(job, &transfers) }
            var running: Int32 = 0
            curl_multi_perform(multi.handle, &running)
            finish(&transfers)
            let isHurried = callOff(&transfers)
            curl_multi_poll(multi.handle, nil, 0, isHurried ? 100 : running > 0 ? 1000 : 10_000, nil)
        }
    }

    /// - Returns: whether the time of somebody is running out.
    private func callOff(_ transfers: inout [UnsafeMutableRawPointer: WebTransfer]) -> Bool {
        let now = ShardLoop.now()
        for (easy, transfer) in transfers where transfer.isOver(now) {
            curl_multi_remove_handle(multi.handle, easy)
            transfers.removeValue(forKey: easy)?.callOff()
        }
        return transfers.values.contains { $0.isHurried }
    }

    private func takePosted() -> [WebTransfer.Job] {
        posted.withLock { posted in
            defer { posted = [] }
            return posted
        }
    }

    private func start(_ job: WebTransfer.Job, _ transfers: inout [UnsafeMutableRawPointer: WebTransfer]) {
        guard let transfer = WebTransfer(job) else { return job.reply(.failure(.exhausted)) }
        transfers[transfer.easy] = transfer
        curl_multi_add_handle(multi.handle, transfer.easy)
    }

    private func finish(_ transfers: inout [UnsafeMutableRawPointer: WebTransfer]) {
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
