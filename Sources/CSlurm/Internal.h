/// What the files of this target share, and nobody else sees.
#ifndef STUNE_CSLURM_INTERNAL_H
#define STUNE_CSLURM_INTERNAL_H

#include "CSlurm.h"

/// How a request went, from Slurm's error number (0: well) and the words of the site's submit plugin, if any.
stune_slurm_result stune_slurm_result_of(int code, const char *STUNE_NULLABLE plugin_message);

#endif
