// What Swift may see of libsystemd: the headers, and typed wrappers for what Swift cannot call or see.
#pragma once
#include <sys/prctl.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

// The fields are complete `NAME=value` texts: no call site of ours is worth a CODE_LINE.
static inline int malote_journal_send(const struct iovec *fields, int count) {
#undef sd_journal_sendv
    return sd_journal_sendv(fields, count);
}

// 1 while a time service tells the kernel how late it is, 0 while none does, -1 where the question is not allowed.
static inline int malote_clock_is_kept(void) {
    struct timex state = {0};
    if (adjtimex(&state) < 0) return -1;
    return (state.status & STA_UNSYNC) == 0;
}

// The file system's number in statfs(2); 0 if it cannot be found out.
static inline long malote_file_system_kind(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 ? (long)facts.f_type : 0;
}

// Whether others may look into this process: prctl(2).
static inline int malote_is_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static inline int malote_dumpable(int yes) {
    return prctl(PR_SET_DUMPABLE, yes, 0, 0, 0);
}
