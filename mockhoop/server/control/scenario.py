"""What is scripted in a world."""

from dataclasses import dataclass
from typing import Annotated, Any

from mockhoop.codec import encode
from mockhoop.exchange import Fired
from mockhoop.messages import Reply
from mockhoop.recall.view import fired_view
from mockhoop.scenario.engine import happened_sequence
from mockhoop.scenario.rules import TIMELINE, Cue, state_of
from mockhoop.scenario.script_model import Action, Enter
from mockhoop.server.control.calls import ControlCall, Refused, answer
from mockhoop.server.control.checks import action_findings
from mockhoop.world.table import Table

BY_HAND = "control"
"""The rule under which is told what was done through the control API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perform:
    """Actions that are carried out now."""

    do: Annotated[tuple[Action, ...], "What happens, in order."]


def scenario(call: ControlCall) -> Reply:
    """What is scripted, and how far it has come."""
    world = call.pipeline.world
    told = world.base.scenario
    cues: Table[Cue] = world.table(TIMELINE)
    timeline: list[dict[str, Any]] = [
        {"name": cue.name, "happened": world.counted(happened_sequence(cue.name)), "entry": encode(cue.entry)}
        for cue in cues
    ]
    return answer(
        {
            "title": told.title,
            "description": told.description,
            "state": state_of(world),
            "states": [state.name for state in told.states],
            "timeline": timeline,
        }
    )


def enter_state(call: ControlCall) -> Reply:
    """Enter a state."""
    world, state = call.pipeline.world, call.json["state"]
    known = [one.name for one in world.base.scenario.states]
    if state not in known:
        raise Refused(422, f"the scenario has no state {state!r} (states: {', '.join(known) or 'none'})")
    return _fired(call, call.pipeline.stage.unfolding.perform(world, [Enter(enter=state)], BY_HAND))


def trigger(call: ControlCall) -> Reply:
    """Let an entry of the timeline happen."""
    world, name = call.pipeline.world, call.json["entry"]
    if world.table(TIMELINE).get(name) is None:
        known = ", ".join(cue.name for cue in world.table(TIMELINE)) or "none"
        raise Refused(422, f"the timeline has no entry {name!r} (entries: {known})")
    return _fired(call, call.pipeline.stage.unfolding.trigger(world, name))


def perform(call: ControlCall) -> Reply:
    """Carry out actions."""
    pipeline = call.pipeline
    told = call.read(Perform, lambda wanted: action_findings(pipeline, wanted.do))
    return _fired(call, pipeline.stage.unfolding.perform(pipeline.world, told.do, BY_HAND))


def _fired(call: ControlCall, fired: list[Fired]) -> Reply:
    return answer(fired_view(fired, call.pipeline.world))
