/// What the files of this target share, and nobody else sees.
#ifndef STUNE_CSLURM_INTERNAL_H
#define STUNE_CSLURM_INTERNAL_H

#include "CSlurm.h"

/// Begins to listen to what libslurm says: it prints the site's own words for a refusal to standard error, and
/// returns none of them. `stune_slurm_heard` ends it. Does not change errno.
void stune_slurm_listen(void);

/// How a request went, from Slurm's error number (0: it went well), the words that the site's submit plugin returned,
/// if any, and those that libslurm printed since `stune_slurm_listen`.
stune_slurm_result stune_slurm_heard(int code, const char *STUNE_NULLABLE plugin_message);

#ifdef STUNE_WITH_SLURM
#include <slurm/slurm.h>

/// Submits a description of a job, and stores the job's id in `*job_id`.
stune_slurm_result stune_slurm_submit_job(job_desc_msg_t *STUNE_NONNULL job, uint32_t *STUNE_NONNULL job_id);
#endif

#endif
