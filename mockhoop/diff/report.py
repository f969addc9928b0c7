"""What changed, in words and as data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.diff.changes import Change, Effect
from mockhoop.diff.consumers import Consumers, Hit
from mockhoop.source.places import join_pointer, split_pointer

_TITLES = {
    Effect.BREAKS: "Breaking",
    Effect.MAY_BREAK: "May break",
    Effect.HARMLESS: "Harmless",
}
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with the consumers that feel it; None where no journals were asked."""

    change: Change
    hits: tuple[Hit, ...] | None = None


def judged(changes: Sequence[Change], consumers: Consumers | None) -> list[Judged]:
    """Each change with those who feel it."""
    if consumers is None:
        return [Judged(change) for change in changes]
    return [Judged(change, tuple(consumers.hits(change))) for change in changes]


def is_breaking(found: Sequence[Judged]) -> bool:
    """Whether something breaks: where consumers are known, one of them."""
    return any(one.change.effect is Effect.BREAKS and (one.hits is None or one.hits) for one in found)


def lines(found: Sequence[Judged], old: Contract, new: Contract) -> Iterator[str]:
    """The changes, the worst first, each with its place in the documents."""
    if not found:
        yield "Nothing has changed that a client could notice."
        return
    for effect, several in groupby(found, key=lambda one: one.change.effect):
        group = list(several)
        yield f"{_TITLES[effect]}: {len(group)}"
        for one in group:
            yield from _told(one, old, new)
        yield ""
    yield _summary(found)


def data(found: Sequence[Judged], old: Contract, new: Contract) -> dict[str, Any]:
    """The same as plain data."""
    counts = {effect.value: sum(one.change.effect is effect for one in found) for effect in Effect}
    return {
        "old": {"name": old.name, "release": old.release},
        "new": {"name": new.name, "release": new.release},
        "counts": counts,
        "changes": [_datum(one, old, new) for one in found],
    }


def _told(one: Judged, old: Contract, new: Contract) -> Iterator[str]:
    change = one.change
    where = str(change.places[0])
    yield f"  {where + ': ' if where else ''}{change.message}{_place(change, old, new)}"
    more = list(dict.fromkeys(place.operation for place in change.places[1:]))
    if more:
        left = len(more) - _MOST_PLACES
        yield f"      as well: {', '.join(more[:_MOST_PLACES])}{f' and {left} more' if left > 0 else ''}"
    if one.hits is None or change.effect is Effect.HARMLESS:
        return
    if not one.hits:
        yield "      felt by no consumer"
    for hit in one.hits:
        times = "once" if hit.count == 1 else f"{hit.count} times"
        where = f" of the world {hit.world}" if hit.world != "default" else ""
        number = f" (exchange {hit.first}{where})" if hit.first else ""
        yield f"      felt by {hit.consumer}: {times}, first in {hit.call}{number}"


def _place(change: Change, old: Contract, new: Contract) -> str:
    contract, pointer = (new, change.new) if change.new else (old, change.old)
    located = _located(contract, pointer)
    if located is None:
        return ""
    if located["line"]:
        return f"  [{contract.name}:{located['line']}]"
    return f"  [the overlay of {contract.name}]" if contract.overlays else f"  [{contract.name}]"


def _summary(found: Sequence[Judged]) -> str:
    parts = []
    for effect in Effect:
        group = [one for one in found if one.change.effect is effect]
        if not group:
            continue
        text = f"{len(group)} {_TITLES[effect].lower()}"
        if effect is not Effect.HARMLESS and group[0].hits is not None:
            text += f" ({sum(not one.hits for one in group)} of them felt by nobody)"
        parts.append(text)
    return ", ".join(parts)


def _datum(one: Judged, old: Contract, new: Contract) -> dict[str, Any]:
    change = one.change
    told: dict[str, Any] = {
        "code": change.code,
        "effect": change.effect.value,
        "message": change.message,
        "places": [
            {
                "operation": place.operation,
                "location": place.location,
                "status": place.status,
                "pointer": join_pointer("", *place.steps),
            }
            for place in change.places
        ],
        "old": _located(old, change.old),
        "new": _located(new, change.new),
    }
    if one.hits is not None:
        told["consumers"] = [
            {
                "journal": hit.consumer,
                "exchanges": hit.count,
                "first": hit.first,
                "call": hit.call,
                "world": hit.world,
            }
            for hit in one.hits
        ]
    return told


def _located(contract: Contract, pointer: str) -> dict[str, Any] | None:
    """Where something stands; what an overlay has put there stands in no line of the document."""
    if not pointer:
        return None
    line, column = contract.source.place(pointer) if _is_published(contract, pointer) else (0, 0)
    return {"file": contract.name, "pointer": pointer, "line": line, "column": column}


def _is_published(contract: Contract, pointer: str) -> bool:
    node: Any = contract.published
    for step in split_pointer(pointer):
        if isinstance(node, list):
            if not step.isdigit() or int(step) >= len(node):
                return False
            node = node[int(step)]
        elif isinstance(node, Mapping) and step in node:
            node = node[step]
        else:
            return False
    return True
