#ifdef STUNE_LINKS_SLURM

// The only file that is compiled against this machine's Slurm headers. It defines their row, and checks what all other
// files assume: numbers, and the types of the functions that are called.
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "Layout.h"
#include "Numbers.h"

#if SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(22, 5, 0)
#error "stune needs Slurm 22.05 or later"
#endif

const stune_slurm_layout stune_slurm_layout_of_headers = STUNE_SLURM_ROW_OF_HEADERS;

// Called directly, so that the linker keeps libslurm. All other functions are looked up by name.
long stune_slurm_linked_version(void);
long stune_slurm_linked_version(void) { return slurm_api_version(); }

#define HOLD_NUMBER(name, value) _Static_assert((name) == (value), "Numbers.h: " #name);
STUNE_SLURM_NUMBERS(HOLD_NUMBER)
STUNE_SLURM_LARGE_NUMBERS(HOLD_NUMBER)

// Library.c declares the same types, with `void` for Slurm's structs.
#define HOLD_TYPE(function, type) \
    _Static_assert(__builtin_types_compatible_p(__typeof__(&function), type), "Internal.h: " #function);
HOLD_TYPE(slurm_init, void (*)(const char *))
HOLD_TYPE(slurm_init_job_desc_msg, void (*)(job_desc_msg_t *))
HOLD_TYPE(slurm_submit_batch_job, int (*)(job_desc_msg_t *, submit_response_msg_t **))
HOLD_TYPE(slurm_free_submit_response_response_msg, void (*)(submit_response_msg_t *))
HOLD_TYPE(slurm_load_job_user, int (*)(job_info_msg_t **, uint32_t, uint16_t))
HOLD_TYPE(slurm_free_job_info_msg, void (*)(job_info_msg_t *))
HOLD_TYPE(slurm_kill_job2, int (*)(const char *, uint16_t, uint16_t, const char *))
HOLD_TYPE(slurm_load_ctl_conf, int (*)(time_t, slurm_conf_t **))
HOLD_TYPE(slurm_strerror, char *(*)(int))
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(26, 5, 0)
HOLD_TYPE(slurm_free_conf, void (*)(slurm_conf_t *))
HOLD_TYPE(slurm_load_job, int (*)(job_info_msg_t **, slurm_step_id_t, uint16_t))
HOLD_TYPE(slurm_job_batch_script, int (*)(FILE *, slurm_step_id_t))
_Static_assert(sizeof(slurm_step_id_t) == sizeof(stune_slurm_step), "Layout.h: slurm_step_id_t");
#define HOLD_STEP(member) \
    _Static_assert( \
        offsetof(slurm_step_id_t, member) == offsetof(stune_slurm_step, member), "Layout.h: slurm_step_id_t");
HOLD_STEP(sluid)
HOLD_STEP(job_id)
HOLD_STEP(step_het_comp)
HOLD_STEP(step_id)
#else
HOLD_TYPE(slurm_free_ctl_conf, void (*)(slurm_conf_t *))
HOLD_TYPE(slurm_load_job, int (*)(job_info_msg_t **, uint32_t, uint16_t))
HOLD_TYPE(slurm_job_batch_script, int (*)(FILE *, uint32_t))
#endif

#endif
