# SPDX-License-Identifier: GPL-3.0-or-later
"""slurm_sweeps_asha.py TRIALS DIRECTORY RESULT

slurm-sweeps as in its own README: an Experiment with ASHA in an allocation, where each trial is one job step
started with srun, as many at a time as the job has tasks. All else is its default.
"""
import sys
import time

import slurm_sweeps as ss

from objective import REDUCTION_FACTOR, RUNGS, tell


def train(cfg):
    for resource in cfg["rungs"]:
        ss.log({"loss": cfg["x"]}, resource)


def main():
    trials, directory, result = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    experiment = ss.Experiment(
        train=train,
        cfg={"x": ss.Uniform(0, 1), "rungs": list(RUNGS)},
        local_dir=directory,
        asha=ss.ASHA(
            metric="loss", mode="min", reduction_factor=REDUCTION_FACTOR, min_t=RUNGS[0], max_t=RUNGS[-1]
        ),
    )
    began = time.time()
    table = experiment.run(n_trials=trials)
    ended = time.time()
    # a step that failed counts as pruned there, but has logged nothing
    tell(result, began=began, ended=ended, trials=table["_trial_id"].nunique(), evaluations=len(table))


if __name__ == "__main__":
    main()
