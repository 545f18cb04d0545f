// The daemon's signals as a stream of values; knows not what they lead to.

import Dispatch
import Glibc

/// SIGTERM and SIGINT ask for a stop, SIGHUP for a reload.
package enum DaemonSignal: Sendable { case stop, reload }

package final class Signals: Sendable {
    package let stream: AsyncStream<DaemonSignal>
    // Held for its lifetime only; nobody calls a source after it is activated.
    private nonisolated(unsafe) let sources: [any DispatchSourceProtocol]

    /// From here on the signals no longer kill the process.
    /// - Parameter lifeline: a pipe from which nothing is ever read; its end asks for a stop as well.
    package init(lifeline: Int32) {
        let (stream, continuation) = AsyncStream.makeStream(of: DaemonSignal.self)
        self.stream = stream
        let wanted: [(Int32, DaemonSignal)] = [(SIGTERM, .stop), (SIGINT, .stop), (SIGHUP, .reload)]
        let pipe = DispatchSource.makeReadSource(fileDescriptor: lifeline)
        pipe.setEventHandler {
            pipe.cancel()
            continuation.yield(.stop)
        }
        pipe.activate()
        let signals: [any DispatchSourceProtocol] = wanted.map { number, meaning in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(meaning) }
            source.activate()
            return source
        }
        sources = signals + [pipe]
    }
}
