#pragma once

#if __has_include(<sys/statfs.h>)
#include <sys/statfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

#if __has_include(<gnu/libc-version.h>)
#include <gnu/libc-version.h>
/// The version of the C library that runs, as "2.36"; not to be freed.
static inline const char *stune_libc_version(void) { return gnu_get_libc_version(); }
#else
/// Not known.
static inline const char *stune_libc_version(void) { return ""; }
#endif

/// The number of the kind of the file system that has a path; -1 where it cannot be looked at, and errno says why.
static inline long long stune_filesystem_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long long)(unsigned long)status.f_type & 0xFFFFFFFFLL : -1;
}
