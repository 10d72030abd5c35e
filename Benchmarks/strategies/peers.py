# SPDX-License-Identifier: GPL-3.0-or-later
"""The peers' own schedulers and searchers, driven step by step: nothing is started, and no clock is read.

Random search takes the table's configurations in an order that the seed shuffles, as `stune simulate` does. A peer with a
model proposes; the nearest configuration that is left is trained, and the peer is told that one. A loss that is not finite
is told as a large number, since two of the three refuse others.
"""
import logging
import math
import random
import warnings
from datetime import datetime

from virtual import Nearest, Strategy

ETA, LARGE = 3, 1e9


def told(loss):
    """The loss for a peer."""
    return loss if math.isfinite(loss) else LARGE


class Shuffled(Strategy):
    """Random search: the configurations of the table in an order of their own."""

    def __init__(self, landscape, seed):
        self.landscape = landscape
        self._order = list(range(len(landscape.configurations)))
        random.Random(seed).shuffle(self._order)
        self._begun = 0

    def begin(self):
        if self._begun == len(self._order):
            return None
        self._begun += 1
        return self._begun - 1, self._order[self._begun - 1]

    def report(self, trial, resource, loss):
        return True


class RayASHA(Shuffled):
    """Ray Tune's ASHAScheduler, which stops trials."""

    def __init__(self, landscape, seed):
        super().__init__(landscape, seed)
        from ray.tune.schedulers import ASHAScheduler

        self._scheduler = ASHAScheduler(
            time_attr="resource", metric="loss", mode="min", grace_period=1, reduction_factor=ETA,
            max_t=landscape.recorded.most,
        )  # fmt: skip
        self._trials = {}

    def begin(self):
        begun = super().begin()
        if begun is not None:
            self._trials[begun[0]] = Named(str(begun[0]))
            self._scheduler.on_trial_add(None, self._trials[begun[0]])
        return begun

    def report(self, trial, resource, loss):
        result = {"resource": resource, "loss": told(loss)}
        answer = self._scheduler.on_trial_result(None, self._trials[trial], result)
        return answer == self._scheduler.CONTINUE

    def end(self, trial, resource, loss, is_complete):
        result = {"resource": resource, "loss": told(loss)}
        self._scheduler.on_trial_complete(None, self._trials.pop(trial), result)


class Named:
    """What Ray's scheduler asks of a trial."""

    def __init__(self, trial_id):
        self.trial_id = trial_id


class Optuna(Strategy):
    """Optuna's HyperbandPruner with TPESampler, its default, at the defaults of both."""

    def __init__(self, landscape, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")
        self._optuna = optuna
        self._landscape, self._nearest = landscape, Nearest(landscape)
        self._distributions = {one.name: self._distribution(one) for one in landscape.parameters}
        self._study = optuna.create_study(
            study_name="table",
            sampler=optuna.samplers.TPESampler(seed=seed),
            pruner=optuna.pruners.HyperbandPruner(
                min_resource=1, max_resource=landscape.recorded.most, reduction_factor=ETA
            ),
        )

    def _distribution(self, one):
        kinds = self._optuna.distributions
        if one.kind == "choice":
            return kinds.CategoricalDistribution(one.values)
        if one.kind == "int":
            return kinds.IntDistribution(int(one.low), int(one.high), log=one.is_log)
        return kinds.FloatDistribution(one.low, one.high, log=one.is_log)

    def begin(self):
        if not self._nearest.left:
            return None
        asked = self._study.ask(self._distributions)
        number = self._nearest.take(asked.params)
        # The trial gets the table's values in place of its own; those that are not active stay.
        for name, value in self._landscape.configurations[number].items():
            distribution = self._distributions[name]
            self._study._storage.set_trial_param(
                asked._trial_id, name, distribution.to_internal_repr(value), distribution
            )
        return asked, number

    def report(self, trial, resource, loss):
        trial.report(told(loss), resource)
        return not trial.should_prune()

    def end(self, trial, resource, loss, is_complete):
        states = self._optuna.trial.TrialState
        if is_complete:
            self._study.tell(trial, told(loss))
        else:
            self._study.tell(trial, state=states.PRUNED)


class SyneTune(Strategy):
    """Syne Tune's ASHA, which stops trials; a subclass names its searcher."""

    searcher = "random_search"

    def __init__(self, landscape, seed):
        import numpy
        from syne_tune.backend.trial_status import Trial
        from syne_tune.config_space import choice, loguniform, lograndint, randint, uniform
        from syne_tune.optimizer.schedulers.asha import AsynchronousSuccessiveHalving

        logging.getLogger("syne_tune").setLevel(logging.ERROR)
        warnings.simplefilter("ignore")
        numpy.random.seed(seed)
        self._trial = Trial
        self._landscape, self._nearest = landscape, Nearest(landscape)
        self._order = Shuffled(landscape, seed)

        def domain(one):
            if one.kind == "choice":
                return choice(list(one.values))
            if one.kind == "int":
                return (lograndint if one.is_log else randint)(int(one.low), int(one.high))
            return (loguniform if one.is_log else uniform)(one.low, one.high)

        self._scheduler = AsynchronousSuccessiveHalving(
            {one.name: domain(one) for one in landscape.parameters}, metric="loss", do_minimize=True,
            searcher=self.searcher, time_attr="resource", max_t=landscape.recorded.most, grace_period=1,
            reduction_factor=ETA, random_seed=seed,
        )  # fmt: skip
        self._trials = {}

    def begin(self):
        if not self._nearest.left:
            return None
        identity = len(self._trials)
        proposal = self._scheduler.suggest().config
        if self.searcher == "random_search":
            number = self._order.begin()[1]
            self._nearest.left.remove(number)
        else:
            number = self._nearest.take(proposal)
        # Parameters that are not active keep what was proposed.
        config = {**proposal, **self._landscape.configurations[number]}
        self._trials[identity] = self._trial(identity, config, datetime.min)
        self._scheduler.on_trial_add(self._trials[identity])
        return identity, number

    def report(self, trial, resource, loss):
        from syne_tune.optimizer.scheduler import SchedulerDecision

        result = {"resource": resource, "loss": told(loss)}
        answer = self._scheduler.on_trial_result(self._trials[trial], result)
        return answer == SchedulerDecision.CONTINUE


class SyneTuneCQR(SyneTune):
    """The same with its quantile regression, which ASHACQR is. It fits models again and again, and so takes far longer."""

    searcher = "cqr"


PEERS = {
    "Ray Tune ASHA": RayASHA,
    "Syne Tune ASHA": SyneTune,
    "Syne Tune CQR with ASHA": SyneTuneCQR,
    "Optuna TPE with Hyperband": Optuna,
    "random search": Shuffled,
}
