"""Many exchanges as few answers: what is answered the same way again and again is told once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mockhoop.recording.seen import Condition, Seen, Told
from mockhoop.scenario.answers import CallKey


@dataclass(frozen=True, slots=True)
class Step:
    """What was answered so many times in a row."""

    told: Told
    times: int


@dataclass(frozen=True, slots=True)
class Folded:
    """What a call was answered, one after the other, under the conditions that tell it apart from such calls.

    ``caller`` is None where it does not matter who called. ``nobody`` is the header that such a call does not have.
    """

    call: str
    steps: tuple[Step, ...]
    sent: Any = None
    caller: Condition | None = None
    nobody: str = ""


def folded(seen: Iterable[Seen]) -> list[Folded]:
    """The answers to calls, in the order in which they were made first."""
    calls: dict[CallKey, list[Seen]] = {}
    for one in seen:
        calls.setdefault(one.key, []).append(one)
    return [answer for those in calls.values() for answer in _by_what_was_sent(those)]


def _by_what_was_sent(those: Sequence[Seen]) -> list[Folded]:
    """The answers to one call: where it was made with several bodies, those tell them apart."""
    groups: dict[str, list[Seen]] = {}
    for one in those:
        groups.setdefault("" if one.sent is None else json.dumps(one.sent, sort_keys=True), []).append(one)
    if len(groups) == 1:
        return _by_caller(those, None)
    told = sorted(groups.items(), key=lambda group: group[0] == "")  # what takes any body comes last
    return [answer for _, group in told for answer in _by_caller(group, group[0].sent)]


def _by_caller(those: Sequence[Seen], sent: Any) -> list[Folded]:
    """The answers to one call with one body: where several people were answered otherwise, who called tells."""
    callers: dict[Condition | None, list[Seen]] = {}
    for one in those:
        callers.setdefault(one.caller, []).append(one)
    call = those[0].call
    if len(callers) == 1 or len({one.told for one in those}) == 1:
        return [Folded(call, _steps(those), sent)]
    # Who brings none of what the others bring: that is looked for last.
    headers = {caller[0] for caller in callers if caller is not None}
    nobody = headers.pop() if len(headers) == 1 and "Cookie" not in headers else ""
    told = sorted(callers.items(), key=lambda one: one[0] is None)
    return [Folded(call, _steps(group), sent, caller, nobody if caller is None else "") for caller, group in told]


def _steps(those: Iterable[Seen]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for one in those:
        if steps and steps[-1].told == one.told:
            steps[-1] = Step(one.told, steps[-1].times + 1)
        else:
            steps.append(Step(one.told, 1))
    return tuple(steps)
