/// libslurm, flat: fixed-width fields in, fixed-width fields out, no Slurm type in sight.
///
/// What differs between Slurm versions (22.05 and later) ends here: structs change their layout with every release, so
/// their fields are read and written by a table of offsets, in a build that links libslurm and in one that opens the
/// site's at run time alike. It is C because upstream's functions take structs by value and are looked up by name.
///
/// Every function that takes or returns a pointer says who owns it. All calls block; none may run at the same
/// time as another.
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

/// What kind of trouble an error is.
typedef enum stune_slurm_trouble {
    /// None.
    STUNE_SLURM_OK = 0,
    /// slurmctld refused what was asked for, and would again. These are listed by number.
    STUNE_SLURM_REFUSED = 1,
    /// A later try may succeed: everything that is not listed as another kind.
    STUNE_SLURM_BUSY = 2,
    /// Sent, and no reply came: it may have been carried out.
    STUNE_SLURM_DOUBTFUL = 3,
    /// A limit is reached: fewer jobs at once, or a later try, may succeed.
    STUNE_SLURM_LIMIT = 4,
} stune_slurm_trouble;

/// How a request went.
typedef struct stune_slurm_result {
    stune_slurm_trouble trouble;
    /// Slurm's error number; 0 when all went well.
    int32_t code;
    /// Slurm's words for the number, then those that it printed (the deciding limit) and those of the site's submit
    /// plugin, where there are any; ends with 0.
    char reason[512];
} stune_slurm_result;

/// A number that is not asked for. Fields of 64 bits use it too.
#define STUNE_SLURM_UNSET UINT32_MAX

/// A job array to submit. Texts are borrowed for the call. Those above `partition` have to be
/// set; below it NULL means: not asked for.
typedef struct stune_slurm_request {
    const char *STUNE_NULLABLE name;
    const char *STUNE_NULLABLE script;
    /// The indices, as "3,17,942".
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
    /// As sbatch takes them: "gpu:2", "2", "a100:2".
    const char *STUNE_NULLABLE gres;
    const char *STUNE_NULLABLE gpus;
    const char *STUNE_NULLABLE gpus_per_node;
    const char *STUNE_NULLABLE gpus_per_task;
    /// Minutes.
    uint32_t time_limit;
    uint32_t min_nodes, max_nodes;
    uint32_t ntasks, ntasks_per_node, cpus_per_task, cpus_per_gpu;
    /// MiB; STUNE_SLURM_UNSET: not asked for. Only one of these two may be set.
    uint64_t memory_per_node, memory_per_cpu;
    /// MiB for each GPU.
    uint64_t memory_per_gpu;
    /// Added to sbatch's neutral value of 0.
    int32_t nice;
    uint8_t exclusive;
    /// 1: the job may be requeued, 0: it may not; STUNE_SLURM_UNSET: as the site has it.
    uint32_t requeue;
    /// Seconds before the time limit at which the batch script gets SIGUSR1; Slurm may send it up to 60 s
    /// earlier.
    uint32_t warning;
} stune_slurm_request;

/// What a job that continues another is given anew; all else is asked for as that one asked. Borrowed for
/// the call.
typedef struct stune_slurm_successor {
    /// The script's path, which Slurm only records, and the script's arguments.
    const char *STUNE_NONNULL const *STUNE_NULLABLE arguments;
    uint32_t argument_count;
    /// "NAME=VALUE", `environment_count` of them.
    const char *STUNE_NONNULL const *STUNE_NULLABLE environment;
    uint32_t environment_count;
} stune_slurm_successor;

/// Seconds before its time limit at which a successor gets SIGUSR1: Slurm's record of a job does not say what
/// that job had asked for.
#define STUNE_SLURM_SUCCESSOR_WARNING 60

/// One record of the queue: a task, or the tasks of an array that wait alike.
typedef struct stune_slurm_job {
    uint32_t job_id;
    /// The array's job id; 0 when it is no array.
    uint32_t array_job_id;
    /// The task's index; STUNE_SLURM_UNSET when `array_tasks` tells them.
    uint32_t array_task_id;
    /// The base state, and the flags above it, as slurm.h numbers them.
    uint32_t state;
    uint32_t user_id;
    /// Minutes; STUNE_SLURM_UNSET: none.
    uint32_t time_limit;
    uint32_t restarts;
    /// Seconds since 1970; 0: not yet.
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
    /// The batch script's path; before 23.02 also its arguments, with single spaces between.
    const char *command;
    const char *dependency;
    uint8_t is_batch;
} stune_slurm_job;

/// The answer to one question about the queue.
typedef struct stune_slurm_jobs stune_slurm_jobs;

/// The libslurm that this process uses. Texts are never freed.
typedef struct stune_slurm_library_info {
    /// Whether it can be used.
    uint8_t is_usable;
    /// Year and month of its release: 2205 for 22.05; 0: it can't be used.
    uint32_t version;
    /// Its file; empty when it can't be used.
    const char *path;
    /// What is wrong and what to do, in a sentence; empty when it can be used.
    const char *trouble;
} stune_slurm_library_info;

/// Finds libslurm, once for the process, and says which it is. Reads no slurm.conf; may be called from any thread.
stune_slurm_library_info stune_slurm_find_library(void);

/// Where the table of layouts and the headers that this was compiled against differ: the first field, as
/// "desc_name: 16+8 in the table, 24+8 in slurm.h". NULL where they agree, where there are no headers, or where the
/// table has no row for their version.
const char *STUNE_NULLABLE stune_slurm_layout_difference(void);

/// Starts libslurm, and has it read slurm.conf. Once for the process; later calls do nothing. 0: there is no libslurm
/// that can be used, and every request is refused with the words of `stune_slurm_find_library`.
int stune_slurm_start(void);

/// The version of libslurm: 2205 for 22.05; 0: there is none that can be used.
uint32_t stune_slurm_version(void);

/// What kind of trouble an error number is. -1, which Slurm has for an unspecified error, counts as a refusal only where
/// words came with it, and here as an error that may pass.
stune_slurm_trouble stune_slurm_trouble_of(int32_t code);

/// Submits an array and stores its job id in `*job_id`.
stune_slurm_result stune_slurm_submit(const stune_slurm_request *request, uint32_t *job_id);

/// Submits the script of a batch job once more, to run when that job is over, however it ends. Stores the new
/// job's id in `*successor_id`. In C because the record of the job holds texts that libslurm owns.
stune_slurm_result stune_slurm_submit_successor(
    uint32_t job_id, const stune_slurm_successor *successor, uint32_t *successor_id);

/// Asks for all jobs of a user that slurmctld knows, in one request. The caller frees `*jobs`, which is
/// NULL unless all went well.
stune_slurm_result stune_slurm_load_user(
    uint32_t user_id, stune_slurm_jobs *STUNE_NULLABLE *STUNE_NULLABLE jobs);

/// Asks for one job. As `stune_slurm_load_user`; a job that Slurm does not know gives no records.
stune_slurm_result stune_slurm_load_one(
    uint32_t job_id, stune_slurm_jobs *STUNE_NULLABLE *STUNE_NULLABLE jobs);

/// How many records an answer has.
uint32_t stune_slurm_count(const stune_slurm_jobs *jobs);

/// One record of an answer; its texts live as long as the answer.
stune_slurm_job stune_slurm_at(const stune_slurm_jobs *jobs, uint32_t index);

/// Frees an answer.
void stune_slurm_free(stune_slurm_jobs *STUNE_NULLABLE jobs);

/// Cancels a job, an array or tasks of it: "4821", "4821_17". One that is over is no error.
stune_slurm_result stune_slurm_cancel(const char *job);

/// Tells the batch scripts of a job or of a task that the job ends soon, by SIGUSR2: Slurm itself tells them only at the
/// very end of a preemption's grace time. One that is over is no error.
stune_slurm_result stune_slurm_tell(const char *job);

/// Asks how large an array may be: an index is below `*size`.
stune_slurm_result stune_slurm_max_array_size(uint32_t *size);

/// The word for a state, as squeue prints it: "RUNNING", "NODE_FAIL". Not to be freed.
const char *stune_slurm_state_name(uint32_t state);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
