"""The shipped scenarios are what they say, and the page about their language has all of it."""

import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from mockhoop.resources import scenarios_dir
from mockhoop.scenario.loader import SCHEMA_FILE, parse_scenario, shipped_scenarios
from mockhoop.scenario.reference import missing, written
from mockhoop.scenario.schema import json_schema

PAGE = scenarios_dir() / "README.md"
FIRST_LINES = """
mockhoop: 1
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: John Wick, email: john.wick@bad.org, groups: [sre]}
  - {name: Dora, email: dora@example.com, groups: [dba, sre]}
connections:
  - {name: pgdemo, type: database, subtype: postgres, reviewers: [sre]}
sessions:
  - id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207
    user: john.wick@bad.org
    connection: pgdemo
    review: {status: PENDING}
"""


# All of them


@pytest.mark.parametrize("contract", ["hoop", "1.49.10"])
@pytest.mark.parametrize("scenario", sorted(shipped_scenarios()))
def test_every_session_can_be_opened_in_every_way(service: Any, ask: Any, scenario: str, contract: str) -> None:
    served = service(scenario, contract=contract)
    ids = [session.id for session in islice(served.world.table("sessions"), 300)]
    for number, one in enumerate(ids):
        rendering = ("", "utf8", "base64", "raw-queries")[number % 4]
        more = f"&event_stream={rendering}" if rendering else ""
        answer = ask(served, f"/sessions/{one}?expand=event_stream,session_input{more}")
        assert answer.status == 200


@pytest.mark.parametrize("scenario", sorted(shipped_scenarios()))
def test_each_has_a_title_a_description_and_an_admin(service: Any, scenario: str) -> None:
    served = service(scenario)
    assert served.scenario.title
    assert served.scenario.description
    assert served.first_admin().token == "ada"


@pytest.mark.parametrize("scenario", sorted(set(shipped_scenarios()) - {"empty"}))
def test_each_but_the_empty_one_has_the_same_people(service: Any, ask: Any, scenario: str) -> None:
    served = service(scenario)
    assert [ask(served, "/sessions?limit=1", token).status for token in ("ada", "otto", "john", "dora")] == [200] * 4


@pytest.mark.parametrize("scenario", ["review-states", "pagination", "downloads", "documented-example"])
def test_where_bytes_matter_the_clock_stands_still(service: Any, scenario: str) -> None:
    clock = service(scenario).world.clock
    assert clock.virtual
    assert clock.now() == clock.now()


# The documented example


def examples(schema: Any, document: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Each example of a schema with where it stands; a list is shown by its first item."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "example" in schema:
        lower = schema.get("format") == "uuid"
        yield at, schema["example"].lower() if lower else schema["example"]
    elif "items" in schema:
        yield from examples(schema["items"], document, f"{at}/0")
    for part in schema.get("allOf", ()):
        yield from examples(part, document, at)
    for name, part in schema.get("properties", {}).items():
        yield from examples(part, document, f"{at}/{name}")


def value_at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value.get(step) if isinstance(value, dict) else value[int(step)]
    return value


@pytest.mark.parametrize("contract", ["hoop", "1.49.10"])
def test_the_documented_session_has_the_documented_values(service: Any, ask: Any, contract: str) -> None:
    served = service("documented-example", contract=contract)
    query = "expand=session_input"
    session = ask(served, f"/sessions/1cbc8db5-fbf8-4293-8e35-59a6eea40207?{query}").json
    documented = dict(examples({"$ref": "/openapi.Session"}, served.contract.published))
    others = {at: value_at(session, at) for at, shown in documented.items() if value_at(session, at) != shown}
    impossible: dict[str, str | None] = {
        "/review/revoke_at": "2024-07-25T19:36:41Z",
        "/review/created_at": "2024-07-25T15:56:35.317Z",
    }
    if contract == "hoop":
        impossible["/review/rejection_reason"] = None
    assert others == impossible
    assert len(documented) > 20


def test_the_documented_link_expires_as_documented(service: Any, ask: Any) -> None:
    served = service("documented-example")
    link = served.contract.document["components"]["schemas"]["openapi.SessionDownloadLink"]["properties"]
    answer = ask(served, "/sessions/1cbc8db5-fbf8-4293-8e35-59a6eea40207?extension=csv").json
    assert answer["expire_at"] == link["expire_at"]["example"]


# Pagination


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("connection=none", 0),
        ("connection=one", 1),
        ("connection=page", 20),
        ("connection=page-and-one", 21),
        ("connection=largest-page", 100),
        ("connection=largest-page-and-one", 101),
        ("batch_id=ten-thousand", 10_000),
        ("connection=ten-thousand-and-one", 10_001),
    ],
)
def test_each_size_is_there(service: Any, ask: Any, query: str, size: int) -> None:
    assert ask(service("pagination"), f"/sessions?{query}&limit=1&count=exact").json["total"] == size


# The page about the language


REWRITE = "MOCKHOOP_REWRITE_PAGES" in os.environ


def test_the_tables_on_the_page_are_those_of_the_model() -> None:
    """After an intended change, ``MOCKHOOP_REWRITE_PAGES=1 pytest`` this file writes page and schema anew."""
    text = PAGE.read_text()
    assert missing(text) == []
    if REWRITE:
        PAGE.write_text(written(text))
    else:
        assert text == written(text)


def test_the_schema_beside_the_scenarios_is_that_of_the_model() -> None:
    path = scenarios_dir() / SCHEMA_FILE
    made = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if REWRITE:
        path.write_text(made)
    else:
        assert path.read_text() == made


def fragments() -> list[str]:
    return re.findall(r"^```yaml fragment\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("fragment", fragments(), ids=lambda text: text.split(":")[0])
def test_every_fragment_on_the_page_loads(fragment: str) -> None:
    if fragment.startswith("review:"):
        fragment = f"sessions:\n  - {{user: john.wick@bad.org, connection: pgdemo, {fragment.strip()}}}\n"
    if fragment.startswith("users:"):
        fragment += "  - {name: John Wick, email: john.wick@bad.org, groups: [sre]}\n"
    keys = re.findall(r"^(\w+):", fragment, re.MULTILINE)
    others = re.split(r"^(?=\w)", FIRST_LINES, flags=re.MULTILINE)
    text = "".join(other for other in others if other.split(":")[0] not in keys) + fragment
    parse_scenario(text, PAGE.name)


def test_the_page_counts_the_sessions_of_each_scenario(service: Any) -> None:
    counts = dict(re.findall(r"^\| `([a-z-]+)` \|[^|]*\| (\d+) \|", PAGE.read_text(), re.MULTILINE))
    assert {name: int(count) for name, count in counts.items()} == {
        name: len(service(name).world.table("sessions")) for name in shipped_scenarios()
    }
