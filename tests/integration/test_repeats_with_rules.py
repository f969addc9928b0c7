"""Calls are answered again where a scenario has rules as well, as long as none of them is meant for such a call."""

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from mockhoop.contract.document import load_contract
from mockhoop.exchange import Exchange
from mockhoop.messages import AnyCase, Call
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import parse_scenario
from mockhoop.scenario.rules import FAULTS, STATES, TIMELINE, Cue, NamedFault, Position
from mockhoop.scenario.script_model import (
    ChangeUser,
    Enter,
    Fault,
    Matching,
    Occasion,
    RateLimit,
    Remove,
    Respond,
    TimelineEntry,
    UserChange,
)
from mockhoop.server import loops
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.server.runner import set_up
from mockhoop.service import Service
from mockhoop.world.changes import Put
from mockhoop.world.world import World

from .scripted import ONE, OPENING, TWO

# In a world with a clock of its own nothing is answered again: its headers tell the time.
BEGINNING = re.sub(r"(?m)^clock: .*$", "", OPENING)
REPERTOIRE = Repertoire(
    Settings(contract=spec_dir() / "hoop.yaml"),
    load_contract(spec_dir() / "hoop.yaml"),
    parse_scenario(BEGINNING, "beginning.yaml"),
)
LIST, SESSION = "GET /sessions", "GET /sessions/{session_id}"
HOUR = 3600 * 10**9
Rule = NamedFault | Cue


class Line:
    """One connection to a server, and the world that it serves."""

    def __init__(self, world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.world = world
        self._reader = reader
        self._writer = writer

    async def ask(self, target: str, token: str = "ada", tag: str = "", more: str = "") -> bytes:
        """The answer as it is on the wire, but for its date."""
        return await self.ask_for(f"/api{target}", f"Authorization: Bearer {token}\r\nX-Tag: {tag}\r\n{more}")

    async def ask_for(self, target: str, headers: str = "") -> bytes:
        """The same for a target whatever is in front of it."""
        self._writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
        told = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", told)
        body = await self._reader.readexactly(int(length[1])) if length else b""
        if b"chunked" in told.lower():
            body = await self._reader.readuntil(b"0\r\n\r\n")
        return re.sub(rb"(?m)^Date: .*$", b"", told) + body

    def noted(self) -> list[Any]:
        """What the journal has of each call, but for its time."""
        return [
            (
                one.number,
                (one.call.raw_path, one.call.raw_query),
                (one.operation, one.caller, one.responder, one.refused),
                (one.reply.status, one.reply.body),
                (one.rules, [fired.rule for fired in one.fired], len(one.effects), one.violations),
            )
            for one in self.world.journal
        ]

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def line(rules: Iterable[Rule], *, repeats: bool) -> Any:
    """A connection to a server of its own, in whose world there are rules."""
    service = Service(REPERTOIRE)
    world = service.world
    world.apply([Put(TIMELINE if isinstance(rule, Cue) else FAULTS, rule) for rule in rules])
    world.apply([Put(STATES, Position("a", world.clock.now()))])
    app = make_app(service)
    runner = web.AppRunner(app, access_log=None)
    await (set_up(runner, app[ADAPTER]) if repeats else runner.setup())
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made = Line(world, *await asyncio.open_connection("127.0.0.1", runner.addresses[0][1]))
    try:
        yield made
    finally:
        made.close()
        await runner.cleanup()


def rules_of(*rules: Fault | TimelineEntry) -> list[Rule]:
    """Rules under names."""
    return [
        NamedFault(f"rule-{place}", rule) if isinstance(rule, Fault) else Cue(f"rule-{place}", rule)
        for place, rule in enumerate(rules)
    ]


def looked_at(rules: Sequence[Rule], target: str, times: int = 3) -> list[bool]:
    """Whether each of some equal calls has to be looked at, as far as the rules say."""
    pipeline = Service(REPERTOIRE).pipeline
    pipeline.world.apply([Put(TIMELINE if isinstance(rule, Cue) else FAULTS, rule) for rule in rules])
    path, _, query = target.partition("?")
    told = []
    for _ in range(times):
        call = Call("GET", f"/api{path}", query, AnyCase({"Authorization": "Bearer ada"}))
        exchange = pipeline.answer(call)
        assert isinstance(exchange, Exchange)
        told.append(pipeline.again(exchange) is None)
    return told


@pytest.mark.parametrize(
    "rule",
    [
        Fault(when=Matching(operation=LIST, query={"limit": "9"}), respond=Respond(status=418)),
        Fault(when=Matching(operation=LIST, headers={"x-tag": "*"}), share=0.5, respond=Respond(status=418)),
        Fault(when=Matching(caller="erin@*"), rate_limit=RateLimit(requests=1, per=HOUR)),
        Fault(when=Matching(), in_="elsewhere", respond=Respond(status=418)),
        TimelineEntry(when=Occasion(operation=LIST, query={"limit": "9"}, nth=2), do=(Enter(enter="b"),)),
        TimelineEntry(when=Occasion(), in_="elsewhere", do=(Enter(enter="b"),)),
    ],
)
def test_a_call_that_no_rule_is_meant_for_is_steady(rule: Fault | TimelineEntry) -> None:
    assert looked_at(rules_of(rule), "/sessions?limit=3") == [False, False, False]


@pytest.mark.parametrize(
    "rule",
    [
        Fault(when=Matching(operation=LIST), skip=100, respond=Respond(status=418)),
        Fault(when=Matching(operation=LIST), share=1e-9, respond=Respond(status=418)),
        Fault(when=Matching(operation=LIST), rate_limit=RateLimit(requests=100, per=HOUR)),
        TimelineEntry(when=Occasion(operation=LIST, nth=100), do=(Enter(enter="b"),)),
        TimelineEntry(when=Occasion(operation=LIST), times=None, do=(Enter(enter="a"),)),
    ],
)
def test_a_call_that_a_rule_only_counts_is_looked_at_each_time(rule: Fault | TimelineEntry) -> None:
    assert looked_at(rules_of(rule), "/sessions?limit=3") == [True, True, True]


def test_a_call_is_steady_once_the_rule_for_it_is_used_up() -> None:
    rule = TimelineEntry(when=Occasion(operation=LIST, nth=2), times=1, do=(Enter(enter="b"),))
    assert looked_at(rules_of(rule), "/sessions?limit=3", times=4) == [True, True, False, False]


def test_what_reading_moves_on_is_looked_at_until_it_has_moved() -> None:
    told = f"{BEGINNING}\nprogress: {{reviews: {{reads: 2}}}}\n"
    pipeline = Service(Repertoire(REPERTOIRE.settings, REPERTOIRE.contract, parse_scenario(told, "told.yaml"))).pipeline
    erin = AnyCase({"Authorization": "Bearer erin"})
    asked = pipeline.answer(Call("POST", "/api/sessions", "", erin, b'{"connection": "reviewed", "script": "x"}'))
    assert isinstance(asked, Exchange)
    key = json.loads(asked.reply.body)["session_id"]
    reads = [pipeline.answer(Call("GET", f"/api/sessions/{key}", "", erin)) for _ in range(3)]
    assert [isinstance(read, Exchange) and read.steady is not None for read in reads] == [False, False, True]


NO = st.none()
STATE = NO | st.sampled_from(["a", "b"])
CONDITIONS: dict[str, Any] = {
    "operation": st.sampled_from([None, LIST, SESSION]),
    "query": NO | st.sampled_from([{"limit": "3"}, {"limit": "[12]"}, {"offset": "0", "limit": "?"}]),
    "headers": NO | NO | st.just({"x-tag": "b"}),
    "caller": NO | NO | st.sampled_from(["erin@*", "ada@example.com"]),
    "session": NO | NO | st.sampled_from([ONE, TWO]),
}
FAULT_RULES = st.builds(
    Fault,
    when=st.builds(Matching, **CONDITIONS),
    in_=STATE,
    skip=st.integers(0, 4),
    times=st.sampled_from([None, 1, 2]),
    share=st.sampled_from([1.0, 0.5]),
    respond=st.sampled_from([None, Respond(status=418, body="short and stout")]),
    rate_limit=NO | st.just(RateLimit(requests=3, per=HOUR)),
    expired_credentials=st.booleans(),
)
ENTRIES = st.builds(
    TimelineEntry,
    when=st.builds(Occasion, nth=st.sampled_from([None, 2, 3, 4]), **CONDITIONS),
    in_=STATE,
    times=st.sampled_from([None, 1, 2]),
    do=st.sampled_from(
        [
            (Enter(enter="a"),),
            (Enter(enter="b"),),
            (Remove(remove=TWO),),
            (ChangeUser(user=UserChange(email="erin@example.com", status="inactive")),),
        ]
    ),
)
TARGETS = [
    "/sessions?limit=3",
    "/sessions?limit=1&offset=0",
    f"/sessions/{ONE}",
    f"/sessions/{TWO}",
    f"/sessions/{TWO}?expand=x",
    "/nowhere",
]
CALLS = st.tuples(st.sampled_from(TARGETS), st.sampled_from(["ada", "erin", "nobody"]), st.sampled_from(["", "b"]))


@settings(max_examples=100)
@given(
    rules=st.lists(st.one_of(FAULT_RULES, ENTRIES), max_size=4),
    calls=st.lists(CALLS, min_size=1, max_size=3).flatmap(
        lambda some: st.lists(st.sampled_from(some), min_size=5, max_size=25)
    ),
)
def test_a_server_answers_as_one_that_looks_at_every_call(
    rules: list[Fault | TimelineEntry], calls: list[tuple[str, str, str]]
) -> None:
    async def compared() -> None:
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(line(rules_of(*rules), repeats=True))
            other = await stack.enter_async_context(line(rules_of(*rules), repeats=False))
            for call in calls:
                assert await one.ask(*call) == await other.ask(*call)
            assert one.noted() == other.noted()

    loops.run(compared())
