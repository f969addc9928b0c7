"""Executions that mean nothing: for unknown connections, behind others that take everything, or of what never runs."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from mockhoop.scenario.execution_model import Execution
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest

_WILD = frozenset("*?[")
_RUNS = ("ran", "review")


def check_executions(executions: Sequence[Execution], connections: frozenset[str]) -> Iterator[Finding]:
    """Everything about a scenario's executions that cannot be meant."""
    for place, execution in enumerate(executions):
        yield from _connection(execution, connections)
        yield from _said(execution)
        for number, earlier in enumerate(executions[:place]):
            if takes_all_of(earlier, execution):
                message = f"this is never used: what fits here fits executions/{number} too, which comes first"
                yield Finding(execution, "when", message, "put the narrower one first, or remove one of the two")
                break


def takes_all_of(earlier: Execution, later: Execution) -> bool:
    """Whether every script that fits the later one surely fits the earlier one."""
    return covers(earlier.when.connection, later.when.connection) and covers(earlier.when.script, later.when.script)


def covers(wide: str, narrow: str) -> bool:
    """Whether all that fits a pattern surely fits another one, as far as it is easily told."""
    if wide == narrow or (wide and not wide.strip("*")):
        return True
    if not _WILD.intersection(narrow):
        return fnmatchcase(narrow, wide)
    beginning = wide.removesuffix("*")
    return wide != beginning and not _WILD.intersection(beginning) and narrow.startswith(beginning)


def _connection(execution: Execution, known: frozenset[str]) -> Iterator[Finding]:
    name = execution.when.connection
    if name in known or _WILD.intersection(name):
        return
    some = ", ".join(sorted(known)[:5])
    hint = nearest(name, known) or (f"known connections: {some}" if some else "the scenario names no connections")
    yield Finding(execution.when, "connection", f'unknown connection "{name}"', hint)


def _said(execution: Execution) -> Iterator[Finding]:
    for key in ("output", "stderr", "exit_code"):
        if getattr(execution, key) and execution.outcome not in _RUNS:
            message = f"a script whose outcome is {execution.outcome} does not run, it has no {key}"
            yield Finding(execution, key, message, "leave it out, or say outcome: ran")
