"""What the faults and answers of a scenario make of a call, as replies of a profile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mockhoop.gateway.wire import dumps, dumps_plain
from mockhoop.messages import JSON, Call, Delivery, Headers, Reply
from mockhoop.responders.decision import Profile
from mockhoop.scenario import engine
from mockhoop.scenario.answer_model import Recorded
from mockhoop.scenario.answers import answer_of, filled
from mockhoop.scenario.faults import Trouble
from mockhoop.scenario.matching import Facts
from mockhoop.scenario.rules import ANSWERS
from mockhoop.scenario.script_model import Respond
from mockhoop.world.changes import Change
from mockhoop.world.world import World

TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Interference:
    """What faults do to a call: the reply in the place of the real one, if any, and how the reply goes out."""

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    reply: Reply | None
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class AsRecorded:
    """The answer that a scenario has for a call: its name, the changes that keep count of it, the reply."""

    name: str
    changes: tuple[Change, ...]
    reply: Reply


def as_recorded(profile: Profile, world: World, call: Call) -> AsRecorded | None:
    """The answer that a scenario has for a call; None when it has none."""
    if not world.table(ANSWERS):
        return None
    given = answer_of(world, call, profile.base_path)
    return None if given is None else AsRecorded(given.name, given.changes, _recorded(given.recorded, call.origin))


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


def _recorded(told: Recorded, origin: str) -> Reply:
    headers: list[tuple[str, str]] = []
    for name, value in (told.headers or {}).items():
        headers += [(name, line) for line in filled(value, origin).split("\n")]
    given = next((value for name, value in headers if name.lower() == "content-type"), None)
    others: Headers = tuple(one for one in headers if one[0].lower() != "content-type")
    if told.base64 is not None:
        return Reply(told.status, told.base64, given or BINARY, others)
    if told.body is None:
        return Reply(told.status, b"", given or "", others)
    if isinstance(told.body, str):
        is_json = given is not None and "json" in given
        # In JSON as it was recorded, what is put into a text is escaped as that is.
        own = json.dumps(origin, ensure_ascii=False)[1:-1] if is_json else origin
        return Reply(told.status, filled(told.body, own).encode(), given or TEXT, others)
    text = dumps_plain(told.body).decode()
    return Reply(
        told.status, filled(text, json.dumps(origin, ensure_ascii=False)[1:-1]).encode(), given or JSON, others
    )
