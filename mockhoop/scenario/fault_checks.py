"""Faults that do nothing, cannot be drawn, or never act."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.matching_checks import check_matching, takes_all_of
from mockhoop.scenario.script_model import Delay, Fault, Respond

_EFFECTS = ("respond", "delay", "drop", "bytes_per_second", "rate_limit", "expired_credentials")
_HEADER_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DISTRIBUTIONS = ("fixed", "uniform", "normal", "lognormal", "percentiles")


def check_faults(faults: Sequence[Fault], states: Sequence[str], sessions: Iterable[str]) -> Iterator[Finding]:
    """Everything about faults that cannot be meant."""
    first: dict[str, object] = {}
    unnamed = {f"fault-{place}": place for place, fault in enumerate(faults) if fault.name is None}
    for place, fault in enumerate(faults):
        if fault.name in unnamed:
            message = (
                f'the name "{fault.name}" is what a fault without a name is called, the one at {unnamed[fault.name]}'
            )
            yield Finding(fault, "name", message, "choose another one, or give both a name")
        if fault.name is not None and fault.name in first:
            message = f'the name "{fault.name}" is that of another fault already'
            yield Finding(fault, "name", message, "choose another one", first[fault.name])
        first.setdefault(fault.name or "", fault)
        yield from check_matching(fault.when, sessions)
        if fault.in_ is not None and fault.in_ not in states:
            hint = nearest(fault.in_, states) or f"known states: {', '.join(states) or 'none'}"
            yield Finding(fault, "in", f'unknown state "{fault.in_}"', hint)
        if not _effects(fault):
            yield Finding(fault, "", "this fault does nothing", f"give it one of {', '.join(_EFFECTS)}")
        if fault.share == 0:
            yield Finding(fault, "share", "this fault never acts", "write a share above 0, up to 1")
        if fault.delay is not None:
            yield from _delay(fault.delay)
        if fault.respond is not None:
            yield from _headers(fault.respond)
        for number, earlier in enumerate(faults[:place]):
            if _leaves_nothing_to(earlier, fault):
                message = f"this never acts: faults/{number} comes first and acts on all that it is meant for"
                yield Finding(fault, "when", message, "put the narrower one first, or bound the other with times")
                break


def _effects(fault: Fault) -> set[str]:
    return {name for name in _EFFECTS if getattr(fault, name) not in (None, False)}


def _leaves_nothing_to(earlier: Fault, later: Fault) -> bool:
    """Whether the later one has nothing to add where the earlier one acts, and that acts wherever it would."""
    always = earlier.times is None and earlier.skip == 0 and earlier.share == 1 and earlier.in_ in (None, later.in_)
    mine = _effects(later) - {"rate_limit"}
    same = bool(mine) and mine <= _effects(earlier) and "rate_limit" not in _effects(earlier)
    return always and same and takes_all_of(earlier.when, later.when)


def _headers(respond: Respond) -> Iterator[Finding]:
    """Headers that would break the connection."""
    for name, value in (respond.headers or {}).items():
        if not _HEADER_NAME.fullmatch(name):
            yield Finding(respond, "headers", f'"{name}" cannot be the name of a header', "use letters, digits and -")
        elif _UNSENDABLE.search(value):
            message = "no header can have control characters, such as the end of a line"
            yield Finding(respond, f"headers/{name.replace('~', '~0')}", message, "write it in one line")


def _delay(delay: Delay) -> Iterator[Finding]:
    given = [name for name in _DISTRIBUTIONS if getattr(delay, name) is not None]
    if len(given) != 1:
        message = f"it has {' and '.join(given)}" if given else "it is not said how long"
        path = given[1] if given else ""
        yield Finding(delay, path, message, f"give exactly one of {', '.join(_DISTRIBUTIONS)}")
    if delay.uniform is not None and delay.uniform.to < delay.uniform.from_:
        yield Finding(delay.uniform, "to", "the longest is shorter than the shortest", "swap the two")
    if delay.percentiles is not None:
        if not delay.percentiles:
            yield Finding(delay, "percentiles", "there are no percentiles", "write some, such as {p50: 100ms, p99: 5s}")
        points = sorted(delay.percentiles.items(), key=lambda point: float(point[0][1:]))
        for (_, shorter), (name, longer) in pairwise(points):
            if longer < shorter:
                yield Finding(delay, f"percentiles/{name}", "a higher percentile is never shorter", "put them in order")
