// dladdr, RTLD_DEFAULT
#define _GNU_SOURCE
#include "Internal.h"

#ifdef STUNE_WITH_SLURM

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "Search.h"

stune_slurm_library libslurm;

static char path[1024] = "";
static char trouble[sizeof((stune_slurm_result *)0)->reason] = "";

// A long path is cut, so that the text after it fits.
#define SAY(...) snprintf(trouble, sizeof trouble, __VA_ARGS__)

// MARK: Functions

// Looks up the first of two names that the library has.
static void *find(void *library, const char *name, const char *other) {
    void *found = dlsym(library, name);
    return found || !other ? found : dlsym(library, other);
}

// Looks up all functions; returns 0 if one is missing, which `trouble` names.
static int look_up(void *library) {
    const int steps = libslurm.row->takes_step;
    const struct {
        void *to;
        const char *name, *other;
        int is_optional;
    } functions[] = {
        {&libslurm.init, "slurm_init", NULL, 0},
        {&libslurm.init_job_desc_msg, "slurm_init_job_desc_msg", NULL, 0},
        {&libslurm.submit_batch_job, "slurm_submit_batch_job", NULL, 0},
        {&libslurm.free_submit_response_response_msg, "slurm_free_submit_response_response_msg", NULL, 0},
        {&libslurm.load_job_user, "slurm_load_job_user", NULL, 0},
        {&libslurm.free_job_info_msg, "slurm_free_job_info_msg", NULL, 0},
        {&libslurm.kill_job2, "slurm_kill_job2", NULL, 0},
        {&libslurm.load_ctl_conf, "slurm_load_ctl_conf", NULL, 0},
        {&libslurm.strerror, "slurm_strerror", NULL, 0},
        {&libslurm.free_ctl_conf, "slurm_free_conf", "slurm_free_ctl_conf", 0},
        {&libslurm.job_reason_string, "slurm_job_state_reason_string", "slurm_job_reason_string", 1},
        {steps ? (void *)&libslurm.load_job_step : (void *)&libslurm.load_job, "slurm_load_job", NULL, 0},
        {steps ? (void *)&libslurm.job_batch_script_step : (void *)&libslurm.job_batch_script,
         "slurm_job_batch_script", NULL, 0},
    };
    for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
        void *found = find(library, functions[at].name, functions[at].other);
        if (!found && !functions[at].is_optional) {
            SAY("%.300s lacks the function %s; set STUNE_LIBSLURM to the libslurm.so that belongs to this cluster's sbatch",
                path, functions[at].name);
            return 0;
        }
        // The way that POSIX documents for dlsym: a function's address has the size of a void *.
        memcpy(functions[at].to, &found, sizeof found);
    }
    return 1;
}

int stune_slurm_load_job(void **answer, uint32_t job, uint16_t flags) {
    if (!libslurm.row->takes_step) return libslurm.load_job(answer, job, flags);
    stune_slurm_step step = {0, job, (uint32_t)NO_VAL, (uint32_t)NO_VAL};
    return libslurm.load_job_step(answer, step, flags);
}

int stune_slurm_batch_script(FILE *out, uint32_t job) {
    if (!libslurm.row->takes_step) return libslurm.job_batch_script(out, job);
    stune_slurm_step step = {0, job, (uint32_t)NO_VAL, (uint32_t)NO_VAL};
    return libslurm.job_batch_script_step(out, step);
}

// MARK: Opening

#ifdef STUNE_LINKS_SLURM

// Defined in FromHeaders.c.
long stune_slurm_linked_version(void);

// The library that this program was linked with is loaded already, and has the version of its headers.
static void *open_library(void) {
    Dl_info found;
    libslurm.row = &stune_slurm_layout_of_headers;
    void *function = dlsym(RTLD_DEFAULT, "slurm_api_version");
    const int is_known = function && stune_slurm_linked_version() && dladdr(function, &found);
    snprintf(path, sizeof path, "%s", is_known ? found.dli_fname : "libslurm");
    return RTLD_DEFAULT;
}

#else

static const stune_slurm_layout *row_of(unsigned number) {
    for (size_t at = 0; at < stune_slurm_layout_count; at++)
        if (stune_slurm_layouts[at].library == number) return &stune_slurm_layouts[at];
    return NULL;
}

// The number in a library's name; 0 if it has none.
static unsigned number_of(void *library) {
    long (*version)(void) = NULL;
    void *found = dlsym(library, "slurm_api_version");
    memcpy(&version, &found, sizeof found);
    return found ? (unsigned)((version() >> 16) & 0xff) : 0;
}

// Reports that no row is known for the number of a libslurm.
static void say_unknown(const char *file, unsigned number) {
    const stune_slurm_layout *first = &stune_slurm_layouts[0];
    const stune_slurm_layout *last = &stune_slurm_layouts[stune_slurm_layout_count - 1];
    SAY("%.200s has the number %u, and this stune knows %u (Slurm %u.%02u) to %u (Slurm %u.%02u): install a newer stune, "
        "build it on this machine (make build), or set STUNE_LIBSLURM to a libslurm.so that it knows",
        file, number, first->library, first->version / 100u, first->version % 100u, last->library,
        last->version / 100u, last->version % 100u);
}

// Takes what the search has opened; NULL: `trouble` says why not.
static void *open_library(void) {
    stune_slurm_found found = stune_slurm_search();
    if (!found.library) {
        SAY("%s", found.trouble);
        return NULL;
    }
    snprintf(path, sizeof path, "%s", found.path);
    const unsigned number = number_of(found.library);
    libslurm.row = row_of(number);
    if (libslurm.row) return found.library;
    say_unknown(path, number);
    return NULL;
}

#endif

static int is_usable = 0;

static void open_once(void) {
    void *library = open_library();
    if (!libslurm.row) return;
    if (libslurm.row->desc_size > sizeof(stune_slurm_desc)) {
        SAY("%.300s: a job's description has %u bytes, more than this stune was made for; install a newer one", path,
            libslurm.row->desc_size);
        return;
    }
    is_usable = look_up(library);
}

int stune_slurm_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_once);
    return is_usable;
}

stune_slurm_library_info stune_slurm_find_library(void) {
    const int usable = stune_slurm_open();
    return (stune_slurm_library_info){
        .is_usable = usable != 0,
        .version = usable ? libslurm.row->version : 0,
        .path = usable ? path : "",
        .trouble = trouble,
    };
}

uint32_t stune_slurm_version(void) { return stune_slurm_open() ? libslurm.row->version : 0; }

stune_slurm_result stune_slurm_no_library(void) {
    stune_slurm_result result = {.trouble = STUNE_SLURM_REFUSED, .code = SLURM_ERROR};
    memcpy(result.reason, trouble, sizeof trouble);
    return result;
}

int stune_slurm_start(void) {
    static int started = 0;
    if (started) return 1;
    if (!stune_slurm_open()) return 0;
    started = 1;
    // Without this, libslurm cuts the indices of a waiting array after 64 characters.
    setenv("SLURM_BITSTR_LEN", "0", 1);
    libslurm.init(NULL);
    return 1;
}

// MARK: The table and the headers

const char *stune_slurm_layout_difference(void) {
#ifdef STUNE_LINKS_SLURM
    static char words[160];
    const stune_slurm_layout *own = &stune_slurm_layout_of_headers, *row = NULL;
    for (size_t at = 0; at < stune_slurm_layout_count; at++)
        if (stune_slurm_layouts[at].version == own->version) row = &stune_slurm_layouts[at];
    if (!row) return NULL;
#define DIFFER(what, table, header) \
    if ((table) != (header)) { \
        snprintf(words, sizeof words, "%s: %u in the table, %u in slurm.h", what, (table), (header)); \
        return words; \
    }
    DIFFER("library", row->library, (unsigned)(stune_slurm_linked_version() >> 16))
    DIFFER("the size of job_desc_msg_t", row->desc_size, own->desc_size)
    DIFFER("the size of job_info_t", row->info_size, own->info_size)
    DIFFER("takes_step", row->takes_step, own->takes_step)
#define DIFFER_FIELD(name, type, member) \
    DIFFER(#name " begins", row->name.at, own->name.at) \
    DIFFER(#name " is wide", row->name.size, own->name.size)
    STUNE_SLURM_FIELDS(DIFFER_FIELD)
#endif
    return NULL;
}

#endif
