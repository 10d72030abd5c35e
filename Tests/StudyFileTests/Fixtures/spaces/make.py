#!/usr/bin/env python3
"""Writes the spaces beside it, as ConfigSpace, Optuna and W&B write or accept them.

    pip install --target /tmp/spaces ConfigSpace==1.2.2 optuna sweeps jsonschema pyyaml
    PYTHONPATH=/tmp/spaces python3 make.py

W&B has nothing that writes a sweep; what stands in sweep.yaml is checked by the schema of W&B's own package `sweeps`.
"""
import json
import pathlib
import re

import ConfigSpace as cs
import optuna
import sweeps
import yaml
from jsonschema import Draft7Validator
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

here = pathlib.Path(__file__).parent


def config_space():
    """A space with every kind, condition and clause that a study file can say."""
    space = cs.ConfigurationSpace(name="net", seed=1)
    lr = cs.Float("lr", (1e-5, 1e-1), log=True, default=1e-3)
    layers = cs.Integer("layers", (1, 8), default=2)
    width = cs.Integer("width", (16, 512), log=True)
    optimizer = cs.Categorical("optimizer", ["sgd", "adam", "rmsprop"], default="adam")
    momentum = cs.Float("momentum", (0.0, 0.99))
    init = cs.NormalFloatHyperparameter("init", mu=0.0, sigma=0.1, lower=-1, upper=1)
    size = cs.OrdinalHyperparameter("size", ["s", "m", "l"])
    nesterov = cs.Categorical("nesterov", [True, False])
    last = cs.Integer("last", (16, 64))
    decay = cs.Float("decay", (1e-6, 1e-2), log=True)
    head = cs.Integer("head", (1, 4))
    space.add(lr, layers, width, optimizer, momentum, init, size, nesterov, last, decay, head)
    space.add(cs.Constant("version", 3), cs.Constant("no: text", "yes"))
    space.add(cs.EqualsCondition(momentum, optimizer, "sgd"))
    space.add(cs.EqualsCondition(nesterov, optimizer, "sgd"))
    both = (cs.GreaterThanCondition(last, layers, 2), cs.InCondition(last, optimizer, ["sgd", "adam"]))
    space.add(cs.AndConjunction(*both))
    space.add(cs.NotEqualsCondition(decay, optimizer, "rmsprop"))
    space.add(cs.OrConjunction(cs.LessThanCondition(head, size, "m"), cs.EqualsCondition(head, size, "l")))
    space.add(
        cs.ForbiddenAndConjunction(
            cs.ForbiddenEqualsClause(optimizer, "adam"), cs.ForbiddenInClause(layers, [7, 8])
        )
    )
    space.add(cs.ForbiddenEqualsClause(width, 17))
    space.add(cs.ForbiddenGreaterThanRelation(decay, lr))
    space.to_json(here / "configspace.json", indent=1)


def refused_config_space():
    """A space of which a study file can say nothing."""
    space = cs.ConfigurationSpace(name="refused", seed=1)
    weighted = cs.Categorical("weighted", ["a", "b"], weights=[1, 2])
    other = cs.Categorical("other", ["a", "b"])
    child = cs.Float("child", (0, 1))
    space.add(weighted, other, child)
    space.add(cs.BetaFloatHyperparameter("beta", alpha=2, beta=3, lower=0, upper=1))
    space.add(cs.NormalIntegerHyperparameter("whole", mu=0, sigma=10, lower=-50, upper=50))
    space.add(cs.OrConjunction(cs.EqualsCondition(child, other, "a"), cs.EqualsCondition(child, weighted, "b")))
    space.to_json(here / "configspace-refused.json", indent=1)


def distributions():
    """Each distribution of Optuna, as text and as an object."""
    kinds = {
        "lr": FloatDistribution(1e-5, 1e-1, log=True),
        "dropout": FloatDistribution(0, 0.5, step=0.1),
        "momentum": FloatDistribution(0, 0.99),
        "layers": IntDistribution(1, 8),
        "batch": IntDistribution(16, 256, step=16),
        "width": IntDistribution(16, 512, log=True),
        "optimizer": CategoricalDistribution(["sgd", "adam", 3, True, 0.5]),
        "fixed": IntDistribution(3, 3),
    }
    texts = {name: optuna.distributions.distribution_to_json(kind) for name, kind in kinds.items()}
    (here / "optuna.json").write_text(json.dumps(texts, indent=1) + "\n")
    objects = {name: json.loads(text) for name, text in texts.items()}
    (here / "optuna-objects.json").write_text(json.dumps({"distributions": objects}, indent=1) + "\n")


def number(text):
    """YAML 1.1, which PyYAML reads, takes 1e-5 for a text."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d*)?e-?\d+", text) else text


def check_sweeps():
    """The sweeps are what W&B accepts, whatever stune thinks of them."""
    schema = json.loads((pathlib.Path(sweeps.__file__).parent / "config" / "schema.json").read_text())
    for name in ["sweep.yaml", "sweep-refused.yaml"]:
        sweep = yaml.safe_load((here / name).read_text())
        for parameter in sweep["parameters"].values():
            for field, value in parameter.items():
                parameter[field] = number(value) if isinstance(value, str) else value
        for error in Draft7Validator(schema).iter_errors(sweep):
            raise SystemExit(f"{name}: {error.message}")


config_space()
refused_config_space()
distributions()
check_sweeps()
