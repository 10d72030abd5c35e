#include "Internal.h"

#ifdef STUNE_WITH_SLURM

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct stune_slurm_jobs {
    void *message;
};

// MARK: Submitting

// Since 23.11 a generic resource is named "gres/gpu", before that "gres:gpu". Neither accepts the other's form.
static const char *gres_prefix(void) { return libslurm.row->version < 2311 ? "gres:" : "gres/"; }

// Writes "gres/gpu:" and a text into `room`; NULL stays NULL.
static char *gpu(char *room, size_t size, const char *text) {
    if (!text) return NULL;
    snprintf(room, size, "%sgpu:%s", gres_prefix(), text);
    return room;
}

// "gpu:2,shard:1" -> "gres/gpu:2,gres/shard:1"
static char *gres_list(char *room, size_t size, const char *text) {
    if (!text) return NULL;
    size_t used = 0;
    room[0] = 0;
    while (*text && used < size) {
        size_t length = strcspn(text, ",");
        used += (size_t)snprintf(
            room + used, size - used, "%s%s%.*s", used ? "," : "", gres_prefix(), (int)length, text);
        text += length + (text[length] == ',');
    }
    return room;
}

// The sum of the counts in "2", "a100:2", or several of these separated by commas.
static uint32_t total(const char *text) {
    uint32_t sum = 0;
    while (*text) {
        size_t length = strcspn(text, ",");
        const char *colon = memchr(text, ':', length);
        sum += (uint32_t)strtoul(colon ? colon + 1 : text, NULL, 10);
        text += length + (text[length] == ',');
    }
    return sum;
}

// Sets nodes, tasks and processors as sbatch does for the same options.
static void set_size(void *job, const stune_slurm_request *request) {
    if (request->min_nodes != STUNE_SLURM_UNSET) PUT(job, desc_min_nodes, request->min_nodes);
    if (request->max_nodes != STUNE_SLURM_UNSET) PUT(job, desc_max_nodes, request->max_nodes);
    if (request->ntasks_per_node != STUNE_SLURM_UNSET)
        PUT(job, desc_ntasks_per_node, (uint16_t)request->ntasks_per_node);
    // sbatch takes one task for each node if only the nodes are given, and one task if nothing is.
    uint32_t tasks = 1;
    if (request->ntasks != STUNE_SLURM_UNSET) {
        tasks = request->ntasks;
        PUT(job, desc_num_tasks, tasks);
        PUT(job, desc_bitflags, GET(job, desc_bitflags) | JOB_NTASKS_SET);
        if (request->max_nodes != STUNE_SLURM_UNSET && tasks < request->max_nodes) PUT(job, desc_max_nodes, tasks);
        if (request->min_nodes != STUNE_SLURM_UNSET && tasks < request->min_nodes) PUT(job, desc_min_nodes, tasks);
    } else if (request->min_nodes != STUNE_SLURM_UNSET && request->min_nodes == request->max_nodes) {
        tasks = request->min_nodes;
        if (libslurm.row->version < 2302 && request->ntasks_per_node != STUNE_SLURM_UNSET) {
            tasks *= request->ntasks_per_node;
            PUT(job, desc_num_tasks, tasks);
            PUT(job, desc_bitflags, GET(job, desc_bitflags) | JOB_NTASKS_SET);
        }
    } else if (
        libslurm.row->version < 2302 && request->min_nodes == STUNE_SLURM_UNSET
        && request->ntasks_per_node != STUNE_SLURM_UNSET) {
        tasks = request->ntasks_per_node;
        PUT(job, desc_num_tasks, tasks);
        PUT(job, desc_bitflags, GET(job, desc_bitflags) | JOB_NTASKS_SET);
    }
    // sbatch computes the tasks from the GPUs before it sends the job: as many as can have theirs.
    if (request->ntasks == STUNE_SLURM_UNSET && request->gpus && request->gpus_per_task) {
        uint32_t each = total(request->gpus_per_task);
        if (each && total(request->gpus) % each == 0) PUT(job, desc_num_tasks, total(request->gpus) / each);
    }
    PUT(job, desc_min_cpus, tasks);
    if (request->cpus_per_task != STUNE_SLURM_UNSET) {
        PUT(job, desc_cpus_per_task, (uint16_t)request->cpus_per_task);
        PUT(job, desc_bitflags, GET(job, desc_bitflags) | JOB_CPUS_SET);
        PUT(job, desc_min_cpus, tasks * request->cpus_per_task);
        PUT(job, desc_pn_min_cpus, (uint16_t)request->cpus_per_task);
    }
}

stune_slurm_result stune_slurm_submit(const stune_slurm_request *request, uint32_t *job_id) {
    char gres[2048], gpus[256], gpus_node[2304], gpus_task[256], cpus_gpu[64], memory_gpu[64], number[32];
    if (!stune_slurm_start()) return stune_slurm_no_library();
    stune_slurm_desc job;
    libslurm.init_job_desc_msg(&job);
    PUT(&job, desc_user_id, getuid());
    PUT(&job, desc_group_id, getgid());
    PUT(&job, desc_name, request->name);
    PUT(&job, desc_script, request->script);
    PUT(&job, desc_array_inx, request->indices);
    PUT(&job, desc_work_dir, request->work_dir);
    PUT(&job, desc_std_in, "/dev/null");
    PUT(&job, desc_std_out, request->output);
    PUT(&job, desc_open_mode, OPEN_MODE_APPEND);
    PUT(&job, desc_comment, request->comment);
    PUT(&job, desc_environment, request->environment);
    PUT(&job, desc_env_size, request->environment_count);
    PUT(&job, desc_partition, request->partition);
    PUT(&job, desc_account, request->account);
    PUT(&job, desc_qos, request->qos);
    PUT(&job, desc_features, request->constraint);
    PUT(&job, desc_reservation, request->reservation);
    PUT(&job, desc_req_nodes, request->nodelist);
    PUT(&job, desc_exc_nodes, request->exclude);
    PUT(&job, desc_licenses, request->licenses);
    PUT(&job, desc_wckey, request->wckey);
    if (request->requeue != STUNE_SLURM_UNSET) PUT(&job, desc_requeue, (uint16_t)request->requeue);
    if (request->time_limit != STUNE_SLURM_UNSET) PUT(&job, desc_time_limit, request->time_limit);
    set_size(&job, request);
    if (request->memory_per_node != STUNE_SLURM_UNSET) PUT(&job, desc_pn_min_memory, request->memory_per_node);
    if (request->memory_per_cpu != STUNE_SLURM_UNSET)
        PUT(&job, desc_pn_min_memory, request->memory_per_cpu | MEM_PER_CPU);
    if (request->exclusive) PUT(&job, desc_shared, JOB_SHARED_NONE);
    if (request->warning != STUNE_SLURM_UNSET) {
        PUT(&job, desc_warn_signal, SIGUSR1);
        PUT(&job, desc_warn_time, (uint16_t)request->warning);
        PUT(&job, desc_warn_flags, KILL_JOB_BATCH);
    }
    PUT(&job, desc_nice, (uint32_t)((int64_t)NICE_OFFSET + request->nice));
    PUT(&job, desc_tres_per_node, gres_list(gres, sizeof gres, request->gres));
    if (request->gpus_per_node) {
        gpu(gpus_node, sizeof gpus_node, request->gpus_per_node);
        if (request->gres) {
            size_t used = strlen(gpus_node);
            snprintf(gpus_node + used, sizeof gpus_node - used, ",%s", gres);
        }
        PUT(&job, desc_tres_per_node, gpus_node);
    }
    PUT(&job, desc_tres_per_job, gpu(gpus, sizeof gpus, request->gpus));
    PUT(&job, desc_tres_per_task, gpu(gpus_task, sizeof gpus_task, request->gpus_per_task));
    if (request->cpus_per_gpu != STUNE_SLURM_UNSET) {
        snprintf(number, sizeof number, "%u", request->cpus_per_gpu);
        PUT(&job, desc_cpus_per_tres, gpu(cpus_gpu, sizeof cpus_gpu, number));
    }
    if (request->memory_per_gpu != STUNE_SLURM_UNSET) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)request->memory_per_gpu);
        PUT(&job, desc_mem_per_tres, gpu(memory_gpu, sizeof memory_gpu, number));
    }

    return stune_slurm_submit_job(&job, job_id);
}

stune_slurm_result stune_slurm_submit_job(void *job, uint32_t *job_id) {
    void *response = NULL;
    stune_slurm_listen();
    int code = libslurm.submit_batch_job(job, &response) == SLURM_SUCCESS ? 0 : errno;
    // Slurm accepted it but returned no number. The number is looked up as after a lost reply.
    if (code == 0 && !response) code = SLURM_UNEXPECTED_MSG_ERROR;
    stune_slurm_result result = stune_slurm_heard(code, response ? GET_TEXT(response, response_message) : NULL);
    if (code == 0) *job_id = (uint32_t)GET(response, response_job_id);
    if (response) libslurm.free_submit_response_response_msg(response);
    return result;
}

// MARK: The queue

// The result of a request for records; ends the capture of libslurm's messages.
static stune_slurm_result answer(int status, void *message, stune_slurm_jobs **jobs) {
    *jobs = NULL;
    int code = status == SLURM_SUCCESS ? 0 : errno;
    if (code == ESLURM_INVALID_JOB_ID) {
        // Slurm does not know the job, or no longer: an answer without records.
        code = 0;
        message = NULL;
    }
    stune_slurm_jobs *list = code == 0 ? calloc(1, sizeof *list) : NULL;
    if (list) {
        list->message = message;
        *jobs = list;
    } else if (code == 0) {
        if (message) libslurm.free_job_info_msg(message);
        code = ENOMEM;
    }
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_load_user(uint32_t user_id, stune_slurm_jobs **jobs) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    void *message = NULL;
    stune_slurm_listen();
    int status = libslurm.load_job_user(&message, user_id, SHOW_ALL | SHOW_DETAIL | SHOW_LOCAL);
    return answer(status, message, jobs);
}

stune_slurm_result stune_slurm_load_one(uint32_t job_id, stune_slurm_jobs **jobs) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    void *message = NULL;
    stune_slurm_listen();
    int status = stune_slurm_load_job(&message, job_id, SHOW_ALL | SHOW_LOCAL);
    return answer(status, message, jobs);
}

uint32_t stune_slurm_count(const stune_slurm_jobs *jobs) {
    return jobs->message ? (uint32_t)GET(jobs->message, answer_record_count) : 0;
}

static const char *text(const char *value) { return value ? value : ""; }

stune_slurm_job stune_slurm_at(const stune_slurm_jobs *jobs, uint32_t index) {
    const char *from = GET_TEXT(jobs->message, answer_job_array) + (size_t)index * libslurm.row->info_size;
    const char *reason = GET_TEXT(from, info_state_desc);
    unsigned int reason_code = (unsigned int)GET(from, info_state_reason);
    if (!reason && reason_code && libslurm.job_reason_string) reason = libslurm.job_reason_string(reason_code);
    uint64_t task = GET(from, info_array_task_id);
    uint64_t limit = GET(from, info_time_limit);
    return (stune_slurm_job){
        .job_id = (uint32_t)GET(from, info_job_id),
        .array_job_id = (uint32_t)GET(from, info_array_job_id),
        .array_task_id = task == NO_VAL ? STUNE_SLURM_UNSET : (uint32_t)task,
        .state = (uint32_t)GET(from, info_job_state),
        .user_id = (uint32_t)GET(from, info_user_id),
        .time_limit = limit == INFINITE || limit == NO_VAL ? STUNE_SLURM_UNSET : (uint32_t)limit,
        .restarts = (uint32_t)GET(from, info_restart_cnt),
        .start_time = (int64_t)GET(from, info_start_time),
        .end_time = (int64_t)GET(from, info_end_time),
        .answer_time = (int64_t)GET(jobs->message, answer_last_update),
        .array_tasks = text(GET_TEXT(from, info_array_task_str)),
        .name = text(GET_TEXT(from, info_name)),
        .comment = text(GET_TEXT(from, info_comment)),
        .partition = text(GET_TEXT(from, info_partition)),
        .nodes = text(GET_TEXT(from, info_nodes)),
        .reason = text(reason),
        .command = text(GET_TEXT(from, info_command)),
        .dependency = text(GET_TEXT(from, info_dependency)),
        .is_batch = GET(from, info_batch_flag) != 0,
    };
}

void stune_slurm_free(stune_slurm_jobs *jobs) {
    if (!jobs) return;
    if (jobs->message) libslurm.free_job_info_msg(jobs->message);
    free(jobs);
}

// MARK: Cancelling, limits, words

stune_slurm_result stune_slurm_cancel(const char *job) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    stune_slurm_listen();
    int code = libslurm.kill_job2(job, SIGKILL, 0, NULL) == SLURM_SUCCESS ? 0 : errno;
    if (code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID) code = 0;
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_tell(const char *job) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    stune_slurm_listen();
    // Without the flag, Slurm signals only the steps, not the batch script, which the worker has replaced.
    int code = libslurm.kill_job2(job, SIGUSR2, KILL_JOB_BATCH, NULL) == SLURM_SUCCESS ? 0 : errno;
    if (code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID) code = 0;
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_max_array_size(uint32_t *size) {
    if (!stune_slurm_start()) return stune_slurm_no_library();
    void *conf = NULL;
    stune_slurm_listen();
    int code = libslurm.load_ctl_conf(0, &conf) == SLURM_SUCCESS ? 0 : errno;
    if (code == 0) {
        *size = (uint32_t)GET(conf, conf_max_array_size);
        libslurm.free_ctl_conf(conf);
    }
    return stune_slurm_heard(code, NULL);
}

const char *stune_slurm_state_name(uint32_t state) {
    if (state & JOB_COMPLETING) return "COMPLETING";
    if (state & JOB_REQUEUE_HOLD) return "REQUEUE_HOLD";
    if (state & JOB_SPECIAL_EXIT) return "SPECIAL_EXIT";
    if (state & JOB_REQUEUE) return "REQUEUED";
    switch (state & JOB_STATE_BASE) {
    case JOB_PENDING: return "PENDING";
    case JOB_RUNNING: return "RUNNING";
    case JOB_SUSPENDED: return "SUSPENDED";
    case JOB_COMPLETE: return "COMPLETED";
    case JOB_CANCELLED: return "CANCELLED";
    case JOB_FAILED: return "FAILED";
    case JOB_TIMEOUT: return "TIMEOUT";
    case JOB_NODE_FAIL: return "NODE_FAIL";
    case JOB_PREEMPTED: return "PREEMPTED";
    case JOB_BOOT_FAIL: return "BOOT_FAIL";
    case JOB_DEADLINE: return "DEADLINE";
    case JOB_OOM: return "OUT_OF_MEMORY";
    default: return "UNKNOWN";
    }
}

#endif
