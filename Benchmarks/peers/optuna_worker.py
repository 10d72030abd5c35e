# SPDX-License-Identifier: GPL-3.0-or-later
"""optuna_worker.py create|work|count journal|sqlite DIRECTORY [TRIALS] RESULT

Optuna shared by processes, as in its tutorial "Easy Parallelization": the study is created once, and each
process loads it and calls optimize for its share of the trials. The pruner is the one that Optuna has for
ASHA, SuccessiveHalvingPruner, used as in its reference: report, ask should_prune, raise TrialPruned. The
sampler is the random one, as everywhere here; Optuna's default, TPE, computes more.

`journal` is the file that the tutorial recommends where there is no database server, with its default lock.
`sqlite` is RDBStorage; Optuna's reference advises against SQLite for processes in parallel, and it is here
because it is what many use. Its time-out for locks is the one in the reference's example, 10 s.
"""
import os
import sys
import time

import optuna
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from objective import REDUCTION_FACTOR, RUNGS, tell

NAME = "bench"


def open_storage(kind, directory):
    if kind == "journal":
        return JournalStorage(JournalFileBackend(os.path.join(directory, "journal.log")))
    url = "sqlite:///" + os.path.join(directory, "study.db")
    return RDBStorage(url, engine_kwargs={"connect_args": {"timeout": 10}})


def objective(trial):
    x = trial.suggest_float("x", 0.0, 1.0)
    for resource in RUNGS:
        trial.report(x, resource)
        if trial.should_prune():
            raise optuna.TrialPruned()
    return x


def parts():
    """The sampler and the pruner; neither is kept in the storage."""
    return {
        "sampler": optuna.samplers.RandomSampler(),
        "pruner": optuna.pruners.SuccessiveHalvingPruner(
            min_resource=RUNGS[0], reduction_factor=REDUCTION_FACTOR
        ),
    }


def main():
    task, kind, directory = sys.argv[1:4]
    storage = open_storage(kind, directory)
    if task == "create":
        optuna.create_study(study_name=NAME, storage=storage, direction="minimize", **parts())
    elif task == "work":
        study = optuna.load_study(study_name=NAME, storage=storage, **parts())
        began = time.time()
        study.optimize(objective, n_trials=int(sys.argv[4]))
        tell(sys.argv[5], began=began, ended=time.time())
    else:
        trials = optuna.load_study(study_name=NAME, storage=storage).trials
        over = [trial for trial in trials if trial.state.is_finished()]
        evaluations = sum(len(trial.intermediate_values) for trial in over)
        tell(sys.argv[4], trials=len(over), evaluations=evaluations)


if __name__ == "__main__":
    main()
