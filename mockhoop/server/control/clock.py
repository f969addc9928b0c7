"""The time of a world."""

from typing import Any

from mockhoop.gateway.times import rfc3339
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.recall.view import fired_view
from mockhoop.scenario.times import Unfit, parse_duration, parse_moment
from mockhoop.server.control.calls import ControlCall, Refused, answer

_LATEST = 250_000_000_000 * 1_000_000_000
"""Far in the future, but still in a year of four digits (nanoseconds since 1970)."""


def clock(call: ControlCall) -> Reply:
    """What time it is."""
    return answer(_view(call.pipeline))


def change_clock(call: ControlCall) -> Reply:
    """Set, freeze, release or speed up the clock."""
    told = call.json
    state = call.pipeline.world.clock.state()
    at = _instant(told["at"]) if "at" in told else state.at
    return _moved(call.pipeline, at, told.get("frozen", state.frozen), told.get("speed", state.speed))


def advance_clock(call: ControlCall) -> Reply:
    """Move the clock forward."""
    try:
        by = parse_duration(call.json["by"])
    except Unfit as unfit:
        raise Refused(422, f"by: {unfit.message} ({unfit.suggestion})") from None
    if by < 0:
        raise Refused(422, "by: time does not run backwards; to set the clock to an earlier time, PATCH it with at")
    state = call.pipeline.world.clock.state()
    return _moved(call.pipeline, state.at + by, state.frozen, state.speed)


def _instant(text: str) -> int:
    try:
        moment = parse_moment(text)
    except Unfit as unfit:
        raise Refused(422, f"at: {unfit.message} ({unfit.suggestion})") from None
    if moment.relative:
        raise Refused(422, "at: expected a time such as 2024-07-25T15:56:35Z")
    return moment.ns


def _moved(pipeline: Pipeline, at: int, frozen: bool, speed: float) -> Reply:
    if not 0 <= at <= _LATEST:
        raise Refused(422, "the clock shows times from the year 1970 to the year 9891")
    fired = pipeline.stage.unfolding.set_clock(pipeline.world, at=at, frozen=frozen, speed=speed)
    return answer({**_view(pipeline), "fired": fired_view(fired, pipeline.world)})


def _view(pipeline: Pipeline) -> dict[str, Any]:
    state = pipeline.world.clock.state()
    return {"now": rfc3339(state.at, "ns"), "virtual": state.virtual, "frozen": state.frozen, "speed": state.speed}
