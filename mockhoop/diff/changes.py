"""A change of a contract: what it is, where, what it does to clients, and which calls feel it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

Steps = tuple[str, ...]
ANY = "*"
"""A step to every item of a list, or to every value of a mapping whose keys are free."""


class Effect(Enum):
    """What a change does to a client that keeps the old contract: the worst first."""

    BREAKS = "breaks"
    MAY_BREAK = "may break"
    HARMLESS = "harmless"


class Felt(Enum):
    """Which calls feel a change."""

    BY_CALL = "call"
    """Every call of the operation."""
    BY_USE = "use"
    """Those that have what changed in them: in the request, or in the answer."""
    BY_LACK = "lack"
    """Those that do not send what is wanted now."""
    BY_VALUE = "value"
    """Those that send a value there which is refused now."""
    BY_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change is: an operation, by its key in the old contract, and what in it.

    ``location`` is ``path``, ``query``, ``header``, ``cookie`` or ``body`` of the request, the same with ``response.``
    in front for the answer with ``status``, or empty for the operation as a whole. ``steps`` lead to a value in it.
    """

    operation: str
    location: str = ""
    status: str = ""
    steps: Steps = ()

    def __str__(self) -> str:
        named = "/".join(("", *self.steps))
        if not self.location:
            return self.operation
        if self.location.startswith("response."):
            what = self.location.removeprefix("response.")
            return f"{self.operation}: answer {self.status}{'' if what == 'body' else f' {what}'} {named}".rstrip(" /")
        if self.location == "body":
            return f"{self.operation}: body {named}".rstrip(" /")
        return f"{self.operation}: {self.location} {self.steps[0]}{'/'.join(('', *self.steps[1:]))}"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``old`` and ``new`` are JSON pointers into the documents, empty where there is nothing.

    ``code`` is a stable name, such as ``parameter-required``.
    """

    code: str
    effect: Effect
    message: str
    places: tuple[Place, ...]
    felt: Felt = Felt.BY_NOBODY
    old: str = ""
    new: str = ""


def grouped(changes: Iterable[Change]) -> list[Change]:
    """The same change of a schema that several operations share is one change with several places; the worst first."""
    found: dict[tuple[object, ...], Change] = {}
    for change in changes:
        place = change.places[0]
        answers = place.location.startswith("response.")
        shared = bool(change.old or change.new) and bool(place.location)
        where: object = (answers, place.location, place.steps[-1:]) if shared else place
        key = (change.code, change.effect, change.message, change.old, change.new, where)
        known = found.get(key)
        found[key] = change if known is None else _joined(known, change)
    order = list(Effect)
    return sorted(found.values(), key=lambda change: order.index(change.effect))


def _joined(known: Change, change: Change) -> Change:
    return replace(known, places=tuple(dict.fromkeys((*known.places, *change.places))))
