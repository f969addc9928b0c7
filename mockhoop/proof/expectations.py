"""What a scenario expects of calls, held against what the server says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockhoop.exchange import Exchange, Waiting
from mockhoop.gateway.access import first_admin
from mockhoop.gateway.facets import USERS
from mockhoop.messages import JSON, AnyCase, Call, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.matching import fits
from mockhoop.scenario.script_model import Expectation
from mockhoop.world.changes import MoveClock


def expectations(pipeline: Pipeline, expected: tuple[Expectation, ...]) -> Iterator[Finding]:
    """Make the calls in order, in a world that has just begun; whatever does not come out as expected."""
    for one in expected:
        reply = _reply(pipeline, one)
        yield from _held(one, reply)


def _reply(pipeline: Pipeline, expected: Expectation) -> Reply:
    method, _, target = expected.call.partition(" ")
    base = pipeline.stage.profile.base_path
    path, _, query = target.partition("?")
    path = path if path.startswith(f"{base}/") else f"{base}{path}"
    headers = {"Host": "127.0.0.1:8009", "Content-Type": JSON}
    users = pipeline.world.table(USERS)
    user = users.find("email", expected.user) if expected.user is not None else first_admin(users)
    if user is not None:
        headers["Authorization"] = f"Bearer {user.token}"
    body = b"" if expected.send is None else json.dumps(expected.send).encode()
    outcome: Exchange | Waiting = pipeline.answer(Call(method, path, query, AnyCase(headers), body))
    while isinstance(outcome, Waiting):
        pipeline.world.apply([MoveClock(outcome.later.until)])
        outcome = pipeline.resume(outcome)
    return outcome.reply


def _held(expected: Expectation, reply: Reply) -> Iterator[Finding]:
    if expected.status is not None and reply.status != expected.status:
        told = reply.body[:200].decode(errors="replace").strip()
        yield Finding(expected, "status", f"the answer is {reply.status}, not {expected.status}: {told}")
        return
    given = {name.lower(): value for name, value in (*reply.headers, ("Content-Type", reply.content_type))}
    for name, pattern in (expected.headers or {}).items():
        if not fits(given.get(name.lower()), pattern):
            shown = given.get(name.lower(), "nothing")
            yield Finding(expected, f"headers/{name}", f'the header is {shown}, not "{pattern}"')
    if expected.body is not None:
        try:
            body = json.loads(reply.body)
        except ValueError:
            yield Finding(expected, "body", "the answer has no JSON body")
            return
        for path, message in _differences(expected.body, body, "body"):
            yield Finding(expected, path, message)


def _differences(wanted: Any, found: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where a body is other than expected: mappings may have more keys, ``{length: n}`` counts, texts are patterns."""
    if isinstance(wanted, Mapping) and wanted.keys() == {"length"} and isinstance(found, list | str):
        if len(found) != wanted["length"]:
            yield f"{path}/length", f"its length is {len(found)}, not {wanted['length']}"
    elif isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            if key not in found:
                yield f"{path}/{key}", f"the answer has no {key}"
            else:
                yield from _differences(value, found[key], f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differences(one, other, f"{path}/{place}")
    elif not fits(found, wanted):
        yield (
            path,
            f"it is {json.dumps(found, ensure_ascii=False)[:100]}, not {json.dumps(wanted, ensure_ascii=False)[:100]}",
        )
