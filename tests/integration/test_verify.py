"""verify against a mock, and against a gateway that lets nobody behind the scenes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.errors import UsageError
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import load_scenario, parse_scenario, resolve_scenario, shipped_scenarios
from mockhoop.testing.embedded import Mockhoop
from mockhoop.transport import TransportError, Upstream
from mockhoop.verify.needs import needs
from mockhoop.verify.outcome import LATE, Part, Report, State
from mockhoop.verify.pace import Pace
from mockhoop.verify.run import verify
from mockhoop.verify.target import Target, Wanted

from .little_servers import saying
from .tampering import Answered, Asked, Send, honest, in_between

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
STORY = "contract-story"

# A gateway with people, groups and connections of its own.
ELSEWHERE = """\
mockhoop: 1
users:
  - {name: Root, email: root@corp.example, groups: [admin], token: of-root}
  - {name: Audrey, email: audrey@corp.example, groups: [auditor], token: of-audrey}
  - {name: Bea, email: bea@corp.example, groups: [banking], token: of-bea}
  - {name: Carl, email: carl@corp.example, groups: [operations], token: of-carl}
  - {name: Dev, email: dev@corp.example, groups: [developers], token: of-dev}
  - {name: Eve, email: eve@corp.example, groups: [sales], token: of-eve}
connections:
  - {name: ledger, type: database, subtype: postgres, reviewers: [banking, operations]}
  - {name: sandbox, type: database, subtype: postgres}
sessions:
  - {generate: 30}
"""
NAMES = {"connection": "ledger", "plain": "sandbox", "dba": "banking", "sre": "operations"}
TOKENS = {
    "otto@example.com": "of-audrey",
    "dora@example.com": "of-bea",
    "john.wick@bad.org": "of-carl",
    "erin@example.com": "of-dev",
    "finn@example.com": "of-eve",
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mockhoop]:
    with Mockhoop("default") as made:
        yield made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Mockhoop]:
    (tmp_path / "elsewhere.yaml").write_text(ELSEWHERE)
    with Mockhoop(tmp_path / "elsewhere.yaml") as made:
        yield made


class Watching:
    """Takes note of calls, and of those that change something."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def changing(self) -> list[str]:
        return [one for one in self.asked if not one.startswith(("GET ", "HEAD "))]

    async def __call__(self, asked: Asked, send: Send) -> Answered:
        self.asked.append(f"{asked.method} {asked.path}?{'&'.join(asked.query)}")
        return await send(asked)


def scenarios(*names: str) -> dict[str, Any]:
    return {name: load_scenario(resolve_scenario(name)) for name in names}


def target(url: str, **told: Any) -> Target:
    upstream = Upstream(base_url=url, headers=told.pop("headers", ()))
    return Target(upstream=upstream, contract=CONTRACT, **{"may_write": True, **told})


async def verified(target: Target, wanted: Wanted, pace: Pace | None = None) -> Report:
    report = Report(target=target.upstream.base_url, contract="hoop.yaml")
    await verify(target, wanted, pace or Pace(), report, lambda label: lambda done, total: None)
    return report


def failed(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(part.name, step.name, step.problems) for part, step in report.failures]


def part(report: Report, name: str) -> Part:
    return next(one for one in report.parts if one.name == name)


# A mock


async def test_every_shipped_scenario_that_expects_something_passes(mock: Mockhoop) -> None:
    loaded = {name: load_scenario(path) for name, path in shipped_scenarios().items()}
    report = await verified(target(mock.api_url), Wanted(scenarios={n: one for n, one in loaded.items() if one.expect}))
    assert failed(report) == []
    assert report.count(State.SKIPPED) == 0
    assert report.count(State.PASSED) > 140
    assert report.exit_code == 0


async def test_nothing_is_left_of_it_in_the_mock(mock: Mockhoop) -> None:
    before = mock.world().state.sessions
    ids = {one["id"] for one in before}
    await verified(target(mock.api_url), Wanted(scenarios=scenarios(STORY), examples=1, include=("GET /reviews",)))
    assert {one["id"] for one in mock.world().state.sessions} == ids
    assert [one["name"] for one in mock.client.call("GET", "worlds")] == ["default"]


async def test_a_scenario_of_which_a_step_fails_says_where_the_answer_differs(mock: Mockhoop) -> None:
    text = (
        "mockhoop: 1\nusers: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\n"
        'expect: [{name: ten, call: "GET /sessions", status: 200, body: {total: 10, data: {length: 0}}}]\n'
    )
    report = await verified(target(mock.api_url), Wanted(scenarios={"mine": parse_scenario(text, "mine.yaml")}))
    assert failed(report) == [("mine", "ten", ("body/total: it is 0, not 10",))]
    assert report.exit_code == 1


async def test_a_scenario_that_the_mock_refuses_fails_and_the_others_are_played(mock: Mockhoop) -> None:
    broken = parse_scenario("mockhoop: 1\nexpect: [{call: GET /sessions}]\n", "b.yaml")
    source = broken.sources[0]
    source.text = "mockhoop: 2\n"
    report = await verified(
        target(mock.api_url), Wanted(scenarios={"broken": broken, **scenarios("documented-example")})
    )
    assert [(one, step) for one, step, _ in failed(report)] == [("broken", "the world begins")]
    assert part(report, "documented-example").count(State.PASSED) == 1


# A gateway that is like a real one: its control API is closed, and who and what is there is called otherwise


async def test_the_story_is_played_at_a_gateway_with_people_and_names_of_its_own(elsewhere: Mockhoop) -> None:
    async with in_between(elsewhere.url, honest, control=False) as url:
        told = target(f"{url}/api", token="of-root", tokens=TOKENS)
        report = await verified(told, Wanted(scenarios=scenarios(STORY), values=NAMES))
    assert failed(report) == []
    assert report.about == "a gateway"
    assert report.count(State.SKIPPED) == 0
    assert report.count(State.PASSED) > 50


def test_of_the_shipped_scenarios_the_story_alone_is_for_any_gateway() -> None:
    loaded = {name: load_scenario(path) for name, path in shipped_scenarios().items()}
    assert [name for name, one in loaded.items() if one.expect and not needs(one)] == [STORY]


async def test_what_needs_a_mock_is_left_out_and_said_so(elsewhere: Mockhoop) -> None:
    async with in_between(elsewhere.url, honest, control=False) as url:
        report = await verified(target(f"{url}/api", token="of-root"), Wanted(scenarios=scenarios("rate-limited")))
    assert part(report, "rate-limited").why == (
        "it needs a mockhoop of ours to play in: sessions that are there already, faults, a clock that can be moved"
    )
    assert report.exit_code == 0


async def test_who_has_no_token_is_skipped_with_all_that_follows(elsewhere: Mockhoop) -> None:
    tokens = {email: token for email, token in TOKENS.items() if email != "dora@example.com"}
    async with in_between(elsewhere.url, honest, control=False) as url:
        told = target(f"{url}/api", token="of-root", tokens=tokens)
        report = await verified(told, Wanted(scenarios=scenarios(STORY), values=NAMES))
    assert failed(report) == []
    why = {step.name: step.why for step in part(report, STORY).steps if step.state is State.SKIPPED}
    assert (
        why["one of two groups approves"]
        == "the token of dora@example.com is not known: give --user dora@example.com=TOKEN"
    )
    assert why["it runs"] == 'it follows on a call that was not made: "one of two groups approves"'
    assert "it is rejected, with a reason" not in why


async def test_without_leave_to_write_nothing_is_changed(elsewhere: Mockhoop) -> None:
    watching = Watching()
    async with in_between(elsewhere.url, watching, control=False) as url:
        told = target(f"{url}/api", token="of-root", tokens=TOKENS, may_write=False)
        report = await verified(told, Wanted(scenarios=scenarios(STORY), values=NAMES, examples=1))
    assert failed(report) == []
    assert watching.changing == []
    assert [one for one in watching.asked if "/download" in one or "extension" in one or "login" in one] == []
    assert part(report, STORY).count(State.PASSED) >= 6
    assert part(report, "contract").count(State.PASSED) > 60


async def test_reading_that_changes_something_needs_leave_too(elsewhere: Mockhoop) -> None:
    session = next(iter(elsewhere.world().state.sessions))["id"]
    text = (
        "mockhoop: 1\nusers: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\nexpect:\n"
        f'  - {{call: "GET /sessions/{session}?extension=csv"}}\n'
        f'  - {{call: "GET /sessions/{session}/download?token=no"}}\n'
        f'  - {{call: "GET /sessions/{session}"}}\n'
    )
    async with in_between(elsewhere.url, honest, control=False) as url:
        told = target(f"{url}/api", token="of-root", may_write=False)
        report = await verified(told, Wanted(scenarios={"mine": parse_scenario(text, "mine.yaml")}))
    assert [step.state.value for step in part(report, "mine").steps] == ["skipped", "skipped", "passed"]


async def test_a_token_that_is_refused_is_told_before_anything_else(elsewhere: Mockhoop) -> None:
    async with in_between(elsewhere.url, honest, control=False) as url:
        told = target(f"{url}/api", token="of-root", tokens={"erin@example.com": "old"})
        with pytest.raises(UsageError, match=r"the token of erin@example.com is refused \(401\)"):
            await verified(told, Wanted(scenarios=scenarios(STORY)))


async def test_an_address_where_nobody_listens_is_told(mock: Mockhoop) -> None:
    with pytest.raises(TransportError, match="cannot be reached"):
        await verified(target("http://127.0.0.1:9/api"), Wanted())


async def test_a_server_that_dies_ends_the_run_and_what_was_seen_is_kept(mock: Mockhoop) -> None:
    calls = iter(range(100))

    async def dying(asked: Asked, send: Send) -> Answered:
        if next(calls) >= 7:
            raise asyncio.CancelledError  # the connection is closed, as by a process that has gone
        return await send(asked)

    async with in_between(mock.url, dying) as url:
        report = await verified(target(f"{url}/api"), Wanted(scenarios=scenarios(STORY, "pagination"), examples=1))
    assert [one.name for one in report.parts] == [STORY]
    assert report.exit_code == 2
    assert "broke off" in report.broken_off
    assert part(report, STORY).count(State.PASSED) == 7


async def test_an_answer_that_is_no_json_is_told(mock: Mockhoop) -> None:
    async def strange(asked: Asked, send: Send) -> Answered:
        return replace(await send(asked), body=b"<html>maintenance</html>")

    async with in_between(mock.url, strange) as url:
        report = await verified(target(f"{url}/api"), Wanted(scenarios=scenarios("documented-example")))
    assert "body: the answer has no JSON body: <html>maintenance</html>" in failed(report)[0][2]


async def test_after_the_time_limit_the_rest_is_skipped_and_that_is_no_success(mock: Mockhoop) -> None:
    now = iter(range(10_000))
    pace = Pace(limit=60, tick=lambda: float(next(now)))
    report = await verified(target(mock.api_url), Wanted(scenarios=scenarios(STORY), examples=1), pace)
    late = [step for step in part(report, STORY).steps if step.why == LATE]
    assert 0 < len(late) < 59
    assert part(report, "contract").why == LATE
    assert report.exit_code == 1


async def test_headers_go_with_every_call(mock: Mockhoop) -> None:
    seen: set[str] = set()

    async def watching(asked: Asked, send: Send) -> Answered:
        seen.add(asked.headers.get("X-Tenant", "none"))
        return await send(asked)

    async with in_between(mock.url, watching) as url:
        told = target(f"{url}/api", headers=(("X-Tenant", "blue"),))
        report = await verified(
            told, Wanted(scenarios=scenarios("documented-example"), examples=1, include=("GET /reviews",))
        )
    assert failed(report) == []
    assert seen == {"blue"}


async def test_a_token_takes_the_place_of_a_header_for_everybody(mock: Mockhoop) -> None:
    told = target(mock.api_url, headers=(("authorization", "Basic b3RoZXI="),))
    wanted = Wanted(scenarios=scenarios("documented-example"), examples=1, include=("GET /reviews",))
    report = await verified(told, wanted)
    shown = [step.exchange for one in report.parts for step in one.steps if step.exchange is not None]
    sent = [[value for name, value in one.request_headers if name.lower() == "authorization"] for one in shown]
    assert len(sent) > 1
    assert all(len(one) == 1 and one[0].startswith("Bearer ") for one in sent)


async def test_the_time_limit_ends_a_call_that_is_not_answered(mock: Mockhoop) -> None:
    async def silent(asked: Asked, send: Send) -> Answered:
        if asked.path.endswith("/sessions"):
            await asyncio.Event().wait()
        return await send(asked)

    async with in_between(mock.url, silent) as url:
        wanted = Wanted(scenarios=scenarios("documented-example"))
        report = await verified(target(f"{url}/api"), wanted, Pace(limit=1))
    assert {step.why for step in part(report, "documented-example").steps if step.state is State.SKIPPED} == {LATE}
    assert (failed(report), report.exit_code) == ([], 1)


async def test_a_time_limit_that_is_over_before_the_server_has_said_who_it_is_is_told() -> None:
    async with saying(then="stay") as server:
        report = await verified(target(server.url), Wanted(scenarios=scenarios("pagination")), Pace(limit=0.1))
    assert report.broken_off == "the time limit was over before anything could be verified"
    assert report.exit_code == 2


# The contract


async def test_a_time_limit_that_is_over_while_lists_are_asked_for_is_told(mock: Mockhoop) -> None:
    wanted = Wanted(examples=1, include=("GET /users*", "GET /reviews*", "GET /sessions*"))
    report = await verified(target(mock.api_url), wanted, Pace(rate=0.1, limit=0.5))
    assert [(one.why, one.steps) for one in report.parts] == [(LATE, [])]


async def test_calls_that_are_made_up_pass_at_a_mock(mock: Mockhoop) -> None:
    wanted = Wanted(examples=3, include=("GET /sessions*", "GET /reviews*", "POST /sessions"))
    report = await verified(target(mock.api_url), wanted)
    assert failed(report) == []
    assert report.calls > 12


async def test_calls_that_are_made_up_find_what_there_is(elsewhere: Mockhoop) -> None:
    found: set[int] = set()

    async def watching(asked: Asked, send: Send) -> Answered:
        answer = await send(asked)
        if asked.path.count("/") == 2:
            found.add(answer.status)
        return answer

    async with in_between(elsewhere.url, watching, control=False) as url:
        told = target(f"{url}/api", token="of-root", may_write=False)
        await verified(told, Wanted(examples=8, include=("GET /sessions", "GET /sessions/{session_id}")))
    assert 200 in found


@pytest.mark.parametrize(
    ("tamper", "operation", "problem"),
    [
        (
            lambda one: one.having({"data": 7}),
            "GET /sessions",
            "the contract is broken: body /data: 7 is not of type 'array'",
        ),
        (lambda one: replace(one, status=299), "GET /sessions", "the contract declares no answer with status 299"),
        (
            lambda one: replace(one, headers={"Content-Type": "text/html"}),
            "GET /reviews",
            "Valid mimetypes: ['application/json']",
        ),
    ],
)
async def test_answers_that_break_the_contract_are_found(
    mock: Mockhoop, tamper: Any, operation: str, problem: str
) -> None:
    async def tampering(asked: Asked, send: Send) -> Answered:
        answer = await send(asked)
        return tamper(answer) if answer.status == 200 else answer

    async with in_between(mock.url, tampering) as url:
        report = await verified(target(f"{url}/api"), Wanted(examples=3, include=(operation,)))
    assert [step for _, step, _ in failed(report)] == [operation]
    assert problem in " ".join(failed(report)[0][2])


async def test_an_answer_that_never_comes_is_a_failure_of_its_operation(mock: Mockhoop) -> None:
    never = asyncio.Event()

    async def stuck(asked: Asked, send: Send) -> Answered:
        if asked.path == "/reviews" and asked.headers.get("X-Schemathesis-TestCaseId"):
            await never.wait()
        return await send(asked)

    async with in_between(mock.url, stuck) as url:
        told = target(f"{url}/api")
        report = await verified(
            replace(told, upstream=replace(told.upstream, seconds=0.5)),
            Wanted(examples=1, include=("GET /reviews", "GET /userinfo")),
        )
        never.set()
    assert [(step, problems) for _, step, problems in failed(report)] == [
        ("GET /reviews", ("no answer came in 0.5 seconds (--timeout waits longer)",))
    ]
    assert report.exit_code == 1


async def test_a_gateway_that_asks_nobody_for_a_token_is_found(mock: Mockhoop) -> None:
    async def open_to_all(asked: Asked, send: Send) -> Answered:
        return await send(asked.by("ada"))

    async with in_between(mock.url, open_to_all) as url:
        report = await verified(target(f"{url}/api"), Wanted(examples=3, include=("GET /reviews",)))
    assert "ignored_auth" in " ".join(failed(report)[0][2])


async def test_without_schemathesis_the_scenarios_are_played(mock: Mockhoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.verify.contract.find_spec", lambda name: None)
    report = await verified(target(mock.api_url), Wanted(scenarios=scenarios("documented-example"), examples=1))
    assert "pip install 'mockhoop[verify]'" in part(report, "contract").why
    assert part(report, "documented-example").count(State.PASSED) == 1


async def test_an_operation_that_there_is_not_is_told_with_the_nearest(mock: Mockhoop) -> None:
    with pytest.raises(UsageError, match='no operation "GET /session" \\(did you mean "GET /sessions"\\?\\)'):
        await verified(target(mock.api_url), Wanted(examples=1, include=("GET /session",)))
