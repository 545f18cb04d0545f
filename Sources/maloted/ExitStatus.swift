// Which exit status (sysexits(3)) a failure ends the daemon or one of its tasks with; knows no task.

import Glibc
import MaloteCore

extension Failure {
    var exitStatus: Int32 {
        switch cause {
        // Of the database alone: no mail server's certificate ends a daemon.
        case .storage, .diskFull, .certificate, .tls: EX_IOERR
        case .credential: EX_NOPERM
        case .registry: EX_UNAVAILABLE
        case .defect: EX_SOFTWARE
        default: EX_TEMPFAIL
        }
    }

    /// Of a task that needs the store to itself: it may have it later, or somebody must change something first.
    var taskStatus: Int32 {
        if cause == .registry { return EX_CONFIG }
        return kind == .transient ? EX_TEMPFAIL : exitStatus
    }
}
