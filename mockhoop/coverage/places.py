"""Where the points of a contract stand: the file and the line that tools for coverage show."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mockhoop.contract.document import Contract
from mockhoop.contract.references import FILES, Steps, node_at
from mockhoop.contract.sources import Sources
from mockhoop.contract.violations import pointer
from mockhoop.coverage.point import Point
from mockhoop.source import Source, read_source

_ITSELF = -1


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int


class Places:
    """Finds the lines of points in the files of a contract, those of its overlay included.

    Items of lists are found by what they say, as an overlay may have taken out some in front of them. What is found
    nowhere, such as what two actions have made together, is shown at what is nearest above it.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def of(self, point: Point) -> Place | None:
        """The place of a point; none for a transition, of which a document says nothing."""
        if not point.at:
            return None
        contract, at = self._contract, point.at
        if contract.overlays and at[:1] != (FILES,):
            known = tuple(_along(contract.document, contract.published, at))
            if len(known) < len(at) and (added := self._added(at)) is not None:
                return added
            at = known
        if isinstance(contract.source, Sources):
            file, there = contract.source.origin(at)
            return _place(file, there)
        return _place(contract.source, at)

    def _added(self, at: Steps) -> Place | None:
        """Where in an overlay it stands, if one has added it."""
        for overlay, updates in self._updates:
            for target, number in updates:
                if at[: len(target)] != target:
                    continue
                update, rest = overlay.data["actions"][number]["update"], at[len(target) :]
                found = list(_along(node_at(self._contract.document, target), update, rest))
                if len(found) == len(rest):
                    there = ("actions", number, "update", *(step for step in found if step != _ITSELF))
                    return _place(overlay, there, whole=found[-1:] == [_ITSELF])
        return None

    @cached_property
    def _updates(self) -> list[tuple[Source, list[tuple[Steps, int]]]]:
        """The overlays with what they have laid over the document, the last of it first."""
        return [(read_source(Path(one.file)), list(reversed(one.updates))) for one in self._contract.overlays]


def _place(source: Source, at: Iterable[object], *, whole: bool = False) -> Place:
    """The line of a key, or of a ``whole`` value that has none of its own."""
    find = source.place if whole else source.key_place
    return Place(source.name, find(pointer(*at))[0])


def _along(ours: Any, theirs: Any, at: Steps) -> Iterator[str | int]:
    """The steps in another document to the same thing as ours, as far as they go there."""
    for step in at:
        whole, ours = ours, ours[step]
        if isinstance(theirs, Mapping) and step in theirs:
            theirs = theirs[step]
            yield step
        elif isinstance(theirs, list) and (index := _index(ours, theirs)) is not None:
            theirs = theirs[index]
            yield index
        elif isinstance(whole, list) and _identity(ours) == _identity(theirs):
            yield _ITSELF  # an update of a list by a single item
        else:
            return


def _index(wanted: Any, items: list[Any]) -> int | None:
    """Which of the items is the wanted one: by its name where it has one, else by all that it says."""
    wanted = _identity(wanted)
    return next((index for index, one in enumerate(items) if _identity(one) == wanted), None)


def _identity(item: Any) -> Any:
    if isinstance(item, Mapping) and "name" in item and "in" in item:
        return item["name"], item["in"]
    return item
