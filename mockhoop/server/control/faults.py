"""What goes wrong in a world."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from mockhoop.codec import encode
from mockhoop.messages import Reply
from mockhoop.scenario.faults import acted, seen
from mockhoop.scenario.rules import FAULTS, LIMITS, NamedFault
from mockhoop.scenario.script_model import Fault
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer
from mockhoop.server.control.checks import fault_findings
from mockhoop.world.changes import Change, Count, Drop, Put, Recount
from mockhoop.world.world import World

_ADDED = "faults added"


def faults(call: ControlCall) -> Reply:
    """All faults of a world."""
    world = call.pipeline.world
    return answer([_view(world, one) for one in world.table(FAULTS)])


def add_fault(call: ControlCall) -> Reply:
    """Add a fault."""
    pipeline, world = call.pipeline, call.pipeline.world
    fault = call.read(Fault, lambda told: fault_findings(pipeline, told))
    name = fault.name or next(name for name in _own_names(world) if world.table(FAULTS).get(name) is None)
    if world.table(FAULTS).get(name) is not None:
        raise Refused(409, f"there is a fault {name!r} already; remove it, or choose another name")
    named = NamedFault(name, fault)
    world.apply([*_forgotten(world, name), Put(FAULTS, named), Count(_ADDED)])
    return answer(_view(world, named), 201)


def drop_fault(call: ControlCall) -> Reply:
    """Remove a fault."""
    world, name = call.pipeline.world, call.parameters["name"]
    if world.table(FAULTS).get(name) is None:
        raise Refused(404, f"there is no fault {name!r}")
    world.apply([Drop(FAULTS, name)])
    return DONE


def drop_faults(call: ControlCall) -> Reply:
    """Remove all faults."""
    world = call.pipeline.world
    world.apply([Drop(FAULTS, one.name) for one in world.table(FAULTS)])
    return DONE


def _own_names(world: World) -> Iterator[str]:
    """Names for faults that were given none."""
    return (f"added-{number}" for number in count(world.counted(_ADDED)))


def _forgotten(world: World, name: str) -> Iterator[Change]:
    """What an earlier fault of a name left behind: its counts, and how much its callers have asked for."""
    yield Recount(seen(name))
    yield Recount(acted(name))
    for window in world.table(LIMITS):
        if window.key.startswith(f"{name} "):
            yield Drop(LIMITS, window.key)


def _view(world: World, named: NamedFault) -> dict[str, Any]:
    return {"name": named.name, "acted": world.counted(acted(named.name)), "fault": encode(named.fault)}
