#ifndef CGUARD_H
#define CGUARD_H

// A worker that is killed by SIGKILL cannot end its commands, but a fork of it can. The fork holds the other end of a
// socket pair, knows the process groups of the commands, and ends them when no process holds the worker's end any more.
#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The greatest number of groups, more than a task has lanes. Further groups are not guarded.
#define GUARD_GROUPS 1024

// One message to the guard, sent whole: a group's leader, and whether it runs.
struct guard_message {
    int group;
    int runs;
};

static inline void guard_close_all_but(int kept) {
#ifdef SYS_close_range
    int below = kept == 0 ? 0 : (int)syscall(SYS_close_range, 0u, (unsigned)kept - 1, 0u);
    if (below == 0 && syscall(SYS_close_range, (unsigned)kept + 1, ~0u, 0u) == 0) return;
#endif
    for (int other = 0; other < 1024; other++) {
        if (other != kept) close(other);
    }
}

// The guard must not have the worker's name, or people who end workers by name would end it, too.
static inline void guard_rename(int count, char **arguments) {
    static const char name[] = "stune-guard";
    prctl(PR_SET_NAME, name, 0, 0, 0);
    for (int index = 0; index < count; index++) {
        size_t length = strlen(arguments[index]);
        memset(arguments[index], 0, length);
        if (index == 0) memcpy(arguments[0], name, length < sizeof name ? length : sizeof name - 1);
    }
}

static inline void guard_pause(void) {
    struct timespec tenth = {0, 100000000};
    nanosleep(&tenth, 0);
}

// Sends SIGTERM to the commands, waits `tenths` tenths of a second, and kills what is left of their groups.
static inline void guard_end(const int *groups, int count, int tenths) {
    for (int index = 0; index < count; index++) kill(groups[index], SIGTERM);
    for (int turn = 0; turn < tenths; turn++) {
        int lives = 0;
        for (int index = 0; index < count; index++) lives |= kill(-groups[index], 0) == 0;
        if (!lives) return;
        guard_pause();
    }
    for (int index = 0; index < count; index++) kill(-groups[index], SIGKILL);
}

static inline void guard_wait(int line, int tenths) {
    int groups[GUARD_GROUPS];
    int count = 0;
    struct guard_message message;
    for (;;) {
        ssize_t bytes = read(line, &message, sizeof message);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes != sizeof message) break;
        if (message.runs) {
            if (count < GUARD_GROUPS) groups[count++] = message.group;
        } else {
            for (int index = 0; index < count; index++) {
                if (groups[index] == message.group) groups[index--] = groups[--count];
            }
        }
    }
    guard_end(groups, count, tenths);
}

// Forks the guard. `arguments` are those of this process; the guard overwrites them in its own memory.
//
// Returns the line to the guard, and its process id in `guard`; -1 if it fails.
static inline int guard_start(int count, char **arguments, int tenths, int *guard) {
    int ends[2];
    // Not a pipe: writing to a pipe without a reader kills the process, unless it ignores SIGPIPE, which its commands
    // would inherit.
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    if (child == 0) {
        // Signals that end the task are for the worker.
        int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE};
        for (unsigned index = 0; index < sizeof ignored / sizeof *ignored; index++) {
            signal(ignored[index], SIG_IGN);
        }
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, 0);
        setsid();
        guard_close_all_but(ends[0]);
        if (chdir("/") != 0) _exit(1);
        guard_rename(count, arguments);
        guard_wait(ends[0], tenths);
        _exit(0);
    }
    close(ends[0]);
    *guard = child;
    return ends[1];
}

// Reports that a group runs, or no longer runs; 0 on success.
static inline int guard_tell(int line, int group, int runs) {
    struct guard_message message = {group, runs};
    return send(line, &message, sizeof message, MSG_NOSIGNAL) == sizeof message ? 0 : -1;
}

// Ends the guard of a worker without running commands, and collects its exit code so that nobody else has to.
static inline void guard_stop(int line, int guard) {
    close(line);
    while (waitpid(guard, 0, 0) < 0 && errno == EINTR) {}
}
#else
static inline int guard_start(int count, char **arguments, int tenths, int *guard) { return -1; }

static inline int guard_tell(int line, int group, int runs) { return -1; }

static inline void guard_stop(int line, int guard) {}
#endif

#endif
