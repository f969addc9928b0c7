"""Whatever the order of concurrent calls, the outcome is that of some serial order of them (section 6.2)."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockhoop.exchange import Waiting
from mockhoop.messages import Call
from mockhoop.world.changes import MoveClock

from .execution_calls import LONG, PENDING, REVIEWED, execute, run, send, session

TOKENS = ["erin", "ada", "john"]


@pytest.mark.parametrize(
    ("session_id", "outcomes"), [(REVIEWED, {200: 1, 403: 19}), (LONG, {202: 1, 409: 19})], ids=["quick", "long"]
)
async def test_of_twenty_who_run_a_session_at_once_one_does(
    api: Any, session_id: str, outcomes: dict[int, int]
) -> None:
    gateway = await api("executions")
    told = await asyncio.gather(*(execute(gateway, session_id) for _ in range(20)))
    assert Counter(one.status for one in told) == outcomes


async def test_of_twenty_who_run_a_session_on_a_running_clock_one_does(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "running.yaml"
    path.write_text(
        "mockhoop: 1\nclock: {frozen: false}\nsessions:\n"
        "  - {id: 00000000-0000-4000-8000-0000000000ff, user: erin@example.com, connection: reviewed, script: uptime,\n"
        "     started: -1h, review: {status: APPROVED}}\n"
        "executions: [{when: {script: uptime}, takes: 2s}]\n"  # long enough for all calls to come meanwhile
    )
    gateway = await api("executions", path)
    told = await asyncio.gather(*(execute(gateway, "00000000-0000-4000-8000-0000000000ff") for _ in range(20)))
    assert Counter(one.status for one in told) == {200: 1, 409: 19}


async def test_fifty_new_sessions_at_once_are_fifty_sessions_in_order(api: Any) -> None:
    gateway = await api("executions")
    told = await asyncio.gather(*(run(gateway, "exit 1") for _ in range(50)))
    ids = {one.json["session_id"] for one in told}
    listed = (await send(gateway, "GET", "/sessions?limit=50", token="ada")).json["data"]
    assert {one["id"] for one in listed} == ids
    assert len({one["start_date"] for one in listed}) == 50


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("exec"), st.sampled_from([REVIEWED, LONG, PENDING]), st.sampled_from(TOKENS)),
        st.tuples(st.just("approve"), st.just(PENDING), st.sampled_from(["john", "dora"])),
        st.tuples(st.just("answer"), st.integers(0, 5), st.just("")),
        st.tuples(st.just("wait"), st.integers(0, 90), st.just("")),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_session_is_run_at_most_once(service: Any, steps: list[tuple[str, Any, str]]) -> None:
    pipeline = service("executions").pipeline
    began: Counter[str] = Counter()
    waiting: list[Waiting] = []
    for kind, about, token in steps:
        if kind == "wait":
            pipeline.world.apply([MoveClock(pipeline.world.clock.now() + about * 1_000_000_000)])
        elif kind == "answer":
            if about < len(waiting):
                pipeline.world.apply([MoveClock(waiting[about].later.until)])
                answer = pipeline.resume(waiting.pop(about))
                assert answer.reply.status in (200, 202)
        else:
            outcome = pipeline.answer(_call(kind, about, token))
            if isinstance(outcome, Waiting):
                began[about] += 1
                waiting.append(outcome)
            else:
                assert kind == "approve" or outcome.reply.status in (403, 409)
    assert all(count == 1 for count in began.values())


def _call(kind: str, session_id: str, token: str) -> Call:
    method, path = ("POST", "exec") if kind == "exec" else ("PUT", "review")
    body = b"" if kind == "exec" else json.dumps({"status": "APPROVED"}).encode()
    headers = CIMultiDict({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return Call(method, f"/api/sessions/{session_id}/{path}", "", headers, body)


async def test_a_killed_and_a_finished_run_agree_on_who_was_first(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 70")).json["session_id"]
    kills = [send(gateway, "POST", f"/sessions/{running}/kill") for _ in range(5)]
    told = await asyncio.gather(*kills, run(gateway, "sleep 20"))
    assert [one.status for one in told] == [204] * 5 + [200]
    stored = await session(gateway, running, "utf8")
    # The first ends what runs; those after it find a session that is over, and its recording is lost.
    assert (stored["exit_code"], stored["event_stream"]) == (254, ["no log found on disk"])
