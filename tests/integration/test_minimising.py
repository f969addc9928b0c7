"""A journal is cut down to the calls that a failure needs, and the test that is written shows it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockhoop.errors import UsageError
from mockhoop.journals.entry import Entry
from mockhoop.journals.file import JournalFile
from mockhoop.replaying.drafting import drafted
from mockhoop.replaying.failures import Failure, like, named
from mockhoop.replaying.minimise import Minimal, minimise
from mockhoop.replaying.testfile import TestFile, server_settings

from .recorded import Recorder, origins

ONE = "00000000-0000-4000-8000-000000000001"
SCENARIO = f"""
mockhoop: 1
sign_in: {{method: local}}
users:
  - {{name: Ada, email: ada@example.com, groups: [admin], token: t-ada, password: adas-password}}
  - {{name: Erin, email: erin@example.com, groups: [engineering], token: t-erin}}
connections:
  - {{name: pg, type: database, subtype: postgres}}
  - {{name: reviewed, type: database, subtype: postgres, reviewers: [admin]}}
sessions:
  - {{id: {ONE}, user: erin@example.com, connection: pg, script: SELECT 1, events: [[0.1, o, one]]}}
"""


@pytest.fixture
def record(aiohttp_client: Any, service: Any, tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(aiohttp_client, service, tmp_path) as recorder:
        yield recorder


@pytest.fixture
def company(tmp_path: Path) -> Path:
    path = tmp_path / "company.yaml"
    path.write_text(SCENARIO)
    return path


def cut(journal: JournalFile, *kinds: str, failure: Failure | None = None) -> Minimal:
    found = minimise(journal, origins(journal), failure or named(kinds), lambda _: None)
    assert found is not None
    return found


def calls(minimal: Minimal) -> list[str]:
    return [f"{step.entry.method} {step.entry.operation.partition(' ')[2]}" for step in minimal.trial.steps]


def written(journal: JournalFile, *kinds: str, failure: Failure | None = None) -> str:
    """The test for a failure, which passes."""
    wanted = failure or named(kinds)
    text = TestFile(drafted(cut(journal, failure=wanted), origins(journal), wanted), journal).text()
    passes(text, Path(journal.name).parent)
    return text


def passes(text: str, folder: Path) -> None:
    """A test passes, and is as the formatter leaves it."""
    path = folder / "written" / "test_failure.py"
    path.parent.mkdir()
    path.write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    assert "1 passed" in done.stdout
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


async def run(served: Any, connection: str, token: str = "t-erin", script: str = "SELECT 1") -> str:
    status, body = await served.ask("POST", "/api/sessions", token, json={"connection": connection, "script": script})
    assert status in (200, 202), body
    return str(json.loads(body)["session_id"])


async def test_ids_that_the_world_makes_go_from_answers_into_later_calls(record: Recorder, company: Path) -> None:
    served = await record(company, check_responses=False)
    for script in ("SELECT 1", "SELECT 2"):
        await run(served, "pg", script=script)
        await served.ask("GET", "/api/sessions?limit=5", "t-erin")
    first, second = [await run(served, "reviewed", script=script) for script in ("SELECT 3", "SELECT 4")]
    await served.ask("PUT", f"/api/sessions/{first}/review", "t-ada", json={"status": "APPROVED"})
    await served.ask("GET", f"/api/sessions/{second}", "t-erin")
    for _ in range(2):
        await served.ask("PUT", f"/api/sessions/{second}/review", "t-ada", json={"status": "REJECTED"})
    journal = served.journal()
    assert calls(cut(journal, "status=400")) == [
        "POST /sessions",
        "PUT /sessions/{session_id}/review",
        "PUT /sessions/{session_id}/review",
    ]
    text = written(journal, "status=400")
    assert 'session_id = json.loads(answer.body)["session_id"]' in text
    assert text.count('f"/api/sessions/{session_id}/review"') == 2
    assert first not in text
    assert second not in text


async def test_a_link_is_taken_out_of_an_answer_and_time_goes_by_if_need_be(record: Recorder, company: Path) -> None:
    served = await record(company, check_responses=False)
    await served.ask("GET", "/api/sessions?limit=5", "t-erin")
    body = (await served.ask("GET", f"/api/sessions/{ONE}?extension=txt", "t-erin"))[1]
    await served.control("POST", "/clock/advance", {"by": "4m"})
    await served.ask("GET", "/api/sessions?limit=5", "t-erin")
    await served.control("POST", "/clock/advance", {"by": "3m"})
    link = json.loads(body)["download_url"].partition("/api")[2]
    assert (await served.ask("GET", f"/api{link}", None))[0] == 410
    text = written(served.journal(), "status=410")
    assert 'token = parse_qs(urlsplit(link).query)["token"][0]' in text
    assert 'hoop.clock.advance("7m' in text


async def test_a_signed_token_comes_from_the_answer_that_gave_it(record: Recorder, company: Path) -> None:
    served = await record(company, check_responses=False)
    body = {"email": "ada@example.com", "password": "adas-password"}
    async with served.client.post("/api/localauth/login", json=body) as response:
        token = response.headers["Token"]
    await served.control("POST", "/clock/advance", {"by": "13h"})
    assert (await served.ask("GET", "/api/userinfo", token))[0] == 401
    journal = served.journal()
    failure = named(["status=401", "operation=GET /userinfo"])
    assert len(cut(journal, failure=failure).trial.steps) == 1  # nobody is let in with no token either


async def test_a_shipped_scenario_is_named(record: Recorder) -> None:
    served = await record("flaky-list", seed=11, check_responses=False)
    for offset in (0, 20, 40, 40):
        await served.ask("GET", f"/api/sessions?limit=20&offset={offset}")
    text = written(served.journal(), "status=5??")
    assert '@pytest.mark.mockhoop(scenario="flaky-list", seed=11)' in text
    assert text.count(" = ask(hoop") == 1


async def test_a_world_that_was_changed_from_outside_begins_with_a_snapshot(record: Recorder) -> None:
    served = await record("link-expires", check_responses=False)
    await served.ask("GET", f"/api/sessions/{ONE}", "erin")
    await served.control("PATCH", "/state/users/erin@example.com", {"status": "inactive"})
    for _ in range(3):
        await served.ask("GET", f"/api/sessions/{ONE}", "erin")
    text = written(served.journal(), "status=401")
    assert 'hoop.snapshots.restore("beginning")' in text
    assert "status: inactive" in text


async def test_what_a_call_breaks_of_the_contract_is_asserted(record: Recorder, company: Path) -> None:
    served = await record(company, validation="report", check_responses=False)
    await served.ask("GET", "/api/sessions", "t-ada")
    await served.ask("GET", "/api/sessions?limit=many", "t-ada")
    (code,) = [one["code"] for one in served.journal().entries[1].violations]
    text = written(served.journal(), f"violation={code}")
    assert f'assert "{code}" in answer.headers["X-Mockhoop-Violations"]' in text
    assert 'hoop.begin(BEGINNING, validation="report")' in text


async def test_a_server_with_settings_of_its_own_is_one_in_the_test(record: Recorder, company: Path) -> None:
    served = await record(company, require_token=False, contract="1.49.10")
    await served.ask("GET", "/api/sessions/nothing", None)
    journal = served.journal()
    kept = origins(journal, "hoop-1.49.10")
    failure = named(["status=500"])
    found = minimise(journal, kept, failure, lambda _: None)
    assert found is not None
    text = TestFile(drafted(found, kept, failure), journal).text()
    told = 'scenario="empty", contract="hoop-1.49.10", require_token=False, check_responses=True'
    assert "".join(told.split()) in "".join(text.split())
    passes(text, Path(journal.name).parent)


async def test_an_answer_is_found_by_its_number(record: Recorder, company: Path) -> None:
    served = await record(company, check_responses=False)
    for session in (ONE, "00000000-0000-4000-8000-000000000009", ONE):
        await served.ask("GET", f"/api/sessions/{session}", "t-ada")
    journal = served.journal()
    assert [step.entry.number for step in cut(journal, failure=like(journal.entries[1])).trial.steps] == [2]


async def test_what_no_answer_shows_is_not_found(record: Recorder, company: Path) -> None:
    served = await record(company, check_responses=False)
    await served.ask("GET", "/api/sessions", "t-ada")
    journal = served.journal()
    assert minimise(journal, origins(journal), named(["status=418"]), lambda _: None) is None


def test_a_server_that_no_test_can_have_is_told() -> None:
    journal = JournalFile("said.jsonl", "pets.yaml", "", (), (), {"prism": True, "memory": False})
    with pytest.raises(UsageError, match=r"said\.jsonl: its server had settings .* cannot have: prism, memory"):
        server_settings(journal)


@pytest.mark.parametrize("kinds", [[], ["status"], ["colour=red"], ["status="], ["status=abc"], ["call=GET /"]])
def test_a_name_that_means_no_failure_is_told(kinds: list[str]) -> None:
    with pytest.raises(UsageError, match=r"status=5\?\?, violation"):
        named(kinds)


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (["status=4??"], True),
        (["status=404", "operation=GET *"], True),
        (["violation"], True),
        (["violation=ty*"], True),
        (["body=no such"], True),
        (["status=404", "body=other"], False),
        (["violation=enum"], False),
        (["operation=POST /sessions"], False),
    ],
)
def test_a_failure_is_shown_when_all_that_is_named_holds(kinds: list[str], shown: bool) -> None:
    entry = Entry(
        method="GET",
        path="/api/sessions",
        status=404,
        operation="GET /sessions",
        response_body=b"no such session",
        violations=({"code": "type"},),
    )
    assert named(kinds).shows(entry) is shown
