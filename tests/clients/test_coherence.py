"""What one read says, another does not deny: a client that puts answers side by side finds one gateway behind them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from . import work
from .conftest import Start
from .gateway import Gateway
from .people import ADA, JOHN
from .shapes import paged
from .wire import NOTHING, Reply

SECTION = "coherence"
CONNECTION = {
    "name": "fresh-db",
    "type": "database",
    "subtype": "postgres",
    "command": [],
    "secret": {"envvar:HOST": "ZGI="},
    "access_mode_runbooks": "enabled",
    "access_mode_exec": "enabled",
    "access_mode_connect": "enabled",
    "access_schema": "enabled",
}


async def ask(gateway: Gateway, method: str, path: str, body: Any = NOTHING, token: str = "ada") -> Reply:
    return await gateway.browser(token).ask(SECTION, method, path, body)


async def read(gateway: Gateway, path: str, token: str = "ada") -> Any:
    return (await ask(gateway, "GET", path, token=token)).read()


async def all_sessions(gateway: Gateway, query: str = "") -> list[dict[str, Any]]:
    """Every session, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        page = await read(gateway, f"/sessions?limit=100&offset={len(found)}{query}")
        found += page["data"]
        if not page["has_next_page"]:
            return found


async def connect_to(gateway: Gateway, **changes: Any) -> dict[str, Any]:
    """A new connection."""
    agents = await read(gateway, "/agents")
    body = {**CONNECTION, "agent_id": agents[0]["id"], **changes}
    made: dict[str, Any] = (await ask(gateway, "POST", "/connections", body)).read(dict, 201)
    return made


async def run(gateway: Gateway, connection: str, token: str = "ada") -> Reply:
    return await ask(gateway, "POST", "/sessions", {"connection": connection, "script": "SELECT 1"}, token)


# Lists agree


async def test_what_a_session_ran_on_is_listed(gateway: Gateway) -> None:
    listed = {one["name"]: one for one in await read(gateway, "/connections")}
    for session in await all_sessions(gateway):
        connection = listed.get(session["connection"])
        assert connection, f"GET /connections has no {session['connection']!r} of session {session['id']}"
        told = (session["type"], session["connection_subtype"], session["resource_name"])
        assert told == (connection["type"], connection["subtype"], connection["resource_name"]), session["id"]


async def test_who_ran_it_is_listed(gateway: Gateway) -> None:
    listed = {one["id"]: one for one in await read(gateway, "/users")}
    for session in await all_sessions(gateway):
        user = listed.get(session["user_id"])
        assert user, f"GET /users has no {session['user_id']!r} of session {session['id']}"
        assert (session["user"], session["user_name"]) == (user["email"], user["name"]), session["id"]


async def test_everybody_is_called_by_the_email_where_passwords_are_local(gateway: Gateway) -> None:
    """Section 2.4: the user id is the email everywhere."""
    assert [one["email"] for one in await read(gateway, "/users") if one["id"] != one["email"]] == []
    sessions = await all_sessions(gateway)
    assert [one["id"] for one in sessions if one["user_id"] != one["user"]] == []


async def test_all_groups_are_listed(gateway: Gateway) -> None:
    groups = set(await read(gateway, "/users/groups"))
    of_users = {group for one in await read(gateway, "/users") for group in one["groups"]}
    reviewers = {group for one in await read(gateway, "/connections") for group in one["reviewers"] or ()}
    reviews = {one["group"] for review in await read(gateway, "/reviews") for one in review["review_groups_data"]}
    assert of_users <= groups, f"GET /users/groups misses groups of users: {of_users - groups}"
    assert reviewers <= groups, f"GET /users/groups misses reviewers of connections: {reviewers - groups}"
    assert reviews <= groups, f"GET /users/groups misses groups of reviews: {reviews - groups}"


async def test_the_reviews_are_those_of_the_sessions(gateway: Gateway) -> None:
    reviews = {one["id"]: (one["session"], one["status"]) for one in await read(gateway, "/reviews")}
    of_sessions = {
        one["review"]["id"]: (one["id"], one["review"]["status"])
        for one in await all_sessions(gateway)
        if one["review"] is not None
    }
    assert reviews == of_sessions


async def test_agents_of_connections_are_listed(gateway: Gateway) -> None:
    agents = {one["id"]: one["status"] for one in await read(gateway, "/agents")}
    for connection in await read(gateway, "/connections"):
        status = agents.get(connection["agent_id"])
        assert status, f"GET /agents has no {connection['agent_id']!r} of {connection['name']}"
        assert (connection["status"] == "online") == (status == "CONNECTED"), connection["name"]


async def test_resources_of_connections_are_listed(gateway: Gateway) -> None:
    resources = {one["name"]: one["type"] for one in await read(gateway, "/resources")}
    for connection in await read(gateway, "/connections"):
        resource = connection["resource_name"]
        assert resource in resources, f"GET /resources has no {resource!r} of {connection['name']}"
        assert (await read(gateway, f"/resources/{resource}"))["name"] == resource


async def test_connections_are_the_same_by_name_by_id_and_in_lists(gateway: Gateway) -> None:
    """In lists the secret and the effective features are left out (section 8.7)."""
    for listed in await read(gateway, "/connections"):
        by_name = await read(gateway, f"/connections/{listed['name']}")
        assert by_name == await read(gateway, f"/connections/{listed['id']}")
        assert (listed.pop("secret"), listed.pop("effective_features")) == ({}, None)
        assert {name: by_name[name] for name in listed} == listed


async def test_users_are_the_same_one_by_one_and_in_the_list(gateway: Gateway) -> None:
    for listed in await read(gateway, "/users"):
        assert await read(gateway, f"/users/{listed['email']}") == listed


async def test_agents_are_the_same_one_by_one_and_in_the_list(gateway: Gateway) -> None:
    for listed in await read(gateway, "/agents"):
        assert await read(gateway, f"/agents/{listed['name']}") == listed


async def test_the_tags_are_those_of_the_connections(gateway: Gateway) -> None:
    tags = {(one["key"], one["value"]) for one in (await read(gateway, "/connection-tags"))["items"]}
    listed = await read(gateway, "/connections")
    assert tags == {tag for one in listed for tag in (one["connection_tags"] or {}).items()}


async def test_the_organization_is_one(gateway: Gateway) -> None:
    user = await read(gateway, "/userinfo")
    assert {one["org_id"] for one in await all_sessions(gateway)} == {user["org_id"]}


async def test_the_server_says_one_thing(gateway: Gateway) -> None:
    public, server, user = [await read(gateway, path) for path in ("/publicserverinfo", "/serverinfo", "/userinfo")]
    assert (public["auth_method"], user["tenancy_type"]) == (server["auth_method"], server["tenancy_type"])
    assert public["setup_required"] is False
    assert server["api_url"] == gateway.origin
    reply = await ask(gateway, "GET", "/healthz")
    assert reply.headers["Server"] == f"hoopgateway/{server['version']}"


async def test_where_nothing_may_be_downloaded_the_server_says_so(start: Start, tmp_path: Path) -> None:
    """The web app hides its menus then (2c)."""
    path = tmp_path / "no-downloads.yaml"
    path.write_text("mockhoop: 1\ninclude: [default]\ndownloads: {enabled: false}\n")
    for scenario, is_disabled in ((str(path), True), ("default", False)):
        gateway = await start(scenario)
        assert (await read(gateway, "/serverinfo"))["disable_sessions_download"] is is_disabled
        reply = await ask(gateway, "GET", "/sessions/1cbc8db5-fbf8-4293-8e35-59a6eea40207?extension=csv")
        reply.check(403 if is_disabled else 200)


async def test_the_dashboard_counts_what_the_list_has(gateway: Gateway) -> None:
    total = (await read(gateway, "/sessions?limit=1&count=exact"))["total"]
    assert total == len(await all_sessions(gateway))


# Reports


async def test_the_report_counts_what_the_sessions_say(start: Start) -> None:
    gateway = await start("work")
    report = await read(gateway, "/reports/sessions?start_date=2026-08-01&end_date=2026-08-22")
    masked = [
        session["metrics"]["data_masking"]
        for session in await all_sessions(gateway)
        if session["end_date"] and (session["metrics"] or {}).get("data_masking")
    ]
    assert report["total_redact_count"] == sum(one["total_redact_count"] for one in masked)
    assert report["total_transformed_bytes"] == sum(one["transformed_bytes"] for one in masked)
    counted: dict[str, int] = {}
    for one in report["items"]:
        counted[one["info_type"]] = counted.get(one["info_type"], 0) + one["redact_total"]
    told: dict[str, int] = {}
    for metrics in masked:
        for name, count in metrics["info_types"].items():
            told[name] = told.get(name, 0) + count
    assert counted == told


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"id={work.RAN}&start_date=2026-08-21", 3),
        (f"id={work.PENDING}&start_date=2026-08-21", 0),
        (f"id={work.RAN}&start_date=2026-08-20&end_date=2026-08-21", 0),  # the end is not included
        (f"id={work.RAN}&start_date=2026-08-21&end_date=2026-08-22", 3),
        ("connection_name=pgdemo&start_date=2026-08-21&end_date=2026-08-22", 3),
        ("connection_name=bash-prod&start_date=2026-08-21&end_date=2026-08-22", 0),
        (f"user_email={JOHN}&start_date=2026-08-21&end_date=2026-08-22", 3),
        (f"id={work.RAN}&verb=connect&start_date=2026-08-21&end_date=2026-08-22", 0),
    ],
)
async def test_a_report_counts_what_it_is_asked_for(start: Start, query: str, count: int) -> None:
    report = await read(await start("work"), f"/reports/sessions?{query}")
    assert report["total_redact_count"] == count, f"GET /reports/sessions?{query}: {report}"


@pytest.mark.parametrize("group_by", ["connection_name", "id", "connection_type", "user_email"])
async def test_a_report_names_what_it_groups_by(start: Start, group_by: str) -> None:
    path = f"/reports/sessions?group_by={group_by}&start_date=2026-08-21&end_date=2026-08-22"
    resources = {one["resource"] for one in (await read(await start("work"), path))["items"]}
    named = {"connection_name": "pgdemo", "id": work.RAN, "connection_type": "database", "user_email": JOHN}
    assert named[group_by] in resources


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("start_date=2026-08-21T00:00:00Z", "invalid date format, expected format YYYY-MM-DD"),
        (
            "start_date=2026-01-01&end_date=2026-08-21",
            "invalid date range, expected to be between 120 days range",
        ),
        (
            "group_by=colour",
            "invalid group_by value, expected=[connection_name id connection_type user_email]",
        ),
    ],
)
async def test_a_report_that_cannot_be_made_is_refused(start: Start, query: str, message: str) -> None:
    reply = await ask(await start("work"), "GET", f"/reports/sessions?{query}")
    assert reply.message(400) == message


# Changes are seen


async def test_a_new_connection_is_seen_everywhere(gateway: Gateway) -> None:
    made = await connect_to(gateway, connection_tags={"colour": "green"})
    assert made["name"] in [one["name"] for one in await read(gateway, "/connections")]
    page = (await ask(gateway, "GET", "/connections?page=1&page_size=1&search=fresh-db")).read(paged({"name": str}))
    assert page["pages"]["total"] == 1
    assert ("colour", "green") in {
        (one["key"], one["value"]) for one in (await read(gateway, "/connection-tags"))["items"]
    }
    assert (await run(gateway, made["name"])).read()["has_review"] is False
    assert (await read(gateway, "/sessions?connection=fresh-db"))["total"] == 1


async def test_a_search_finds_a_connection_by_its_name(gateway: Gateway) -> None:
    await connect_to(gateway)
    found = await read(gateway, "/search?term=fresh")
    assert [one["name"] for one in found["connections"]] == ["fresh-db"]


async def test_a_connection_with_reviewers_asks_for_a_review(gateway: Gateway) -> None:
    await connect_to(gateway, reviewers=["dba"])
    told = (await run(gateway, "fresh-db", "john")).read()
    assert told["has_review"] is True
    review = (await read(gateway, f"/sessions/{told['session_id']}"))["review"]
    assert [one["group"] for one in review["review_groups_data"]] == ["dba"]
    assert review["id"] in [one["id"] for one in await read(gateway, "/reviews")]


async def test_a_connection_that_gets_reviewers_asks_from_then_on(gateway: Gateway) -> None:
    made = await connect_to(gateway)
    assert (await run(gateway, "fresh-db", "john")).read()["has_review"] is False
    (await ask(gateway, "PUT", "/connections/fresh-db", {**made, **CONNECTION, "reviewers": ["dba"]})).check()
    assert (await run(gateway, "fresh-db", "john")).read()["has_review"] is True


async def test_a_connection_that_may_not_be_executed_on_is_not(gateway: Gateway) -> None:
    """Section 6.1: the answer is a failed run, not an error."""
    await connect_to(gateway, access_mode_exec="disabled")
    told = (await run(gateway, "fresh-db")).read()
    assert (told["output_status"], told["exit_code"]) == ("failed", -2)
    assert told["output"].endswith("exec is disabled for this connection")


async def test_a_connection_that_may_not_be_connected_to_is_not(gateway: Gateway) -> None:
    await connect_to(gateway, access_mode_connect="disabled")
    body = {"access_duration_seconds": 60}
    reply = await ask(gateway, "POST", "/connections/fresh-db/credentials", body)
    assert reply.message(400) == "access mode connect is not enabled for this connection"


async def test_metadata_that_a_connection_wants_is_asked_for(gateway: Gateway) -> None:
    await connect_to(gateway, mandatory_metadata_fields=["ticket"])
    assert (await run(gateway, "fresh-db")).message(422) == "missing required metadata field: ticket"


async def test_a_connection_that_is_gone_is_gone_everywhere(gateway: Gateway) -> None:
    """The gateway says 400 to a script on a connection that it does not know (section 6.1)."""
    (await ask(gateway, "DELETE", "/connections/pgdemo")).check(204)
    assert (await ask(gateway, "GET", "/connections/pgdemo")).message(404) == "not found"
    assert (await run(gateway, "pgdemo")).message(400) == "connection pgdemo not found"
    body = {"access_duration_seconds": 60}
    credentials = await ask(gateway, "POST", "/connections/pgdemo/credentials", body)
    assert credentials.message(404) == "connection pgdemo not found"
    assert "pgdemo" not in [one["name"] for one in await read(gateway, "/connections")]


async def test_sessions_on_a_connection_that_is_gone_keep_its_name_only(gateway: Gateway) -> None:
    """Section 3b.1: the resource is that of the connection as it is now."""
    (await ask(gateway, "DELETE", "/connections/pgdemo")).check(204)
    session = await read(gateway, "/sessions/1cbc8db5-fbf8-4293-8e35-59a6eea40207")
    assert (session["connection"], session["resource_name"]) == ("pgdemo", "")


async def test_a_key_ends_when_it_is_revoked(gateway: Gateway) -> None:
    made = (await ask(gateway, "POST", "/api-keys", {"name": "ci", "groups": ["sre"]})).read({"key": str}, 201)
    await read(gateway, "/connections", made["key"])
    (await ask(gateway, "DELETE", "/api-keys/ci")).check(204)
    reply = await ask(gateway, "GET", "/connections", token=made["key"])
    assert reply.message(401) == "access denied"
    (await ask(gateway, "POST", "/api-keys/ci/reactivate")).check()
    await read(gateway, "/connections", made["key"])


async def test_a_key_that_is_used_says_when(gateway: Gateway) -> None:
    made = (await ask(gateway, "POST", "/api-keys", {"name": "ci", "groups": []})).read({"key": str}, 201)
    assert (await read(gateway, "/api-keys/ci"))["last_used_at"] is None
    await read(gateway, "/connections", made["key"])
    assert (await read(gateway, "/api-keys/ci"))["last_used_at"] is not None


async def test_other_groups_are_other_rights(gateway: Gateway) -> None:
    assert (await ask(gateway, "GET", "/api-keys", token="john")).message(403) == "access denied"
    user = {"email": JOHN, "name": "John Wick", "groups": ["admin", "night-shift"], "status": "active"}
    (await ask(gateway, "PUT", f"/users/{JOHN}", user)).check()
    told = await read(gateway, "/userinfo", "john")
    assert (sorted(told["groups"]), told["is_admin"], told["role"]) == (["admin", "night-shift"], True, "admin")
    assert "night-shift" in await read(gateway, "/users/groups")
    await read(gateway, "/api-keys", "john")


async def test_a_group_that_is_gone_is_nobodys(gateway: Gateway) -> None:
    (await ask(gateway, "POST", "/users/groups", {"name": "night-shift"})).check(201)
    assert "night-shift" in await read(gateway, "/users/groups")
    user = {"email": JOHN, "name": "John Wick", "groups": ["night-shift"], "status": "active"}
    (await ask(gateway, "PUT", f"/users/{JOHN}", user)).check()
    (await ask(gateway, "DELETE", "/users/groups/night-shift")).check(204)
    assert "night-shift" not in await read(gateway, "/users/groups")
    assert (await read(gateway, "/userinfo", "john"))["groups"] == []


async def test_a_flag_is_read_where_it_was_set_and_elsewhere(gateway: Gateway) -> None:
    name = (await read(gateway, "/feature-flags"))[0]["name"]
    for enabled in (True, False):
        (await ask(gateway, "PUT", f"/feature-flags/{name}", {"enabled": enabled})).check()
        flags = {one["name"]: one["enabled"] for one in await read(gateway, "/feature-flags")}
        assert flags[name] is enabled
        assert (await read(gateway, "/serverinfo")).get("feature_flags", {}).get(name, False) is enabled


async def test_what_roles_hide_is_hidden(gateway: Gateway) -> None:
    await connect_to(gateway)
    assert (await read(gateway, "/connections/fresh-db"))["secret"] == CONNECTION["secret"]
    (await ask(gateway, "PUT", "/orgs/hide-role-info", {"hide_role_info": True})).check()
    assert await read(gateway, "/orgs/hide-role-info") == {"hide_role_info": True}
    assert (await read(gateway, "/connections/fresh-db"))["secret"] != CONNECTION["secret"]


async def test_a_rule_for_access_asks_for_a_review(gateway: Gateway) -> None:
    """Section 7.1: the review has the name of the rule, and its reviewers."""
    rule = {
        "name": "ask-dba",
        "description": "",
        "access_type": "command",
        "connection_names": ["pgdemo"],
        "approval_required_groups": ["sre"],
        "reviewers_groups": ["dba"],
        "force_approval_groups": ["admin"],
        "all_groups_must_approve": True,
    }
    (await ask(gateway, "POST", "/access-requests/rules", rule)).check(201)
    assert [one["name"] for one in (await read(gateway, "/access-requests/rules"))["data"]] == ["ask-dba"]
    told = (await run(gateway, "pgdemo", "john")).read()
    assert told["has_review"] is True
    review = (await read(gateway, f"/sessions/{told['session_id']}"))["review"]
    assert (review["access_request_rule_name"], review["force_approval_groups"]) == ("ask-dba", ["admin"])
    assert [one["group"] for one in review["review_groups_data"]] == ["dba"]


# The audit tells


async def test_the_audit_tells_of_a_change(gateway: Gateway) -> None:
    user = {"email": "new@example.com", "name": "New", "groups": [], "password": "a great secret"}
    (await ask(gateway, "POST", "/users", user)).check(201)
    entry = await last_entry(gateway)
    told = [entry[name] for name in ("actor_email", "action", "resource_type", "http_status", "outcome")]
    assert told == [ADA, "create", "users", 201, True]
    assert "a great secret" not in json.dumps(entry)
    assert entry["client_ip"] == "127.0.0.1"


async def test_the_audit_tells_of_a_change_that_was_refused(gateway: Gateway) -> None:
    user = {"email": ADA, "name": "Ada Again", "groups": []}
    (await ask(gateway, "POST", "/users", user)).check(409)
    entry = await last_entry(gateway)
    assert (entry["http_status"], entry["outcome"]) == (409, False)


async def test_the_audit_is_filtered(gateway: Gateway) -> None:
    await connect_to(gateway)
    (await ask(gateway, "DELETE", "/connections/fresh-db")).check(204)
    for query, actions in (
        ("resource_type=connections", ["delete", "create"]),
        ("resource_type=connections&action=delete", ["delete"]),
        ("resource_type=connections&actor_email=nobody", []),
        ("resource_type=connections&http_status=201", ["create"]),
        ("resource_type=connections&created_before=2001-01-01", []),
    ):
        page = await read(gateway, f"/audit/logs?page=1&page_size=25&{query}")
        assert [one["action"] for one in page["data"]] == actions, f"GET /audit/logs?{query}"
        assert page["pages"] == {"total": len(actions), "page": 1, "size": 25}, f"GET /audit/logs?{query}"


async def test_reading_is_not_in_the_audit(gateway: Gateway) -> None:
    before = (await read(gateway, "/audit/logs?page=1&page_size=1"))["pages"]["total"]
    await asyncio.gather(*(read(gateway, path) for path in ("/users", "/connections", "/sessions")))
    assert (await read(gateway, "/audit/logs?page=1&page_size=1"))["pages"]["total"] == before


async def last_entry(gateway: Gateway) -> dict[str, Any]:
    """The newest entry of the audit; the newest come first."""
    page = await read(gateway, "/audit/logs?page=1&page_size=25")
    assert page["data"], "GET /audit/logs tells of nothing"
    entry: dict[str, Any] = page["data"][0]
    return entry
