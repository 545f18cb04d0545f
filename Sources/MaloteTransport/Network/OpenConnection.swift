// An established connection on its shard's thread: bytes in, bytes out, deadlines; knows no mail protocol.

import CCurl
import Glibc
import MaloteCore

/// Touched on the shard's thread only. At most one read and one write are under way.
final class OpenConnection {
    private struct Read {
        var limit: Int
        var deadline: Int64
        var reply: @Sendable (Result<[UInt8], Failure>) -> Void
    }

    private struct Write {
        var bytes: [UInt8]
        var sent = 0
        var deadline: Int64
        var reply: @Sendable (Result<Void, Failure>) -> Void
    }

    /// What is read once everything is written.
    private struct Answer {
        var limit: Int
        /// In milliseconds.
        var patience: Int64
        var reply: @Sendable (Result<[UInt8], Failure>) -> Void
    }

    private let easy: UnsafeMutableRawPointer
    private let descriptor: Int32
    private let place: String
    /// What came with the first look, before anybody read.
    private var early: [UInt8] = []
    private var read: Read?
    private var write: Write?
    private var answer: Answer?

    init(easy: UnsafeMutableRawPointer, descriptor: Int32, place: String) {
        self.easy = easy
        self.descriptor = descriptor
        self.place = place
    }

    /// Must be called in the same turn in which libcurl reports the connection: until the first receive libcurl counts
    /// it as unused and may prune it when another connects.
    func claim(_ loop: ShardLoop) { _ = receive(limit: 1 << 14, into: &early, loop) }

    var nextDeadline: Int64? {
        switch (read?.deadline, write?.deadline) {
        case (let a?, let b?): min(a, b)
        case (let a, let b): a ?? b
        }
    }

    // MARK: - Operations

    func startRead(
        limit: Int, deadline: Int64, _ loop: ShardLoop, reply: @escaping @Sendable (Result<[UInt8], Failure>) -> Void
    ) {
        guard read == nil else { return reply(.failure(Self.misuse)) }
        if !early.isEmpty {
            return reply(.success(takeEarly(limit)))
        }
        read = Read(limit: limit, deadline: deadline, reply: reply)
        proceed(loop)
    }

    func startWrite(
        _ bytes: [UInt8], deadline: Int64, _ loop: ShardLoop, reply: @escaping @Sendable (Result<Void, Failure>) -> Void
    ) {
        guard write == nil else { return reply(.failure(Self.misuse)) }
        write = Write(bytes: bytes, deadline: deadline, reply: reply)
        proceed(loop)
    }

    /// - Parameter patience: milliseconds for the write, and then for the read.
    func startExchange(
        _ bytes: [UInt8], limit: Int, patience: Int64, _ loop: ShardLoop,
        reply: @escaping @Sendable (Result<[UInt8], Failure>) -> Void
    ) {
        guard read == nil, write == nil else { return reply(.failure(Self.misuse)) }
        answer = Answer(limit: limit, patience: patience, reply: reply)
        write = Write(bytes: bytes, deadline: ShardLoop.now() + patience) { _ in }
        proceed(loop)
    }

    private static let misuse = Failure(.transient, .defect, "Two tasks used one connection.")

    /// Moves what can be moved now. Called when an operation starts and whenever the socket has news.
    func proceed(_ loop: ShardLoop) {
        if write != nil { proceedWriting() }
        if read != nil { proceedReading(loop) }
    }

    private func proceedReading(_ loop: ShardLoop) {
        guard let open = read else { return }
        var bytes: [UInt8] = []
        let state = receive(limit: open.limit, into: &bytes, loop)
        if !bytes.isEmpty { return finishRead(.success(bytes)) }
        switch state {
        case .more: return
        case .closed: finishRead(.success([]))
        case .broken(let text): finishRead(.failure(lost(text)))
        }
    }

    private enum ReceiveState {
        case more, closed
        case broken(String)
    }

    private func receive(limit: Int, into bytes: inout [UInt8], _ loop: ShardLoop) -> ReceiveState {
        while bytes.count < limit {
            var count = 0
            let code = curl_easy_recv(
                easy, loop.scratch.baseAddress, min(loop.scratch.count, limit - bytes.count), &count)
            if code == CURLE_AGAIN { return .more }
            guard code == CURLE_OK else { return .broken(String(cString: curl_easy_strerror(code))) }
            guard count > 0 else { return .closed }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
        }
        return .more
    }

    private func proceedWriting() {
        guard var open = write else { return }
        while open.sent < open.bytes.count {
            var count = 0
            let code = open.bytes.withUnsafeBytes { bytes in
                curl_easy_send(easy, bytes.baseAddress.map { $0 + open.sent }, bytes.count - open.sent, &count)
            }
            if code == CURLE_AGAIN {
                write = open
                return
            }
            guard code == CURLE_OK else {
                return finishWrite(.failure(lost(String(cString: curl_easy_strerror(code)))))
            }
            open.sent += count
        }
        finishWrite(.success(()))
    }

    // MARK: - Ends

    private func finishRead(_ result: Result<[UInt8], Failure>) {
        let reply = read?.reply
        read = nil
        reply?(result)
    }

    private func finishWrite(_ result: Result<Void, Failure>) {
        let (reply, next) = (write?.reply, answer)
        (write, answer) = (nil, nil)
        reply?(result)
        guard let next else { return }
        switch result {
        case .success where !early.isEmpty: next.reply(.success(takeEarly(next.limit)))
        case .success: read = Read(limit: next.limit, deadline: ShardLoop.now() + next.patience, reply: next.reply)
        case .failure(let failure): next.reply(.failure(failure))
        }
    }

    private func takeEarly(_ limit: Int) -> [UInt8] {
        defer { early.removeFirst(min(limit, early.count)) }
        return Array(early.prefix(limit))
    }

    private func lost(_ text: String) -> Failure {
        Failure(.transient, .disconnected, "The connection to \(place) was lost: \(text).")
    }

    func expire(now: Int64) {
        let silence = Failure(
            .transient, .silentPeer, "\(place) stopped answering.",
            remedy: "If it lasts, ask the server's administrator whether it is overloaded.")
        if let read, read.deadline <= now { finishRead(.failure(silence)) }
        if let write, write.deadline <= now { finishWrite(.failure(silence)) }
    }

    func cancel() {
        finishRead(.failure(.stopped))
        finishWrite(.failure(.stopped))
    }

    func close(_ loop: ShardLoop) {
        cancel()
        loop.unwatch(descriptor)
        Dial.discard(easy, loop)
    }
}
