"""Makes a small study's snapshot into one of very many trials: rows as the controller writes them, with made-up numbers."""

import json
import math
import os
import random
import shutil
import sqlite3
import struct


def enlarge(directory, place, trials, seed=1):
    """Writes a study of so many trials on rungs at 1, 3 and 9 into a new directory, after the snapshot of a small one."""
    os.mkdir(place, 0o700)
    file = os.path.join(place, "snapshot.db")
    shutil.copy(os.path.join(directory, "snapshot.db"), file)
    dice = random.Random(seed)
    store = sqlite3.connect(file)
    ending = store.execute("SELECT ending FROM attempts WHERE ending LIKE '%finished%' LIMIT 1").fetchone()[0]
    reason = store.execute("SELECT reason FROM assignments ORDER BY id LIMIT 1").fetchone()[0]
    (created,) = store.execute("SELECT created FROM study").fetchone()
    configuration = json.loads(store.execute("SELECT configuration FROM trials LIMIT 1").fetchone()[0])
    names = store.execute("SELECT id, names FROM metric_names").fetchone()
    store.execute("PRAGMA foreign_keys = OFF")
    for table in ["reports", "attempts", "results", "checkpoints", "assignments", "trials", "rungs", "trial_counts", "log", "arrays"]:
        store.execute(f"DELETE FROM {table}")
    losses = [dice.gauss(1, 0.3) for _ in range(trials)]
    order = sorted(range(trials), key=losses.__getitem__)
    height = [0] * trials
    for level, share in [(1, 3), (2, 9)]:
        for trial in order[: trials // share]:
            height[trial] = level
    rows = {name: [] for name in ["trials", "assignments", "attempts", "reports", "results", "log"]}
    event, clock = 0, created
    levels = [1, 3, 9]
    best = {}
    store.execute("INSERT INTO arrays (token, job, name) VALUES ('00000000000000aa', 17, 'large')")
    for trial in range(trials):
        own = {**configuration, "lr": math.exp(dice.uniform(math.log(1e-4), 0))}
        value = None
        for rung in range(height[trial] + 1):
            assignment = len(rows["assignments"])
            begin = clock + dice.random()
            start = 0 if rung == 0 else levels[rung - 1]
            rows["assignments"].append((assignment, trial, rung, start, levels[rung], reason, "00000000000000aa", assignment, assignment))
            rows["attempts"].append((assignment, f"17_{assignment}", f"node{assignment % 40:02}", begin, begin + 10 * levels[rung], ending))
            for epoch in range(start + 1, levels[rung] + 1):
                event += 1
                value = losses[trial] + 1 / epoch
                rows["reports"].append((assignment, epoch, event, value, names[0], struct.pack("<d", value) * len(json.loads(names[1]))))
            rows["results"].append((rung, trial, levels[rung], value, int(rung < height[trial])))
            if rung not in best or value < best[rung][0]:
                best[rung] = (value, trial)
        state = "completed" if height[trial] == 2 else "paused"
        rows["trials"].append((trial, json.dumps(own, sort_keys=True, separators=(",", ":")), state, height[trial], levels[height[trial]], value))
        if trial % 10 == 9 or trial == trials - 1:
            clock += 2
            rows["log"].append((event, clock, f"event {event}", "", "0"))
    store.executemany("INSERT INTO trials (id, configuration, state, rung, resource, value) VALUES (?, ?, ?, ?, ?, ?)", rows["trials"])
    store.executemany(
        'INSERT INTO assignments (id, trial, rung, "from", "to", reason, token, "index", task, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)',
        rows["assignments"])
    store.executemany(
        "INSERT INTO attempts (assignment, epoch, next, task, host, started, ended, ending) VALUES (?, 0, 9, ?, ?, ?, ?, ?)",
        rows["attempts"])
    store.executemany(
        "INSERT INTO reports (assignment, epoch, resource, event, current, value, names, metrics) VALUES (?, 0, ?, ?, 1, ?, ?, ?)",
        rows["reports"])
    store.executemany("INSERT INTO results (rung, trial, resource, value, promoted) VALUES (?, ?, ?, ?, ?)", rows["results"])
    store.executemany("INSERT INTO log (last, time, body, checks, digest) VALUES (?, ?, ?, ?, ?)", rows["log"])
    for rung in range(3):
        own = [row for row in rows["results"] if row[0] == rung]
        store.execute(
            "INSERT INTO rungs (rung, results, promoted, lowest, lowest_trial) VALUES (?, ?, ?, ?, ?)",
            (rung, len(own), sum(row[4] for row in own), *best[rung]))
    for state in ["completed", "paused"]:
        store.execute("INSERT INTO trial_counts VALUES (?, ?)", (state, sum(row[2] == state for row in rows["trials"])))
    store.commit()
    store.execute("VACUUM")
    store.close()
    return place
