"""The terminal, which is also the home page (section 2d of the sheet of clients)."""

from typing import Any

import pytest

from . import work
from .conftest import Start
from .gateway import Gateway
from .shapes import paged
from .webapp import CONNECTION, WebApp

USE = {"id": str, "name": str, "config": ([str], None)}
PLUGIN = {"name": str, "connections": ([USE], None), "config": (dict, None)}
RULE = {"name": str}
RULES = ([RULE], paged(RULE))
COLUMN = {"name": str, "type": str, "nullable": bool}

OPENING: list[tuple[str, Any]] = [
    ("/plugins", ([PLUGIN], None)),
    ("/integrations/jira", (dict, None)),
    ("/integrations/jira/issuetemplates", ([{"id": str, "name": str}], None)),
    ("/guardrails", [{"id": str, "name": str}]),
    ("/ai/session-analyzer/rules", RULES),
    ("/datamasking-rules", [{"id": str, "name": str}]),
    ("/connections", [CONNECTION]),
]
"""What the page asks for when it opens, with what it reads."""


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    return await start("work")


@pytest.fixture
def erin(gateway: Gateway) -> WebApp:
    return WebApp(gateway, "erin")


@pytest.mark.parametrize(("path", "shape"), OPENING, ids=[path for path, _ in OPENING])
async def test_it_opens(erin: WebApp, path: str, shape: Any) -> None:
    (await erin.clojure("2d", "GET", path)).read(shape)


async def test_without_an_analyser_there_is_no_provider(erin: WebApp) -> None:
    reply = await erin.clojure("2d", "GET", "/ai/session-analyzer/providers")
    assert reply.message(404)


async def test_it_opens_on_a_role(erin: WebApp) -> None:
    found = (await erin.clojure("2d", "GET", "/connections/pgdemo")).read(CONNECTION)
    assert (found["name"], found["type"], found["subtype"]) == ("pgdemo", "database", "postgres")


async def test_a_role_without_a_rule_of_the_analyser_says_so(erin: WebApp) -> None:
    assert (await erin.clojure("2d", "GET", "/connections/pgdemo/ai-session-analyzer-rule")).message(404)


async def test_a_database_shows_its_schema(erin: WebApp) -> None:
    databases = await erin.clojure("2d", "GET", "/connections/pgdemo/databases")
    database = databases.read({"databases": [str]})["databases"][0]
    tables = await erin.clojure("2d", "GET", f"/connections/pgdemo/tables?database={database}")
    schema = tables.read({"schemas": [{"name": str, "tables": [str]}]})["schemas"][0]
    where = f"database={database}&schema={schema['name']}&table={schema['tables'][0]}"
    columns = await erin.clojure("2d", "GET", f"/connections/pgdemo/columns?{where}")
    assert columns.read({"columns": [COLUMN]})["columns"]


async def test_a_role_that_is_not_there_is_told(erin: WebApp) -> None:
    assert (await erin.clojure("2d", "GET", "/connections/nothing-like-that")).message(404) == "not found"


async def test_a_script_runs(erin: WebApp) -> None:
    result = await erin.run("shell", "uptime")
    said = {name: result[name] for name in ("has_review", "output", "output_status", "exit_code", "truncated")}
    assert said == {
        "has_review": False,
        "output": "up 12 days\n",
        "output_status": "success",
        "exit_code": 0,
        "truncated": False,
    }


async def test_a_script_fails(erin: WebApp) -> None:
    result = await erin.run("shell", "exit 3")
    assert (result["output_status"], result["exit_code"]) == ("failed", 3)


async def test_a_script_that_takes_long_goes_on(erin: WebApp) -> None:
    result = await erin.run("shell", "sleep 70")
    assert (result["output_status"], result["exit_code"]) == ("running", -2)


async def test_a_script_that_must_be_reviewed_shows_where(gateway: Gateway, erin: WebApp) -> None:
    """The output is the address of a page of the web app, not of the API (section 6.1 of the sheet of behaviour)."""
    result = await erin.run("bash-prod", "uptime")
    assert (result["has_review"], result["output_status"]) == (True, "success")
    assert result["output"] == f"{gateway.origin}/sessions/{result['session_id']}"


async def test_what_ran_is_at_the_top_of_the_list(erin: WebApp) -> None:
    result = await erin.run("shell", "uptime")
    listed = (await erin.sessions())["data"]
    assert listed[0]["id"] == result["session_id"]
    assert (await erin.details(result["session_id"])).output == "up 12 days\n"


async def test_others_see_what_was_run(gateway: Gateway, erin: WebApp) -> None:
    result = await erin.run("shell", "uptime")
    seen = (await WebApp(gateway, "ada").sessions())["data"]
    assert result["session_id"] in [row["id"] for row in seen]
    assert result["session_id"] not in [row["id"] for row in (await WebApp(gateway, "john").sessions())["data"]]
    assert work.PENDING in [row["id"] for row in (await WebApp(gateway, "john").sessions(60))["data"]]
