"""Connections as clients keep them: listed, read, made, changed, removed, and what hangs on them (section 8.7)."""

from pathlib import Path
from typing import Any

import pytest

from .execution_calls import run, send

SCENARIO = """
mockhoop: 1
clock: {start: 2026-08-21T12:00:00Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: Dora Data, email: dora@example.com, groups: [dba], token: dora}
  - {name: Erin Engineer, email: erin@example.com, groups: [engineering], token: erin}
connections:
  - {name: shell, type: custom, subtype: bash, tags: {team: platform, tier: back}}
  - {name: pgdemo, type: database, subtype: postgres, tags: {team: banking}, id: 0C6C86F0-9B1C-4F6C-8E0A-5D0F3C1B2A10,
     resource_name: demo, more: {tags: [prod], attributes: [pii], secret: {"envvar:DB": c2hvcA==}, managed_by: hoop}}
  - {name: reviewed, type: database, subtype: postgres, reviewers: [dba]}
sessions:
  - {id: 00000000-0000-4000-8000-000000000001, user: erin@example.com, connection: pgdemo, script: SELECT 1}
"""
PGDEMO = "0c6c86f0-9b1c-4f6c-8e0a-5d0f3c1b2a10"
FRESH = {
    "name": "fresh-db",
    "type": "database",
    "subtype": "mysql",
    "agent_id": "3c1b2a10-9b1c-4f6c-8e0a-5d0f3c1b2a11",
    "command": ["mysql", "-h", "$HOST"],
    "secret": {"envvar:HOST": "ZGI="},
    "reviewers": [],
    "connection_tags": {"team": "payments"},
    "access_mode_runbooks": "disabled",
    "access_mode_exec": "enabled",
    "access_mode_connect": "enabled",
    "access_schema": "enabled",
}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("connections") / "connections.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
async def gateway(api: Any, scenario: Path) -> Any:
    return await api(scenario)


async def get(gateway: Any, target: str, token: str = "ada") -> Any:
    told = await send(gateway, "GET", target, token=token)
    assert told.status == 200, told
    return told.json


async def make(gateway: Any, **changes: Any) -> Any:
    told = await send(gateway, "POST", "/connections", {**FRESH, **changes}, "ada")
    assert told.status == 201, told
    return told.json


async def names(gateway: Any, query: str = "") -> list[str]:
    return [one["name"] for one in await get(gateway, f"/connections?{query}")]


# Reading


async def test_without_a_page_they_come_in_a_bare_array_by_name(gateway: Any) -> None:
    assert await names(gateway) == ["pgdemo", "reviewed", "shell"]


@pytest.mark.parametrize(
    ("query", "pages", "listed"),
    [
        ("page=1", {"total": 3, "page": 1, "size": 50}, ["pgdemo", "reviewed", "shell"]),
        ("page_size=2", {"total": 3, "page": 1, "size": 2}, ["pgdemo", "reviewed"]),
        ("page=2&page_size=2", {"total": 3, "page": 2, "size": 2}, ["shell"]),
        ("page=9&page_size=2", {"total": 3, "page": 9, "size": 2}, []),
        ("page=1&page_size=1&search=bash", {"total": 1, "page": 1, "size": 1}, ["shell"]),
    ],
)
async def test_with_a_page_they_come_in_an_envelope(gateway: Any, query: str, pages: Any, listed: list[str]) -> None:
    told = await get(gateway, f"/connections?{query}")
    assert (told["pages"], [one["name"] for one in told["data"]]) == (pages, listed)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("page=0", "page must be >= 1"),
        ("page_size=101", "page_size must be between 1 and 100"),
        (
            "subtype=p",
            "option values must contain between 1 and 127 alphanumeric characters, "
            "it may include (-), (_) or (.) characters",
        ),
        ("connection_ids=x", "invalid connection ID format: x"),
    ],
)
async def test_a_list_that_cannot_be_had_is_refused(gateway: Any, query: str, message: str) -> None:
    assert (await send(gateway, "GET", f"/connections?{query}", token="ada")).said == (422, message)


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("type=database&subtype=postgres", ["pgdemo", "reviewed"]),
        ("managed_by=hoop", ["pgdemo"]),
        ("tag_selector=team=platform,tier!=front", ["shell"]),
        ("search=DEMO", ["pgdemo"]),
        ("tags=prod", ["pgdemo"]),
        ("attribute=pii", ["pgdemo"]),
        ("resource_name=demo", ["pgdemo"]),
        ("name=shell", ["shell"]),
        (f"connection_ids={PGDEMO.upper()}", ["pgdemo"]),
        ("type=", ["pgdemo", "reviewed", "shell"]),
        ("type=custom&subtype=postgres", []),
    ],
)
async def test_filters_leave_out_the_others(gateway: Any, query: str, listed: list[str]) -> None:
    assert await names(gateway, query) == listed


async def test_those_of_an_agent_are_found_by_it(gateway: Any) -> None:
    agent = (await get(gateway, "/agents"))[0]["id"]
    await make(gateway)
    assert await names(gateway, f"agent_id={agent}") == ["pgdemo", "reviewed", "shell"]


async def test_one_is_found_by_its_name_and_by_its_id(gateway: Any) -> None:
    assert await get(gateway, "/connections/pgdemo") == await get(gateway, f"/connections/{PGDEMO}")


async def test_one_that_is_not_there_is_not_found(gateway: Any) -> None:
    assert (await send(gateway, "GET", "/connections/nothing", token="ada")).said == (404, "not found")


async def test_of_what_nobody_told_the_usual_is_shown(gateway: Any) -> None:
    told = await get(gateway, "/connections/shell")
    shown = {name: told[name] for name in ("access_mode_exec", "access_schema", "status", "redact_enabled", "subtype")}
    assert shown == {
        "access_mode_exec": "enabled",
        "access_schema": "enabled",
        "status": "online",
        "redact_enabled": False,
        "subtype": "bash",
    }


@pytest.mark.parametrize(
    "name", ["command", "reviewers", "managed_by", "access_max_duration", "min_review_approvals", "attributes"]
)
async def test_what_is_not_set_is_null(gateway: Any, name: str) -> None:
    assert (await get(gateway, "/connections/shell"))[name] is None


async def test_the_agent_is_the_one_that_every_gateway_has(gateway: Any) -> None:
    agents = {one["name"]: one["id"] for one in await get(gateway, "/agents")}
    assert (await get(gateway, "/connections/shell"))["agent_id"] == agents["default"]


async def test_secrets_and_features_are_shown_of_one_only(gateway: Any) -> None:
    one = await get(gateway, "/connections/pgdemo")
    assert (one["secret"], one["default_database"]) == ({"envvar:DB": "c2hvcA=="}, "shop")
    assert one["effective_features"]["access_request"]["legacy_reviewers"] is False
    [listed] = await get(gateway, "/connections?name=pgdemo")
    assert (listed["secret"], listed["effective_features"]) == ({}, None)


async def test_the_features_tell_of_reviewers(gateway: Any) -> None:
    told = await get(gateway, "/connections/reviewed")
    assert told["effective_features"]["access_request"]["legacy_reviewers"] is True


# Writing


async def test_a_new_one_is_read_back_as_it_was_told(gateway: Any) -> None:
    made = await make(gateway)
    assert await get(gateway, "/connections/fresh-db") == made
    wanted = {**FRESH, "reviewers": None, "resource_name": "fresh-db"}
    assert {name: made[name] for name in wanted} == wanted


async def test_a_new_one_says_when_its_secrets_were_told(gateway: Any) -> None:
    assert (await make(gateway))["secrets_updated_at"] == "2026-08-21T12:00:00Z"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "pgdemo"}, (409, "connection already exists")),
        (
            {"name": "a b"},
            (
                422,
                "name must contain between 2 and 128 alphanumeric characters, "
                "it may include (-), (_) or (.) characters",
            ),
        ),
        ({"name": ""}, (400, "Key: 'Connection.Name' Error:Field validation for 'Name' failed on the 'required' tag")),
        (
            {"command": "bash"},
            (400, "json: cannot unmarshal string into Go struct field Connection.command of type []string"),
        ),
    ],
    ids=["taken", "bad name", "no name", "wrong type"],
)
async def test_one_that_cannot_be_is_refused(gateway: Any, changes: Any, said: Any) -> None:
    assert (await send(gateway, "POST", "/connections", {**FRESH, **changes}, "ada")).said == said


async def test_tags_have_limits(gateway: Any) -> None:
    body = {**FRESH, "connection_tags": {"team-": "x"}}
    assert (await send(gateway, "POST", "/connections", body, "ada")).status == 422


async def test_put_replaces_all_but_the_name(gateway: Any) -> None:
    before = await get(gateway, "/connections/pgdemo")
    told = await send(gateway, "PUT", "/connections/pgdemo", FRESH, "ada")
    assert told.status == 200
    assert told.json == await get(gateway, "/connections/pgdemo")
    kept = {name: told.json[name] for name in ("id", "name", "subtype", "tags", "attributes")}
    assert kept == {"id": before["id"], "name": "pgdemo", "subtype": "mysql", "tags": None, "attributes": None}


async def test_a_put_of_what_was_read_changes_nothing(gateway: Any) -> None:
    made = await make(gateway)
    await send(gateway, "PUT", "/connections/fresh-db", made, "ada")
    assert await get(gateway, "/connections/fresh-db") == made


async def test_patch_replaces_what_is_told(gateway: Any) -> None:
    before = await get(gateway, "/connections/pgdemo")
    body = {"access_mode_exec": "disabled", "reviewers": ["dba"], "command": None}
    told = await send(gateway, "PATCH", "/connections/pgdemo", body, "ada")
    assert told.status == 200
    changed = {name for name, value in told.json.items() if before[name] != value}
    assert changed == {"access_mode_exec", "reviewers", "effective_features"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_what_is_not_there_is_not_changed(gateway: Any, method: str) -> None:
    body = None if method == "DELETE" else FRESH
    assert (await send(gateway, method, "/connections/nothing", body, "ada")).said == (404, "not found")


async def test_only_admins_change_them(gateway: Any) -> None:
    assert (await send(gateway, "POST", "/connections", FRESH, "erin")).said == (403, "access denied")


async def test_one_that_is_removed_runs_nothing_and_leaves_its_sessions(gateway: Any) -> None:
    told = await send(gateway, "DELETE", f"/connections/{PGDEMO}", token="ada")
    assert (told.status, told.body) == (204, b"")
    assert (await run(gateway, "SELECT 1", "pgdemo")).said == (400, "connection pgdemo not found")
    session = await get(gateway, "/sessions/00000000-0000-4000-8000-000000000001")
    assert (session["connection"], session["resource_name"]) == ("pgdemo", "")


# What they do to scripts (section 6.1)


async def test_reviewers_that_were_set_are_asked(gateway: Any) -> None:
    await make(gateway, reviewers=["dba"])
    told = (await run(gateway, "SELECT 1", "fresh-db")).json
    review = (await get(gateway, f"/sessions/{told['session_id']}"))["review"]
    assert (told["has_review"], [one["group"] for one in review["review_groups_data"]]) == (True, ["dba"])


async def test_one_approval_is_enough_where_that_was_set(gateway: Any) -> None:
    await make(gateway, reviewers=["dba", "engineering"], min_review_approvals=1)
    session_id = (await run(gateway, "SELECT 1", "fresh-db")).json["session_id"]
    told = await send(gateway, "PUT", f"/sessions/{session_id}/review", {"status": "APPROVED"}, "dora")
    assert told.json["status"] == "APPROVED"


async def test_groups_that_may_force_are_those_that_were_set(gateway: Any) -> None:
    await make(gateway, reviewers=["sre"], force_approve_groups=["dba"])
    session_id = (await run(gateway, "SELECT 1", "fresh-db")).json["session_id"]
    body = {"status": "APPROVED", "force_review": True}
    told = await send(gateway, "PUT", f"/sessions/{session_id}/review", body, "dora")
    assert told.json["status"] == "APPROVED"


async def test_where_exec_is_disabled_a_script_fails_and_its_session_stays_open(gateway: Any) -> None:
    await make(gateway, access_mode_exec="disabled", reviewers=["dba"])
    told = (await run(gateway, "SELECT 1", "fresh-db")).json
    outcome = (told["has_review"], told["output_status"], told["exit_code"], told["output"])
    text = "rpc error: code = FailedPrecondition desc = exec is disabled for this connection"
    assert outcome == (False, "failed", -2, text)
    assert (await get(gateway, f"/sessions/{told['session_id']}"))["status"] == "open"


@pytest.mark.parametrize("metadata", [None, {}, {"ticket": ""}, {"other": "x"}])
async def test_metadata_that_it_wants_must_be_there(gateway: Any, metadata: Any) -> None:
    """Section 6.1, row 9."""
    await make(gateway, mandatory_metadata_fields=["ticket"])
    told = await run(gateway, "SELECT 1", "fresh-db", metadata=metadata)
    assert told.said == (422, "missing required metadata field: ticket")


@pytest.mark.parametrize("value", ["OPS-1", None, 7])
async def test_metadata_that_is_there_is_enough(gateway: Any, value: Any) -> None:
    """A null has become a text by then."""
    await make(gateway, mandatory_metadata_fields=["ticket"])
    assert (await run(gateway, "SELECT 1", "fresh-db", metadata={"ticket": value})).status == 200


async def test_where_the_agent_is_not_there_nothing_runs(gateway: Any) -> None:
    told = await send(gateway, "POST", "/agents", {"name": "late", "mode": "standard"}, "ada")
    assert told.status == 201, told
    [agent] = [one["id"] for one in await get(gateway, "/agents") if one["name"] == "late"]
    assert (await make(gateway, agent_id=agent))["status"] == "offline"
    assert await get(gateway, "/connections/fresh-db/test") == {"success": False}
    told = (await run(gateway, "SELECT 1", "fresh-db")).json
    text = "rpc error: code = FailedPrecondition desc = agent is offline"
    assert (told["output_status"], told["output"]) == ("failed", text)


# What hangs on them


async def test_the_tags_are_those_of_all(gateway: Any) -> None:
    items = (await get(gateway, "/connection-tags"))["items"]
    pairs = [("team", "banking"), ("team", "platform"), ("tier", "back")]
    assert [(one["key"], one["value"]) for one in items] == pairs
    assert len({one["id"] for one in items}) == 3


async def test_the_databases_begin_with_the_one_that_it_names(gateway: Any) -> None:
    assert (await get(gateway, "/connections/pgdemo/databases"))["databases"][0] == "shop"


async def test_every_table_has_columns(gateway: Any) -> None:
    [schema] = (await get(gateway, "/connections/pgdemo/tables?database=shop"))["schemas"]
    assert schema["name"] == "public"
    for table in schema["tables"]:
        told = await get(gateway, f"/connections/pgdemo/columns?database=shop&table={table}")
        assert told["columns"][0] == {"name": "id", "type": "integer", "nullable": False}


async def test_it_can_be_tried(gateway: Any) -> None:
    assert await get(gateway, "/connections/pgdemo/test") == {"success": True}


@pytest.mark.parametrize(
    "what",
    ["databases", "tables?database=a", "columns?database=a&table=b", "test", "ai-session-analyzer-rule", "credentials"],
)
async def test_behind_one_that_is_not_there_is_nothing(gateway: Any, what: str) -> None:
    assert (await send(gateway, "GET", f"/connections/nothing/{what}", token="ada")).status == 404


async def test_a_rule_of_the_analyzer_is_found_by_the_connection(gateway: Any) -> None:
    assert (await send(gateway, "GET", "/connections/pgdemo/ai-session-analyzer-rule", token="ada")).status == 404
    action = {"action": "allow_execution"}
    levels = {"low_risk_action": "allow_execution", "medium_risk_action": "allow_execution"}
    rule = {
        "name": "careful",
        "connection_names": ["pgdemo"],
        "risk_evaluation": {**levels, "high_risk_action": "block_execution", "low": action},
    }
    assert (await send(gateway, "POST", "/ai/session-analyzer/rules", rule, "ada")).status == 201
    assert (await get(gateway, "/connections/pgdemo/ai-session-analyzer-rule"))["name"] == "careful"
    assert (await get(gateway, "/connections/pgdemo"))["effective_features"]["ai_session_analyzer"] is True


async def test_rules_of_data_masking_are_set_for_a_connection(gateway: Any) -> None:
    made = await send(gateway, "POST", "/datamasking-rules", {"name": "mask", "connection_ids": []}, "ada")
    assert made.status == 201, made
    rule_id, path = made.json["id"], "/connections/pgdemo/datamasking-rules"
    told = await send(gateway, "PUT", path, [{"rule_id": rule_id, "status": "active"}], "ada")
    assert told.status == 200, told
    assert [(one["rule_id"], one["connection_id"]) for one in told.json] == [(rule_id, PGDEMO)]
    assert (await get(gateway, f"/datamasking-rules/{rule_id}"))["connection_ids"] == [PGDEMO]
    await send(gateway, "PUT", path, [], "ada")
    assert (await get(gateway, f"/datamasking-rules/{rule_id}"))["connection_ids"] == []


FEDERATION = "/connections/pgdemo/federation"


async def test_federation_is_set_up_and_removed(gateway: Any) -> None:
    assert (await send(gateway, "GET", FEDERATION, token="ada")).said == (404, "not found")
    body = {"hook_source": "builtin", "builtin_provider": "gcp_oauth", "admin_credentials_json": "{}"}
    told = await send(gateway, "PUT", FEDERATION, body, "ada")
    assert (told.status, told.json["fallback_policy"], told.json["has_admin_credentials"]) == (200, "deny", True)
    assert await get(gateway, FEDERATION) == told.json
    assert (await send(gateway, "DELETE", FEDERATION, token="ada")).status == 204
    assert (await send(gateway, "DELETE", FEDERATION, token="ada")).said == (404, "not found")


async def test_federation_has_words_of_its_own(api: Any, scenario: Path) -> None:
    gateway = await api(scenario, validation="report")
    told = await send(gateway, "PUT", FEDERATION, {"hook_source": "builtin", "fallback_policy": "maybe"}, "ada")
    assert told.said == (422, "invalid fallback_policy maybe, expected one of [deny static]")


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/connections", FRESH | {"access_schema": "perhaps"}),
        ("PUT", "/connections/pgdemo", FRESH | {"access_schema": "perhaps"}),
        ("PATCH", "/connections/pgdemo", {"access_schema": "perhaps"}),
    ],
)
async def test_a_switch_is_on_or_off(api: Any, scenario: Path, method: str, target: str, body: Any) -> None:
    gateway = await api(scenario, validation="report")
    told = await send(gateway, method, target, body, "ada")
    assert told.said == (422, "invalid access_schema perhaps, expected one of [enabled disabled]")


async def test_an_agent_may_have_any_id(gateway: Any) -> None:
    assert (await make(gateway, agent_id="somewhere"))["agent_id"] == "somewhere"


async def test_consent_is_asked_for_where_federation_needs_it(gateway: Any) -> None:
    asks = f"{FEDERATION}/oauth/authorize"
    assert (await send(gateway, "GET", asks, token="erin")).status == 400
    body = {"hook_source": "builtin", "builtin_provider": "gcp_oauth"}
    await send(gateway, "PUT", FEDERATION, body, "ada")
    assert (await get(gateway, asks, "erin"))["url"].startswith("https://accounts.google.com/")
    assert await get(gateway, f"{FEDERATION}/oauth", "erin") == {"connected": False, "provider": "gcp_oauth"}


async def test_a_search_needs_a_term(gateway: Any) -> None:
    assert (await send(gateway, "GET", "/search?term=", token="ada")).said == (400, "term parameter is required")


async def test_a_search_finds_connections_and_resources(gateway: Any) -> None:
    found = await get(gateway, "/search?term=demo")
    told = {kind: [one["name"] for one in found[kind]] for kind in ("connections", "resources")}
    assert (told, found["runbooks"], found["errors"]) == ({"connections": ["pgdemo"], "resources": ["demo"]}, [], [])
