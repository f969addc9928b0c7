"""What the two halves of a verification share: the server, the report, and how far it has come."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from mockhoop.verify.mock import Mock
from mockhoop.verify.outcome import Report
from mockhoop.verify.pace import Pace
from mockhoop.verify.target import Target, Wanted

Progress = Callable[[int, int], None]
"""Is told how much is done, out of how much."""


@dataclass(frozen=True, slots=True)
class Run:
    """A verification that goes on. ``mock`` is there when worlds can be begun in the server."""

    target: Target
    wanted: Wanted
    pace: Pace
    report: Report
    mock: Mock | None

    @property
    def world(self) -> str:
        """A name for the world of the newest part."""
        return f"verify-{os.getpid()}-{len(self.report.parts)}"


class Counting:
    """Counts what is done, and tells it."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def __call__(self, steps: int = 1) -> None:
        self._done = min(self._total, self._done + steps)
        self._progress(self._done, self._total)
