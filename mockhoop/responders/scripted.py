"""What the faults of a scenario make of a call, as replies of a profile."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, Delivery, Reply
from mockhoop.responders.decision import Profile
from mockhoop.scenario import engine
from mockhoop.scenario.faults import Trouble
from mockhoop.scenario.matching import Facts
from mockhoop.scenario.script_model import Respond
from mockhoop.world.changes import Change
from mockhoop.world.world import World

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Interference:
    """What faults do to a call: the reply in the place of the real one, if any, and how the reply goes out."""

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    reply: Reply | None
    delivery: Delivery | None


def interfere(profile: Profile, world: World, facts: Facts) -> Interference | None:
    """What faults do to a call; None when none is meant for it."""
    trouble = engine.trouble_of(world, facts)
    if trouble is None:
        return None
    return Interference(trouble.names, trouble.changes, _reply(profile, trouble), trouble.delivery)


def _reply(profile: Profile, trouble: Trouble) -> Reply | None:
    if trouble.retry_after is not None:
        return profile.failure(429, "too many requests", (("Retry-After", str(trouble.retry_after)),))
    if trouble.respond is not None:
        return scripted(trouble.respond)
    return profile.unauthorized() if trouble.expired else None


def scripted(told: Respond) -> Reply:
    """The reply that a scenario tells."""
    headers: Mapping[str, str] = told.headers or {}
    given = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    others = tuple((name, value) for name, value in headers.items() if name.lower() != "content-type")
    if told.body is None:
        return Reply(told.status, b"", given or "", others)
    if isinstance(told.body, str):
        return Reply(told.status, told.body.encode(), given or TEXT, others)
    return Reply(told.status, dumps(told.body), given or JSON, others)
