# SPDX-License-Identifier: GPL-3.0-or-later
"""submitit_optuna.py TRIALS SLOTS DIRECTORY RESULT

Optuna's ask and tell over job arrays of submitit, as each describes it: Optuna's tutorial "Ask-and-Tell
Interface", batch optimization, and submitit's example of job arrays, map_array with
slurm_array_parallelism. Each task of an array is one trial at one rung. After an array, the results are
reported, the pruner is asked, and what is not pruned goes on in the next array, beside new trials.

A batch is eight arrays' worth of slots, so that slots are seldom idle between arrays. The study is kept in
memory, which is Optuna's fastest way.
"""
import sys
import time

import optuna
import submitit

from objective import REDUCTION_FACTOR, RUNGS, tell

BATCHES_OF_SLOTS = 8


def evaluate(x, resource):
    return x


def main():
    trials, slots, directory, result = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    executor = submitit.AutoExecutor(folder=directory + "/%j", cluster="slurm")
    executor.update_parameters(timeout_min=10, cpus_per_task=1, slurm_array_parallelism=slots)
    study = optuna.create_study(
        direction="minimize",
        sampler=optuna.samplers.RandomSampler(),
        pruner=optuna.pruners.SuccessiveHalvingPruner(
            min_resource=RUNGS[0], reduction_factor=REDUCTION_FACTOR
        ),
    )
    asked = evaluations = 0
    going_on = []  # pairs of a trial and the index of its next rung
    began = time.time()
    while asked < trials or going_on:
        while asked < trials and len(going_on) < slots * BATCHES_OF_SLOTS:
            trial = study.ask()
            trial.suggest_float("x", 0.0, 1.0)
            going_on.append((trial, 0))
            asked += 1
        jobs = executor.map_array(
            evaluate,
            [trial.params["x"] for trial, _ in going_on],
            [RUNGS[rung] for _, rung in going_on],
        )
        batch, going_on = going_on, []
        for (trial, rung), job in zip(batch, jobs):
            loss = job.result()
            evaluations += 1
            trial.report(loss, RUNGS[rung])
            if rung + 1 == len(RUNGS):
                study.tell(trial, loss)
            elif trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                going_on.append((trial, rung + 1))
    tell(result, began=began, ended=time.time(), trials=asked, evaluations=evaluations)


if __name__ == "__main__":
    main()
