"""Optuna's TPE on the functions of Functions.swift, one trial at a time: one JSON object a line."""

import argparse
import json
import math
import multiprocessing
import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")


def hartmann(x, a, p):
    return -sum(
        alpha * math.exp(-sum(a_ij * (x_j - p_ij * 1e-4) ** 2 for x_j, a_ij, p_ij in zip(x, a_i, p_i)))
        for alpha, a_i, p_i in zip([1, 1.2, 3, 3.2], a, p)
    )


def cube(trial, count):
    return [trial.suggest_float(f"x{index + 1}", 0, 1) for index in range(count)]


def hartmann6(trial):
    return hartmann(
        cube(trial, 6),
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
        [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
         [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]],
    )


def hartmann3(trial):
    return hartmann(
        cube(trial, 3),
        [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
        [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]],
    )


def branin(trial):
    x, y = trial.suggest_float("x1", -5, 10), trial.suggest_float("x2", 0, 15)
    slope = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return slope**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def mixed(trial):
    optimizer = trial.suggest_categorical("optimizer", ["sgd", "adam", "rmsprop"])
    rate = math.log10(trial.suggest_float("rate", 1e-5, 1, log=True))
    layers = trial.suggest_int("layers", 1, 6)
    width = math.log2(trial.suggest_int("width", 8, 512, log=True))
    activation = trial.suggest_categorical("activation", ["relu", "tanh", "gelu", "elu"])
    shared = {"relu": 0.1, "tanh": 0.25, "gelu": 0, "elu": 0.15}[activation]
    shared += 0.05 * (layers - 3) ** 2 + 0.04 * (width - 7) ** 2
    if optimizer == "sgd":
        momentum = trial.suggest_float("momentum", 0, 1)
        return shared + 0.1 + 0.3 * (rate + 1.2) ** 2 + 2 * (momentum - 0.9) ** 2
    if optimizer == "adam":
        beta = math.log10(trial.suggest_float("beta", 1e-4, 0.5, log=True))
        decay = math.log10(trial.suggest_float("decay", 1e-6, 1e-1, log=True))
        return (shared + 0.3 * (rate + 3 + 0.2 * (width - 7)) ** 2 + 0.1 * (beta + 1) ** 2
                + 0.05 * (decay + 4) ** 2)
    rho = trial.suggest_float("rho", 0.5, 1)
    return shared + 0.2 + 0.3 * (rate + 2.5) ** 2 + 3 * (rho - 0.95) ** 2


# Name, function, its least value, the noise that the sampler sees.
FUNCTIONS = {
    "hartmann6": (hartmann6, -3.32237, 0),
    "branin": (branin, 0.397887, 0),
    "mixed": (mixed, 0, 0),
    "noisy": (hartmann3, -3.86278, 0.4),
}


def best(task):
    """The value without noise of the trial that looked best."""
    import random

    name, seed, trials, searcher = task
    function, _, noise = FUNCTIONS[name]
    noises = random.Random(seed)
    values = []

    def objective(trial):
        values.append(function(trial))
        return values[-1] + (noises.gauss(0, noise) if noise else 0)

    # Conditional spaces need groups: without, parameters that are not in every trial are sampled one by one.
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=name == "mixed")
    study = optuna.create_study(sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return {"function": name, "searcher": searcher, "seed": seed, "minimum": FUNCTIONS[name][1],
            "best": values[study.best_trial.number]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", default=",".join(FUNCTIONS))
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    tasks = [
        (name, seed, arguments.trials, "optuna")
        for name in arguments.functions.split(",")
        for seed in range(arguments.seed, arguments.seed + arguments.runs)
    ]
    with multiprocessing.Pool(arguments.processes) as pool:
        for result in pool.imap(best, tasks):
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
