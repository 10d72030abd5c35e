/// Declarations shared by the files of this target only.
#ifndef STUNE_CSLURM_INTERNAL_H
#define STUNE_CSLURM_INTERNAL_H

#include "CSlurm.h"

#ifdef STUNE_WITH_SLURM

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "Layout.h"
#include "Numbers.h"

#define STUNE_SLURM_NUMBER(name, value) name = value,
enum { STUNE_SLURM_NUMBERS(STUNE_SLURM_NUMBER) };
#define STUNE_SLURM_LARGE_NUMBER(name, value) static const uint64_t name = value;
STUNE_SLURM_LARGE_NUMBERS(STUNE_SLURM_LARGE_NUMBER)

/// libslurm, once `stune_slurm_open` has found it: its row, and its functions by their names in slurm.h without
/// "slurm_". Slurm's structs are `void` here; GET reads them and PUT writes them.
typedef struct stune_slurm_library {
    const stune_slurm_layout *row;
    void (*init)(const char *file);
    void (*init_job_desc_msg)(void *job);
    int (*submit_batch_job)(void *job, void **response);
    void (*free_submit_response_response_msg)(void *response);
    int (*load_job_user)(void **answer, uint32_t user, uint16_t flags);
    void (*free_job_info_msg)(void *answer);
    int (*kill_job2)(const char *job, uint16_t signal, uint16_t flags, const char *sibling);
    int (*load_ctl_conf)(time_t since, void **conf);
    char *(*strerror)(int code);
    /// Named slurm_free_conf since 26.05.
    void (*free_ctl_conf)(void *conf);
    /// Named slurm_job_state_reason_string since 24.05. It is in the library, but in no installed header.
    const char *(*job_reason_string)(unsigned int reason);
    /// One of each pair exists, depending on `row->takes_step`.
    int (*load_job)(void **answer, uint32_t job, uint16_t flags);
    int (*load_job_step)(void **answer, stune_slurm_step job, uint16_t flags);
    int (*job_batch_script)(FILE *out, uint32_t job);
    int (*job_batch_script_step)(FILE *out, stune_slurm_step job);
} stune_slurm_library;

extern stune_slurm_library libslurm;

/// Finds libslurm, once for the process; returns 0 if it cannot be used. Reads no configuration.
int stune_slurm_open(void);

/// The result of a request that was not made because there is no libslurm.
stune_slurm_result stune_slurm_no_library(void);

/// slurm_load_job and slurm_job_batch_script, for both ways to name a job.
int stune_slurm_load_job(void **answer, uint32_t job, uint16_t flags);
int stune_slurm_batch_script(FILE *out, uint32_t job);

/// Space for a job_desc_msg_t of any version.
typedef union stune_slurm_desc {
    max_align_t alignment;
    char room[4096];
} stune_slurm_desc;

/// Reads a field of a record as a number.
static inline uint64_t stune_slurm_get(const void *record, stune_slurm_field field) {
    const char *from = (const char *)record + field.at;
    uint64_t all = 0;
    uint32_t word = 0;
    uint16_t half = 0;
    uint8_t byte = 0;
    switch (field.size) {
    case sizeof all: memcpy(&all, from, sizeof all); return all;
    case sizeof word: memcpy(&word, from, sizeof word); return word;
    case sizeof half: memcpy(&half, from, sizeof half); return half;
    default: memcpy(&byte, from, sizeof byte); return byte;
    }
}

/// Sets a field of a record to a number, cut to the width of the field.
static inline void stune_slurm_put(void *record, stune_slurm_field field, uint64_t value) {
    char *to = (char *)record + field.at;
    uint32_t word = (uint32_t)value;
    uint16_t half = (uint16_t)value;
    uint8_t byte = (uint8_t)value;
    switch (field.size) {
    case sizeof value: memcpy(to, &value, sizeof value); break;
    case sizeof word: memcpy(to, &word, sizeof word); break;
    case sizeof half: memcpy(to, &half, sizeof half); break;
    default: memcpy(to, &byte, sizeof byte); break;
    }
}

#define GET(record, field) stune_slurm_get(record, libslurm.row->field)
#define PUT(record, field, value) stune_slurm_put(record, libslurm.row->field, (uint64_t)(value))
#define GET_TEXT(record, field) ((const char *)(uintptr_t)GET(record, field))
#define PUT_TEXT(record, field, text) PUT(record, field, (uintptr_t)(text))

/// Begins to capture libslurm's messages: it prints the site's reason for a refusal to standard error and does not
/// return it. `stune_slurm_heard` ends the capture. Does not change errno.
void stune_slurm_listen(void);

/// The result of a request, from Slurm's error number (0 for success), the message of the site's submit plugin, if any,
/// and the messages captured since `stune_slurm_listen`.
stune_slurm_result stune_slurm_heard(int code, const char *plugin_message);

/// Submits a description of a job, and stores the job's id in `*job_id`.
stune_slurm_result stune_slurm_submit_job(void *job, uint32_t *job_id);

#endif

#endif
