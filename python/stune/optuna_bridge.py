"""Any sampler of Optuna as the searcher of a study: `searcher: {type: optuna, sampler: …}`.

The controller starts `python -m stune.optuna_bridge`, writes lines to it and reads one for each
question, as docs/external-searchers.md of stune describes. It needs Optuna; the rest of this
package does not.
"""

from __future__ import annotations

import inspect
import json
import math
import sys
from typing import Any, Dict, IO, List, Mapping, Optional, Tuple


# The attribute of Optuna's trials that says by how much a trial breaks bounds.
_VIOLATION = "violation"


class Refusal(Exception):
    """What the study asks for is not to be had: why, in a sentence."""


class Bridge:
    """An Optuna study that is asked for trials, and told what became of them."""

    def __init__(self, greeting: Mapping[str, Any]) -> None:
        """Begin a study as the first line describes it.

        Raises:
            Refusal: there is no such sampler, or it does not take its settings.
        """
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna = optuna
        self._levels: List[int] = greeting["levels"]
        self._has_bounds: bool = greeting.get("bounds", False)
        self._space: List[Dict[str, Any]] = greeting["parameters"]
        self._study = optuna.create_study(
            direction=greeting["goal"],
            sampler=_sampler(
                optuna.samplers,
                optuna.trial.Trial,
                greeting["sampler"],
                greeting.get("settings", {}),
                greeting.get("seed", 0),
                self._has_bounds,
            ),
        )
        # By the study's number: the trials that wait for a result, and what those with one had.
        self._waiting: Dict[int, Any] = {}
        self._finished: Dict[int, Any] = {}

    def ask(self, number: int) -> Dict[str, Any]:
        """Return the parameters of a new trial."""
        trial = self._study.ask()
        self._waiting[number] = trial
        return self._suggest(trial)

    def adopt(self, number: int, parameters: Dict[str, Any]) -> None:
        """Take a trial over that has its parameters already, perhaps other ones than proposed."""
        if number in self._waiting:
            self.withdraw(number)
        self._study.enqueue_trial(parameters)
        self.ask(number)

    def withdraw(self, number: int) -> None:
        """Forget a proposal: no trial has these parameters."""
        trial = self._waiting.pop(number)
        self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)

    def tell(
        self, number: int, resource: int, value: Optional[float], violation: float = 0.0
    ) -> None:
        """Learn what a trial has reached at a resource; no value: it has failed or diverged.

        `violation` says by how much it breaks the study's bounds.

        Below the last resource it counts as pruned there. Optuna closes a trial with its first
        result: if it goes on, its later results enter as trials of their own.
        """
        state = self._optuna.trial.TrialState
        waiting = self._waiting.pop(number, None)
        if value is None or not math.isfinite(value):
            if waiting is not None:
                self._study.tell(waiting, state=state.FAIL)
            return
        is_last = resource >= self._levels[-1]
        if waiting is not None:
            self._note(waiting, violation)
            if len(self._levels) > 1:
                waiting.report(value, resource)
            self._finished[number] = waiting
            if is_last:
                self._study.tell(waiting, value)
            else:
                self._study.tell(waiting, state=state.PRUNED)
            return
        first = self._finished[number]
        self._study.add_trial(
            self._optuna.trial.create_trial(
                state=state.COMPLETE if is_last else state.PRUNED,
                value=value,
                params=first.params,
                distributions=first.distributions,
                intermediate_values={resource: value},
                **self._noted(violation),
            )
        )

    def _note(self, trial: Any, violation: float) -> None:
        """Write to a trial by how much it breaks the study's bounds."""
        if not self._has_bounds:
            return
        if hasattr(trial, "set_constraint"):
            trial.set_constraint(_VIOLATION, violation)
        else:
            # Before Optuna 5; `_constraints` reads it.
            trial.set_user_attr(_VIOLATION, violation)

    def _noted(self, violation: float) -> Dict[str, Any]:
        """Return the same for a trial that is made with its result."""
        if not self._has_bounds:
            return {}
        if hasattr(self._optuna.trial.Trial, "set_constraint"):
            return {"constraints": {_VIOLATION: violation}}
        # Where Optuna puts what `constraints_func` returns for trials that it ran itself.
        return {"system_attrs": {"constraints": [violation]}}

    def _suggest(self, trial: Any) -> Dict[str, Any]:
        """Have the sampler choose each parameter that is active, parents first."""
        chosen: Dict[str, Any] = {}
        for parameter in self._space:
            conditions = parameter.get("when", {})
            if all(
                name in chosen and chosen[name] in values for name, values in conditions.items()
            ):
                chosen[parameter["name"]] = _value(trial, parameter)
        return chosen


def _constraints(trial: Any) -> List[float]:
    """Return by how much a trial breaks the study's bounds; to Optuna, 0 means that it does not."""
    return [trial.user_attrs.get(_VIOLATION, 0.0)]


def _sampler(
    module: Any,
    kind_of_trial: Any,
    name: str,
    settings: Mapping[str, Any],
    seed: int,
    has_bounds: bool,
) -> Any:
    """Make a sampler by its name in `optuna.samplers`."""
    kind = getattr(module, name, None)
    if not (inspect.isclass(kind) and issubclass(kind, module.BaseSampler)):
        known = [one for one in dir(module) if one.endswith("Sampler") and one != "BaseSampler"]
        raise Refusal(f"Optuna has no sampler {name!r}; it has {', '.join(known)}")
    arguments = dict(settings)
    if "seed" in inspect.signature(kind).parameters:
        arguments.setdefault("seed", seed)
    is_old = not hasattr(kind_of_trial, "set_constraint")
    if has_bounds and is_old and "constraints_func" in inspect.signature(kind).parameters:
        arguments["constraints_func"] = _constraints
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise Refusal(f"optuna.samplers.{name} does not take its settings: {error}") from error


def _value(trial: Any, parameter: Mapping[str, Any]) -> Any:
    """Have the sampler choose the value of one parameter."""
    name, kind = parameter["name"], parameter["type"]
    if kind == "constant":
        return parameter["value"]
    if kind in ("choice", "ordinal"):
        return trial.suggest_categorical(name, parameter["values"])
    options: Dict[str, Any] = {"log": parameter.get("scale") == "log"}
    if parameter.get("step") is not None:
        options["step"] = parameter["step"]
    suggest = trial.suggest_int if kind == "int" else trial.suggest_float
    return suggest(name, parameter["min"], parameter["max"], **options)


def serve(lines: IO[str], answers: IO[str]) -> None:
    """Answer each question until the lines end."""
    bridge: Optional[Bridge] = None
    for line in lines:
        message = json.loads(line)
        kind = message["type"]
        if bridge is None:
            bridge = Bridge(message)
        elif kind == "ask":
            content = {"trial": message["trial"], "parameters": bridge.ask(message["trial"])}
            print(json.dumps(content, allow_nan=False), file=answers, flush=True)
        elif kind == "trial":
            bridge.adopt(message["trial"], message["parameters"])
        elif kind == "result":
            bridge.tell(
                message["trial"],
                message["resource"],
                message.get("value"),
                message.get("violation", 0.0),
            )
        elif kind == "refused":
            bridge.withdraw(message["trial"])


def main() -> Tuple[int, str]:
    """Serve standard input; return the exit code, and why if it is not 0."""
    # What a sampler prints is for people, and answers are for the controller.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        serve(sys.stdin, answers)
    except Refusal as refusal:
        return 2, str(refusal)
    except ImportError as error:
        return 2, f"{error} for {sys.executable}: pip install {error.name}"
    return 0, ""


if __name__ == "__main__":
    code, why = main()
    if why:
        print(f"stune: {why}", file=sys.stderr)
    sys.exit(code)
