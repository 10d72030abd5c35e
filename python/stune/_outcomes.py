"""Why a study ended, and how an attempt ended, in words."""

from __future__ import annotations

from typing import Any, Dict, Tuple


def in_words(outcome: Dict[str, Any]) -> str:
    """Say why a study ended: `completed`, perhaps with its stop condition, or `cancelled`, …"""
    kind, content = _case(outcome)
    if kind == "stopped":
        return f"completed: {_reason(content.get('_0', content))}"
    if kind == "tooManyFailures":
        return f"stopped after {content['count']} failures in a row; the last: {content['last']}"
    if kind == "refused":
        return f"stopped: the cluster refused its jobs: {content['reason']}"
    return kind


def _reason(reason: Dict[str, Any]) -> str:
    """Say which stop condition held."""
    kind, content = _case(reason)
    if kind == "target":
        return f"trial {content['trial']} has reached the target, with {content['value']}"
    if kind == "noImprovement":
        return f"{content['trials']} trials in a row brought nothing better"
    if kind == "resource":
        return f"the trials have used a resource of {content['spent']}"
    if kind == "wallTime":
        return f"{int(content['seconds'])} seconds have passed since it began"
    if kind == "hours":
        return f"its tasks have used {round(content['spent'], 4)} {content['_0']}-hours"
    return kind


def ending(body: Any) -> Tuple[str, str]:
    """Return how an attempt ended: a word, and a code, a signal's number or a sentence.

    `"finished"`, `["exited", 1]`, or, in stores of earlier versions, `{"exited": {"code": 1}}`.
    """
    if isinstance(body, str):
        return body, ""
    if isinstance(body, list):
        return str(body[0]), ", ".join(str(value) for value in body[1:])
    kind, content = _case(body)
    return kind, ", ".join(str(value) for value in content.values())


def _case(body: Any) -> Tuple[str, Dict[str, Any]]:
    """Return the only key of an object, and what belongs to it."""
    ((kind, content),) = body.items()
    return kind, content if isinstance(content, dict) else {"_0": content}
