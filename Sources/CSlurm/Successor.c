#include "Internal.h"

#ifdef STUNE_WITH_SLURM

#include <errno.h>
#include <signal.h>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Of these two, Slurm's record of a job says 0 where nothing was asked for.
static uint16_t asked16(uint16_t value, uint16_t otherwise) { return value ? value : otherwise; }

// What was asked for by a job is asked for again. What Slurm's record does not keep (the open mode, the
// warning signal) is set as controller.sbatch has it.
static void copy_request(job_desc_msg_t *to, const slurm_job_info_t *from) {
    to->name = from->name;
    to->account = from->account;
    to->partition = from->partition;
    to->qos = from->qos;
    to->comment = from->comment;
    to->wckey = from->wckey;
    to->work_dir = from->work_dir;
    to->std_in = from->std_in;
    to->std_out = from->std_out;
    to->std_err = from->std_err;
    to->open_mode = OPEN_MODE_APPEND;
    to->features = from->features;
    to->cluster_features = from->cluster_features;
    to->reservation = from->resv_name;
    to->req_nodes = from->req_nodes;
    to->exc_nodes = from->exc_nodes;
    to->licenses = from->licenses;
    to->network = from->network;
    to->mail_type = from->mail_type;
    to->mail_user = from->mail_user;
    to->time_limit = from->time_limit;
    to->nice = from->nice;
    to->requeue = from->requeue;
    to->shared = from->shared;
    to->min_nodes = from->num_nodes;
    to->num_tasks = from->num_tasks;
    to->min_cpus = from->num_cpus;
    to->cpus_per_task = asked16(from->cpus_per_task, to->cpus_per_task);
    to->ntasks_per_node = asked16(from->ntasks_per_node, to->ntasks_per_node);
    to->pn_min_memory = from->pn_min_memory;
    to->pn_min_tmp_disk = from->pn_min_tmp_disk;
    to->tres_per_job = from->tres_per_job;
    to->tres_per_node = from->tres_per_node;
    to->tres_per_task = from->tres_per_task;
    to->cpus_per_tres = from->cpus_per_tres;
    to->mem_per_tres = from->mem_per_tres;
    to->warn_signal = SIGUSR1;
    to->warn_time = STUNE_SLURM_SUCCESSOR_WARNING;
    to->warn_flags = KILL_JOB_BATCH;
}

// The script of a job, as text. The caller frees it; NULL: `*code` says why.
static char *script_of(uint32_t job_id, int *code) {
    char *script = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&script, &size);
    if (!stream) {
        *code = errno;
        return NULL;
    }
    *code = slurm_job_batch_script(stream, job_id) == SLURM_SUCCESS ? 0 : errno;
    if (fclose(stream) != 0 && *code == 0) *code = errno;
    if (*code == 0 && size == 0) *code = ESLURM_INVALID_JOB_ID;
    if (*code == 0) return script;
    free(script);
    return NULL;
}

stune_slurm_result stune_slurm_submit_successor(
    uint32_t job_id, const stune_slurm_successor *successor, uint32_t *successor_id) {
    stune_slurm_start();
    job_info_msg_t *message = NULL;
    stune_slurm_listen();
    int code = slurm_load_job(&message, job_id, SHOW_ALL | SHOW_DETAIL) == SLURM_SUCCESS ? 0 : errno;
    stune_slurm_result result = stune_slurm_heard(code, NULL);
    if (code) return result;
    stune_slurm_listen();
    code = ESLURM_INVALID_JOB_ID;
    char *script = message->record_count ? script_of(job_id, &code) : NULL;
    result = stune_slurm_heard(code, NULL);
    if (script) {
        char dependency[64];
        job_desc_msg_t job;
        slurm_init_job_desc_msg(&job);
        copy_request(&job, &message->job_array[0]);
        snprintf(dependency, sizeof dependency, "afterany:%u", job_id);
        job.user_id = getuid();
        job.group_id = getgid();
        job.dependency = dependency;
        job.script = script;
        job.argc = successor->argument_count;
        job.argv = (char **)(uintptr_t)successor->arguments;
        job.environment = (char **)(uintptr_t)successor->environment;
        job.env_size = successor->environment_count;
        result = stune_slurm_submit_job(&job, successor_id);
        free(script);
    }
    slurm_free_job_info_msg(message);
    return result;
}

#endif
