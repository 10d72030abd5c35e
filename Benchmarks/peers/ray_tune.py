# SPDX-License-Identifier: GPL-3.0-or-later
"""ray_tune.py plain|reuse TRIALS DIRECTORY RESULT

Ray Tune with its ASHA scheduler, on the Ray that ray.sbatch has started. As in Ray's guide "Tune Trial
Schedulers": ASHAScheduler, with the time attribute that the trainable reports. Loggers, output and
checkpoints are Tune's defaults.

`plain` is a function as trainable, where each trial has a new actor, as is the default. `reuse` is a class with
reset_config and TuneConfig(reuse_actors=True), which Tune's reference recommends where trials begin and
end often; such a class would save a checkpoint when it ends, which is switched off, since nobody else here
saves any.
"""
import sys
import time

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

from objective import REDUCTION_FACTOR, RUNGS, tell


def train(config):
    for resource in RUNGS:
        tune.report({"loss": config["x"], "resource": resource})


class Reusable(tune.Trainable):
    """The same objective as a class: one step is one rung."""

    def setup(self, config):
        self.reset_config(config)

    def reset_config(self, new_config):
        self.x = new_config["x"]
        self.steps = 0
        return True

    def step(self):
        resource = RUNGS[self.steps]
        self.steps += 1
        return {"loss": self.x, "resource": resource, "done": resource == RUNGS[-1]}


def main():
    kind, trials, directory, result = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    ray.init()  # RAY_ADDRESS says where
    tuner = tune.Tuner(
        {"plain": train, "reuse": Reusable}[kind],
        param_space={"x": tune.uniform(0.0, 1.0)},
        tune_config=tune.TuneConfig(
            metric="loss",
            mode="min",
            num_samples=trials,
            reuse_actors=kind == "reuse",
            scheduler=ASHAScheduler(
                time_attr="resource",
                grace_period=RUNGS[0],
                max_t=RUNGS[-1],
                reduction_factor=REDUCTION_FACTOR,
            ),
        ),
        run_config=tune.RunConfig(
            name="bench",
            storage_path=directory,
            checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False) if kind == "reuse" else None,
        ),
    )
    began = time.time()
    results = tuner.fit()
    ended = time.time()
    # only a trial that has reported has metrics
    rungs = [RUNGS.index(one.metrics["resource"]) + 1 for one in results if one.metrics and not one.error]
    tell(result, began=began, ended=ended, trials=len(rungs), evaluations=sum(rungs))


main()
