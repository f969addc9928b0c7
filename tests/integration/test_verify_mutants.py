"""Whoever gets something wrong is found out: one mistake at a time, made by a server between verify and a mock."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import load_scenario, resolve_scenario
from mockhoop.testing.embedded import Mockhoop
from mockhoop.transport import Upstream
from mockhoop.verify.outcome import Report
from mockhoop.verify.pace import Pace
from mockhoop.verify.run import verify
from mockhoop.verify.target import Target, Wanted

from .tampering import Answered, Asked, Send, Tamper, honest, in_between

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
ADA, DORA, ERIN, FINN, JOHN, OTTO = "ada", "dora", "erin", "finn", "john", "otto"
ONE = r"/sessions/[^/]+"


@pytest.fixture(scope="module")
def server() -> Iterator[Mockhoop]:
    with Mockhoop("empty") as made:
        yield made


async def verified(url: str, scenario: str) -> Report:
    """What verify says of a server that plays a scenario."""
    report = Report(target=url, contract="hoop.yaml")
    target = Target(upstream=Upstream(base_url=f"{url}/api"), contract=CONTRACT, may_write=True)
    wanted = Wanted(scenarios={scenario: load_scenario(resolve_scenario(scenario))})
    await verify(target, wanted, Pace(), report, lambda label: lambda done, total: None)
    return report


def answers(call: str, change: Callable[[Answered], Answered], status: int = 0, by: str = "") -> Tamper:
    """Changes the answers to some calls: to those with a status, or of somebody, where that is said."""

    async def tamper(asked: Asked, send: Send) -> Answered:
        answer = await send(asked)
        meant = re.fullmatch(call, f"{asked.method} {asked.path}") and by in ("", asked.token)
        return change(answer) if meant and status in (0, answer.status) else answer

    return tamper


def bodies(call: str, change: Callable[[Any], Any], status: int = 200) -> Tamper:
    """Changes the JSON bodies of some answers."""
    return answers(call, lambda answer: answer.having(change(answer.json)), status)


def calls(call: str, change: Callable[[Asked], Asked], by: str = "") -> Tamper:
    """Passes some calls on as others."""

    async def tamper(asked: Asked, send: Send) -> Answered:
        meant = re.fullmatch(call, f"{asked.method} {asked.path}") and by in ("", asked.token)
        return await send(change(asked) if meant else asked)

    return tamper


def without(name: str) -> Callable[[Any], Any]:
    return lambda body: {key: value for key, value in body.items() if key != name}


def having(**fields: Any) -> Callable[[Any], Any]:
    return lambda body: {**body, **fields}


def status(number: int) -> Callable[[Answered], Answered]:
    return lambda answer: replace(answer, status=number)


def in_page(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda body: {**body, "data": [change(one) for one in body["data"]]}


def success(answer: Answered) -> Answered:
    ran = {"output_status": "success", "exit_code": 0, "has_review": False, "truncated": False, "execution_time": 1}
    return replace(answer, status=200).having({**ran, "output": "", "session_id": "", "ai_analysis": None})


def shifted(asked: Asked) -> Asked:
    offset = int(asked.query.get("offset", 0))
    return replace(asked, query={**asked.query, "offset": str(offset + 1)}) if offset else asked


def shorter(asked: Asked) -> Asked:
    limit = int(asked.query.get("limit", 20))
    return replace(asked, query={**asked.query, "limit": str(limit - 1)}) if limit > 1 else asked


class Remembering:
    """A link whose file is kept, and given again to whoever asks again."""

    def __init__(self) -> None:
        self.files: dict[str, Answered] = {}

    async def __call__(self, asked: Asked, send: Send) -> Answered:
        answer = await send(asked)
        token = asked.query.get("token", "")
        if answer.status == 200 and token:
            self.files[token] = answer
        return self.files.get(token, answer)


async def all_groups_at_once(asked: Asked, send: Send) -> Answered:
    answer = await send(asked)
    if asked.method == "PUT" and asked.token == DORA and asked.json == {"status": "APPROVED"}:
        return await send(asked.by(JOHN))
    return answer


async def rejection_is_lost(asked: Asked, send: Send) -> Answered:
    if asked.method == "PUT" and (asked.json or {}).get("status") == "REJECTED":
        session = re.search(ONE, asked.path)
        told = replace(asked, method="GET", path=f"/reviews/{session[0].split('/')[2]}" if session else asked.path)
        return await send(replace(told, body=b""))
    return await send(asked)


async def nobody_is_killed(asked: Asked, send: Send) -> Answered:
    if asked.path.endswith("/kill") and asked.token == ERIN:
        return Answered(204, {"Content-Type": "application/json; charset=utf-8"})
    return await send(asked)


async def a_guess_burns_nothing(asked: Asked, send: Send) -> Answered:
    if asked.query.get("token") == "guessed":
        return Answered(401, {"Content-Type": "application/json"}).having({"message": "unauthorized", "status": 401})
    return await send(asked)


async def anybody_is_let_in(asked: Asked, send: Send) -> Answered:
    return await send(asked.by(ADA) if asked.token == "of-nobody" else asked)


async def nobody_is_asked(asked: Asked, send: Send) -> Answered:
    known = asked.token or "download" in asked.path
    return await send(asked if known else asked.by(ADA))


@dataclass(frozen=True)
class Mutant:
    """A mistake, and the step that has to find it."""

    tamper: Callable[[], Tamper]
    found_by: str
    scenario: str = "contract-story"


def mutant(tamper: Tamper, found_by: str, scenario: str = "contract-story") -> Mutant:
    return Mutant(lambda: tamper, found_by, scenario)


MUTANTS = {
    "a wrong status of a success": mutant(
        answers("POST /sessions", status(201), 200), "a script that needs a review does not run"
    ),
    "a wrong status of a refusal": mutant(answers(f"GET {ONE}", status(404), 403), "a stranger does not"),
    "a wrong text of a refusal": mutant(
        bodies(f"PUT {ONE}/review", having(message="you may not approve your own review"), 400),
        "she may not approve it herself",
    ),
    "a wrong text where nothing is": mutant(
        bodies(f"GET {ONE}", having(message="session not found"), 404), "a session that there is not"
    ),
    "a missing field": mutant(bodies(f"GET {ONE}", without("end_date")), "it waits for both groups"),
    "a missing field in a list": mutant(
        bodies("GET /sessions", in_page(without("script"))), "it is the newest of hers"
    ),
    "null for what has to be there": mutant(bodies(f"GET {ONE}", having(id=None)), "it waits for both groups"),
    "a text for a number": mutant(bodies(f"GET {ONE}", having(script_size="8")), "it waits for both groups"),
    "a wrong content type": mutant(
        answers(f"GET {ONE}", lambda one: replace(one, headers={**one.headers, "Content-Type": "text/html"}), 200),
        "it waits for both groups",
    ),
    "no JSON at all": mutant(
        answers("GET /reviews", lambda one: replace(one, body=b"<html>"), 200), "the review is in the list"
    ),
    "a header that is lost": mutant(
        answers(
            f"GET {ONE}/download",
            lambda one: replace(one, headers={k: v for k, v in one.headers.items() if k != "Content-Disposition"}),
        ),
        "whoever has the link downloads it",
    ),
    "approved by one group of two": mutant(
        bodies(f"PUT {ONE}/review", having(status="APPROVED")), "one of two groups approves"
    ),
    "one approval for all groups": mutant(all_groups_at_once, "one of two groups approves"),
    "an own approval": mutant(
        calls(f"PUT {ONE}/review", lambda one: one.by(JOHN), ERIN), "she may not approve it herself"
    ),
    "an auditor who approves": mutant(
        calls(f"PUT {ONE}/review", lambda one: one.by(JOHN), OTTO), "an auditor may not approve it"
    ),
    "a stranger who approves": mutant(
        calls(f"PUT {ONE}/review", lambda one: one.by(JOHN), FINN), "a stranger may not approve it"
    ),
    "a run before the approval": mutant(answers(f"POST {ONE}/exec", success, 403), "she may not run it yet"),
    "a rejection that is lost": mutant(rejection_is_lost, "it is rejected, with a reason"),
    "a reason that is lost": mutant(
        bodies(f"PUT {ONE}/review", without("rejection_reason")), "it is rejected, with a reason"
    ),
    "a review that stays approved after the run": mutant(
        bodies(
            f"GET {ONE}",
            lambda one: (
                {**one, "review": {**one["review"], "status": "APPROVED"}}
                if (one.get("review") or {}).get("status") == "EXECUTED"
                else one
            ),
        ),
        "it is done",
    ),
    "a kill that does nothing": mutant(nobody_is_killed, "it was killed"),
    "a stranger who kills": mutant(
        calls(f"POST {ONE}/kill", lambda one: one.by(ADA), FINN), "a stranger may not kill it"
    ),
    "a link that works twice": Mutant(Remembering, "a link works once"),
    "a wrong token that burns nothing": mutant(a_guess_burns_nothing, "and burns the link"),
    "a link that never expires": mutant(
        answers(f"GET {ONE}/download", status(200), 410), "one that has expired", "downloads"
    ),
    "a file with one byte too many": mutant(
        answers(f"GET {ONE}/download", lambda one: replace(one, body=one.body + b"\n"), 200),
        "whoever has the link downloads it",
    ),
    "a token that nobody has": mutant(anybody_is_let_in, "a token that nobody has"),
    "a list for whoever asks": mutant(nobody_is_asked, "a list without a token"),
    "a session that strangers see": mutant(calls(f"GET {ONE}", lambda one: one.by(ADA), FINN), "a stranger does not"),
    "a list of what others did": mutant(calls("GET /sessions", lambda one: one.by(ADA), FINN), "a stranger lists none"),
    "a wrong order": mutant(
        bodies("GET /sessions", lambda one: {**one, "data": one["data"][::-1]}), "the first page, newest first"
    ),
    "a page that begins one too late": mutant(calls("GET /sessions", shifted), "the last page"),
    "a page that is one too short": mutant(calls("GET /sessions", shorter), "the first page, newest first"),
    "a limit that is ignored": mutant(
        calls("GET /sessions", lambda one: one.without("limit")), "the first page, newest first"
    ),
    "a total that counts one too many": mutant(
        bodies("GET /sessions", lambda one: {**one, "total": (one["total"] or 0) + 1}), "the first page, newest first"
    ),
    "a total of the page alone": mutant(
        bodies("GET /sessions", lambda one: {**one, "total": len(one["data"])}), "the first page, newest first"
    ),
    "a count that was not wanted": mutant(calls("GET /sessions", lambda one: one.without("count")), "nobody counts"),
    "a next page that there is not": mutant(bodies("GET /sessions", having(has_next_page=True)), "the last page"),
    "a next page that is not told": mutant(
        bodies("GET /sessions", having(has_next_page=False)), "the first page, newest first"
    ),
    "a filter that is ignored": mutant(
        calls("GET /sessions", lambda one: one.without("connection")), "of the other connection there are none"
    ),
    "a filter by review that is ignored": mutant(
        calls("GET /sessions", lambda one: one.without("review.status")), "none of them was reviewed"
    ),
    "a limit of zero that is taken": mutant(
        answers("GET /sessions", status(200), 422), "a page without room is refused"
    ),
    "a rate limit that there is not": mutant(
        answers("GET /sessions", status(200), 429), "the sixth is one too many", "rate-limited"
    ),
}


async def judged(server: Mockhoop, tamper: Tamper, scenario: str) -> Report:
    async with in_between(server.url, tamper) as url:
        return await verified(url, scenario)


@pytest.mark.parametrize("scenario", ["contract-story", "downloads", "rate-limited"])
async def test_a_server_in_the_middle_that_is_honest_passes(server: Mockhoop, scenario: str) -> None:
    report = await judged(server, honest, scenario)
    assert [(step.name, step.problems) for _, step in report.failures] == []
    assert report.exit_code == 0


@pytest.mark.parametrize("name", MUTANTS)
async def test_a_mistake_is_found_by_the_step_that_is_about_it(server: Mockhoop, name: str) -> None:
    one = MUTANTS[name]
    report = await judged(server, one.tamper(), one.scenario)
    assert report.exit_code == 1
    assert one.found_by in {step.name for _, step in report.failures}
