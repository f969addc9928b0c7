"""What was said to a server is played again in fresh worlds, and every answer is the same to the byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from mockhoop.journals.entry import Beginning, Entry
from mockhoop.journals.file import read_journal
from mockhoop.repertoire import Settings
from mockhoop.replaying.origins import Origins, service_of
from mockhoop.replaying.replay import replay
from mockhoop.service import build
from mockhoop.testing import Mockhoop

from . import test_stories
from .recorded import Recorder, played, rewritten, told

STORIES = [tell for name, tell in vars(test_stories).items() if name.startswith("test_")]
ONE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def record(aiohttp_client: Any, service: Any, tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(aiohttp_client, service, tmp_path) as recorder:
        yield recorder


@pytest.fixture
async def story(aiohttp_server: Any, service: Any, record: Recorder) -> AsyncIterator[Any]:
    """As in the tests of the stories, with a journal of each server."""
    clients: list[test_stories.Client] = []

    async def start(name: str) -> test_stories.Client:
        made = service(name)
        clients.append(test_stories.Client(await aiohttp_server(record.app(made)[0]), made))
        return clients[-1]

    yield start
    for client in clients:
        await client.session.close()


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__.removeprefix("test_"))
async def test_a_shipped_story_is_the_same_again(
    tell: Callable[[Any], Awaitable[None]], story: Any, record: Recorder
) -> None:
    await tell(story)
    for journal in record.journals():
        result = played(journal)
        assert (told(result), result.same, result.notes) == ([], len(journal.entries), [])


async def test_time_goes_by_as_it_did_also_where_it_is_that_of_the_machine(record: Recorder) -> None:
    served = await record("default")
    status, body = await served.ask("POST", "/api/sessions", json={"connection": "pgdemo", "script": "select 1"})
    assert status == 200
    await served.ask("GET", f"/api/sessions/{json.loads(body)['session_id']}")
    await served.ask("GET", "/api/sessions?limit=2")
    result = served.again()
    assert (told(result), result.same, result.notes) == ([], 3, [])


SCENARIO = f"""
mockhoop: 1
api_key: xapi-own
sign_in: {{method: local}}
users:
  - {{name: Ada, email: ada@example.com, groups: [admin], token: t-ada, password: adas-password}}
  - {{name: Erin, email: erin@example.com, groups: [engineering], token: t-erin, password: erins}}
api_keys: [{{name: deployer, key: hpk_deploy, groups: [admin]}}]
connections:
  - {{name: pg, type: database, subtype: postgres}}
  - {{name: reviewed, type: database, subtype: postgres, reviewers: [admin]}}
sessions:
  - {{id: {ONE}, user: erin@example.com, connection: pg, script: SELECT 1, events: [[0.1, o, one]]}}
"""
FRESH = {
    "name": "fresh",
    "type": "database",
    "subtype": "mysql",
    "agent_id": "3c1b2a10-9b1c-4f6c-8e0a-5d0f3c1b2a11",
    "secret": {"envvar:HOST": "aHVudGVyMg==", "envvar:PORT": "MzMwNg=="},
    "reviewers": [],
    "access_mode_runbooks": "disabled",
    "access_mode_exec": "enabled",
    "access_mode_connect": "enabled",
    "access_schema": "enabled",
}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    path = tmp_path / "company.yaml"
    path.write_text(SCENARIO)
    return path


async def test_secrets_are_in_no_file_and_do_their_work_again(record: Recorder, company: Path) -> None:
    served = await record(company)
    statuses = [
        (await served.ask("GET", "/api/sessions", "t-ada"))[0],
        (await served.ask("GET", "/api/sessions", "t-nobody"))[0],
        (await served.ask("GET", "/api/sessions", "hpk_deploy"))[0],
        (await served.ask("GET", "/api/sessions", None, headers={"Authorization": "Basic YTpi"}))[0],
        (await served.ask("GET", "/api/sessions", None, headers={"Api-Key": "xapi-own"}))[0],
        (await served.ask("GET", "/api/sessions", None, headers={"Api-Key": "xapi-other"}))[0],
        (await served.ask("POST", "/api/connections", "t-ada", json=FRESH))[0],
    ]
    assert statuses == [200, 401, 200, 401, 200, 401, 201]
    result = served.again()
    assert (told(result), result.same) == ([], 7)
    exchanges = "".join(line for line in served.path.read_text().splitlines(True) if line.startswith('{"exchange"'))
    for secret in ("t-ada", "t-nobody", "hpk_deploy", "YTpi", "xapi", "aHVudGVyMg"):
        assert secret not in exchanges


async def test_who_signs_in_with_a_password_has_the_token_that_came_with_the_answer(
    record: Recorder, company: Path
) -> None:
    served = await record(company)
    right = {"email": "ada@example.com", "password": "adas-password"}
    for body in (right, {**right, "password": "wrong"}, {**right, "password": ""}):
        await served.ask("POST", "/api/localauth/login", None, json=body)
    async with served.client.post("/api/localauth/login", json=right) as response:
        token = response.headers["Token"]
    assert (await served.ask("GET", "/api/sessions", token))[0] == 200
    assert [entry.status for entry in served.journal().entries] == [200, 401, 400, 200, 200]
    assert (told(served.again()), served.again().same) == ([], 5)
    assert "adas-password" not in "".join(served.path.read_text().splitlines()[2:])


async def test_who_is_refused_for_a_role_is_refused_again(record: Recorder, company: Path) -> None:
    served = await record(company)
    async with served.client.post(
        "/api/localauth/login", json={"email": "erin@example.com", "password": "erins"}
    ) as response:
        token = response.headers["Token"]
    assert (await served.ask("GET", "/api/api-keys", token))[0] == 403
    assert (await served.ask("GET", "/api/api-keys", f"{token}x"))[0] == 401
    assert (told(served.again()), served.again().same) == ([], 3)


async def test_who_signs_in_at_an_identity_provider_is_the_same_person_again(record: Recorder) -> None:
    served = await record("identity-provider")
    _, body = await served.ask("GET", "/api/login", None)
    page = await served.control("GET", f"/identity?{json.loads(body)['login_url'].partition('?')[2]}")
    back = next(part for part in page.split('"') if "code=" in part).replace("&amp;", "&")
    async with served.client.get(back, allow_redirects=False) as response:
        token = response.headers["Location"].partition("token=")[2]
    assert (await served.ask("GET", "/api/userinfo", token))[0] == 200
    await served.control("POST", "/clock/advance", {"by": "13h"})
    assert (await served.ask("GET", "/api/userinfo", token))[0] == 200  # it is renewed
    assert (await served.ask("GET", back.replace("code=", "code=x"), None))[0] == 307
    result = served.again()
    assert (told(result), result.same) == ([], 5)


async def test_a_link_opens_again_and_a_wrong_token_does_not(record: Recorder, company: Path) -> None:
    served = await record(company)
    links = []
    for _ in range(2):
        body = (await served.ask("GET", f"/api/sessions/{ONE}?extension=txt", "t-erin"))[1]
        links.append(json.loads(body)["download_url"].partition("/api")[2])
        wrong = links[-1].replace("token=", "token=x") if len(links) == 1 else links[-1]
        await served.ask("GET", f"/api{wrong}", None)
    assert [entry.status for entry in served.journal().entries] == [200, 401, 200, 200]
    assert (told(served.again()), served.again().same) == ([], 4)


async def test_calls_that_wait_are_answered_as_they_were_while_others_came(record: Recorder, company: Path) -> None:
    served = await record(company)

    async def run(script: str) -> tuple[int, bytes]:
        return await served.ask("POST", "/api/sessions", "t-erin", json={"connection": "pg", "script": script})

    async def look() -> None:
        for _ in range(20):
            await served.ask("GET", "/api/sessions?limit=3", "t-erin")

    await asyncio.gather(run("SELECT 1"), look(), run("SELECT 2"), look())
    numbers = {entry.operation: entry.number for entry in served.journal().entries}
    assert numbers["POST /sessions"] > numbers["GET /sessions"] - 40
    result = served.again()
    assert (told(result), result.same) == ([], 42)


async def test_a_world_that_was_changed_from_outside_begins_again(record: Recorder, company: Path) -> None:
    served = await record(company)
    await served.ask("GET", "/api/sessions", "t-ada")
    await served.control("POST", "/faults", {"respond": 503, "times": 1})
    await served.control("PATCH", f"/state/sessions/{ONE}", {"status": "open"})
    await served.control("PATCH", "/settings", {"validation": "report"})
    for _ in range(2):
        await served.ask("GET", "/api/sessions?limit=x", "t-ada")
    await served.control("POST", "/clock/advance", {"by": "1h"})
    await served.ask("GET", f"/api/sessions/{ONE}", "t-ada")
    await served.control("POST", "/reset")
    await served.ask("GET", f"/api/sessions/{ONE}", "t-ada")
    journal = served.journal()
    assert [type(line) for line in journal.lines] == [
        Beginning, Entry, Beginning, Entry, Entry, Entry, Beginning, Entry,
    ]  # fmt: skip
    result = served.again()
    assert (told(result), result.same, result.notes) == ([], 5, [])


async def test_a_call_during_which_its_world_was_changed_from_outside_is_not_compared(
    record: Recorder, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.yaml"
    slow.write_text(f"{SCENARIO}executions: [{{takes: 20s}}]\n")
    served = await record(slow)
    async with asyncio.TaskGroup() as tasks:
        body = {"connection": "pg", "script": "SELECT 1"}
        waiting = tasks.create_task(served.ask("POST", "/api/sessions", "t-erin", json=body))
        while not served.service.world.table("runs"):  # noqa: ASYNC110 - it comes with a call of another client
            await asyncio.sleep(0)
        await served.ask("GET", "/api/sessions", "t-erin")
        await served.control("POST", "/faults", {"respond": 503, "times": 1})
        await served.control("POST", "/clock/advance", {"by": "1m"})
    assert waiting.result()[0] == 200
    await served.ask("GET", "/api/sessions", "t-erin")
    result = served.again()
    assert (told(result), result.same) == ([], 2)
    assert result.notes == ["one exchange of the world default went on while it was changed from outside: not compared"]


async def test_what_a_query_prefers_is_preferred_again(record: Recorder, company: Path) -> None:
    served = await record(company)
    statuses = [
        (await served.ask("GET", f"/api/sessions?{query}", "t-ada"))[0]
        for query in ("__code=404&limit=1", "__code=nothing", "limit=1")
    ]
    assert statuses == [404, 400, 200]
    assert (told(served.again()), served.again().same) == ([], 3)


async def test_worlds_are_played_each_by_itself(record: Recorder) -> None:
    served = await record("link-expires")
    for where, headers in (("", {}), ("/~mine", {}), ("", {"X-Mockhoop-World": "yours"})):
        for _ in range(2):
            await served.ask("GET", f"{where}/api/sessions/{ONE}?extension=csv", "erin", headers=headers)
    journal = served.journal()
    assert [(entry.world, entry.prefix, entry.path) for entry in journal.entries[::2]] == [
        ("default", "", f"/api/sessions/{ONE}"),
        ("mine", "/~mine", f"/api/sessions/{ONE}"),
        ("yours", "/~yours", f"/api/sessions/{ONE}"),
    ]
    assert b"/~mine/api" in journal.entries[2].response_body
    assert (told(served.again()), served.again().same) == ([], 6)


async def test_what_is_larger_than_the_journal_in_memory_keeps_is_whole_in_the_file(
    record: Recorder, company: Path
) -> None:
    served = await record(company)
    script = "x" * 100_000
    await served.ask("POST", "/api/sessions", "t-erin", json={"connection": "pg", "script": script})
    await served.ask("POST", "/api/sessions", "t-erin", data=bytes(range(256)) * 300)
    assert [len(entry.request_body) for entry in served.journal().entries] == [100_034, 76_800]
    assert (told(served.again()), served.again().same) == ([], 2)


async def test_an_answer_without_a_look_at_its_call_is_not_compared(record: Recorder, company: Path) -> None:
    served = await record(company)
    assert (await served.ask("GET", "/~-/api/sessions", "t-ada"))[0] == 400
    await served.ask("GET", "/api/sessions", "t-ada")
    result = served.again()
    assert (told(result), result.same) == ([], 1)
    (note,) = result.notes
    assert note.startswith("one exchange of the world default the server has answered without looking")


async def test_what_is_different_is_told(record: Recorder, company: Path, tmp_path: Path) -> None:
    served = await record(company)
    for _ in range(3):
        await served.ask("GET", f"/api/sessions/{ONE}", "t-erin")
    journal = served.journal()
    beginning, first, second, third = journal.lines
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    body = json.loads(second.response_body)
    changed = replace(
        second,
        status=404,
        response_headers=(("Content-Type", "text/plain"),),
        response_body=json.dumps({**body, "status": "open", "more": 1}).encode(),
    )
    result = played(rewritten(journal, tmp_path / "other.jsonl", [beginning, first, changed, third]))
    assert result.same == 2
    assert told(result) == [
        "2. status: it was 404, now it is 200",
        '2. header content-type: it was "text/plain", now it is "application/json"',
        '2. body /status: it was "open", now it is "done"',
        "2. body /more: it was 1, now it is not there",
    ]


async def test_a_running_server_gives_the_journal_of_one_world(record: Recorder, company: Path, tmp_path: Path) -> None:
    served = await record(company)
    await served.control("PUT", "", {}, world="mine")
    await served.ask("GET", "/~mine/api/sessions", "t-ada")
    await served.control("POST", "/faults", {"respond": 503, "times": 1}, world="mine")
    await served.ask("GET", "/~mine/api/sessions", "t-ada")
    await served.ask("GET", "/api/sessions", "t-ada")
    path = tmp_path / "exported.jsonl"
    path.write_text(await served.control("GET", "/journal/export", world="mine"))
    journal = read_journal(path)
    assert [type(line) for line in journal.lines] == [Beginning, Entry, Beginning, Entry]
    assert [entry.world for entry in journal.entries] == ["mine", "mine"]
    assert (told(played(journal)), played(journal).same) == ([], 2)


async def test_of_a_journal_that_was_emptied_what_came_since_is_given(
    record: Recorder, company: Path, tmp_path: Path
) -> None:
    served = await record(company)
    await served.ask("POST", "/api/sessions", "t-erin", json={"connection": "pg", "script": "SELECT 1"})
    await served.control("DELETE", "/journal")
    await served.ask("GET", "/api/sessions", "t-erin")
    path = tmp_path / "exported.jsonl"
    path.write_text(await served.control("GET", "/journal/export"))
    result = played(read_journal(path))
    assert (told(result), result.same) == ([], 1)


async def test_what_the_journal_has_cut_is_told_and_not_compared(
    record: Recorder, company: Path, tmp_path: Path
) -> None:
    served = await record(company)
    script = "x" * 100_000
    await served.ask("POST", "/api/sessions", "t-erin", json={"connection": "pg", "script": script})
    path = tmp_path / "exported.jsonl"
    path.write_text(await served.control("GET", "/journal/export"))
    journal = read_journal(path)
    assert journal.entries[0].cut
    result = played(journal)
    assert (told(result), result.same, result.notes) == (
        [],
        0,
        ["one exchange of the world default the journal has not kept whole: not compared"],
    )


def test_a_test_saves_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    with Mockhoop("link-expires") as server:
        world = server.world("mine")
        with urlopen(Request(f"{world.api_url}/sessions", headers=world.headers("erin"))) as response:
            body = response.read()
        world.journal.save(path)
    journal = read_journal(path)
    assert [entry.response_body for entry in journal.entries] == [body]
    assert (told(played(journal)), played(journal).same) == ([], 1)


async def test_a_journal_that_does_not_go_back_to_a_beginning_is_not_given(record: Recorder, company: Path) -> None:
    served = await record(company)
    served.service.world.journal.most = 3
    for _ in range(5):
        await served.ask("GET", "/api/sessions?limit=1", "t-ada")
    async with served.client.get("/__mockhoop/worlds/default/journal/export") as response:
        assert response.status == 409
        assert "`mockhoop serve --journal FILE` writes all into a file" in (await response.json())["detail"]


PETS = Path(__file__).with_name("pets.yaml")
SIGNED_IN: list[dict[str, str]] = [
    {},
    {"Authorization": "Basic YTpi"},
    {"Authorization": "Bearer abc"},
    {"Cookie": "sid=1"},
]


async def test_every_operation_of_any_document_is_the_same_again_however_one_signs_in(
    aiohttp_client: Any, tmp_path: Path
) -> None:
    def service() -> Any:
        return build(Settings(contract=PETS))

    with Recorder(aiohttp_client, service, tmp_path) as record:
        served = await record()
        for operation in served.service.contract.operations:
            path = "/v1" + operation.template.replace("{petId}", "1")
            for headers in SIGNED_IN:
                for query in ("", "?key=7"):
                    body = {"json": {"name": "Rex", "password": "p"}} if operation.method in ("POST", "PUT") else {}
                    await served.ask(operation.method, f"{path}{query}", None, headers=headers, **body)
        journal = served.journal()
    result = replay(journal, Origins(service_of(journal, PETS)))
    assert (told(result), result.same) == ([], len(journal.entries))
    assert {200, 201, 204, 401, 404} <= {entry.status for entry in journal.entries}
