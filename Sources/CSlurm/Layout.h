/// Where the fields of Slurm's structs are: one row for each major version.
///
/// This header, Fields.h and Numbers.h need no other header: FromHeaders.c and `measure-layouts` include them beside
/// Slurm's headers, all other files without.
#ifndef STUNE_CSLURM_LAYOUT_H
#define STUNE_CSLURM_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "Fields.h"

/// A field: its offset in its struct, and its width, both in bytes.
typedef struct stune_slurm_field {
    uint16_t at, size;
} stune_slurm_field;

/// The layout of a major version, the same for all its micro releases.
typedef struct stune_slurm_layout {
    /// The number of the library, as in libslurm.so.38; 0 in a row made from headers, which do not have it.
    uint16_t library;
    /// Year and month of the release: 2205 for 22.05.
    uint16_t version;
    /// The sizes of job_desc_msg_t and job_info_t.
    uint16_t desc_size, info_size;
    /// Whether slurm_load_job and slurm_job_batch_script take a step's id, by value, instead of the job's number.
    uint16_t takes_step;
#define STUNE_SLURM_MEMBER(name, type, member) stune_slurm_field name;
    STUNE_SLURM_FIELDS(STUNE_SLURM_MEMBER)
#undef STUNE_SLURM_MEMBER
} stune_slurm_layout;

/// slurm_step_id_t, for the versions that take it instead of a job's number.
typedef struct stune_slurm_step {
    uint64_t sluid;
    uint32_t job_id, step_het_comp, step_id;
} stune_slurm_step;

#ifdef SLURM_VERSION_NUMBER

/// The row of the headers that were included before.
#define STUNE_SLURM_ROW_FIELD(name, type, member) .name = {offsetof(type, member), sizeof(((type *)0)->member)},
#define STUNE_SLURM_ROW_OF_HEADERS \
    { \
        .version = SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER) * 100 + SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER), \
        .desc_size = sizeof(job_desc_msg_t), .info_size = sizeof(job_info_t), \
        .takes_step = __builtin_types_compatible_p( \
            __typeof__(&slurm_load_job), int (*)(job_info_msg_t **, slurm_step_id_t, uint16_t)), \
        STUNE_SLURM_FIELDS(STUNE_SLURM_ROW_FIELD) \
    }

#endif

/// The measured rows, the oldest version first, and their number.
extern const stune_slurm_layout stune_slurm_layouts[];
extern const size_t stune_slurm_layout_count;

/// The row of the headers that this was compiled against; exists only with STUNE_LINKS_SLURM.
extern const stune_slurm_layout stune_slurm_layout_of_headers;

#endif
