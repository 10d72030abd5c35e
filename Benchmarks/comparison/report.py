# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures to Markdown: medians, spread and ratios; what failed is in its row, with the reason."""
import statistics

from comparison.machine import SLOTS

IDLE_SHARE = 0.1

HOW = f"""\
One throwaway Slurm on loopback, of one node with {SLOTS} slots, which all rows share; rows are run in turns, one run of
each a round, so that a slow minute of the machine meets all. Everything is on one machine: the tools, Slurm's daemons
and the tasks share its cores.

The objective is trivial, a parameter drawn from 0 to 1 is the loss, so that the tools alone are measured; where trials
train for minutes, most of these differences do not show. Every tool uses random search and ASHA with the rungs 1, 3 and 9. **An
evaluation is one trial's result at one rung.** stune and the rows with job arrays or job steps start a process for
each evaluation or trial; Ray with actors reused and Optuna's workers keep their processes. The rate is the
evaluations of a run by the time from the moment at which the tool begins to tune to its end; what a peer needs before
(an allocation, daemons, imports) is its start-up and not part of it, while for stune all is counted from the start of
its controller. Slow rows have fewer trials: rates are what is compared. A cell has the median of all runs, then the
least and the greatest.

Ratios: "of array" is the rate by that of the plain array, "of best peer" by that of the fastest peer."""


def spread(values, digits=1):
    """Median, least and greatest."""
    middle, low, high = (f"{figure:,.{digits}f}" for figure in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} – {high})"


def ratio(values, base):
    return f"{statistics.median(values) / base:.2f}×" if base else "–"


def table(heads, lines):
    """A table; all but the first column to the right."""
    lines = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    rule = ["---", *("--:" for _ in heads[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rule, *lines)) + "\n"


def tuning_table(rows, outcomes, failures):
    """`outcomes` and `failures` are lists by the row's name."""
    rates = {row.name: [outcome.rate for outcome in outcomes[row.name]] for row in rows}
    array = statistics.median(rates["plain"]) if rates.get("plain") else None
    peers = [statistics.median(rates[row.name]) for row in rows if row.is_peer and rates[row.name]]
    lines = []
    for row in rows:
        runs = outcomes[row.name]
        if runs:
            one = runs[-1]
            cells = [
                f"**{spread(rates[row.name])}**",
                ratio(rates[row.name], array),
                ratio(rates[row.name], max(peers, default=None)),
                f"{one.trials:,}",
                spread([run.evaluations for run in runs], 0),
                spread([run.start_up for run in runs]),
                f"{len(runs)} of {len(runs) + len(failures[row.name])}",
            ]
        else:
            reason = f"failed: {failures[row.name][-1]}"
            cells = [reason, "–", "–", f"{row.trials:,}", "–", "–", f"0 of {len(failures[row.name])}"]
        lines.append([row.label, *cells])
    heads = ["tool", "evaluations/s", "of array", "of best peer", "trials", "evaluations", "start-up, s", "runs"]
    return table(heads, lines)


def ingest_table(rows, rates, failures):
    peers = [statistics.median(rates[row.name]) for row in rows if row.is_peer and rates[row.name]]
    lines = []
    for row in rows:
        if not row.is_there:
            lines.append([row.label, "not part of this run", "–", "–"])
        elif rates[row.name]:
            count = len(rates[row.name])
            lines.append([
                row.label,
                f"**{spread(rates[row.name], 0)}**",
                ratio(rates[row.name], max(peers, default=None)),
                f"{count} of {count + len(failures[row.name])}",
            ])
        else:
            reason = f"failed: {failures[row.name][-1]}"
            lines.append([row.label, reason, "–", f"0 of {len(failures[row.name])}"])
    return table(["storage", "reports/s", "of best peer", "runs"], lines)


def failure_list(rows, failures):
    lines = []
    for row in rows:
        for reason in sorted(set(failures[row.name])):
            times = failures[row.name].count(reason)
            lines.append(f"- {row.label}: {reason}" + (f" ({times} times)" if times > 1 else ""))
    return "\nEvery failure, with its reason:\n\n" + "\n".join(lines) + "\n" if lines else ""


def markdown(facts, tuning_rows, ingest_rows, outcomes, rates, failures):
    """The whole report. `facts` has date, machine, versions, busy, repeats, minutes and the command."""
    parts = ["# Results of the comparison\n"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    rounds = "1 round" if facts["repeats"] == 1 else f"{facts['repeats']} rounds"
    parts.append(f"{facts['date']}, {rounds} in {facts['minutes']:.0f} minutes. {facts['machine']}.\n\n"
                 f"{versions}.\n")
    busy = facts["busy"]
    words = f"Other work used {statistics.median(busy):.0%} of the cores between runs (median; at most {max(busy):.0%})"
    if statistics.median(busy) > IDLE_SHARE:
        words = f"**The machine was not quiet: take these figures as provisional.** {words}"
    parts.append(f"{words}.\n")
    if tuning_rows:
        parts.append("## Evaluations a second\n")
        parts.append(tuning_table(tuning_rows, outcomes, failures) + failure_list(tuning_rows, failures))
    if ingest_rows:
        parts.append("## Reports a second into the storage\n")
        parts.append(ingest_table(ingest_rows, rates, failures) + failure_list(ingest_rows, failures))
    parts.append("## How it was run\n")
    parts.append(HOW + "\n")
    parts.append("\n".join(f"- {row.label}: {row.note}" for row in [*tuning_rows, *ingest_rows]) + "\n")
    parts.append(f"To run it again: `{facts['command']}`. [README.md](README.md) says what that installs, and where. "
                 "This file is written by it.\n")
    return "\n".join(parts)
