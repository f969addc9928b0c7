"""A server that counts what is exercised: every exchange and every step in a life, while it answers as before."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from mockhoop.coverage.transitions import transitions
from mockhoop.repertoire import Settings, read
from mockhoop.resources import spec_dir
from mockhoop.server import collecting
from mockhoop.server.app import make_app
from mockhoop.server.collecting import Collector
from mockhoop.server.runner import Server
from mockhoop.service import Service, build

from .execution_calls import (
    APPROVE,
    ASLEEP,
    BY_RULE,
    JIT,
    OWN_KEY,
    PENDING,
    REJECT,
    REVIEWED,
    TO_KILL,
    execute,
    review,
    run,
    send,
)

REVOKE = {"status": "REVOKED"}
PROVISION = {"user_email": "erin@example.com", "connection": "reviewed", "script": "make all"}


@dataclass(frozen=True)
class Counted:
    """A server that counts, with a client of it."""

    client: Any
    service: Service
    collector: Collector

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each point was exercised up to now."""
        return self.collector.tally().counts()


Count = Callable[..., Awaitable[Counted]]


@pytest.fixture
def count(aiohttp_client: Any) -> Count:
    """Starts a server that counts."""

    async def start(scenario: str = "executions", **more: Any) -> Counted:
        service = build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=(scenario,), **more))
        collector = Collector(service)
        return Counted(await aiohttp_client(make_app(service, observers=[collector])), service, collector)

    return start


async def approved_then(gateway: Counted, *decisions: Mapping[str, str]) -> None:
    await review(gateway, PENDING, APPROVE, "john", "dora")
    for decision in decisions:
        await review(gateway, PENDING, dict(decision), "ada")


async def killed(gateway: Counted) -> None:
    await send(gateway, "POST", f"/sessions/{REVIEWED}/kill")


async def killed_and_run(gateway: Counted) -> None:
    await killed(gateway)
    await execute(gateway, REVIEWED)


async def killed_and_approved(gateway: Counted) -> None:
    await killed(gateway)
    await review(gateway, REVIEWED, APPROVE, "john", "dora")


async def provisioned(gateway: Counted) -> None:
    await send(gateway, "POST", "/sessions/provision", PROVISION, None, **OWN_KEY)


LIVES: list[tuple[Callable[[Counted], Awaitable[Any]], set[str]]] = [
    (lambda gateway: run(gateway, "ls"), {"session: begins open", "session: open → done"}),
    (lambda gateway: run(gateway, "rm -rf /"), {"session: begins done"}),
    (lambda gateway: run(gateway, "sudo id"), {"session: begins open", "review: begins PENDING"}),
    (provisioned, {"session: begins ready", "review: begins APPROVED"}),
    (approved_then, {"session: open → ready", "review: PENDING → APPROVED"}),
    (lambda gateway: review(gateway, PENDING, REJECT, "john"), {"session: open → done", "review: PENDING → REJECTED"}),
    (
        lambda gateway: approved_then(gateway, REJECT),
        {"session: open → ready", "review: PENDING → APPROVED", "session: ready → done", "review: APPROVED → REJECTED"},
    ),
    (lambda gateway: review(gateway, JIT, REVOKE, "ada"), {"session: ready → done", "review: APPROVED → REVOKED"}),
    (
        lambda gateway: execute(gateway, REVIEWED),
        {
            "session: ready → open",
            "review: APPROVED → PROCESSING",
            "session: open → done",
            "review: PROCESSING → EXECUTED",
        },
    ),
    (
        lambda gateway: execute(gateway, ASLEEP),
        {"session: ready → open", "review: APPROVED → PROCESSING", "review: PROCESSING → EXECUTED"},
    ),
    (lambda gateway: execute(gateway, BY_RULE), {"review: PENDING → EXECUTED"}),
    (lambda gateway: send(gateway, "POST", f"/sessions/{TO_KILL}/kill"), {"session: open → done"}),
    (killed_and_approved, {"session: ready → done", "session: done → ready"}),
    (
        killed_and_run,
        {
            "session: ready → done",
            "session: done → open",
            "review: APPROVED → PROCESSING",
            "session: open → done",
            "review: PROCESSING → EXECUTED",
        },
    ),
]


@pytest.mark.parametrize(("live", "steps"), LIVES, ids=range(len(LIVES)))
async def test_the_steps_of_a_life_count(
    count: Count, live: Callable[[Counted], Awaitable[Any]], steps: set[str]
) -> None:
    gateway = await count()
    await live(gateway)
    assert {name for name in gateway.counts if name.startswith(("session: ", "review: "))} == steps


def test_every_step_that_is_a_point_happens() -> None:
    assert {step for _, steps in LIVES for step in steps} == {point.name for point in transitions("hoop")}


async def test_an_answer_that_is_given_again_counts_again_without_being_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    real = collecting._entry
    monkeypatch.setattr(collecting, "_entry", lambda exchange: looked.append(exchange.call.raw_path) or real(exchange))
    service = build(Settings(contract=spec_dir() / "hoop.yaml"))
    collector = Collector(service)
    server = Server(service, "127.0.0.1", seconds_to_finish=1.0, observers=[collector])
    target = f"http://127.0.0.1:{await server.start(0)}/api/sessions?limit=2"
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer ada"}) as client:
        for _ in range(5):
            async with client.get(target) as response:
                assert response.status == 200
                await response.read()
    await server.stop()
    assert collector.tally().counts()["GET /sessions: query limit"] == 5
    assert len(looked) < 5


async def test_calls_in_every_world_count(count: Count) -> None:
    gateway = await count()
    for prefix in ("", "/~one", "/~two"):
        async with gateway.client.get(f"{prefix}/api/users", headers={"Authorization": "Bearer ada"}) as response:
            assert response.status == 200
    assert gateway.counts["GET /users: 200"] == 3


async def test_what_the_clock_and_the_control_api_bring_about_counts(count: Count) -> None:
    gateway = await count()
    told = await send(gateway, "POST", "/sessions", {"connection": "shell", "script": "sleep 300"})
    control = "/__mockhoop/worlds/default"
    for path, body in (("clock/advance", {"by": "10m"}), ("scenario/perform", {"do": [{"approve": PENDING}]})):
        async with gateway.client.post(f"{control}/{path}", json=body) as response:
            assert response.status == 200, await response.text()
    assert told.status == 202
    counts = gateway.counts
    assert counts["session: open → done"] == 1
    assert counts["review: PENDING → APPROVED"] == 1


async def test_of_an_answer_that_is_broken_off_only_the_request_counts(count: Count) -> None:
    gateway = await count()
    fault = {"when": {"operation": "GET /users"}, "drop": "mid-body"}
    async with gateway.client.post("/__mockhoop/worlds/default/faults", json=fault) as response:
        assert response.status == 201, await response.text()
    with pytest.raises(aiohttp.ClientPayloadError):
        await send(gateway, "GET", "/users", token="ada")
    counts = gateway.counts
    assert counts["GET /users"] == 1
    assert "GET /users: 200" not in counts


async def test_many_calls_are_counted_meanwhile_and_none_is_lost(count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "_BATCH", 3)
    monkeypatch.setattr(collecting, "_MOST_STEADY", 7)
    gateway = await count()
    lists = [send(gateway, "GET", f"/sessions?limit={n % 7 + 1}&offset={n}", token="ada") for n in range(60)]
    await asyncio.gather(*lists, *(run(gateway, "ls") for _ in range(20)))
    counts = gateway.counts
    assert counts["GET /sessions: query offset"] == 60
    assert counts["request openapi.ExecRequest.script"] == 20


async def test_what_cannot_be_counted_is_told_in_the_log_and_keeps_nobody_waiting(
    count: Count, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(collecting, "_BATCH", 1)
    monkeypatch.setattr(collecting, "_MOST_STEADY", 1)
    gateway = await count()
    monkeypatch.setattr(gateway.collector._plan, "hits", lambda entry: {}[entry.path])
    for n in range(collecting._MOST_BATCHES + 3):
        assert (await send(gateway, "GET", f"/sessions?limit=1&offset={n}", token="ada")).status == 200
    assert gateway.counts == {}
    assert "GET /api/sessions does not count" in caplog.text


async def test_another_reading_of_the_contract_begins_anew(count: Count) -> None:
    gateway = await count()
    await send(gateway, "GET", "/users", token="ada")
    gateway.service.adopt(read(gateway.service.settings))
    await send(gateway, "GET", "/reviews", token="ada")
    counts = gateway.counts
    assert counts["GET /reviews"] == 1
    assert "GET /users" not in counts
