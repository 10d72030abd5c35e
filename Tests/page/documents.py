"""Documents of studies that were never run, as `stune report --json` writes them, and the page around them."""

import base64
import hashlib
import json
import math
import os
import random
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "Sources", "Report", "Page")
STATES = ["running", "paused", "stopped", "completed", "diverged", "failed", "cancelled"]


def number(value):
    return float(f"{value:.6g}")


def document(trials, seed=1, state="complete", name="digits", with_parents=False, metrics=1):
    """A study of so many trials on a ladder of 1, 3, 9, 27 epochs."""
    dice = random.Random(seed)
    levels, per_hour = [1, 3, 9, 27], 3600
    parameters = [
        {"name": "lr", "kind": "number", "scale": "log", "low": 1e-5, "high": 1.0, "values": [], "conditional": False},
        {"name": "layers", "kind": "number", "scale": "linear", "low": 1, "high": 8, "values": [], "conditional": False},
        {"name": "optimiser", "kind": "choice", "scale": "linear", "low": None, "high": None,
         "values": ["sgd", "adam", None], "conditional": False},
        {"name": "momentum", "kind": "number", "scale": "linear", "low": 0.0, "high": 1.0, "values": [], "conditional": True},
        {"name": "width", "kind": "ordinal", "scale": "linear", "low": None, "high": None,
         "values": [32, 64, 128, 256], "conditional": False},
    ]
    columns = [[], [], [], [], []]
    loss = []
    for trial in range(trials):
        lr = math.exp(dice.uniform(math.log(1e-5), 0))
        layers, kind, width = dice.randint(1, 8), dice.randrange(3), dice.randrange(4)
        columns[0].append(number(lr))
        columns[1].append(layers)
        columns[2].append(kind)
        columns[3].append(number(dice.random()) if kind == 0 else None)
        columns[4].append(width)
        loss.append(0.05 + 0.05 * (math.log10(lr) + 2.5) ** 2 + 0.02 * kind + 0.005 * layers + dice.expovariate(30))
    order = sorted(range(trials), key=lambda trial: loss[trial])
    height = [0] * trials
    for level in range(1, 4):
        for trial in order[: max(1, trials // 3 ** level)]:
            height[trial] = level
    states, values, resources, seconds, series = [], [], [], [], []
    for trial in range(trials):
        failed = trial % 41 == 40
        top = height[trial]
        states.append(STATES.index("failed" if failed else "completed" if top == 3 else "paused"))
        resource = levels[top]
        resources.append(None if failed else resource)
        points = [trial]
        for epoch in range(1, resource + 1):
            points += [epoch, number(loss[trial] + 1.2 * math.exp(-epoch / 5))]
        values.append(None if failed else points[-1])
        seconds.append(number(resource * 20 + dice.random()))
        if not failed:
            series.append(points)
    shown = sorted(series, key=lambda points: -loss[points[0]])[-1500:]
    timeline, wall = spans(dice, min(trials, 4000), resources, levels)
    rungs = [
        {"rung": rung, "resource": levels[rung], "running": 0,
         "results": sum(own >= rung for own in height), "promoted": sum(own > rung for own in height),
         "best": min(number(loss[trial] + 1.2 * math.exp(-levels[rung] / 5)) for trial in range(trials) if height[trial] >= rung)}
        for rung in range(4)
    ]
    best = min((trial for trial in range(trials) if height[trial] == 3 and values[trial] is not None),
               key=lambda trial: values[trial], default=None)
    counts = {word: states.count(place) for place, word in enumerate(STATES) if states.count(place)}
    columns_of = {
        "trial": list(range(trials)), "states": STATES, "state": states, "rung": height, "resource": resources,
        "value": values, "seconds": seconds, "attempts": [1 + own for own in height], "parameters": columns,
        "metrics": {"accuracy": [None if value is None else number(1 - value / 3) for value in values]},
    }
    if with_parents:
        columns_of["parent"] = [None if trial < 4 else trial - 4 + dice.randrange(2) for trial in range(trials)]
    if metrics > 1:
        columns_of["metrics"]["size"] = [None if value is None else number(50 / (value + 0.1) + dice.random() * 100) for value in values]
    return {
        "document": 1, "release": "0.1.0", "made": 1796000000.0, "live": False, "studies": [], "place": 0,
        "name": name, "directory": f"/scratch/{name}.stune", "created": 1796000000.0 - wall, "planned": trials,
        "hasParents": with_parents, "state": state, "outcome": "the study is complete" if state == "complete" else None,
        "ended": 1796000000.0 if state == "complete" else None, "snapshot": 1796000000.0, "counts": counts,
        "best": None if best is None or metrics > 1 else {"trial": best, "value": values[best], "resource": resources[best]},
        "spent": {"wallSeconds": wall, "taskSeconds": sum(seconds), "nodeHours": sum(seconds) / per_hour, "cpuHours": None},
        "checkpoints": {"bytes": 123456789, "quota": None},
        "warnings": [], "facts": [f"{counts.get('failed', 0)} of {trials} trials failed"], "controller": None,
        "bounds": [], "objectives": [{"metric": "loss", "goal": "minimize"}] + [{"metric": "size", "goal": "minimize"}] * (metrics - 1),
        "parameters": parameters, "rungs": rungs, "trials": columns_of,
        "curves": {"of": trials, "series": shown},
        "progress": progress(rungs, wall, seconds, trials, best),
        "timeline": timeline, "tasks": {"waiting": 0, "running": 0},
        "ends": [{"cause": "finished", "kind": 0, "count": trials - counts.get("failed", 0)},
                 {"cause": "the command exited with code 1", "kind": 3, "count": counts.get("failed", 0)}],
        "importances": [{"rung": rung, "resource": levels[rung], "results": rungs[rung]["results"],
                         "values": [0.2, 0.02, 0.05, 0.01, 0.004]} for rung in range(4) if rungs[rung]["results"] >= 10],
        "pareto": None if metrics == 1 else [
            {"trial": own, "resource": resources[own], "values": [values[own], columns_of["metrics"]["size"][own]]}
            for own in order[:5] if values[own] is not None],
        "details": {},
    }


def spans(dice, count, resources, levels):
    """Tasks on eight nodes with four places each, after some time in the queue."""
    free = [0.0] * 32
    rows = []
    for trial in range(count):
        place = min(range(32), key=lambda own: free[own])
        wait = dice.expovariate(1 / 20)
        begin = free[place] + wait
        end = begin + 20 * (resources[trial] or 1) * (0.8 + 0.4 * dice.random())
        rows.append((trial, place // 4, begin, end, begin - wait, 3 if resources[trial] is None else 0))
        free[place] = end
    waits = sorted(own[2] - own[4] for own in rows)
    wall = max(own[3] for own in rows)
    column = lambda at: [round(own[at], 3) for own in rows]
    return {
        "of": count, "hosts": [f"node{number:02}" for number in range(8)],
        "kinds": ["finished", "running", "told to leave", "crashed", "no word of its worker", "not started, or nothing to use"],
        "trial": column(0), "rung": [0 if own[5] else levels.index(resources[own[0]]) for own in rows],
        "task": [f"4821_{own[0]}" for own in rows], "host": column(1), "begin": column(2), "end": column(3),
        "kind": column(5), "queued": column(4),
        "waits": {"count": count, "median": waits[count // 2], "most90": waits[int(count * 0.9)], "longest": waits[-1]},
    }, wall


def progress(rungs, wall, seconds, trials, best):
    hours = sum(seconds) / 3600
    found = []
    for rung in rungs:
        if not rung["results"]:
            continue
        steps = [[wall * part, hours * part, number(rung["best"] * (1 + (1 - part))), (best or 0)]
                 for part in (0.1 + 0.1 * rung["rung"], 0.3 + 0.1 * rung["rung"], 0.5 + 0.1 * rung["rung"])]
        steps[-1][2] = rung["best"]
        found.append({"rung": rung["rung"], "steps": steps})
    return {"end": [wall, hours], "rungs": found}


def detail(doc, trial, text="epoch 1 loss 0.3\n"):
    """All that there is to tell of a trial."""
    return {
        "story": {
            "trial": trial, "state": "paused", "why": "it rests in rung 1, 9th of 20 results there", "configuration": {},
            "attempts": [{"attempt": 1, "rung": 0, "from": 0, "to": 1, "why": "a new trial", "task": f"4821_{trial}",
                          "host": "node01", "started": 1795990000.0, "ended": 1795990020.0, "ending": "finished",
                          "stderr": ""}],
            "reports": [{"attempt": 1, "resource": 1, "value": 0.3, "metrics": {"loss": 0.3}, "current": True}],
            "checkpoint": None,
        },
        "outputs": [{"attempt": 1, "stream": "stdout", "text": text, "isCut": False, "command": f"stune logs x {trial}"}],
        "show": f"stune show x {trial}", "again": f"cd /scratch && python3 train.py --lr {doc['trials']['parameters'][0][trial]}",
    }


def read(name):
    with open(os.path.join(PAGE, name), "rb") as file:
        return file.read()


def scripts():
    """The page's scripts as one, in the order that PageFile.swift has them in."""
    with open(os.path.join(ROOT, "Sources", "Report", "PageFile.swift"), encoding="utf-8") as file:
        order = re.findall(r"PackageResources\.(\w+)_js", file.read())
    return b"\n".join(read(f"{name}.js") for name in order)


def source(content):
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


def page(doc):
    """The page with a document, put together as `stune report` does."""
    script, style = scripts(), read("page.css")
    policy = "; ".join([
        "default-src 'none'", f"script-src '{source(script)}'", f"style-src '{source(style)}'", "connect-src 'none'",
        "base-uri 'none'", "form-action 'none'",
    ])
    text = json.dumps(doc, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c").encode()
    parts = {b"POLICY": policy.encode(), b"STYLE": style, b"DOCUMENT": text, b"SCRIPT": script}
    return re.sub(rb"\{\{([A-Z]+)\}\}", lambda match: parts[match.group(1)], read("page.html"))


def write(path, doc):
    with open(path, "wb") as file:
        file.write(page(doc))
    return path
