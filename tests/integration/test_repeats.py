"""A call that comes again is answered as before, for as long as nothing is different, and noted like any other."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockhoop.exchange import Exchange
from mockhoop.gateway.times import SECOND
from mockhoop.messages import AnyCase, Call
from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.rules import FAULTS, NamedFault
from mockhoop.scenario.script_model import ChangeUser, ExpireToken, Fault, Respond, UserChange
from mockhoop.server.runner import Server
from mockhoop.service import Service, build
from mockhoop.world.changes import Put

from .strangers import PETS

HOOP = spec_dir() / "hoop.yaml"
SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
ONE = f"/api/sessions/{SESSION}"
LIST = "/api/sessions?limit=3"


class Wire:
    """One connection that stays open, on which calls are made byte by byte."""

    def __init__(self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.service = service
        self._reader = reader
        self._writer = writer
        self.dates: list[str] = []

    async def get(self, target: str, token: str = "ada", more: str = "", method: str = "GET") -> tuple[int, str, bytes]:
        """The status, the head without its date, and the body of an answer."""
        head = f"{method} {target} HTTP/1.1\r\nHost: gateway.test\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
        self._writer.write(head.encode())
        told = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?i)content-length: (\d+)", told)
        body = await self._reader.readexactly(int(length[1])) if length and method != "HEAD" else b""
        self.dates = re.findall(r"(?m)^Date: (\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)\r$", told)
        assert len(self.dates) == 1
        return int(told.split(" ")[1]), re.sub(r"(?m)^Date: .*$", "", told), body

    async def known(self, target: str, more: str = "") -> tuple[int, str, bytes]:
        """The same, for a call that has been made so often that it is answered again from now on."""
        await self.get(target, more=more)
        return await self.get(target, more=more)

    @property
    def journal(self) -> list[Any]:
        return list(self.service.world.journal)

    def close(self) -> None:
        self._writer.close()


Connect = Callable[..., Awaitable[Wire]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Starts a server and connects to it."""
    open_now: list[tuple[Wire, Server]] = []

    async def connected(contract: Path = HOOP, **settings: Any) -> Wire:
        service = build(Settings(contract=contract, **settings))
        server = Server(service, "127.0.0.1", seconds_to_finish=1)
        port = await server.start(0)
        open_now.append((Wire(service, *await asyncio.open_connection("127.0.0.1", port)), server))
        return open_now[-1][0]

    yield connected
    for wire, server in open_now:
        wire.close()
        await server.stop()


@pytest.mark.parametrize("target", [ONE, LIST, f"{ONE}?expand=event_stream&event_stream=utf8"])
async def test_the_same_call_gets_the_same_bytes_again(connect: Connect, target: str) -> None:
    wire = await connect()
    first = await wire.get(target)
    assert first[0] == 200
    assert await wire.get(target) == first
    assert await wire.get(target) == first


async def test_a_call_is_decided_twice_and_then_answered_again(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = await connect()
    pipeline = wire.service.pipeline
    answer, decided = pipeline.answer, list[str]()

    def noted(call: Call) -> Any:
        decided.append(call.raw_path)
        return answer(call)

    monkeypatch.setattr(pipeline, "answer", noted)
    for _ in range(4):
        await wire.get(ONE)
    assert decided == [ONE, ONE]


async def test_every_repeat_is_in_the_journal(connect: Connect) -> None:
    wire = await connect()
    for _ in range(3):
        await wire.get(ONE)
    assert [one.number for one in wire.journal] == [1, 2, 3]
    assert len({(one.operation, one.caller, one.responder, one.reply.status) for one in wire.journal}) == 1
    assert sorted(one.at for one in wire.journal) == [one.at for one in wire.journal]


async def test_another_caller_is_not_given_the_answer(connect: Connect) -> None:
    wire = await connect()
    await wire.known(ONE)
    assert (await wire.get(ONE, token="nobody"))[0] == 401
    assert (await wire.get(ONE, token="dora"))[0] == 403


async def test_what_changes_in_the_world_is_seen_at_once(connect: Connect) -> None:
    wire = await connect()
    before = await wire.known(ONE)
    session = wire.service.world.table("sessions").get(SESSION)
    wire.service.world.apply([Put("sessions", replace(session, labels={"told": "later"}))])
    after = await wire.get(ONE)
    assert b'"told":"later"' in after[2]
    assert after[2] != before[2]


async def test_a_world_that_begins_anew_answers_as_at_its_beginning(connect: Connect) -> None:
    wire = await connect()
    session = wire.service.world.table("sessions").get(SESSION)
    first = await wire.known(ONE)
    wire.service.world.apply([Put("sessions", replace(session, labels={"told": "later"}))])
    await wire.known(ONE)
    wire.service.world.reset()
    assert await wire.get(ONE) == first


async def test_a_fault_that_comes_later_acts(connect: Connect) -> None:
    wire = await connect()
    await wire.known(ONE)
    fault = NamedFault("away", Fault(respond=Respond(status=503)))
    wire.service.world.apply([Put(FAULTS, fault)])
    assert (await wire.get(ONE))[0] == 503


@pytest.mark.parametrize(
    "action",
    [
        ExpireToken(expire_token="ada@example.com"),
        ChangeUser(user=UserChange(email="ada@example.com", status="inactive")),
    ],
)
async def test_who_may_come_in_no_more_is_refused(connect: Connect, action: Any) -> None:
    wire = await connect()
    await wire.known(ONE)
    wire.service.pipeline.stage.unfolding.perform(wire.service.world, [action], "test")
    assert (await wire.get(ONE))[0] == 401


async def test_another_mode_of_validation_is_heeded(connect: Connect) -> None:
    wire = await connect(validation=Validation.OFF)
    assert (await wire.known(f"{ONE}?expand=nothing"))[0] == 200
    wire.service.pipeline.validation = Validation.ENFORCE
    assert (await wire.get(f"{ONE}?expand=nothing"))[0] == 422


async def test_a_call_that_breaks_the_contract_is_refused_the_same_way_again(connect: Connect) -> None:
    wire = await connect()
    first = await wire.get(f"{ONE}?expand=nothing")
    assert first[0] == 422
    assert await wire.get(f"{ONE}?expand=nothing") == first
    assert [len(one.violations) for one in wire.journal] == [1, 1]


async def test_another_preference_is_another_call(connect: Connect) -> None:
    wire = await connect()
    await wire.known(ONE)
    assert (await wire.get(ONE, more="Prefer: code=503\r\n"))[0] == 503
    assert (await wire.get(ONE))[0] == 200


async def test_another_world_is_another_call(connect: Connect) -> None:
    wire = await connect()
    first = await wire.known(ONE)
    assert (await wire.get(ONE, more="X-Mockhoop-World: other\r\n"))[2] == first[2]
    assert [len(pipeline.world.journal) for pipeline in wire.service.worlds] == [2, 1]


async def test_a_world_that_was_dropped_is_not_asked(connect: Connect) -> None:
    wire = await connect()
    for _ in range(2):
        await wire.get(f"/~other{ONE}")
    wire.service.worlds.drop("other")
    await wire.get(f"/~other{ONE}")
    assert len(wire.service.worlds.get("other").world.journal) == 1


async def test_head_has_no_body_each_time(connect: Connect) -> None:
    wire = await connect()
    first = await wire.get(ONE, method="HEAD")
    await wire.known(ONE)
    assert await wire.get(ONE, method="HEAD") == first
    assert (await wire.get(ONE))[0] == 200


async def test_a_list_that_ends_now_is_made_anew(connect: Connect) -> None:
    wire = await connect()
    for _ in range(2):
        await wire.get(f"{LIST}&start_date=2020-01-01T00:00:00Z")
    assert all(one.steady is None for one in wire.journal)


async def test_what_any_document_remembers_is_seen_at_once(connect: Connect) -> None:
    wire = await connect(PETS)
    first = await wire.known("/v1/pets/1")
    assert await wire.get("/v1/pets/1") == first
    wire.service.pipeline.answer(Call("DELETE", "/v1/pets/1"))
    assert (await wire.get("/v1/pets/1"))[0] == 404


async def test_another_media_type_is_another_call(connect: Connect) -> None:
    wire = await connect(PETS)
    await wire.known("/v1/weather")
    assert (await wire.get("/v1/weather", more="Accept: text/csv\r\n"))[2].startswith(b"sky")


async def test_the_time_of_a_frozen_world_is_told_once_each_time(connect: Connect) -> None:
    wire = await connect(scenarios=("review-states",))
    for _ in range(3):
        assert (await wire.get("/api/sessions?limit=1"))[0] == 200
        assert wire.dates == ["Thu, 01 Aug 2024 12:00:00 GMT"]


async def test_an_answer_is_steady_no_longer_than_the_sign_in_lasts(connect: Connect) -> None:
    pipeline = (await connect()).service.pipeline
    sent = b'{"email": "ada@example.com", "password": "hoop"}'
    signed_in = pipeline.answer(Call("POST", "/api/localauth/login", body=sent))
    assert isinstance(signed_in, Exchange)
    token = dict(signed_in.reply.headers)["Token"]
    told = pipeline.answer(Call("GET", ONE, headers=AnyCase({"Authorization": f"Bearer {token}"})))
    assert isinstance(told, Exchange)
    assert told.steady is not None
    assert 0 <= signed_in.at + 12 * 3600 * SECOND - told.steady.until < SECOND
    assert pipeline.again(told) is not None
    told.steady = replace(told.steady, until=told.at)
    assert pipeline.again(told) is None
