// One open connection as the protocol sessions use it; all work is done on its shard's thread.

import MaloteCore

final class CurlStream: ByteStream {
    private let shard: NetworkShard
    private let number: Int

    init(shard: NetworkShard, number: Int) {
        self.shard = shard
        self.number = number
    }

    // A stream that is dropped without a close must not leave its socket behind.
    deinit { release() }

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let (number, milliseconds) = (number, timeout.milliseconds)
        return try await shard.request(cancel: { $0.open[number]?.cancel() }) { loop, reply in
            guard let connection = loop.open[number] else { return reply(.failure(Self.closed)) }
            connection.startRead(limit: limit, deadline: ShardLoop.now() + milliseconds, loop, reply: reply)
        }
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        let (number, milliseconds) = (number, timeout.milliseconds)
        let _: Void = try await shard.request(cancel: { $0.open[number]?.cancel() }) { loop, reply in
            guard let connection = loop.open[number] else { return reply(.failure(Self.closed)) }
            connection.startWrite(bytes, deadline: ShardLoop.now() + milliseconds, loop, reply: reply)
        }
    }

    func exchange(_ bytes: [UInt8], atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let (number, milliseconds) = (number, timeout.milliseconds)
        return try await shard.request(cancel: { $0.open[number]?.cancel() }) { loop, reply in
            guard let connection = loop.open[number] else { return reply(.failure(Self.closed)) }
            connection.startExchange(bytes, limit: limit, patience: milliseconds, loop, reply: reply)
        }
    }

    func close() async { release() }

    private func release() {
        let number = number
        shard.post { loop in
            guard loop.open[number] != nil else { return }
            loop.close(number)
            loop.shard.addLoad(-1)
        }
    }

    private static let closed = Failure(.transient, .disconnected, "The connection is closed.")
}
