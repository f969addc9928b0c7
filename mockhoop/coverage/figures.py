"""How much was exercised: of everything, of each kind, of each tag and of each operation."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mockhoop.contract.document import Contract, load_contract
from mockhoop.coverage.places import Place, Places
from mockhoop.coverage.plan import Plan
from mockhoop.coverage.point import KINDS, Point
from mockhoop.coverage.tally import Counts, Subject, Tally, merged

UNTAGGED = "untagged"
SCHEMAS = "schemas"
LIVES = "sessions and reviews"
"""What stands in the place of a tag for what belongs to no operation."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many points."""

    hit: int
    all: int

    @property
    def percent(self) -> float:
        """What was hit, in percent; of nothing, all was."""
        return 100.0 * self.hit / self.all if self.all else 100.0


def percent_text(percent: float) -> str:
    """A percentage with one decimal; neither all nor nothing unless it is so exactly."""
    shown = min(percent, 99.9) if percent < 100 else percent
    shown = max(shown, 0.1) if percent > 0 else shown
    return f"{shown:.1f} %"


class Figures:
    """The points of a contract with how often each was exercised."""

    def __init__(self, contract: Contract, tally: Tally) -> None:
        self.contract = contract
        self.subject: Subject = tally.subject
        self.runs = len(tally.runs)
        self.counts: Counts = tally.counts()
        self.points: tuple[Point, ...] = tuple(Plan(contract).points.values())
        self.operations = frozenset(operation.key for operation in contract.operations)
        self._places = Places(contract)

    def count(self, point: Point) -> int:
        """How many exchanges exercised a point."""
        return self.counts.get(point.name, 0)

    @cached_property
    def whole(self) -> Share:
        """Of everything."""
        return self.share(self.points)

    @cached_property
    def called(self) -> Share:
        """Of the operations that were called, with all that they have."""
        return self.share(point for point in self.points if point.operation and self.is_touched(point.operation))

    @cached_property
    def by_kind(self) -> Mapping[str, Share]:
        """Of each kind that the contract has."""
        return self._shares(lambda point: point.kind, KINDS)

    @cached_property
    def by_tag(self) -> Mapping[str, Share]:
        """Of the operations with each tag, by the first tag of each, in the order of the contract; then of the rest."""
        return self._shares(self.tag)

    @cached_property
    def by_owner(self) -> Mapping[str, Share]:
        """Of each operation and of each schema with a name."""
        return {name: self.share(points) for name, points in self._by_owner.items() if name}

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """The operations with each tag, and all schemas."""
        found: dict[str, dict[str, None]] = {}
        for point in self.points:
            found.setdefault(self.tag(point), {})[point.owner] = None
        return {tag: tuple(filter(None, names)) for tag, names in found.items()}

    def of_owner(self, name: str) -> list[Point]:
        """The points of an operation or a schema; of no name, the others."""
        return self._by_owner.get(name, [])

    def is_touched(self, name: str) -> bool:
        """Whether anything of an operation or a schema was exercised; what belongs to none counts as such."""
        return not name or self.by_owner[name].hit > 0

    @cached_property
    def missing(self) -> tuple[Point, ...]:
        """What nobody exercised. Of an operation that was never called only that is told, of such a schema nothing."""
        return tuple(
            point
            for point in self.points
            if not self.count(point) and (point.name == point.operation or self.is_touched(point.owner))
        )

    @cached_property
    def _by_owner(self) -> Mapping[str, list[Point]]:
        found: dict[str, list[Point]] = {}
        for point in self.points:
            found.setdefault(point.owner, []).append(point)
        return found

    def share(self, points: Iterable[Point]) -> Share:
        """Of these points."""
        told = list(points)
        return Share(sum(1 for point in told if self.count(point)), len(told))

    def tag(self, point: Point) -> str:
        """The first tag of the operation of a point; what stands in its place where it belongs to none."""
        operation = self.contract.operations.get(point.operation)
        if operation is None:
            return SCHEMAS if point.schema else LIVES
        return str((operation.definition.get("tags") or [UNTAGGED])[0])

    @cached_property
    def places(self) -> Mapping[str, Place | None]:
        """Where each point stands, by its name."""
        return {point.name: self._places.of(point) for point in self.points}

    def _shares(self, key: Callable[[Point], str], order: Iterable[str] = ()) -> Mapping[str, Share]:
        groups: dict[str, list[Point]] = {name: [] for name in order}
        for point in self.points:
            groups.setdefault(key(point), []).append(point)
        return {name: self.share(points) for name, points in groups.items() if points}


def figures_of(tally: Tally, asked: Path | str) -> Figures:
    """The figures of the contract that is read from a file or URL.

    Raises:
        SourceError: it cannot be read.
        UsageError: the runs are of another contract.
    """
    contract = load_contract(asked)
    return Figures(contract, merged(Subject.of(contract), {str(asked): tally}))
