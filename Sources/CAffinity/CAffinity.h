#ifndef CAFFINITY_H
#define CAFFINITY_H

// The processors that a process may run on, a bit each, by the kernel's own calls: the C library's are not to be seen
// from Swift, and know of 1,024 processors only. Each returns -1 where it fails, or where there is no such thing.
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
