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

#if SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(22, 5, 0)
#error "stune needs Slurm 22.05 or later"
#endif

// In the library, and in no installed header.
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(24, 5, 0)
extern char *slurm_job_state_reason_string(unsigned int reason);
#define slurm_job_reason_string slurm_job_state_reason_string
#else
extern char *slurm_job_reason_string(unsigned int reason);
#endif

// From 22.11 on a generic resource is named "gres/gpu"; before, "gres:gpu".
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(22, 11, 0)
#define GRES_PREFIX "gres/"
#else
#define GRES_PREFIX "gres:"
#endif

struct stune_slurm_jobs {
    job_info_msg_t *message;
};

void stune_slurm_start(void) {
    static int started = 0;
    if (started) return;
    started = 1;
    // Else libslurm cuts the indices of a waiting array after 64 characters.
    setenv("SLURM_BITSTR_LEN", "0", 1);
    slurm_init(NULL);
}

// MARK: Submitting

// Slurm's struct wants mutable texts and does not change them.
static char *borrowed(const char *text) { return (char *)(uintptr_t)text; }

// Writes "PREFIX" and a text into `room`; NULL stays NULL.
static char *prefixed(char *room, size_t size, const char *prefix, const char *text) {
    if (!text) return NULL;
    snprintf(room, size, "%s%s", prefix, text);
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
            room + used, size - used, "%s" GRES_PREFIX "%.*s", used ? "," : "", (int)length, text);
        text += length + (text[length] == ',');
    }
    return room;
}

// The sum of the counts in "2", "a100:2" or several of these with commas between.
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

// Nodes, tasks and processors, as sbatch makes them of the same options.
static void set_size(job_desc_msg_t *job, const stune_slurm_request *request) {
    if (request->min_nodes != STUNE_SLURM_UNSET) job->min_nodes = request->min_nodes;
    if (request->max_nodes != STUNE_SLURM_UNSET) job->max_nodes = request->max_nodes;
    if (request->ntasks_per_node != STUNE_SLURM_UNSET)
        job->ntasks_per_node = (uint16_t)request->ntasks_per_node;
    // sbatch takes a task for each node where only the nodes are given, and one where nothing is.
    uint32_t tasks = 1;
    if (request->ntasks != STUNE_SLURM_UNSET) {
        tasks = request->ntasks;
        job->num_tasks = tasks;
        job->bitflags |= JOB_NTASKS_SET;
        if (request->max_nodes != STUNE_SLURM_UNSET && tasks < request->max_nodes) job->max_nodes = tasks;
        if (request->min_nodes != STUNE_SLURM_UNSET && tasks < request->min_nodes) job->min_nodes = tasks;
    } else if (request->min_nodes != STUNE_SLURM_UNSET && request->min_nodes == request->max_nodes) {
        tasks = request->min_nodes;
#if SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(23, 2, 0)
        if (request->ntasks_per_node != STUNE_SLURM_UNSET) {
            tasks *= request->ntasks_per_node;
            job->num_tasks = tasks;
            job->bitflags |= JOB_NTASKS_SET;
        }
#endif
    }
#if SLURM_VERSION_NUMBER < SLURM_VERSION_NUM(23, 2, 0)
    else if (request->min_nodes == STUNE_SLURM_UNSET && request->ntasks_per_node != STUNE_SLURM_UNSET) {
        tasks = request->ntasks_per_node;
        job->num_tasks = tasks;
        job->bitflags |= JOB_NTASKS_SET;
    }
#endif
    // sbatch asks for as many tasks as have their GPUs, before it sends the job.
    if (request->ntasks == STUNE_SLURM_UNSET && request->gpus && request->gpus_per_task) {
        uint32_t each = total(request->gpus_per_task);
        if (each && total(request->gpus) % each == 0) job->num_tasks = total(request->gpus) / each;
    }
    job->min_cpus = tasks;
    if (request->cpus_per_task != STUNE_SLURM_UNSET) {
        job->cpus_per_task = (uint16_t)request->cpus_per_task;
        job->bitflags |= JOB_CPUS_SET;
        job->min_cpus = tasks * request->cpus_per_task;
        job->pn_min_cpus = (uint16_t)request->cpus_per_task;
    }
}

stune_slurm_result stune_slurm_submit(const stune_slurm_request *request, uint32_t *job_id) {
    char gres[2048], gpus[256], gpus_node[2304], gpus_task[256], cpus_gpu[64], memory_gpu[64], number[32];
    stune_slurm_start();
    job_desc_msg_t job;
    slurm_init_job_desc_msg(&job);
    job.user_id = getuid();
    job.group_id = getgid();
    job.name = borrowed(request->name);
    job.script = borrowed(request->script);
    job.array_inx = borrowed(request->indices);
    job.work_dir = borrowed(request->work_dir);
    job.std_in = borrowed("/dev/null");
    job.std_out = borrowed(request->output);
    job.open_mode = OPEN_MODE_APPEND;
    job.comment = borrowed(request->comment);
    job.environment = (char **)(uintptr_t)request->environment;
    job.env_size = request->environment_count;
    job.partition = borrowed(request->partition);
    job.account = borrowed(request->account);
    job.qos = borrowed(request->qos);
    job.features = borrowed(request->constraint);
    job.reservation = borrowed(request->reservation);
    job.req_nodes = borrowed(request->nodelist);
    job.exc_nodes = borrowed(request->exclude);
    job.licenses = borrowed(request->licenses);
    job.wckey = borrowed(request->wckey);
    if (request->requeue != STUNE_SLURM_UNSET) job.requeue = (uint16_t)request->requeue;
    if (request->time_limit != STUNE_SLURM_UNSET) job.time_limit = request->time_limit;
    set_size(&job, request);
    if (request->memory_per_node != STUNE_SLURM_UNSET) job.pn_min_memory = request->memory_per_node;
    if (request->memory_per_cpu != STUNE_SLURM_UNSET)
        job.pn_min_memory = request->memory_per_cpu | MEM_PER_CPU;
    if (request->exclusive) job.shared = JOB_SHARED_NONE;
    if (request->warning != STUNE_SLURM_UNSET) {
        job.warn_signal = SIGUSR1;
        job.warn_time = (uint16_t)request->warning;
        job.warn_flags = KILL_JOB_BATCH;
    }
    job.nice = (uint32_t)((int64_t)NICE_OFFSET + request->nice);
    job.tres_per_node = gres_list(gres, sizeof gres, request->gres);
    if (request->gpus_per_node) {
        prefixed(gpus_node, sizeof gpus_node, GRES_PREFIX "gpu:", request->gpus_per_node);
        if (request->gres) {
            size_t used = strlen(gpus_node);
            snprintf(gpus_node + used, sizeof gpus_node - used, ",%s", gres);
        }
        job.tres_per_node = gpus_node;
    }
    job.tres_per_job = prefixed(gpus, sizeof gpus, GRES_PREFIX "gpu:", request->gpus);
    job.tres_per_task = prefixed(gpus_task, sizeof gpus_task, GRES_PREFIX "gpu:", request->gpus_per_task);
    if (request->cpus_per_gpu != STUNE_SLURM_UNSET) {
        snprintf(number, sizeof number, "%u", request->cpus_per_gpu);
        job.cpus_per_tres = prefixed(cpus_gpu, sizeof cpus_gpu, GRES_PREFIX "gpu:", number);
    }
    if (request->memory_per_gpu != STUNE_SLURM_UNSET) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)request->memory_per_gpu);
        job.mem_per_tres = prefixed(memory_gpu, sizeof memory_gpu, GRES_PREFIX "gpu:", number);
    }

    return stune_slurm_submit_job(&job, job_id);
}

stune_slurm_result stune_slurm_submit_job(job_desc_msg_t *job, uint32_t *job_id) {
    submit_response_msg_t *response = NULL;
    stune_slurm_listen();
    int code = slurm_submit_batch_job(job, &response) == SLURM_SUCCESS ? 0 : errno;
    // Accepted, and no number came: it is looked up as after a reply that was lost.
    if (code == 0 && !response) code = SLURM_UNEXPECTED_MSG_ERROR;
    stune_slurm_result result = stune_slurm_heard(code, response ? response->job_submit_user_msg : NULL);
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(25, 11, 0)
    if (code == 0) *job_id = response->step_id.job_id;
#else
    if (code == 0) *job_id = response->job_id;
#endif
    if (response) slurm_free_submit_response_response_msg(response);
    return result;
}

// MARK: The queue

// What came of a request for records, while libslurm was listened to.
static stune_slurm_result answer(int status, job_info_msg_t *message, stune_slurm_jobs **jobs) {
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
        if (message) slurm_free_job_info_msg(message);
        code = ENOMEM;
    }
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_load_user(uint32_t user_id, stune_slurm_jobs **jobs) {
    stune_slurm_start();
    job_info_msg_t *message = NULL;
    stune_slurm_listen();
    int status = slurm_load_job_user(&message, user_id, SHOW_ALL | SHOW_DETAIL | SHOW_LOCAL);
    return answer(status, message, jobs);
}

stune_slurm_result stune_slurm_load_one(uint32_t job_id, stune_slurm_jobs **jobs) {
    stune_slurm_start();
    job_info_msg_t *message = NULL;
    stune_slurm_listen();
    int status = slurm_load_job(&message, job_id, SHOW_ALL | SHOW_LOCAL);
    return answer(status, message, jobs);
}

uint32_t stune_slurm_count(const stune_slurm_jobs *jobs) {
    return jobs->message ? jobs->message->record_count : 0;
}

static const char *text(const char *value) { return value ? value : ""; }

stune_slurm_job stune_slurm_at(const stune_slurm_jobs *jobs, uint32_t index) {
    const job_info_t *from = &jobs->message->job_array[index];
    stune_slurm_job job;
    memset(&job, 0, sizeof job);
    job.job_id = from->job_id;
    job.array_job_id = from->array_job_id;
    job.array_task_id = from->array_task_id == NO_VAL ? STUNE_SLURM_UNSET : from->array_task_id;
    job.state = from->job_state;
    job.user_id = from->user_id;
    job.time_limit =
        from->time_limit == INFINITE || from->time_limit == NO_VAL ? STUNE_SLURM_UNSET : from->time_limit;
    job.restarts = from->restart_cnt;
    job.start_time = from->start_time;
    job.end_time = from->end_time;
    job.answer_time = jobs->message->last_update;
    job.array_tasks = text(from->array_task_str);
    job.name = text(from->name);
    job.comment = text(from->comment);
    job.partition = text(from->partition);
    job.nodes = text(from->nodes);
    job.command = text(from->command);
    job.dependency = text(from->dependency);
    job.is_batch = from->batch_flag != 0;
    job.reason =
        from->state_desc ? from->state_desc
        : from->state_reason ? text(slurm_job_reason_string(from->state_reason)) : "";
    return job;
}

void stune_slurm_free(stune_slurm_jobs *jobs) {
    if (!jobs) return;
    if (jobs->message) slurm_free_job_info_msg(jobs->message);
    free(jobs);
}

// MARK: Cancelling, limits, words

stune_slurm_result stune_slurm_cancel(const char *job) {
    stune_slurm_start();
    stune_slurm_listen();
    int code = slurm_kill_job2(job, SIGKILL, 0, NULL) == SLURM_SUCCESS ? 0 : errno;
    if (code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID) code = 0;
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_tell(const char *job) {
    stune_slurm_start();
    stune_slurm_listen();
    // Without the flag Slurm tells the steps only, and not the batch script, which the worker has become.
    int code = slurm_kill_job2(job, SIGUSR2, KILL_JOB_BATCH, NULL) == SLURM_SUCCESS ? 0 : errno;
    if (code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID) code = 0;
    return stune_slurm_heard(code, NULL);
}

stune_slurm_result stune_slurm_max_array_size(uint32_t *size) {
    stune_slurm_start();
    slurm_conf_t *conf = NULL;
    stune_slurm_listen();
    int code = slurm_load_ctl_conf(0, &conf) == SLURM_SUCCESS ? 0 : errno;
    if (code == 0) {
        *size = conf->max_array_sz;
        slurm_free_ctl_conf(conf);
    }
    return stune_slurm_heard(code, NULL);
}

uint32_t stune_slurm_version(void) {
    return SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER) * 100 + SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER);
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
