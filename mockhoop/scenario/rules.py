"""What scripts a world, as records of its tables: the timeline, the faults, the answers, the state that it is in."""

from dataclasses import dataclass

from mockhoop.scenario.answer_model import Answer
from mockhoop.scenario.script_model import Fault, TimelineEntry
from mockhoop.world.table import TableSpec
from mockhoop.world.world import World

TIMELINE = "timeline"
FAULTS = "faults"
ANSWERS = "answers"
STATES = "scenario state"
LIMITS = "rate limits"
CURRENT = "current"
"""The key of the only record in the table of states."""


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry of the timeline under the name by which it is counted."""

    name: str
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class NamedFault:
    """A fault under the name by which it is counted."""

    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class NamedAnswer:
    """An answer under the name by which it is counted."""

    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Position:
    """The state that the scenario is in, and since when (nanoseconds since 1970)."""

    state: str
    since: int


@dataclass(frozen=True, slots=True)
class Window:
    """How many requests one caller has made of those that a rate limit counts, since the first of them."""

    key: str
    began: int
    requests: int


CUE_TABLE: TableSpec[Cue] = TableSpec(TIMELINE, lambda cue: cue.name)
FAULT_TABLE: TableSpec[NamedFault] = TableSpec(FAULTS, lambda fault: fault.name)
ANSWER_TABLE: TableSpec[NamedAnswer] = TableSpec(ANSWERS, lambda answer: answer.name)
STATE_TABLE: TableSpec[Position] = TableSpec(STATES, lambda _: CURRENT)
LIMIT_TABLE: TableSpec[Window] = TableSpec(LIMITS, lambda window: window.key)


def named_cues(entries: tuple[TimelineEntry, ...]) -> list[Cue]:
    """The entries of a timeline with their names."""
    return [Cue(entry.name or f"timeline-{place}", entry) for place, entry in enumerate(entries)]


def named_faults(faults: tuple[Fault, ...]) -> list[NamedFault]:
    """Faults with their names."""
    return [NamedFault(fault.name or f"fault-{place}", fault) for place, fault in enumerate(faults)]


def named_answers(answers: tuple[Answer, ...]) -> list[NamedAnswer]:
    """Answers with their names."""
    return [NamedAnswer(answer.name or f"answer-{place}", answer) for place, answer in enumerate(answers)]


def state_of(world: World) -> str | None:
    """The state that the scenario is in; None when it has no states."""
    position: Position | None = world.table(STATES).get(CURRENT)
    return position.state if position is not None else None
