"""Fifty clients over one socket: the outcome of their calls is that of some serial order of them."""

import asyncio
import inspect
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from multidict import CIMultiDict

from mockhoop.exchange import Exchange, Waiting
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.service import Service
from mockhoop.world.changes import MoveClock

from .execution_calls import APPROVE, LONG, PENDING, REJECT, REVIEWED, execute, run, send, session

CLIENTS = 50
SECOND = 1_000_000_000
SESSIONS = [PENDING, REVIEWED, LONG]
MIXED: dict[str, tuple[str, str, Any]] = {
    "exec": ("POST", "/exec", None),
    "kill": ("POST", "/kill", None),
    "approve": ("PUT", "/review", APPROVE),
    "reject": ("PUT", "/review", REJECT),
    "get": ("GET", "", None),
}
RUNNING_CLOCK = "mockhoop: 1\nclock: {frozen: false}\n"


async def at_once(call: Callable[[int], Any]) -> list[Any]:
    """What each of fifty clients is told, all of whom call at once."""
    return list(await asyncio.gather(*(call(number) for number in range(CLIENTS))))


# Fifty clients


async def test_of_fifty_who_open_one_link_one_gets_the_download(api: Any) -> None:
    gateway = await api("executions")
    link = urlsplit((await gateway.get(f"/sessions/{REVIEWED}?extension=txt", "erin")).json["download_url"])
    told = await at_once(lambda _: gateway.request("GET", f"{link.path}?{link.query}", None))
    assert Counter(one.status for one in told) == {200: 1, 404: CLIENTS - 1}


async def test_of_fifty_who_run_one_session_one_does(api: Any) -> None:
    gateway = await api("executions")
    told = await at_once(lambda _: execute(gateway, LONG))
    assert Counter(one.status for one in told) == {202: 1, 409: CLIENTS - 1}


async def test_fifty_approvals_of_two_groups_add_up(api: Any) -> None:
    gateway = await api("executions")
    told = await at_once(
        lambda number: send(gateway, "PUT", f"/sessions/{PENDING}/review", APPROVE, ["john", "dora"][number % 2])
    )
    assert {one.json["status"] for one in told if one.status == 200} <= {"PENDING", "APPROVED"}
    review = (await session(gateway, PENDING))["review"]
    groups = {group["group"]: group["status"] for group in review["review_groups_data"]}
    assert (review["status"], groups) == ("APPROVED", {"sre": "APPROVED", "dba": "APPROVED"})


async def test_fifty_approvals_of_one_group_are_not_enough_for_two(api: Any) -> None:
    gateway = await api("executions")
    await at_once(lambda _: send(gateway, "PUT", f"/sessions/{PENDING}/review", APPROVE, "john"))
    assert (await session(gateway, PENDING))["review"]["status"] == "PENDING"


def crowd() -> dict[str, Any]:
    """Fifty groups with a member each, who all must approve; John's session waits for them."""
    people = [
        {"name": f"P {n}", "email": f"p{n}@example.com", "groups": [f"g{n}"], "token": f"p{n}"} for n in range(CLIENTS)
    ]
    groups = [f"g{n}" for n in range(CLIENTS)]
    return {
        "mockhoop": 1,
        "connections": [{"name": "crowded", "type": "custom", "subtype": "bash", "reviewers": groups}],
        "users": people,
        "sessions": [
            {
                "id": "00000000-0000-4000-8000-0000000000ff",
                "user": "erin@example.com",
                "connection": "crowded",
                "script": "uptime",
                "review": {"status": "PENDING"},
            }
        ],
    }


async def test_a_review_of_fifty_groups_is_approved_by_the_last_of_them(api: Any, tmp_path: Path) -> None:
    (tmp_path / "crowd.json").write_text(json.dumps(crowd()))
    gateway = await api("executions", tmp_path / "crowd.json")
    target = "/sessions/00000000-0000-4000-8000-0000000000ff/review"
    told = await at_once(lambda number: send(gateway, "PUT", target, APPROVE, f"p{number}"))
    assert Counter(one.json["status"] for one in told) == {"PENDING": CLIENTS - 1, "APPROVED": 1}
    approved = [sum(group["status"] == "APPROVED" for group in one.json["review_groups_data"]) for one in told]
    assert sorted(approved) == list(range(1, CLIENTS + 1))


async def test_an_approval_and_a_rejection_at_once_leave_one_of_them(api: Any) -> None:
    gateway = await api("executions")
    told = await at_once(
        lambda number: send(
            gateway, "PUT", f"/sessions/{PENDING}/review", [APPROVE, REJECT][number % 2], ["john", "dora"][number % 2]
        )
    )
    assert (await session(gateway, PENDING))["review"]["status"] == "REJECTED"
    assert [one.json["status"] for one in told if one.status == 200].count("REJECTED") == 1


# Waiting


async def test_a_call_that_takes_longer_is_answered_after_fifty_seconds(api: Any) -> None:
    gateway = await api("executions")
    before = gateway.service.world.clock.now()
    told = await run(gateway, "sleep 300")
    assert (told.status, told.json["output_status"], told.json["exit_code"]) == (202, "running", -2)
    assert (gateway.service.world.clock.now() - before) // SECOND == 50


async def test_a_kill_wakes_who_waits_and_who_watches(api: Any, tmp_path: Path) -> None:
    (tmp_path / "clock.yaml").write_text(RUNNING_CLOCK)
    gateway = await api("executions", tmp_path / "clock.yaml")
    waiting = asyncio.create_task(execute(gateway, LONG))
    while (await session(gateway, LONG))["review"]["status"] != "PROCESSING":
        pass
    began = monotonic()
    async with gateway.client.get(f"/api/sessions/{LONG}/stream", headers={"Authorization": "Bearer ada"}) as stream:
        await send(gateway, "POST", f"/sessions/{LONG}/kill", token="ada")
        watched = await stream.read()
    told = (await waiting).json
    assert (told["output_status"], told["exit_code"]) == ("failed", 254)
    assert watched.endswith(b"event: session_end\ndata: {}\n\n")
    assert monotonic() - began < 5  # of the seventy seconds that the script takes


async def test_who_waits_keeps_nobody_else_waiting(api: Any, tmp_path: Path) -> None:
    (tmp_path / "clock.yaml").write_text(RUNNING_CLOCK)
    gateway = await api("executions", tmp_path / "clock.yaml")
    waiting = [asyncio.create_task(run(gateway, "sleep 300")) for _ in range(10)]
    while (await gateway.get("/sessions?connection=shell&limit=1")).json["total"] < 13:
        pass
    told = await at_once(lambda _: gateway.get(f"/sessions/{REVIEWED}", "erin"))
    assert {one.status for one in told} == {200}
    assert not any(task.done() for task in waiting)
    newest = (await gateway.get("/sessions?connection=shell&limit=10")).ids
    await asyncio.gather(*(send(gateway, "POST", f"/sessions/{one}/kill") for one in newest))
    assert {one.json["exit_code"] for one in await asyncio.gather(*waiting)} == {254}


# Any order


@pytest.mark.parametrize("step", [Pipeline.answer, Pipeline.resume, Pipeline.settle])
def test_a_step_of_the_pipeline_lets_nobody_in_between(step: Callable[..., Any]) -> None:
    assert not inspect.iscoroutinefunction(step)
    assert not inspect.isgeneratorfunction(step)


def call(kind: str, session_id: str, token: str) -> Call:
    """One call about a session."""
    method, path, body = MIXED[kind]
    headers = CIMultiDict({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return Call(method, f"/api/sessions/{session_id}{path}", "", headers, json.dumps(body).encode() if body else b"")


def finished(pipeline: Pipeline, answer: Exchange | Waiting) -> Exchange:
    """The answer, waited for as the server does in a world whose clock is frozen."""
    while isinstance(answer, Waiting):
        pipeline.world.apply([MoveClock(answer.later.until)])
        answer = pipeline.resume(answer)
    return answer


def left_behind(pipeline: Pipeline) -> list[bytes]:
    """What there is to see when all is done."""
    return [finished(pipeline, pipeline.answer(call("get", key, "ada"))).reply.body for key in SESSIONS]


@pytest.mark.parametrize("seed", range(4))
async def test_fifty_mixed_calls_come_out_as_one_after_the_other(
    api: Any, service: Callable[..., Service], seed: int
) -> None:
    gateway, draw = await api("executions"), Random(seed)
    taken: list[Call] = []
    pipeline = gateway.service.pipeline
    answer = pipeline.answer

    def noted(one: Call) -> Exchange | Waiting:
        taken.append(one)
        outcome: Exchange | Waiting = answer(one)
        return outcome

    pipeline.answer = noted
    chosen = [
        (draw.choice(sorted(MIXED)), draw.choice(SESSIONS), draw.choice(["erin", "john", "dora", "ada"]))
        for _ in range(CLIENTS)
    ]

    async def one(number: int) -> tuple[int, bytes]:
        kind, key, token = chosen[number]
        method, path, body = MIXED[kind]
        told = await send(gateway, method, f"/sessions/{key}{path}", body, token)
        return told.status, told.body

    told = Counter(await at_once(one))
    pipeline.answer = answer
    serial = service("executions").pipeline
    replies = [finished(serial, serial.answer(one)).reply for one in taken]
    assert told == Counter((reply.status, reply.body) for reply in replies)
    assert left_behind(pipeline) == left_behind(serial)


class Interleaved(RuleBasedStateMachine):
    """Calls whose answers are fetched in any order: wherever one waits, others come in between."""

    make: Callable[[], Service]

    def __init__(self) -> None:
        super().__init__()
        self.pipeline = type(self).make().pipeline
        self.waiting: list[tuple[str, Waiting]] = []
        self.executed: Counter[str] = Counter()
        self.over: dict[str, str] = {}

    @rule(
        kind=st.sampled_from(["exec", "exec", "kill", "approve", "reject", "get"]),
        key=st.sampled_from(SESSIONS),
        token=st.sampled_from(["erin", "john", "dora", "ada"]),
    )
    def somebody_calls(self, kind: str, key: str, token: str) -> None:
        outcome = self.pipeline.answer(call(kind, key, token))
        if isinstance(outcome, Waiting):
            self.executed[key] += 1
            self.waiting.append((key, outcome))
        else:
            assert outcome.reply.status in (200, 204, 400, 403, 404, 409)

    @rule(seconds=st.integers(0, 90))
    def time_goes_by(self, seconds: int) -> None:
        world = self.pipeline.world
        world.apply([MoveClock(world.clock.now() + seconds * SECOND)])

    @precondition(lambda self: self.waiting)
    @rule(number=st.integers(0, 9))
    def somebody_is_answered(self, number: int) -> None:
        key, waiting = self.waiting.pop(number % len(self.waiting))
        if not waiting.later.ready(self.pipeline.world):
            self.pipeline.world.apply([MoveClock(waiting.later.until)])
        answer = self.pipeline.resume(waiting)
        assert isinstance(answer, Exchange)
        told, stored = json.loads(answer.reply.body), self.seen(key)
        assert answer.reply.status == (202 if told["output_status"] == "running" else 200)
        running = stored["review"]["status"] == "PROCESSING"
        assert running == (answer.reply.status == 202)
        assert told["exit_code"] == (-2 if running else stored["exit_code"])

    def seen(self, key: str) -> Any:
        answer = self.pipeline.answer(call("get", key, "ada"))
        assert isinstance(answer, Exchange)
        return json.loads(answer.reply.body)

    @invariant()
    def a_session_is_executed_at_most_once(self) -> None:
        assert all(count == 1 for count in self.executed.values())

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for key in SESSIONS:
            status = self.seen(key)["review"]["status"]
            assert self.over.get(key, status) == status
            if status in ("REJECTED", "EXECUTED"):
                self.over[key] = status

    @invariant()
    def who_was_executed_was_approved(self) -> None:
        for key in self.executed:
            groups = self.seen(key)["review"]["review_groups_data"]
            assert {group["status"] for group in groups} == {"APPROVED"}


def test_whatever_comes_between_a_call_and_its_answer_nothing_contradicts_itself(
    service: Callable[..., Service],
) -> None:
    machine = type("Machine", (Interleaved,), {"make": staticmethod(lambda: service("executions"))})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=15))
