"""Writes ped-anova.json: trials, and the importances that Optuna's own evaluator gives them.

    python3 -m venv v && v/bin/pip install optuna==5.0.0 && v/bin/python ped-anova.py > ped-anova.json

The numbers are rounded, so that the file is short; both programs read the rounded ones.
"""

import json
import math
import random
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

COLOURS = ["red", "green", "blue"]


def distribution(parameter):
    kind = parameter["kind"]
    if kind == "choice":
        return CategoricalDistribution(parameter["choices"])
    if kind == "int":
        return IntDistribution(parameter["low"], parameter["high"], log=parameter["log"], step=parameter["step"] or 1)
    return FloatDistribution(parameter["low"], parameter["high"], log=parameter["log"], step=parameter["step"])


def parameter(name, kind, low=None, high=None, log=False, step=None, choices=None):
    return {"name": name, "kind": kind, "low": low, "high": high, "log": log, "step": step, "choices": choices}


def draw(dice, one):
    if one["kind"] == "choice":
        return dice.choice(one["choices"])
    if one["kind"] == "int":
        if one["log"]:
            return round(math.exp(dice.uniform(math.log(one["low"]), math.log(one["high"]))))
        step = one["step"] or 1
        return one["low"] + step * dice.randrange((one["high"] - one["low"]) // step + 1)
    if one["step"]:
        count = round((one["high"] - one["low"]) / one["step"])
        return round(one["low"] + one["step"] * dice.randrange(count + 1), 6)
    if one["log"]:
        value = math.exp(dice.uniform(math.log(one["low"]), math.log(one["high"])))
        return min(max(float(f"{value:.4g}"), one["low"]), one["high"])
    return round(dice.uniform(one["low"], one["high"]), 4)


def case(name, seed, count, parameters, loss, goal="minimize"):
    dice = random.Random(seed)
    study = optuna.create_study(direction=goal)
    trials = []
    for _ in range(count):
        values = {}
        for one in parameters:
            if one["name"] == "momentum" and values.get("optimiser") == "adam":
                continue
            values[one["name"]] = draw(dice, one)
        value = round(loss(values, dice), 4)
        trials.append({"values": values, "value": value})
        study.add_trial(
            optuna.trial.create_trial(
                params=values,
                distributions={one["name"]: distribution(one) for one in parameters if one["name"] in values},
                value=value,
            )
        )
    found = PedAnovaImportanceEvaluator().evaluate(study)
    return {
        "name": name,
        "goal": goal,
        "parameters": parameters,
        "trials": trials,
        "importances": {one["name"]: found.get(one["name"], 0.0) for one in parameters},
    }


CASES = [
    case(
        "floats", 1, 120,
        [parameter("x", "float", -10, 10), parameter("y", "float", -10, 10), parameter("z", "float", 0, 1)],
        lambda v, dice: v["x"] ** 2 + v["y"] / 10 + dice.gauss(0, 1),
    ),
    case(
        "a log scale, whole numbers, a choice", 2, 150,
        [
            parameter("lr", "float", 1e-5, 1.0, log=True),
            parameter("layers", "int", 1, 8),
            parameter("width", "int", 16, 2048, log=True),
            parameter("colour", "choice", choices=COLOURS),
        ],
        lambda v, dice: (math.log10(v["lr"]) + 3) ** 2 + COLOURS.index(v["colour"]) + 0.1 * v["layers"]
        + dice.gauss(0, 0.3),
    ),
    case(
        "steps, and greater is better", 3, 60,
        [
            parameter("dropout", "float", 0, 0.5, step=0.1),
            parameter("batch", "int", 32, 512, step=32),
            parameter("fine", "float", 0, 100, step=0.5),
        ],
        lambda v, dice: -abs(v["dropout"] - 0.2) * 5 + v["batch"] / 512 + dice.gauss(0, 0.2),
        goal="maximize",
    ),
    case(
        "a parameter that is not always active", 4, 100,
        [
            parameter("optimiser", "choice", choices=["sgd", "adam"]),
            parameter("momentum", "float", 0, 1),
            parameter("lr", "float", 1e-4, 1e-1, log=True),
        ],
        lambda v, dice: v.get("momentum", 0.5) + (v["optimiser"] == "adam") * 0.3 + dice.gauss(0, 0.1),
    ),
    case("few trials", 5, 7, [parameter("x", "float", 0, 1), parameter("n", "int", 1, 3)],
         lambda v, dice: v["x"]),
    case("losses that tie", 6, 80, [parameter("x", "float", 0, 1), parameter("c", "choice", choices=COLOURS)],
         lambda v, dice: math.floor(v["x"] * 4) / 4 * (1 + COLOURS.index(v["c"]))),
    case("two trials", 7, 2, [parameter("x", "float", 0, 1)], lambda v, dice: v["x"]),
    case("values at the edges of places", 8, 98, [parameter("x", "float", 0, 98, step=1), parameter("y", "int", 0, 98)],
         lambda v, dice: abs(v["x"] - 20) + v["y"] / 50),
]

print("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES) + "\n]")
