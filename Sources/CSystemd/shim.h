// What Swift may see of libsystemd: the headers, and typed wrappers for the variadic functions that Swift cannot call.
#pragma once
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

// The fields are complete `NAME=value` texts: no call site of ours is worth a CODE_LINE.
static inline int malote_journal_send(const struct iovec *fields, int count) {
#undef sd_journal_sendv
    return sd_journal_sendv(fields, count);
}
