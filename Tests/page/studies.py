"""Real studies on the local cluster, run by the executables of this build."""

import json
import os
import subprocess

import documents

PRODUCTS = os.environ.get("STUNE_PRODUCTS") or os.path.join(documents.ROOT, ".build", "debug")
STUNE = os.path.join(PRODUCTS, "stune")

TRAIN = """
import json, math, os, sys
hurt = "<script>window.hurt=1</script>\\x1b[31m\\u202e"
if os.environ["STUNE_TRIAL"] == "5": sys.exit("Traceback: " + hurt)
lr = float(sys.argv[1])
print(hurt, flush=True)
with open(os.environ["STUNE_REPORTS"], "a") as reports:
    for epoch in range(int(os.environ["STUNE_FROM"]) + 1, int(os.environ["STUNE_TO"]) + 1):
        loss = (math.log10(lr) + 2) ** 2 + 1 / epoch
        reports.write(json.dumps({"resource": epoch, "metrics": {"loss": loss, "<b>accuracy</b>": 1 - loss}}) + "\\n")
        reports.flush()
"""

STUDY = """
name: seen
metric: {name: loss, goal: minimize}
parameters:
  lr: {type: float, min: 1.0e-4, max: 1.0, scale: log}
  "<img src=x onerror=window.hurt=1>": {type: choice, values: ["</script><script>window.hurt=1</script>", "plain", null]}
scheduler: {type: asha, min_resource: 1, max_resource: 9}
searcher: {type: random, seed: 3}
trials: 30
parallel: 4
max_retries: 0
execution: {mode: rung}
command: [python3, train.py, "{lr}"]
slurm: {time: "00:10:00"}
"""


def run(*arguments, place=None, code=0):
    """What a command prints."""
    environment = {**os.environ, "STUNE_SITE": "", "XDG_CONFIG_HOME": "/nonexistent"}
    done = subprocess.run(
        [STUNE, *arguments], cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300
    )
    if code is not None and done.returncode != code:
        raise AssertionError(f"stune {arguments} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.stdout.decode()


def make(place, study=STUDY):
    """Runs a study to its end and returns its directory."""
    for name, text in [("study.yaml", study), ("train.py", TRAIN)]:
        with open(os.path.join(place, name), "w", encoding="utf-8") as file:
            file.write(text)
    run("run", "study.yaml", "--cluster", "local", place=place, code=None)
    return os.path.join(place, "seen.stune")


def document(directory):
    return json.loads(run("report", directory, "--json"))
