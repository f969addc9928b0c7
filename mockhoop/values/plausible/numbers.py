"""Numbers: within their range, multiples of their step, and such as their names let one expect."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from mockhoop.values.plausible.choices import impossible
from mockhoop.values.plausible.formats import RANGES
from mockhoop.values.plausible.json_values import divides, plain
from mockhoop.values.plausible.keywords import Flat, is_within
from mockhoop.values.plausible.making import Make, Making, NoValue
from mockhoop.values.plausible.moments import is_moment, rank_of, seconds
from mockhoop.values.plausible.names import parts_of

# The usual range of numbers with these names.
USUAL = {
    name: (low, high)
    for names, low, high in (
        ("age", 18, 90),
        ("count total size length quantity limit offset", 0, 500),
        ("price amount cost balance subtotal", 1, 2000),
        ("percent percentage progress", 0, 100),
        ("latitude lat", -90, 90),
        ("longitude lon lng", -180, 180),
        ("port", 1024, 65535),
        ("year", 1990, 2030),
        ("month", 1, 12),
        ("day", 1, 28),
        ("hour", 0, 23),
        ("minute second", 0, 59),
        ("code", 0, 3),
        ("rating score", 1, 5),
        ("page", 1, 9),
        ("duration timeout ttl interval", 1, 3600),
        ("id", 1, 1_000_000),
    )
    for name in names.split()
}
# How many multiples are tried until one counts as such.
STEPS = 200


def number_maker(flat: Flat, name: str, *, whole: bool) -> Make:
    """Make numbers; whole ones if asked for."""
    parts = parts_of(name)
    low, high = _range(flat, parts)
    multiple = flat.get("multipleOf")
    if whole and is_moment(parts) and flat.keys().isdisjoint(("low", "high", "multipleOf")):
        rank = rank_of(parts)
        return lambda making, path: seconds(making, path, rank)
    if multiple is None and not whole:
        return _real(flat, low, high)
    step = Fraction(str(multiple or 1))
    if whole:
        # A whole number is a multiple of p/q, in lowest terms, exactly when it is one of p.
        step = Fraction(step.numerator)
    first, last = ceil(Fraction(str(low)) / step), floor(Fraction(str(high)) / step)
    last -= not is_within(flat, last * step)
    first += not is_within(flat, first * step)
    if last < first:
        return impossible
    if multiple is None:
        return lambda making, path: making.chance.between(first, last, path)
    return _multiples(multiple, step, first, last - first + 1)


def _multiples(multiple: Any, step: Fraction, first: int, count: int) -> Make:
    """Make the step times a whole number, of which there are so many from the first on."""

    def make(making: Making, path: str) -> int | float:
        start = making.chance.below(count, path)
        for turn in range(min(STEPS, count)):
            value = plain((first + (start + turn) % count) * step)
            # Validators divide floats, so that some true multiples do not count as such.
            if divides(multiple, value):
                return value
        raise NoValue(path)

    return make


def _real(flat: Flat, low: Any, high: Any) -> Make:
    def make(making: Making, path: str) -> float:
        exact = float(low) + making.chance.real(path) * (float(high) - float(low))
        # Two decimals look best, if there is room for them; the middle is the last resort of open ends.
        for value in (round(exact, 2), exact, (float(low) + float(high)) / 2):
            if low <= value <= high and is_within(flat, value):
                return value
        raise NoValue(path)

    return make


def _range(flat: Flat, parts: Sequence[str]) -> tuple[Any, Any]:
    """The lowest and highest number to make, both included; what the schema leaves open is filled in."""
    usual = USUAL.get("_".join(parts)) or USUAL.get(parts[-1] if parts else "")
    reach = 100 * max(10, ceil(flat.get("multipleOf", 0)))
    low: Any = flat["low"][0] if "low" in flat else None
    high: Any = flat["high"][0] if "high" in flat else None
    if low is None and high is None:
        low, high = usual if usual and "multipleOf" not in flat else (1, reach)
    elif low is None:
        low = 0 if high > 0 else high - reach
    elif high is None:
        high = low + reach
    elif usual and max(low, usual[0]) < min(high, usual[1]):
        low, high = max(low, usual[0]), min(high, usual[1])
    limits = RANGES.get(flat.get("format", ""))
    return (low, high) if limits is None else (max(low, limits[0]), min(high, limits[1]))
