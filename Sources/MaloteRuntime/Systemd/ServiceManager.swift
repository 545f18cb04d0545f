// What the daemon tells systemd, and what systemd gives it; silent when there is no systemd.

import CSystemd
import Glibc
import MaloteCore

/// sd_notify(3). Without `NOTIFY_SOCKET` every call does nothing.
package struct ServiceManager: Sendable {
    package init() {}

    package func ready(_ status: String) { notify("READY=1\nSTATUS=\(status.onOneLine)") }
    package func status(_ status: String) { notify("STATUS=\(status.onOneLine)") }

    package func stopping() { notify("STOPPING=1\nSTATUS=Stopping: finishing what is under way") }

    /// systemd 253 and later wait for READY=1 with a later timestamp; 252 ignores it.
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=Reloading")
    }

    private func notify(_ message: String) { sd_notify(0, message) }

    // MARK: - Watchdog

    /// Half of the time after which systemd takes silence for death; `nil` when it does not watch.
    package var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(microseconds / 2))
    }

    /// Feeds the watchdog for as long as every part of the daemon makes progress; ends when cancelled.
    package func feedWatchdog(_ signs: VitalSigns, time: any TimeSource, log: Log) async {
        guard let interval = watchdogInterval else { return }
        while !Task.isCancelled {
            let stale = signs.stale()
            if stale.isEmpty {
                notify("WATCHDOG=1")
            } else {
                log(.error, "no progress in \(stale.joined(separator: ", ")): systemd is not told that we are well.")
            }
            do { try await time.sleep(for: interval) } catch { return }
        }
    }

    // MARK: - Sockets

    /// Listening sockets from socket activation, by their `FileDescriptorName=`.
    package func activatedSockets() -> [String: Int32] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &names)
        defer {
            if let names {
                for index in 0..<Int(max(count, 0)) { free(names[index]) }
                free(names)
            }
        }
        guard count > 0, let names else { return [:] }
        var sockets: [String: Int32] = [:]
        for index in 0..<Int(count) {
            guard let name = names[index] else { continue }
            sockets[String(cString: name)] = SD_LISTEN_FDS_START + Int32(index)
        }
        return sockets
    }
}
