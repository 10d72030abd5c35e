/// Slurm's numbers, under Slurm's own names, so that none of its headers are needed. Each has the same meaning in all
/// versions from 22.05 to 26.05. `measure-layouts` checks that, and so does the compiler if this machine has the
/// headers.
#ifndef STUNE_CSLURM_NUMBERS_H
#define STUNE_CSLURM_NUMBERS_H

// clang-format off

/// Numbers that fit an int.
#define STUNE_SLURM_NUMBERS(N) \
    N(SLURM_SUCCESS, 0) \
    N(SLURM_ERROR, -1) \
    N(SLURM_UNEXPECTED_MSG_ERROR, 1000) \
    N(SLURM_PROTOCOL_VERSION_ERROR, 1005) \
    N(SLURM_PROTOCOL_INSANE_MSG_LENGTH, 1008) \
    N(ESLURM_INVALID_JOB_ID, 2017) \
    N(ESLURM_ALREADY_DONE, 2021) \
    N(SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT, 5005) \
    N(KILL_JOB_BATCH, 1) \
    N(OPEN_MODE_APPEND, 1) \
    N(SHOW_ALL, 0x0001) \
    N(SHOW_DETAIL, 0x0002) \
    N(SHOW_LOCAL, 0x0010) \
    N(JOB_SHARED_NONE, 0) \
    N(JOB_NTASKS_SET, 0x4000) \
    N(JOB_CPUS_SET, 0x8000) \
    N(JOB_STATE_BASE, 0xff) \
    N(JOB_PENDING, 0) \
    N(JOB_RUNNING, 1) \
    N(JOB_SUSPENDED, 2) \
    N(JOB_COMPLETE, 3) \
    N(JOB_CANCELLED, 4) \
    N(JOB_FAILED, 5) \
    N(JOB_TIMEOUT, 6) \
    N(JOB_NODE_FAIL, 7) \
    N(JOB_PREEMPTED, 8) \
    N(JOB_BOOT_FAIL, 9) \
    N(JOB_DEADLINE, 10) \
    N(JOB_OOM, 11) \
    N(JOB_REQUEUE, 0x400) \
    N(JOB_REQUEUE_HOLD, 0x800) \
    N(JOB_SPECIAL_EXIT, 0x1000) \
    N(JOB_COMPLETING, 0x8000)

/// Larger numbers.
#define STUNE_SLURM_LARGE_NUMBERS(N) \
    N(NO_VAL, 0xfffffffe) \
    N(INFINITE, 0xffffffff) \
    N(NICE_OFFSET, 0x80000000) \
    N(MEM_PER_CPU, 0x8000000000000000)

// clang-format on

#endif
