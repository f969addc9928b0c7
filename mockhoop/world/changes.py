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


Change = Put | Drop | Count
