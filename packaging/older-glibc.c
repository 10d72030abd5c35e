// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the objects that SwiftPM made expect of whoever links them, and an older glibc lacks.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>

// SwiftPM renames the main function of an executable, so that tests can link it; its own link names it back.
// ENTRY is that name.
int ENTRY(int argc, char **argv);
int main(int argc, char **argv) { return ENTRY(argc, argv); }

// Since glibc 2.32: libstdc++ asks it whether locks can be left out. "No" is always right.
char __libc_single_threaded = 0;

// Since glibc 2.29: Foundation's Process asks for it when the child shall start in another directory. A glibc that
// has the function is used; on an older one starting that child is refused.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path) {
    int (*newer)(posix_spawn_file_actions_t *, const char *) =
        (int (*)(posix_spawn_file_actions_t *, const char *))dlsym(
            RTLD_NEXT, "posix_spawn_file_actions_addchdir_np");
    return newer ? newer(actions, path) : ENOSYS;
}
