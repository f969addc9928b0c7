"""What a proxy has seen, counted: the ways in which the contract was broken, each with its first occurrence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.journals.entry import Entry

_MOST_KINDS = 1_000
_SHOWN = 200
"""Characters of a message."""


@dataclass(slots=True)
class Broken:
    """One way in which the contract was broken: how often, and when for the first time.

    ``pointer`` has a star for each index of a list, so that the items of a list break the contract in one way.
    """

    operation: str
    location: str
    pointer: str
    code: str
    severity: str
    message: str
    call: str
    at: str
    count: int = 1


class Tally:
    """Counts exchanges, operations and violations."""

    def __init__(self) -> None:
        self.calls = 0
        self.mocked = 0
        """Calls that the mock answered."""
        self.own = 0
        """Calls that the proxy answered itself: refused, or not to be passed on."""
        self.unchecked = 0
        """Calls with a body that could not be held against the contract."""
        self.given_up = 0
        """Calls that their clients gave up before an answer began."""
        self.operations: set[str] = set()
        self.broken: dict[tuple[str, ...], Broken] = {}
        self.errors = 0
        self.doubts = 0
        self.more = 0
        """Violations of kinds for which there was no room."""

    def __call__(self, entry: Entry) -> None:
        """Take note of an exchange."""
        self.calls += 1
        self.mocked += entry.responder == "mock"
        self.own += entry.responder == "proxy"
        if entry.operation:
            self.operations.add(entry.operation)
        for violation in entry.violations:
            self._add(entry, violation)

    def failed(self, *, strict: bool = False) -> bool:
        """Whether the contract was broken; doubts count only where one is strict."""
        return self.errors > 0 or (strict and self.doubts > 0)

    def _add(self, entry: Entry, violation: Mapping[str, Any]) -> None:
        is_error = violation["severity"] == "error"
        self.errors += is_error
        self.doubts += not is_error
        where = entry.operation or f"{entry.method} {entry.path}"
        place = _without_indexes(str(violation["pointer"]))
        key = (where, str(violation["location"]), place, str(violation["code"]))
        known = self.broken.get(key)
        if known is not None:
            known.count += 1
        elif len(self.broken) >= _MOST_KINDS:
            self.more += 1
        else:
            call = f"{entry.method} {entry.path}"
            self.broken[key] = Broken(*key, str(violation["severity"]), str(violation["message"]), call, entry.at)

    def text(self, operations: int) -> str:
        """All of it for people; ``operations`` is how many the contract has."""
        lines = [self._head(operations)]
        kinds = len(self.broken)
        if not kinds:
            return f"{lines[0]}\nnothing broke the contract"
        lines.append(f"the contract was broken in {'1 way' if kinds == 1 else f'{kinds} ways'}:")
        for one in sorted(self.broken.values(), key=lambda one: (one.severity, one.operation, one.location)):
            times = "once" if one.count == 1 else f"{one.count} times, first"
            doubt = "" if one.severity == "error" else " (doubtful)"
            place = f"{one.location} {one.pointer}".rstrip()
            lines.append(f"  {one.operation}: {place} {one.code}{doubt}")
            lines.append(f"      {one.message[:_SHOWN]}")
            lines.append(f"      {times} at {one.at} by {one.call[:_SHOWN]}")
        if self.more:
            lines.append(f"  and {self.more} times in more ways than are kept apart")
        return "\n".join(lines)

    def _head(self, operations: int) -> str:
        calls = "1 call" if self.calls == 1 else f"{self.calls} calls"
        parts = [f"{calls} to {len(self.operations)} of {operations} operations"]
        parts += [f"{self.mocked} answered by the mock"] if self.mocked else []
        parts += [f"{self.own} answered by the proxy itself"] if self.own else []
        parts += [f"{self.unchecked} with a body that was not looked into"] if self.unchecked else []
        parts += [f"{self.given_up} more given up by their clients"] if self.given_up else []
        return ", ".join(parts)


def _without_indexes(pointer: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))
