"""Which faults act on a call, and what comes of them together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mockhoop.messages import Delivery
from mockhoop.scenario.delays import drawn
from mockhoop.scenario.matching import Facts, Matcher
from mockhoop.scenario.rules import LIMITS, NamedFault, Window, state_of
from mockhoop.scenario.script_model import Fault, Respond
from mockhoop.world.changes import Change, Count, Put
from mockhoop.world.world import World


@dataclass(frozen=True, slots=True)
class Trouble:
    """What faults do to a call, all that act taken together.

    ``respond`` stands in the place of the answer; ``retry_after`` (seconds) refuses a caller who asks too often;
    ``expired`` refuses the caller's credentials. ``names`` are those of the faults; ``changes`` keep count of them.
    """

    names: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    respond: Respond | None = None
    retry_after: int | None = None
    expired: bool = False
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class PreparedFault:
    """A fault with its matcher."""

    name: str
    fault: Fault
    matcher: Matcher


def prepared(named: NamedFault) -> PreparedFault:
    """The fault, ready to be asked about calls."""
    return PreparedFault(named.name, named.fault, Matcher(named.fault.when))


def trouble(world: World, meant: Iterable[PreparedFault], facts: Facts) -> Trouble | None:
    """What the faults that are meant for a call do to it; None when they do not even count it."""
    state = state_of(world)
    found: Trouble | None = None
    for one in meant:
        if one.fault.in_ in (None, state) and not _is_used_up(world, one):
            found = _joined(world, found or Trouble(), one, facts)
    return found


def seen(name: str) -> str:
    """The sequence that counts the calls that a fault is meant for."""
    return f"fault {name} seen"


def acted(name: str) -> str:
    """The sequence that counts how often a fault has acted."""
    return f"fault {name} acted"


def _is_used_up(world: World, one: PreparedFault) -> bool:
    return one.fault.times is not None and world.counted(acted(one.name)) >= one.fault.times


def _joined(world: World, found: Trouble, one: PreparedFault, facts: Facts) -> Trouble:
    """What is found so far with what one more fault does; of each kind the first acts."""
    fault, number = one.fault, world.counted(seen(one.name))
    found = replace(found, changes=(*found.changes, Count(seen(one.name))))
    if number < fault.skip or not world.chance.happens(fault.share, "fault", one.name, number):
        return found
    if fault.rate_limit is not None and found.retry_after is None:
        window, wait = _limited(world, one, facts)
        found = replace(found, changes=(*found.changes, Put(LIMITS, window)), retry_after=wait)
        if wait is None:
            return found
    delivery = found.delivery or Delivery()
    chance = world.chance.at("fault", one.name, number)
    return replace(
        found,
        names=(*found.names, one.name),
        changes=(*found.changes, Count(acted(one.name))),
        respond=found.respond or fault.respond,
        expired=found.expired or fault.expired_credentials,
        delivery=_none_if_plain(
            Delivery(
                delay=delivery.delay or (drawn(fault.delay, chance) if fault.delay is not None else 0),
                drop=delivery.drop or fault.drop or "",
                bytes_per_second=delivery.bytes_per_second or fault.bytes_per_second or 0,
            )
        ),
    )


def _none_if_plain(delivery: Delivery) -> Delivery | None:
    return None if delivery == _PLAIN else delivery


def _limited(world: World, one: PreparedFault, facts: Facts) -> tuple[Window, int | None]:
    """The caller's window with this request in it, and after how many seconds to come again if it is one too many."""
    limit = one.fault.rate_limit
    assert limit is not None
    now, key = world.clock.now(), f"{one.name} {facts.caller}"
    window: Window | None = world.table(LIMITS).get(key)
    if window is None or not window.began <= now < window.began + limit.per:
        window = Window(key, now, 0)
    if window.requests < limit.requests:
        return replace(window, requests=window.requests + 1), None
    return window, max(1, -(-(window.began + limit.per - now) // _SECOND))


_PLAIN = Delivery()
_SECOND = 1_000_000_000
