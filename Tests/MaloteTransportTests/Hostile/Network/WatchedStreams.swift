// Streams that note how long their users would wait; knows no protocol.

import MaloteCore
import MaloteTransport
import Synchronization

final class WatchedStreams: StreamOpener {
    private struct Stream: ByteStream {
        let base: any ByteStream
        let note: @Sendable (Duration) -> Void

        func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
            note(timeout)
            return try await base.read(atMost: limit, within: timeout)
        }

        func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
            note(timeout)
            try await base.write(bytes, within: timeout)
        }

        func close() async { await base.close() }
    }

    private let base: any StreamOpener
    private let noted = Mutex<[Duration]>([])

    init(base: any StreamOpener) { self.base = base }

    var waits: [Duration] { noted.withLock { $0 } }

    func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream {
        Stream(base: try await base.open(endpoint)) { wait in self.noted.withLock { $0.append(wait) } }
    }
}
