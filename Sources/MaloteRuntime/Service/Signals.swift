// The daemon's signals as a stream of values; knows not what they lead to.

import Dispatch
import Glibc

/// SIGTERM and SIGINT ask for a stop, SIGHUP for a reload.
package enum DaemonSignal: Sendable { case stop, reload }

package final class Signals: Sendable {
    package let stream: AsyncStream<DaemonSignal>
    // Held for its lifetime only; nobody calls a source after it is activated.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// From here on the signals no longer kill the process.
    package init() {
        let (stream, continuation) = AsyncStream.makeStream(of: DaemonSignal.self)
        self.stream = stream
        let wanted: [(Int32, DaemonSignal)] = [(SIGTERM, .stop), (SIGINT, .stop), (SIGHUP, .reload)]
        sources = wanted.map { number, meaning in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(meaning) }
            source.activate()
            return source
        }
    }
}
