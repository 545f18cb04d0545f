// The process that an operator starts and may kill: it runs the daemon proper as its child and knows nothing else.

import Foundation

/// Between the final dot and its answer nobody can know whether a message was accepted, so a daemon that is killed there
/// sends it twice. The master does no work at all, so killing it interrupts none: the worker notices, finishes what is
/// under way as at any orderly stop, and gives up its lock; a new daemon waits for that.
enum Master {
    /// - Parameter arguments: the daemon's own, handed on unchanged.
    /// - Returns: the worker's exit status; 128 and the number for a signal.
    static func run(_ arguments: [String]) -> Int32 {
        var watched = sigset_t()
        sigemptyset(&watched)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGCHLD] { sigaddset(&watched, number) }
        pthread_sigmask(SIG_BLOCK, &watched, nil)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, let worker = spawn(arguments, lifeline: ends[0], own: ends[1]) else {
            FileHandle.standardError.write(
                Data("maloted: the worker cannot be started: \(String(cString: strerror(errno)))\n".utf8))
            return EX_OSERR
        }
        close(ends[0])
        return follow(worker, watched)
    }

    /// Hands signals on until the worker has ended.
    private static func follow(_ worker: pid_t, _ watched: sigset_t) -> Int32 {
        var watched = watched
        while true {
            var number: Int32 = 0
            guard sigwait(&watched, &number) == 0 else { continue }
            guard number == SIGCHLD else {
                kill(worker, number)
                continue
            }
            var status: Int32 = 0
            guard waitpid(worker, &status, WNOHANG) == worker else { continue }
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }

    /// - Parameters:
    ///   - lifeline: the end of a pipe that the worker reads; it ends when the master does.
    ///   - own: the other end.
    private static func spawn(_ arguments: [String], lifeline: Int32, own: Int32) -> pid_t? {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The writing end stays with the master alone: its death is what the worker waits for.
        posix_spawn_file_actions_addclose(&actions, own)
        var words = (["maloted", "--worker", "\(lifeline)"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var worker: pid_t = 0
        return posix_spawn(&worker, "/proc/self/exe", &actions, &attributes, &words, environ) == 0 ? worker : nil
    }

    /// systemd addresses its sockets and its watchdog to the master; the worker is the one that uses them.
    static func inheritFromSystemd() {
        for name in ["LISTEN_PID", "WATCHDOG_PID"] where getenv(name) != nil { setenv(name, "\(getpid())", 1) }
    }
}
