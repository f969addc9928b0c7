"""What can change in a world: small facts that know nothing of Hoop. ``World.apply`` is their only door."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.world.agenda import Happening
from mockhoop.world.clock import ClockState
from mockhoop.world.table import Table


@dataclass(frozen=True, slots=True)
class Put:
    """Add a record to a table, or replace the one with its key."""

    table: str
    record: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Take the record with this key out of a table."""

    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Count:
    """One more of something that the world numbers, such as download links."""

    sequence: str


@dataclass(frozen=True, slots=True)
class Recount:
    """Have a sequence begin anew, such as that of something which was removed and is added again."""

    sequence: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Have something happen at an instant: what ``kind`` says, to what ``about`` names."""

    at: int
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class MoveClock:
    """Move a frozen clock forward to an instant; a clock that runs gets there by itself."""

    to: int


@dataclass(frozen=True, slots=True)
class SetClock:
    """Have the clock stand like this."""

    state: ClockState


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a world is at one moment, on its base. Its tables are not to be changed: who takes it copies them."""

    base: Any
    tables: Mapping[str, Table[Any]]
    sequences: Mapping[str, int]
    agenda: tuple[Happening, ...]
    clock: ClockState


@dataclass(frozen=True, slots=True)
class Restore:
    """Be again as in a snapshot. What goes on in the world, such as a stream, ends with it."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Interrupt:
    """End what goes on in the world, such as a stream, as a restart of the server does."""


@dataclass(frozen=True, slots=True)
class Rebase:
    """Have another ``mockhoop.world.world.Base`` as beginning; what has changed since the old one stays."""

    base: Any


@dataclass(frozen=True, slots=True)
class Send:
    """Have a message go out to somebody else; the world itself does not change with it."""

    message: Any


Change = Put | Drop | Count | Recount | Schedule | MoveClock | SetClock | Restore | Interrupt | Rebase | Send


@dataclass(frozen=True, slots=True)
class Effect:
    """A change that was made, with the record that was there before, if it is about one."""

    change: Change
    before: Any = None
