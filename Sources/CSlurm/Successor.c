#include "Internal.h"

#ifdef STUNE_WITH_SLURM

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

// Requests again what a job had requested. What Slurm's record does not keep (the open mode, the warning signal) is set
// as in controller.sbatch.
static void copy_request(void *to, const void *from) {
#define COPY(field) PUT(to, desc_##field, GET(from, info_##field))
    COPY(name);
    COPY(account);
    COPY(partition);
    COPY(qos);
    COPY(comment);
    COPY(wckey);
    COPY(work_dir);
    COPY(std_in);
    COPY(std_out);
    COPY(std_err);
    COPY(features);
    COPY(cluster_features);
    COPY(req_nodes);
    COPY(exc_nodes);
    COPY(licenses);
    COPY(network);
    COPY(mail_type);
    COPY(mail_user);
    COPY(time_limit);
    COPY(nice);
    COPY(requeue);
    COPY(shared);
    COPY(num_tasks);
    COPY(pn_min_memory);
    COPY(pn_min_tmp_disk);
    COPY(tres_per_job);
    COPY(tres_per_node);
    COPY(tres_per_task);
    COPY(cpus_per_tres);
    COPY(mem_per_tres);
#undef COPY
    PUT(to, desc_reservation, GET(from, info_resv_name));
    PUT(to, desc_min_nodes, GET(from, info_num_nodes));
    PUT(to, desc_min_cpus, GET(from, info_num_cpus));
    // For these two, Slurm's record of a job says 0 if nothing was requested.
    uint64_t cpus = GET(from, info_cpus_per_task), tasks = GET(from, info_ntasks_per_node);
    if (cpus) PUT(to, desc_cpus_per_task, cpus);
    if (tasks) PUT(to, desc_ntasks_per_node, tasks);
    PUT(to, desc_open_mode, OPEN_MODE_APPEND);
    PUT(to, desc_warn_signal, SIGUSR1);
    PUT(to, desc_warn_time, STUNE_SLURM_SUCCESSOR_WARNING);
    PUT(to, desc_warn_flags, KILL_JOB_BATCH);
}

// The script of a job, as text. The caller frees it. NULL: `*code` says why.
static char *script_of(uint32_t job_id, int *code) {
    char *script = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&script, &size);
    if (!stream) {
        *code = errno;
        return NULL;
    }
    *code = stune_slurm_batch_script(stream, job_id) == SLURM_SUCCESS ? 0 : errno;
    if (fclose(stream) != 0 && *code == 0) *code = errno;
    if (*code == 0 && size == 0) *code = ESLURM_INVALID_JOB_ID;
    if (*code == 0) return script;
    free(script);
    return NULL;
}

stune_slurm_result stune_slurm_submit_successor(
    uint32_t job_id, const stune_slurm_successor *successor, uint32_t *successor_id) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    void *message = NULL;
    stune_slurm_listen();
    int code = stune_slurm_load_job(&message, job_id, SHOW_ALL | SHOW_DETAIL) == SLURM_SUCCESS ? 0 : errno;
    stune_slurm_result result = stune_slurm_heard(code, NULL);
    if (code) return result;
    stune_slurm_listen();
    code = ESLURM_INVALID_JOB_ID;
    char *script = GET(message, answer_record_count) ? script_of(job_id, &code) : NULL;
    result = stune_slurm_heard(code, NULL);
    if (script) {
        char dependency[64];
        stune_slurm_desc job;
        libslurm.init_job_desc_msg(&job);
        copy_request(&job, GET_TEXT(message, answer_job_array));
        snprintf(dependency, sizeof dependency, "afterany:%u", job_id);
        PUT(&job, desc_user_id, getuid());
        PUT(&job, desc_group_id, getgid());
        PUT(&job, desc_dependency, dependency);
        PUT(&job, desc_script, script);
        PUT(&job, desc_argc, successor->argument_count);
        PUT(&job, desc_argv, successor->arguments);
        PUT(&job, desc_environment, successor->environment);
        PUT(&job, desc_env_size, successor->environment_count);
        result = stune_slurm_submit_job(&job, successor_id);
        free(script);
    }
    libslurm.free_job_info_msg(message);
    return result;
}

#endif
