// dladdr, strchrnul
#define _GNU_SOURCE
#include "Internal.h"

#if defined(STUNE_WITH_SLURM) && !defined(STUNE_LINKS_SLURM)

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Search.h"

// The prefix of libslurm's files. Each version's library ends with its number.
static const char name[] = "libslurm.so";

// Relative to the directory of `sbatch`.
static const char *const beside[] = {
    "../lib", "../lib64", "../lib/slurm", "../lib64/slurm", "../lib/x86_64-linux-gnu", "../lib/aarch64-linux-gnu",
};

// Where sites install Slurm without telling the loader.
static const char *const places[] = {
    "/opt/slurm/lib", "/opt/slurm/lib64", "/opt/slurm/current/lib", "/opt/slurm/current/lib64",
    "/opt/slurm/default/lib", "/usr/local/lib", "/usr/local/lib64", "/usr/local/slurm/lib", "/usr/local/slurm/lib64",
    "/cm/shared/apps/slurm/current/lib", "/cm/shared/apps/slurm/current/lib64", "/usr/lib64/slurm",
};

static char path[PATH_MAX] = "";
static char trouble[512] = "";
// Why the first existing library could not be opened.
static char failure[240] = "";

// Opens a library; NULL on failure. libslurm's plugins need its functions among the global symbols.
static void *open_file(const char *file) {
    void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
    if (library) {
        Dl_info found;
        void *function = dlsym(library, "slurm_init");
        snprintf(path, sizeof path, "%s", function && dladdr(function, &found) ? found.dli_fname : file);
        return library;
    }
    const char *words = dlerror();
    // Without a slash, the loader has searched all its places: finding nothing there is not a failure.
    if (!*failure && strchr(file, '/')) snprintf(failure, sizeof failure, "%s", words ? words : file);
    return NULL;
}

static unsigned newest(void) { return stune_slurm_layouts[stune_slurm_layout_count - 1].library; }
static unsigned oldest(void) { return stune_slurm_layouts[0].library; }

// The largest library number in a directory; 0 if there is none.
static unsigned largest_in(const char *directory) {
    unsigned largest = 0;
    DIR *stream = opendir(directory);
    if (!stream) return 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (strncmp(entry->d_name, name, sizeof name - 1) != 0 || entry->d_name[sizeof name - 1] != '.') continue;
        char *end;
        unsigned long number = strtoul(entry->d_name + sizeof name, &end, 10);
        if (*end == 0 && number > largest && number < 1000) largest = (unsigned)number;
    }
    closedir(stream);
    return largest;
}

// Opens the newest library of a directory that the table knows, else the newest.
static void *open_directory(const char *directory) {
    char file[PATH_MAX];
    void *library = NULL;
    for (unsigned number = newest(); number >= oldest() && !library; number--) {
        if (snprintf(file, sizeof file, "%s/%s.%u", directory, name, number) >= (int)sizeof file) return NULL;
        if (access(file, F_OK) == 0) library = open_file(file);
    }
    if (library) return library;
    const unsigned other = largest_in(directory);
    if (other > newest() || (other && other < oldest())) {
        snprintf(file, sizeof file, "%s/%s.%u", directory, name, other);
        return open_file(file);
    }
    snprintf(file, sizeof file, "%s/%s", directory, name);
    return access(file, F_OK) == 0 ? open_file(file) : NULL;
}

// Opens a library of the installation that a program belongs to.
static void *open_beside(const char *program) {
    char directory[PATH_MAX * 2];
    const char *slash = strrchr(program, '/');
    if (!slash) return NULL;
    void *library = NULL;
    for (size_t at = 0; at < sizeof beside / sizeof *beside && !library; at++) {
        snprintf(directory, sizeof directory, "%.*s/%s", (int)(slash - program), program, beside[at]);
        library = open_directory(directory);
    }
    return library;
}

// Opens a library of the installation of the first `sbatch` on PATH, with links resolved, then without.
static void *open_beside_sbatch(void) {
    const char *directories = getenv("PATH");
    char program[PATH_MAX], real[PATH_MAX];
    while (directories && *directories) {
        const char *end = strchrnul(directories, ':');
        snprintf(program, sizeof program, "%.*s/sbatch", (int)(end - directories), directories);
        if (program[0] == '/' && access(program, X_OK) == 0) {
            void *library = realpath(program, real) ? open_beside(real) : NULL;
            return library ? library : open_beside(program);
        }
        directories = *end ? end + 1 : end;
    }
    return NULL;
}

// Opens the newest library that the loader finds by itself.
static void *open_of_loader(void) {
    char file[64];
    for (unsigned number = newest(); number >= oldest(); number--) {
        snprintf(file, sizeof file, "%s.%u", name, number);
        void *library = open_file(file);
        if (library) return library;
    }
    return open_file(name);
}

// Opens the file that STUNE_LIBSLURM names, or a library in the directory that it names.
static void *open_named(const char *named) {
    struct stat status;
    if (stat(named, &status) != 0) {
        snprintf(trouble, sizeof trouble,
            "STUNE_LIBSLURM is set to '%.150s', which is not there; set it to the site's libslurm.so.NN, or unset it", named);
        return NULL;
    }
    void *library = S_ISDIR(status.st_mode) ? open_directory(named) : open_file(named);
    if (!library)
        snprintf(trouble, sizeof trouble,
            "STUNE_LIBSLURM is set to '%.150s', where no libslurm can be opened%s%s; set it to the site's libslurm.so.NN",
            named, *failure ? ": " : "", failure);
    return library;
}

stune_slurm_found stune_slurm_search(void) {
    const char *named = getenv("STUNE_LIBSLURM");
    void *library = NULL;
    if (named && *named) {
        library = open_named(named);
    } else {
        library = open_beside_sbatch();
        if (!library) library = open_of_loader();
        for (size_t at = 0; at < sizeof places / sizeof *places && !library; at++)
            library = open_directory(places[at]);
        if (!library && *failure)
            snprintf(trouble, sizeof trouble,
                "libslurm cannot be opened: %s. Set STUNE_LIBSLURM to one that can, or say --cluster local", failure);
        else if (!library)
            snprintf(trouble, sizeof trouble,
                "found no libslurm.so.%u to .%u (Slurm 22.05 to 26.05) beside sbatch on PATH, where the loader looks, in "
                "/opt/slurm, /usr/local and /cm/shared. Run this where sbatch is, or set STUNE_LIBSLURM to the file; on "
                "a machine without Slurm say --cluster local",
                oldest(), newest());
    }
    return (stune_slurm_found){.library = library, .path = path, .trouble = trouble};
}

#endif
