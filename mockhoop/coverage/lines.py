"""The lines of the documents that have points, for reports by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from mockhoop.coverage.figures import Figures
from mockhoop.coverage.point import OPERATION, Point


@dataclass(frozen=True)
class Line:
    """A line with its points, each with how often it was exercised."""

    number: int
    points: tuple[tuple[Point, int], ...]

    @cached_property
    def count(self) -> int:
        """How often anything on it was exercised."""
        return sum(count for _, count in self.points)

    @cached_property
    def hit(self) -> int:
        """How many of its points were exercised."""
        return sum(1 for _, count in self.points if count)


@dataclass(frozen=True, slots=True)
class LinedFile:
    """A file with those of its lines that have points."""

    name: str
    lines: tuple[Line, ...]

    @property
    def operations(self) -> Iterable[tuple[Line, Point, int]]:
        """The operations that begin in it."""
        return [(line, point, count) for line in self.lines for point, count in line.points if point.kind == OPERATION]

    @property
    def branching(self) -> tuple[Line, ...]:
        """The lines with several points, of which each is a branch."""
        return tuple(line for line in self.lines if len(line.points) > 1)


def lined(figures: Figures) -> tuple[LinedFile, ...]:
    """The files of a contract, the document itself first."""
    files: dict[str, dict[int, list[tuple[Point, int]]]] = {figures.contract.source.name: {}}
    for point in figures.points:
        place = figures.places[point.name]
        if place is not None:
            lines = files.setdefault(place.file, {})
            lines.setdefault(place.line, []).append((point, figures.count(point)))
    return tuple(
        LinedFile(name, tuple(Line(number, tuple(lines[number])) for number in sorted(lines)))
        for name, lines in files.items()
        if lines
    )
