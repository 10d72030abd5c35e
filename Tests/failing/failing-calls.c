// SPDX-License-Identifier: GPL-3.0-or-later
//
// A library for LD_PRELOAD: it lets calls of the file system fail that have to do with one directory.
//
//   FAIL_BELOW=DIR      only paths in this directory count, and files that were opened there
//   FAIL_PROGRAM=NAME   only processes of this program count: 'stune' or 'stune-worker'
//   FAIL_KIND=KIND      open, read, write, sync, rename, link, unlink, stat, list, mkdir or close
//   FAIL_CALL=N         the N-th call of this kind in a process fails, from 1 on; 0: none does
//   FAIL_CODE=N         with this errno
//   FAIL_SECONDS=S      all calls of the kind fail for S seconds from that one on; 0: that one alone
//   FAIL_COUNTS=FILE    at its end each such process appends "KIND CALLS" lines to FILE
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum kind { OPEN, READ, WRITE, SYNC, RENAME, LINK, UNLINK, STAT, LIST, MKDIR, CLOSE, KINDS };
static const char *const names[KINDS] = {"open", "read",   "write", "sync", "rename", "link",
                                         "unlink", "stat", "list",  "mkdir", "close"};

#define FILES 4096
static _Atomic unsigned char watched[FILES];
static _Atomic long calls[KINDS];
static const char *below, *counts;
static int is_ours, kind = -1, code = EIO;
static long call_to_fail;
static double seconds;
static _Atomic long long until; // in milliseconds
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

__attribute__((constructor)) static void begin(void) {
    const char *program = getenv("FAIL_PROGRAM"), *wanted = getenv("FAIL_KIND"), *text;
    real_openat = dlsym(RTLD_NEXT, "openat");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    below = getenv("FAIL_BELOW");
    counts = getenv("FAIL_COUNTS");
    is_ours = below && program && strcmp(program, program_invocation_short_name) == 0;
    for (int k = 0; k < KINDS; k++)
        if (wanted && strcmp(wanted, names[k]) == 0) kind = k;
    if ((text = getenv("FAIL_CALL"))) call_to_fail = atol(text);
    if ((text = getenv("FAIL_CODE"))) code = atoi(text);
    if ((text = getenv("FAIL_SECONDS"))) seconds = atof(text);
}

__attribute__((destructor)) static void end(void) {
    if (!is_ours || !counts) return;
    char text[1024];
    int length = 0;
    for (int k = 0; k < KINDS; k++)
        length += snprintf(text + length, sizeof text - length, "%s %ld\n", names[k], atomic_load(&calls[k]));
    int file = real_openat(AT_FDCWD, counts, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (real_write(file, text, length) < 0) perror("failing-calls");
    real_close(file);
}

// Whether a call about the directory must fail.
static int fails(enum kind k) {
    long call = atomic_fetch_add(&calls[k], 1) + 1;
    if ((int)k != kind || call_to_fail == 0) return 0;
    if (call == call_to_fail) atomic_store(&until, seconds > 0 ? now() + (long long)(seconds * 1000) : 1);
    long long end = atomic_load(&until);
    if (call == call_to_fail || (end > 1 && now() < end)) {
        errno = code;
        return 1;
    }
    return 0;
}

static int is_file(int file) { return is_ours && file >= 0 && file < FILES && atomic_load(&watched[file]); }

static int is_path(int directory, const char *path) {
    if (!is_ours || !path) return 0;
    if (path[0] != '/') return directory != AT_FDCWD && is_file(directory);
    size_t length = strlen(below);
    return strncmp(path, below, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int noted(int file, int is_watched) {
    if (file >= 0 && file < FILES) atomic_store(&watched[file], is_watched ? 1 : 0);
    return file;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define MODE \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

#define OPEN_AT(name) \
    int name(int directory, const char *path, int flags, ...) { \
        MODE REAL(name); \
        int ours = is_path(directory, path); \
        if (ours && fails(OPEN)) return -1; \
        return noted(real(directory, path, flags, mode), ours); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

#define OPEN_PATH(name) \
    int name(const char *path, int flags, ...) { \
        MODE REAL(name); \
        int ours = is_path(AT_FDCWD, path); \
        if (ours && fails(OPEN)) return -1; \
        return noted(real(path, flags, mode), ours); \
    }
OPEN_PATH(open)
OPEN_PATH(open64)

// The file is closed even if the call reports a failure.
int close(int file) {
    int ours = is_file(file);
    noted(file, 0);
    int result = real_close ? real_close(file) : -1;
    return ours && fails(CLOSE) ? -1 : result;
}

#define ON_FILE(type, name, kind, parameters, arguments) \
    type name parameters { \
        REAL(name); \
        if (is_file(file) && fails(kind)) return -1; \
        return real arguments; \
    }
ON_FILE(ssize_t, read, READ, (int file, void *bytes, size_t count), (file, bytes, count))
ON_FILE(ssize_t, pread, READ, (int file, void *bytes, size_t count, off_t from), (file, bytes, count, from))
ON_FILE(ssize_t, pread64, READ, (int file, void *bytes, size_t count, off64_t from), (file, bytes, count, from))
ON_FILE(ssize_t, write, WRITE, (int file, const void *bytes, size_t count), (file, bytes, count))
ON_FILE(ssize_t, pwrite, WRITE, (int file, const void *bytes, size_t count, off_t to), (file, bytes, count, to))
ON_FILE(ssize_t, pwrite64, WRITE, (int file, const void *bytes, size_t count, off64_t to), (file, bytes, count, to))
ON_FILE(int, ftruncate, WRITE, (int file, off_t length), (file, length))
ON_FILE(int, ftruncate64, WRITE, (int file, off64_t length), (file, length))
ON_FILE(int, fsync, SYNC, (int file), (file))
ON_FILE(int, fdatasync, SYNC, (int file), (file))
ON_FILE(int, fstat, STAT, (int file, struct stat *status), (file, status))
ON_FILE(int, fstat64, STAT, (int file, struct stat64 *status), (file, status))

#define ON_PATH(name, kind, parameters, directory, path, arguments) \
    int name parameters { \
        REAL(name); \
        if (is_path(directory, path) && fails(kind)) return -1; \
        return real arguments; \
    }
ON_PATH(stat, STAT, (const char *path, struct stat *status), AT_FDCWD, path, (path, status))
ON_PATH(stat64, STAT, (const char *path, struct stat64 *status), AT_FDCWD, path, (path, status))
ON_PATH(lstat, STAT, (const char *path, struct stat *status), AT_FDCWD, path, (path, status))
ON_PATH(lstat64, STAT, (const char *path, struct stat64 *status), AT_FDCWD, path, (path, status))
ON_PATH(fstatat, STAT, (int at, const char *path, struct stat *status, int flags), at, path,
        (at, path, status, flags))
ON_PATH(fstatat64, STAT, (int at, const char *path, struct stat64 *status, int flags), at, path,
        (at, path, status, flags))
ON_PATH(access, STAT, (const char *path, int mode), AT_FDCWD, path, (path, mode))
ON_PATH(unlink, UNLINK, (const char *path), AT_FDCWD, path, (path))
ON_PATH(unlinkat, UNLINK, (int at, const char *path, int flags), at, path, (at, path, flags))
ON_PATH(rename, RENAME, (const char *path, const char *target), AT_FDCWD, target, (path, target))
ON_PATH(renameat, RENAME, (int from, const char *path, int at, const char *target), at, target,
        (from, path, at, target))
ON_PATH(link, LINK, (const char *path, const char *target), AT_FDCWD, target, (path, target))
ON_PATH(linkat, LINK, (int from, const char *path, int at, const char *target, int flags), at, target,
        (from, path, at, target, flags))
ON_PATH(mkdir, MKDIR, (const char *path, mode_t mode), AT_FDCWD, path, (path, mode))
ON_PATH(mkdirat, MKDIR, (int at, const char *path, mode_t mode), at, path, (at, path, mode))

#define NEXT_ENTRY(name, type) \
    type *name(DIR *stream) { \
        REAL(name); \
        if (is_file(dirfd(stream)) && fails(LIST)) return 0; \
        return real(stream); \
    }
NEXT_ENTRY(readdir, struct dirent)
NEXT_ENTRY(readdir64, struct dirent64)
