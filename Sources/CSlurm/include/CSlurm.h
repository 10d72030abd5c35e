/// libslurm with a flat interface: fixed-width fields in, fixed-width fields out, and no Slurm types.
///
/// Differences between Slurm versions (22.05 and later) end here. Structs change their layout with every release, so
/// their fields are read and written by a table of offsets, both in a build that links libslurm and in one that opens
/// the site's at run time. It is C because Slurm's functions take structs by value and are looked up by name.
///
/// Every function that takes or returns a pointer says who owns it. All calls block; only one may run at a time.
#ifndef STUNE_CSLURM_H
#define STUNE_CSLURM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define STUNE_NULLABLE _Nullable
#define STUNE_NONNULL _Nonnull
#else
#define STUNE_NULLABLE
#define STUNE_NONNULL
#endif

/// The kinds of error.
typedef enum stune_slurm_trouble {
    /// No error.
    STUNE_SLURM_OK = 0,
    /// slurmctld refused the request, and would refuse it again. These errors are listed by number.
    STUNE_SLURM_REFUSED = 1,
    /// A later try may succeed: all errors that are not listed as another kind.
    STUNE_SLURM_BUSY = 2,
    /// The request was sent and no reply came, so it may have been carried out.
    STUNE_SLURM_DOUBTFUL = 3,
    /// A limit is reached: fewer jobs at once, or a later try, may succeed.
    STUNE_SLURM_LIMIT = 4,
} stune_slurm_trouble;

/// The result of a request.
typedef struct stune_slurm_result {
    stune_slurm_trouble trouble;
    /// Slurm's error number; 0 for success.
    int32_t code;
    /// Slurm's text for the number, then its printed messages (the deciding limit) and those of the site's submit
    /// plugin, if any; ends with 0.
    char reason[512];
} stune_slurm_result;

/// A number that is not requested. 64-bit fields use it, too.
#define STUNE_SLURM_UNSET UINT32_MAX

/// A job array to submit. Texts are borrowed for the call. Those above `partition` are required; below it, NULL means
/// not requested.
typedef struct stune_slurm_request {
    const char *STUNE_NULLABLE name;
    const char *STUNE_NULLABLE script;
    /// The indices, such as "3,17,942".
    const char *STUNE_NULLABLE indices;
    const char *STUNE_NULLABLE work_dir;
    /// Slurm's pattern for the file of standard output and error.
    const char *STUNE_NULLABLE output;
    const char *STUNE_NULLABLE comment;
    /// "NAME=VALUE", `environment_count` of them.
    const char *STUNE_NONNULL const *STUNE_NULLABLE environment;
    uint32_t environment_count;
    const char *STUNE_NULLABLE partition;
    const char *STUNE_NULLABLE account;
    const char *STUNE_NULLABLE qos;
    const char *STUNE_NULLABLE constraint;
    const char *STUNE_NULLABLE reservation;
    const char *STUNE_NULLABLE nodelist;
    const char *STUNE_NULLABLE exclude;
    const char *STUNE_NULLABLE licenses;
    const char *STUNE_NULLABLE wckey;
    /// In sbatch's form: "gpu:2", "2", "a100:2".
    const char *STUNE_NULLABLE gres;
    const char *STUNE_NULLABLE gpus;
    const char *STUNE_NULLABLE gpus_per_node;
    const char *STUNE_NULLABLE gpus_per_task;
    /// Minutes.
    uint32_t time_limit;
    uint32_t min_nodes, max_nodes;
    uint32_t ntasks, ntasks_per_node, cpus_per_task, cpus_per_gpu;
    /// MiB; STUNE_SLURM_UNSET if not requested. At most one of the two may be set.
    uint64_t memory_per_node, memory_per_cpu;
    /// MiB for each GPU.
    uint64_t memory_per_gpu;
    /// Added to sbatch's neutral value of 0.
    int32_t nice;
    uint8_t exclusive;
    /// 1: the job may be requeued, 0: it may not; STUNE_SLURM_UNSET: the site's default.
    uint32_t requeue;
    /// Seconds before the time limit at which the batch script gets SIGUSR1; Slurm may send it up to 60 s
    /// earlier.
    uint32_t warning;
} stune_slurm_request;

/// What differs for a job that continues another; everything else is requested as for that job. Borrowed for the call.
typedef struct stune_slurm_successor {
    /// The script's path, which Slurm only records, then the script's arguments.
    const char *STUNE_NONNULL const *STUNE_NULLABLE arguments;
    uint32_t argument_count;
    /// "NAME=VALUE", `environment_count` of them.
    const char *STUNE_NONNULL const *STUNE_NULLABLE environment;
    uint32_t environment_count;
} stune_slurm_successor;

/// Seconds before its time limit at which a successor gets SIGUSR1: Slurm's record does not have the first job's value.
#define STUNE_SLURM_SUCCESSOR_WARNING 60

/// One record of the queue: a task, or several waiting tasks of an array in the same state.
typedef struct stune_slurm_job {
    uint32_t job_id;
    /// The array's job id; 0 if it is not an array.
    uint32_t array_job_id;
    /// The task's index; STUNE_SLURM_UNSET if `array_tasks` has the indices.
    uint32_t array_task_id;
    /// The base state, and the flags above it, as numbered in slurm.h.
    uint32_t state;
    uint32_t user_id;
    /// Minutes; STUNE_SLURM_UNSET if there is none.
    uint32_t time_limit;
    uint32_t restarts;
    /// Seconds since 1970; 0 if not yet.
    int64_t start_time, end_time;
    /// When slurmctld answered, by the same clock as these two.
    int64_t answer_time;
    /// Owned by the list; never NULL, perhaps empty.
    const char *array_tasks;
    const char *name;
    const char *comment;
    const char *partition;
    const char *nodes;
    const char *reason;
    /// The batch script's path; before 23.02 also its arguments, separated by single spaces.
    const char *command;
    const char *dependency;
    uint8_t is_batch;
} stune_slurm_job;

/// The answer to one query of the queue.
typedef struct stune_slurm_jobs stune_slurm_jobs;

/// The libslurm that this process uses. Its texts are never freed.
typedef struct stune_slurm_library_info {
    /// Whether it can be used.
    uint8_t is_usable;
    /// Year and month of its release: 2205 for 22.05; 0 if it cannot be used.
    uint32_t version;
    /// Its file; empty if it cannot be used.
    const char *path;
    /// What is wrong and what to do, as a sentence; empty if it can be used.
    const char *trouble;
} stune_slurm_library_info;

/// Finds libslurm, once for the process, and describes it. Reads no slurm.conf; any thread may call it.
stune_slurm_library_info stune_slurm_find_library(void);

/// The first difference between the table of layouts and the headers of this build, such as "desc_name: 16+8 in the
/// table, 24+8 in slurm.h". NULL if they agree, there are no headers, or the table has no row for their version.
const char *STUNE_NULLABLE stune_slurm_layout_difference(void);

/// Starts libslurm, which reads slurm.conf. Once for the process; later calls do nothing. Returns 0 if no libslurm can
/// be used; then every request is refused with the text of `stune_slurm_find_library`.
int stune_slurm_start(void);

/// The version of libslurm: 2205 for 22.05; 0 if none can be used.
uint32_t stune_slurm_version(void);

/// The kind of an error number. -1, Slurm's unspecified error, is a refusal only if a message came with it; here it
/// counts as an error that may pass.
stune_slurm_trouble stune_slurm_trouble_of(int32_t code);

/// Submits an array and stores its job id in `*job_id`.
stune_slurm_result stune_slurm_submit(const stune_slurm_request *request, uint32_t *job_id);

/// Submits the script of a batch job once more, to run when that job is over, however it ends. Stores the new job's id
/// in `*successor_id`. In C because the job's record holds texts that libslurm owns.
stune_slurm_result stune_slurm_submit_successor(
    uint32_t job_id, const stune_slurm_successor *successor, uint32_t *successor_id);

/// Gets all of a user's jobs that slurmctld knows, in one request. The caller frees `*jobs`, which is NULL on failure.
stune_slurm_result stune_slurm_load_user(
    uint32_t user_id, stune_slurm_jobs *STUNE_NULLABLE *STUNE_NULLABLE jobs);

/// Gets one job. As `stune_slurm_load_user`; a job that Slurm does not know gives no records.
stune_slurm_result stune_slurm_load_one(
    uint32_t job_id, stune_slurm_jobs *STUNE_NULLABLE *STUNE_NULLABLE jobs);

/// The number of records in an answer.
uint32_t stune_slurm_count(const stune_slurm_jobs *jobs);

/// One record of an answer; its texts live as long as the answer.
stune_slurm_job stune_slurm_at(const stune_slurm_jobs *jobs, uint32_t index);

/// Frees an answer.
void stune_slurm_free(stune_slurm_jobs *STUNE_NULLABLE jobs);

/// Cancels a job, an array or tasks of it: "4821", "4821_17". A job that is over is no error.
stune_slurm_result stune_slurm_cancel(const char *job);

/// Sends SIGUSR2 to the batch scripts of a job or task to say that it ends soon. Slurm itself signals them only at the
/// very end of a preemption's grace time. A job that is over is no error.
stune_slurm_result stune_slurm_tell(const char *job);

/// Gets the site's limit on array indices: every index is below `*size`.
stune_slurm_result stune_slurm_max_array_size(uint32_t *size);

/// The word for a state, as squeue prints it: "RUNNING", "NODE_FAIL". Do not free it.
const char *stune_slurm_state_name(uint32_t state);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
