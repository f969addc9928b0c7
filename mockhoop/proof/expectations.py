"""What a scenario expects of calls, held against what the server says."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from mockhoop.exchange import Exchange, Waiting
from mockhoop.gateway.access import first_admin
from mockhoop.gateway.facets import USERS
from mockhoop.messages import JSON, AnyCase, Call, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kept import Kept, NotReady, Told
from mockhoop.scenario.meeting import differences
from mockhoop.scenario.script_model import Expectation
from mockhoop.world.changes import MoveClock

_UNFINISHED = ("before-headers", "reset", "mid-body", "stall", "hang")
"""The ways to break an answer after which a client has none that is whole."""


def expectations(pipeline: Pipeline, expected: tuple[Expectation, ...]) -> Iterator[Finding]:
    """Make the calls in order, in a world that has just begun; whatever does not come out as expected.

    A call that needs what an earlier answer should have had and has not is not made: the mistake is that of the other.
    """
    known = Kept()
    for one in expected:
        if one.advance is not None:
            state = pipeline.world.clock.state()
            at = state.at + one.advance
            pipeline.stage.unfolding.set_clock(pipeline.world, at=at, frozen=state.frozen, speed=state.speed)
        try:
            meant = known.ready(one)
        except NotReady:
            known.skipped(one)
            continue
        reply = _reply(pipeline, meant)
        if one.broken or _breaks(reply):
            known.skipped(one)
            if not one.broken:
                yield Finding(one, "call", "the answer breaks off", "write broken: true if that is meant")
            elif not _breaks(reply):
                yield Finding(one, "broken", f"the answer does not break off, it is {reply.status}")
            continue
        told = _told(reply)
        yield from (Finding(one, path, message) for path, message in differences(meant, told))
        known.made(one, told)


def _breaks(reply: Reply) -> bool:
    return reply.delivery is not None and reply.delivery.drop in _UNFINISHED


def _told(reply: Reply) -> Told:
    return Told(reply.status, (*reply.headers, ("Content-Type", reply.content_type)), reply.body)


def _reply(pipeline: Pipeline, expected: Expectation) -> Reply:
    method, _, target = expected.call.partition(" ")
    base = pipeline.stage.profile.base_path
    parts = urlsplit(target)
    path = parts.path if parts.path.startswith(f"{base}/") else f"{base}{parts.path}"
    body = b"" if expected.send is None else json.dumps(expected.send).encode()
    outcome: Exchange | Waiting = pipeline.answer(Call(method, path, parts.query, _headers(pipeline, expected), body))
    while isinstance(outcome, Waiting):
        pipeline.world.apply([MoveClock(outcome.later.until)])
        outcome = pipeline.resume(outcome)
    return outcome.reply


def _headers(pipeline: Pipeline, expected: Expectation) -> AnyCase:
    users = pipeline.world.table(USERS)
    user = users.find("email", expected.user) if expected.user is not None else first_admin(users)
    headers = {"Host": "127.0.0.1:8009", "Content-Type": JSON}
    if user is not None:
        headers["Authorization"] = f"Bearer {user.token}"
    mine = {name.lower() for name in expected.with_ or {}}
    told = {name: value for name, value in headers.items() if name.lower() not in mine}
    return AnyCase(told | {name: value for name, value in (expected.with_ or {}).items() if value})
