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
extern char *slurm_job_reason_string(unsigned int reason);

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

// MARK: Errors

// Slurm numbers some errors below and some above 100 in classes; those that a later try may mend are few and
// are named. Everything that slurmctld itself says no to is a refusal.
static stune_slurm_trouble trouble_of(int code) {
    switch (code) {
    case 0:
        return STUNE_SLURM_OK;
    // The request was on its way, or done, and the answer did not come.
    case SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT:
    case SLURM_COMMUNICATIONS_RECEIVE_ERROR:
    case SLURM_COMMUNICATIONS_SHUTDOWN_ERROR:
    case SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR:
    case SLURMCTLD_COMMUNICATIONS_SHUTDOWN_ERROR:
    case SLURM_UNEXPECTED_MSG_ERROR:
    case ESLURM_PROTOCOL_INCOMPLETE_PACKET:
    case ETIMEDOUT:
    case ECONNRESET:
    case EPIPE:
        return STUNE_SLURM_DOUBTFUL;
    // slurmctld was not reached, or said: not now.
    case SLURM_COMMUNICATIONS_CONNECTION_ERROR:
    case SLURM_COMMUNICATIONS_SEND_ERROR:
    case SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR:
    case SLURMCTLD_COMMUNICATIONS_SEND_ERROR:
    case SLURM_PROTOCOL_AUTHENTICATION_ERROR:
    case ESLURM_AUTH_CRED_INVALID:
    case ESLURM_AUTH_NET_ERROR:
    case ESLURM_AUTH_UNABLE_TO_SIGN:
    case ESLURM_IN_STANDBY_MODE:
    case ESLURM_IN_STANDBY_USE_BACKUP:
    case ESLURM_ERROR_ON_DESC_TO_RECORD_COPY:
    case ESLURM_NODES_BUSY:
    case ESLURM_RESERVATION_BUSY:
    case ESLURM_DB_CONNECTION:
    case ESLURM_PARTITION_DOWN:
    case EINTR:
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return STUNE_SLURM_BUSY;
    // A limit of the account, the QOS, or (EAGAIN) of all jobs together.
    case ESLURM_ACCOUNTING_POLICY:
    case ESLURM_QOS_THRES:
    case EAGAIN:
        return STUNE_SLURM_LIMIT;
    default:
        return STUNE_SLURM_REFUSED;
    }
}

stune_slurm_result stune_slurm_result_of(int code, const char *plugin_message) {
    stune_slurm_result result;
    memset(&result, 0, sizeof result);
    result.code = code;
    result.trouble = trouble_of(code);
    if (code == 0) return result;
    const char *words = slurm_strerror(code);
    snprintf(
        result.reason, sizeof result.reason, "%s%s%s", words ? words : "unknown error",
        plugin_message ? ": " : "", plugin_message ? plugin_message : "");
    return result;
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

stune_slurm_result stune_slurm_submit(const stune_slurm_request *request, uint32_t *job_id) {
    char gres[2048], gpus[256], gpus_node[256], gpus_task[256], cpus_gpu[64], memory_gpu[64], number[32];
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
    if (request->time_limit != STUNE_SLURM_UNSET) job.time_limit = request->time_limit;
    job.min_nodes = request->min_nodes != STUNE_SLURM_UNSET ? request->min_nodes : 1;
    if (request->max_nodes != STUNE_SLURM_UNSET) job.max_nodes = request->max_nodes;
    if (request->cpus_per_task != STUNE_SLURM_UNSET) job.cpus_per_task = (uint16_t)request->cpus_per_task;
    if (request->ntasks_per_node != STUNE_SLURM_UNSET)
        job.ntasks_per_node = (uint16_t)request->ntasks_per_node;
    uint32_t tasks = request->ntasks;
    if (tasks == STUNE_SLURM_UNSET && request->ntasks_per_node != STUNE_SLURM_UNSET)
        tasks = request->ntasks_per_node * job.min_nodes;
    job.num_tasks = tasks != STUNE_SLURM_UNSET ? tasks : job.min_nodes;
    job.min_cpus =
        job.num_tasks * (request->cpus_per_task != STUNE_SLURM_UNSET ? request->cpus_per_task : 1);
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
    if (request->gpus_per_node)
        job.tres_per_node =
            prefixed(gpus_node, sizeof gpus_node, GRES_PREFIX "gpu:", request->gpus_per_node);
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

    submit_response_msg_t *response = NULL;
    int code = slurm_submit_batch_job(&job, &response) == SLURM_SUCCESS ? 0 : slurm_get_errno();
    stune_slurm_result result = stune_slurm_result_of(code, response ? response->job_submit_user_msg : NULL);
    if (code == 0 && response) {
        *job_id = response->job_id;
    } else if (code == 0) {
        result = stune_slurm_result_of(SLURM_UNEXPECTED_MSG_ERROR, NULL);
    }
    if (response) slurm_free_submit_response_response_msg(response);
    return result;
}

// MARK: The queue

static stune_slurm_result answer(int status, job_info_msg_t *message, stune_slurm_jobs **jobs) {
    *jobs = NULL;
    if (status != SLURM_SUCCESS) {
        int code = slurm_get_errno();
        // Slurm does not know the job, or no longer: an answer without records.
        if (code != ESLURM_INVALID_JOB_ID) return stune_slurm_result_of(code, NULL);
        message = NULL;
    }
    stune_slurm_jobs *list = calloc(1, sizeof *list);
    if (!list) {
        if (message) slurm_free_job_info_msg(message);
        return stune_slurm_result_of(ENOMEM, NULL);
    }
    list->message = message;
    *jobs = list;
    return stune_slurm_result_of(0, NULL);
}

stune_slurm_result stune_slurm_load_user(uint32_t user_id, stune_slurm_jobs **jobs) {
    stune_slurm_start();
    job_info_msg_t *message = NULL;
    int status = slurm_load_job_user(&message, user_id, SHOW_ALL | SHOW_DETAIL | SHOW_LOCAL);
    return answer(status, message, jobs);
}

stune_slurm_result stune_slurm_load_one(uint32_t job_id, stune_slurm_jobs **jobs) {
    stune_slurm_start();
    job_info_msg_t *message = NULL;
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
    int status = slurm_kill_job2(job, SIGKILL, 0, NULL);
    int code = status == SLURM_SUCCESS ? 0 : slurm_get_errno();
    if (code == ESLURM_ALREADY_DONE || code == ESLURM_INVALID_JOB_ID) code = 0;
    return stune_slurm_result_of(code, NULL);
}

stune_slurm_result stune_slurm_max_array_size(uint32_t *size) {
    stune_slurm_start();
    slurm_conf_t *conf = NULL;
    if (slurm_load_ctl_conf(0, &conf) != SLURM_SUCCESS) return stune_slurm_result_of(slurm_get_errno(), NULL);
    *size = conf->max_array_sz;
    slurm_free_ctl_conf(conf);
    return stune_slurm_result_of(0, NULL);
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
