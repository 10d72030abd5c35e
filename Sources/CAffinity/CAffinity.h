#ifndef CAFFINITY_H
#define CAFFINITY_H

// The processors that a process may run on, one bit each, from the kernel's own calls. Swift cannot call the C
// library's macros, which also support only 1,024 processors. Each function returns -1 if it fails or the system has no
// such call.
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

static inline long affinity_read(int process, unsigned long bytes, void *bits) {
    return syscall(SYS_sched_getaffinity, process, bytes, bits);
}

static inline long affinity_write(int process, unsigned long bytes, const void *bits) {
    return syscall(SYS_sched_setaffinity, process, bytes, bits);
}
#else
static inline long affinity_read(int process, unsigned long bytes, void *bits) { return -1; }

static inline long affinity_write(int process, unsigned long bytes, const void *bits) { return -1; }
#endif

#endif
