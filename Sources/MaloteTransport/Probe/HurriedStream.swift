// A stream for those who will not wait long; knows no protocol.

import MaloteCore

/// Polls and deliveries bear with a slow server for minutes; an operator in front of a terminal does not.
struct HurriedStream: ByteStream {
    private static let patience = Duration.seconds(15)

    let base: any ByteStream

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        try await base.read(atMost: limit, within: min(timeout, Self.patience))
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        try await base.write(bytes, within: min(timeout, Self.patience))
    }

    func close() async { await base.close() }
}
