#pragma once

#if __has_include(<sys/statfs.h>)
#include <sys/statfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

#if __has_include(<gnu/libc-version.h>)
#include <gnu/libc-version.h>
/// The version of the C library in use, such as "2.36". Do not free it.
static inline const char *stune_libc_version(void) { return gnu_get_libc_version(); }
#else
/// Not known.
static inline const char *stune_libc_version(void) { return ""; }
#endif

/// The number of a path's file system type; -1 if it cannot be looked at, with the reason in errno.
static inline long long stune_filesystem_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long long)(unsigned long)status.f_type & 0xFFFFFFFFLL : -1;
}
