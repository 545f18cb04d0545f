// Who may look into this process's memory: nobody but root; knows nothing of what is in it.

import CSystemd

/// The memory holds passwords, the key and mail.
package enum ProcessMemory {
    /// From now on no core is written, and no process of the same user may trace this one or read its memory. An exec
    /// undoes it, so each process says it for itself.
    package static func keepPrivate() { _ = malote_dumpable(0) }

    /// What every process is to begin with.
    package static func open() { _ = malote_dumpable(1) }

    package static var isPrivate: Bool { malote_is_dumpable() == 0 }
}
