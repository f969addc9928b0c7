"""What can change in a world: small facts that know nothing of Hoop. ``World.apply`` is their only door."""

from dataclasses import dataclass
from typing import Any


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
class Schedule:
    """Have something happen at an instant: what ``kind`` says, to what ``about`` names."""

    at: int
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class MoveClock:
    """Move a frozen clock forward to an instant; a clock that runs gets there by itself."""

    to: int


Change = Put | Drop | Count | Schedule | MoveClock
