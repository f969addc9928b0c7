"""Makers that choose: among given values, among other makers, or among attempts until one suits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from mockhoop.values.plausible.making import Make, Making, Node, NoValue

NULL_SHARE = 0.1
RETRIES = 60
# How often an alternative that must be the only one to match is tried before the next one gets its turn.
TURNS = 3
# What marks the place of another attempt.
RETRY = "?"

Test = Callable[[Making, Any], bool]
Tell = Callable[[Making, int, Any], Iterable[Any]]
"""Changes a value of the alternative with this number so that it belongs to no other one, if that can be done."""
Given = Mapping[str, Sequence[Any]]
"""Values that a schema gives, such as examples, for each direction in which they are valid."""


def impossible(_: Making, path: str) -> Any:
    """Make nothing: for schemas that contradict themselves."""
    raise NoValue(path)


def one_of(options: Sequence[Any]) -> Make:
    """Make one of the given values, null less often than the others."""
    rest = [option for option in options if option is not None]
    if not rest:
        return (lambda *_: None) if options else impossible

    def make(making: Making, path: str) -> Any:
        chosen = making.chance.choice(rest, path)
        return deepcopy(chosen) if isinstance(chosen, dict | list) else chosen

    return make if len(rest) == len(options) else or_null(make)


def or_example(make: Make, examples: Given) -> Make:
    """Make an example where examples are preferred."""
    makers = _makers(examples)

    def make_or_example(making: Making, path: str) -> Any:
        # An example that did not do the first time will not do the next time.
        wanted = making.examples and RETRY not in path
        return (makers.get(making.direction, make) if wanted else make)(making, path)

    return make_or_example


def or_default(make: Make, defaults: Given) -> Make:
    """Make the default about half of the time, and always where examples are preferred."""
    makers = _makers(defaults)

    def make_or_default(making: Making, path: str) -> Any:
        wanted = RETRY not in path and (making.examples or making.chance.happens(0.5, path, "default"))
        return (makers.get(making.direction, make) if wanted else make)(making, path)

    return make_or_default


def _makers(given: Given) -> dict[str, Make]:
    return {direction: one_of(values) for direction, values in given.items() if values}


def varied(makers: Sequence[Make]) -> Make:
    """Make what any of the makers makes; null if there are none."""
    if len(makers) == 1:
        return makers[0]
    if not makers:
        return lambda *_: None
    return lambda making, path: making.chance.choice(makers, path, "type")(making, path)


def or_null(make: Make) -> Make:
    """Make null now and then, and where nothing else can be made."""

    def make_or_null(making: Making, path: str) -> Any:
        if making.chance.happens(NULL_SHARE, path, "null"):
            return None
        try:
            return make(making, path)
        except NoValue:
            return None

    return make_or_null


def tries(make: Make, making: Making, path: str, count: int) -> Iterator[Any]:
    """Make values for variations of a place, as long as there are any."""
    for attempt in range(count):
        try:
            yield make(making, f"{path}{RETRY}{attempt}/" if attempt else path)
        except NoValue:
            return


def insisting(make: Make, suits: Test) -> Make:
    """Make values until one suits."""

    def insist(making: Making, path: str) -> Any:
        for value in tries(make, making, path, RETRIES):
            if suits(making, value):
                return value
        raise NoValue(path)

    return insist


def alternatives(nodes: Sequence[Node], *, in_order: bool = False) -> Make:
    """Make what any of the nodes makes, the others being tried where it can make nothing; in order if asked for."""

    def make(making: Making, path: str) -> Any:
        for _, value in _values(nodes, making, path, 1, in_order=in_order):
            return value
        raise NoValue(path)

    return make


def exclusive(nodes: Sequence[Node], is_only_one: Test, tell_apart: Tell) -> Make:
    """Make what belongs to only one of the nodes.

    If nothing does, a value is changed so that it does. Where that cannot be done either there is none, or the first
    one to a lenient making.
    """

    def make(making: Making, path: str) -> Any:
        first: dict[int, Any] = {}
        for number, value in _values(nodes, making, path, TURNS):
            if is_only_one(making, value):
                return value
            first.setdefault(number, value)
        for number, value in first.items():
            for changed in tell_apart(making, number, value):
                return changed
        if not (first and making.lenient):
            raise NoValue(path)
        return next(iter(first.values()))

    return make


def _values(
    nodes: Sequence[Node], making: Making, path: str, turns: int, *, in_order: bool = False
) -> Iterator[tuple[int, Any]]:
    """What the nodes make, beginning with any of them, and by which it is made."""
    start = 0 if in_order else making.chance.below(len(nodes), path, "alternative")
    for number in (*range(start, len(nodes)), *range(start)):
        yield from ((number, value) for value in tries(nodes[number].make, making, path, turns))
