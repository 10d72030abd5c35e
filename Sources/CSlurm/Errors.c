// memfd_create
#define _GNU_SOURCE
#include "Internal.h"

#ifdef STUNE_WITH_SLURM

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// MARK: Kinds of errors

// By number, because each version of slurm_errno.h lacks some names (22.05 to 26.05 were compared). A number whose
// meaning has changed is in no list. These are requests that slurmctld rejects because of what they ask for. Errors in
// no list may pass, including numbers of future versions.
static const int refusals[] = {
    2000, // ESLURM_INVALID_PARTITION_NAME
    2001, // ESLURM_DEFAULT_PARTITION_NOT_SET
    2002, // ESLURM_ACCESS_DENIED
    2003, // ESLURM_JOB_MISSING_REQUIRED_PARTITION_GROUP
    2004, // ESLURM_REQUESTED_NODES_NOT_IN_PARTITION
    2005, // ESLURM_TOO_MANY_REQUESTED_CPUS
    2006, // ESLURM_INVALID_NODE_COUNT
    2008, // ESLURM_JOB_MISSING_SIZE_SPECIFICATION
    2009, // ESLURM_JOB_SCRIPT_MISSING
    2010, // ESLURM_USER_ID_MISSING
    2012, // ESLURM_PATHNAME_TOO_LONG
    2014, // ESLURM_REQUESTED_NODE_CONFIG_UNAVAILABLE
    2015, // ESLURM_REQUESTED_PART_CONFIG_UNAVAILABLE
    2017, // ESLURM_INVALID_JOB_ID
    2018, // ESLURM_INVALID_NODE_NAME
    2023, // ESLURM_BAD_DIST
    2025, // ESLURM_BAD_TASK_COUNT
    2029, // ESLURM_INVALID_FEATURE
    2036, // ESLURM_NOT_SUPPORTED
    2038, // ESLURM_DEPENDENCY
    2039, // ESLURM_BATCH_ONLY
    2044, // ESLURM_INVALID_TASK_MEMORY
    2045, // ESLURM_INVALID_ACCOUNT
    2046, // ESLURM_INVALID_PARENT_ACCOUNT
    2048, // ESLURM_INVALID_LICENSES
    2051, // ESLURM_INVALID_TIME_LIMIT
    2052, // ESLURM_RESERVATION_ACCESS
    2053, // ESLURM_RESERVATION_INVALID
    2054, // ESLURM_INVALID_TIME_VALUE
    2057, // ESLURM_INVALID_WCKEY
    2066, // ESLURM_INVALID_QOS
    2069, // ESLURM_INVALID_CPU_COUNT
    2071, // ESLURM_CIRCULAR_DEPENDENCY
    2072, // ESLURM_INVALID_GRES
    2080, // ESLURM_RESERVATION_EMPTY
    2092, // ESLURM_BURST_BUFFER_PERMISSION
    2094, // ESLURM_INVALID_BURST_BUFFER_REQUEST
    2099, // ESLURM_INVALID_MCS_LABEL
    2102, // ESLURM_DUPLICATE_GRES
    2111, // ESLURM_INVALID_CORE_CNT
    2114, // ESLURM_BATCH_CONSTRAINT
    2115, // ESLURM_INVALID_TRES
    2117, // ESLURM_INVALID_JOB_DEFAULTS
    2119, // ESLURM_INVALID_GRES_TYPE
    2121, // ESLURM_MULTI_KNL_CONSTRAINT
    2122, // ESLURM_UNSUPPORTED_GRES
    2123, // ESLURM_INVALID_NICE
    2124, // ESLURM_INVALID_TIME_MIN_LIMIT
    2127, // ESLURM_ENVIRONMENT_MISSING
    2129, // ESLURM_RESERVATION_USER_GROUP
    2130, // ESLURM_PARTITION_ASSOC
    2132, // ESLURM_BAD_THREAD_PER_CORE
    2133, // ESLURM_INVALID_PREFER
    2134, // ESLURM_INSUFFICIENT_GRES
    2167, // ESLURM_INVALID_ASSOC
    2170, // ESLURM_INVALID_RELATIVE_QOS
    2171, // ESLURM_INVALID_EXTRA
    2174, // ESLURM_RES_CORES_PER_GPU_UNIQUE
    2175, // ESLURM_RES_CORES_PER_GPU_TOPO
    2176, // ESLURM_RES_CORES_PER_GPU_NO
    2178, // ESLURM_REQUESTED_TOPO_CONFIG_UNAVAILABLE
    8000, // ESLURM_MISSING_TIME_LIMIT
};

// More than Slurm allows: for the account or the QOS, for an array (also by the site's max_array_tasks), or, the last
// number, for all jobs together.
static const int limits[] = {
    2050, // ESLURM_ACCOUNTING_POLICY
    2074, // ESLURM_QOS_THRES
    2081, // ESLURM_INVALID_ARRAY
    2007, // ESLURM_MAX_JOB_COUNT since 26.05; ESLURM_ERROR_ON_DESC_TO_RECORD_COPY before, when all jobs together are too many
    EAGAIN,
};

// The request was sent or carried out, and the reply was lost.
static const int doubtful[] = {
    1000, // SLURM_UNEXPECTED_MSG_ERROR
    1003, // SLURM_COMMUNICATIONS_RECEIVE_ERROR
    1004, // SLURM_COMMUNICATIONS_SHUTDOWN_ERROR
    1013, // SLURM_COMMUNICATIONS_MISSING_SOCKET_ERROR
    1802, // SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR
    1803, // SLURMCTLD_COMMUNICATIONS_SHUTDOWN_ERROR
    5003, // ESLURM_PROTOCOL_INCOMPLETE_PACKET
    5004, // SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT
    ETIMEDOUT,
    ECONNRESET,
    EPIPE,
};

static int holds(const int *list, size_t bytes, int code) {
    for (size_t at = 0; at < bytes / sizeof *list; at++)
        if (list[at] == code) return 1;
    return 0;
}

stune_slurm_trouble stune_slurm_trouble_of(int32_t code) {
    if (code == 0) return STUNE_SLURM_OK;
    if (holds(refusals, sizeof refusals, code)) return STUNE_SLURM_REFUSED;
    if (holds(limits, sizeof limits, code)) return STUNE_SLURM_LIMIT;
    if (holds(doubtful, sizeof doubtful, code)) return STUNE_SLURM_DOUBTFUL;
    return STUNE_SLURM_BUSY;
}

// MARK: What libslurm prints

// The file that replaces `stderr`. It is never closed, because another thread may hold its address.
static FILE *ear = NULL;
static FILE *mouth = NULL;

// Changes the variable `stderr`, not descriptor 2, so that forked processes keep their own standard error. Calls into
// libslurm run one at a time, so only one capture is active.
void stune_slurm_listen(void) {
    int before = errno;
    if (!ear) {
        int file = memfd_create("libslurm", MFD_CLOEXEC);
        ear = file >= 0 ? fdopen(file, "w+") : NULL;
        if (!ear && file >= 0) close(file);
        if (ear) setvbuf(ear, NULL, _IONBF, 0);
    }
    // Without the file nothing is captured, and the messages go where they always do.
    if (ear && !mouth && ftruncate(fileno(ear), 0) == 0) {
        rewind(ear);
        mouth = stderr;
        stderr = ear;
    }
    errno = before;
}

// Appends a part of a line to the text in `room`, after ", ".
static void append(char *room, size_t size, const char *text, size_t length) {
    size_t used = strlen(room);
    snprintf(room + used, size - used, "%s%.*s", used ? ", " : "", (int)length, text);
}

// Parses a line of libslurm: "[program: ]error: WORDS"; returns 0 for other lines.
static int take(const char *line, size_t length, char *room, size_t size) {
    static const char mark[] = "error: ";
    const char *found = memmem(line, length < 80 ? length : 80, mark, sizeof mark - 1);
    if (!found) return 0;
    const char *words = found + sizeof mark - 1;
    size_t count = (size_t)(line + length - words);
    // libslurm reports each attempt to connect; once is enough.
    if (count && !memmem(room, strlen(room), words, count)) append(room, size, words, count);
    return 1;
}

// Ends the capture. libslurm's messages go into `room`, those of other threads to standard error.
static void hear(char *room, size_t size) {
    room[0] = 0;
    if (!mouth) return;
    stderr = mouth;
    mouth = NULL;
    char text[4096];
    ssize_t count = pread(fileno(ear), text, sizeof text - 1, 0);
    if (count <= 0) return;
    text[count] = 0;
    for (char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (!take(line, length, room, size)) fprintf(stderr, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

// MARK: Results

// Adds words to a reason that does not have them yet.
static void explain(stune_slurm_result *result, const char *words) {
    if (!words || !*words || strstr(result->reason, words)) return;
    size_t used = strlen(result->reason);
    size_t length = strlen(words);
    while (length && words[length - 1] == '\n') length--;
    snprintf(result->reason + used, sizeof result->reason - used, ": %.*s", (int)length, words);
}

// The errors caused by a slurmctld of another version depend on both versions: a reply that makes no sense, or none.
static void explain_versions(stune_slurm_result *result) {
    if (result->code != SLURM_PROTOCOL_VERSION_ERROR && result->code != SLURM_PROTOCOL_INSANE_MSG_LENGTH
        && result->code != SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT)
        return;
    char words[320];
    stune_slurm_library_info own = stune_slurm_find_library();
    snprintf(
        words, sizeof words,
        "if it stays so, the Slurm versions of libslurm (%u.%02u, %.150s) and of slurmctld do not match", own.version / 100,
        own.version % 100, own.path);
    explain(result, words);
}

stune_slurm_result stune_slurm_heard(int code, const char *plugin_message) {
    stune_slurm_result result;
    char heard[sizeof result.reason];
    hear(heard, sizeof heard);
    memset(&result, 0, sizeof result);
    result.code = code;
    result.trouble = stune_slurm_trouble_of(code);
    if (code == 0) return result;
    // With this number and a message of its own, the site's submit plugin refuses. Without a message, it may be
    // anything.
    if (code == SLURM_ERROR && (plugin_message || *heard)) result.trouble = STUNE_SLURM_REFUSED;
    const char *words = libslurm.strerror(code);
    snprintf(result.reason, sizeof result.reason, "%s", words ? words : "unknown error");
    explain(&result, plugin_message);
    explain(&result, heard);
    explain_versions(&result);
    return result;
}

#endif
