"""What can be answered at once is answered before the app looks for a route, and as the app would answer it."""

import pytest

from mockhoop.scenario.rules import NamedFault
from mockhoop.scenario.script_model import Delay, Fault, Matching, Respond

from .scripted import ONE, TWO
from .test_repeats_with_rules import Rule, line

SLOW = NamedFault("slow", Fault(when=Matching(path="/users"), delay=Delay(fixed=1)))
AWAY = NamedFault("away", Fault(when=Matching(path="/connections"), respond=Respond(status=503)))


@pytest.mark.parametrize(
    "target",
    [
        "/sessions?limit=2",
        f"/sessions/{ONE}",
        f"/sessions/{TWO}?expand=nothing",
        f"/sessions/{TWO}/result/stream",
        "/sessions/",
        "/sessions?limit=%zz",
        "/nowhere",
        "/openapiv3.json",
        "/healthz",
        "/users",
        "/connections",
        "/sessions?__code=404",
        f"/sessions?{'x' * 70_000}",
    ],
)
@pytest.mark.parametrize("token", ["ada", "nobody"])
async def test_an_answer_is_that_of_the_app(target: str, token: str) -> None:
    rules: list[Rule] = [SLOW, AWAY]
    async with line(rules, repeats=True) as one, line(rules, repeats=False) as other:
        assert await one.ask(target, token) == await other.ask(target, token)
        assert one.noted() == other.noted()


@pytest.mark.parametrize("path", ["/__mockhoop/worlds", "/%5F_mockhoop/worlds", "/__%6dockhoop/worlds"])
async def test_the_control_api_is_reached_however_its_path_is_written(path: str) -> None:
    async with line([], repeats=True) as one:
        told = await one.ask_for(path)
        assert told.startswith(b"HTTP/1.1 200 ")
        assert b'"name":"default"' in told
        assert one.noted() == []


async def test_a_caller_who_waits_to_be_told_to_go_on_is_told() -> None:
    async with line([], repeats=True) as one:
        assert (await one.ask("/sessions", more="Expect: 100-continue\r\n")).startswith(b"HTTP/1.1 100 ")
