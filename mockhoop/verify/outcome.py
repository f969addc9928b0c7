"""What came of it: steps, the parts that they belong to, and all of that as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from mockhoop.journals.entry import Entry

LATE = "the time limit was over"
"""Why a step of a scenario was not made for which there was no time."""


class State(Enum):
    """How a step came out."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at: a call of a scenario, or an operation of the contract with all calls to it.

    ``problems`` is what was wrong, ``why`` why it was not looked at, ``exchange`` the call to show for it; ``calls`` is
    how many there were.
    """

    name: str
    state: State
    problems: tuple[str, ...] = ()
    why: str = ""
    user: str = ""
    seconds: float = 0.0
    calls: int = 1
    exchange: Entry | None = None


@dataclass(slots=True, kw_only=True)
class Part:
    """A scenario, or the contract. One that is left out altogether says ``why``."""

    name: str
    title: str = ""
    why: str = ""
    steps: list[Step] = field(default_factory=list)

    def count(self, state: State) -> int:
        """How many of its steps came out like that."""
        return sum(step.state is state for step in self.steps)


@dataclass(slots=True, kw_only=True)
class Report:
    """All that was found out about a server. ``broken_off`` says why not everything was tried, where that is so."""

    target: str
    contract: str
    about: str = ""
    parts: list[Part] = field(default_factory=list)
    broken_off: str = ""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def count(self, state: State) -> int:
        """How many steps came out like that."""
        return sum(part.count(state) for part in self.parts)

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return sum(step.calls for part in self.parts for step in part.steps if step.state is not State.SKIPPED)

    @property
    def failures(self) -> Iterable[tuple[Part, Step]]:
        """The steps that failed."""
        return [(part, step) for part in self.parts for step in part.steps if step.state is State.FAILED]

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 where something failed or came too late, 2 where the server could not be asked."""
        if self.broken_off:
            return 2
        late = any(step.why == LATE for part in self.parts for step in part.steps)
        return 1 if late or self.count(State.FAILED) else 0
