"""The audit log: an entry for each call that changes things."""

from typing import Any

import pytest

from mockhoop.gateway.audit import MOST_ENTRIES
from mockhoop.gateway.facets import AUDIT
from mockhoop.gateway.records import AuditEntry
from mockhoop.world.changes import Put

from .people_calls import NEW, call, read


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def entries(gateway: Any, query: str = "") -> list[Any]:
    data: list[Any] = (await read(gateway, f"/audit/logs?{query}"))["data"]
    return data


async def test_where_nothing_has_changed_the_log_is_empty(gateway: Any) -> None:
    await read(gateway, "/users")
    assert await read(gateway, "/audit/logs") == {"pages": {"total": 0, "page": 1, "size": 50}, "data": []}


async def test_an_entry_says_who_did_what_and_what_came_of_it(gateway: Any) -> None:
    await call(gateway, "POST", "/users", NEW, X_Forwarded_For="10.0.0.7, 10.0.0.1")
    (entry,) = await entries(gateway)
    expected = {
        "actor_subject": "ada@example.com",
        "actor_email": "ada@example.com",
        "actor_name": "Ada Admin",
        "created_at": "2024-08-01T12:00:00Z",
        "action": "create",
        "resource_type": "users",
        "http_method": "POST",
        "http_path": "/api/users",
        "http_status": 201,
        "outcome": True,
        "error_message": "",
        "client_ip": "10.0.0.7",
    }
    assert {name: entry[name] for name in expected} == expected


async def test_an_entry_shows_what_was_told_without_secrets(gateway: Any) -> None:
    await call(gateway, "POST", "/users", NEW)
    (entry,) = await entries(gateway)
    assert entry["request_payload_redacted"] == {
        "email": "new@example.com",
        "name": "New One",
        "groups": '["sre"]',
        "password": "[REDACTED]",
    }


async def test_a_refusal_is_in_the_log_too(gateway: Any) -> None:
    await call(gateway, "DELETE", "/users/nobody@example.com")
    (entry,) = await entries(gateway)
    assert (entry["http_status"], entry["outcome"], entry["error_message"]) == (
        404,
        False,
        "user nobody@example.com not found",
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/guardrails", {"name": "no-drop", "input": {}, "output": {}}),
        ("PUT", "/feature-flags/experimental.rdp_v2", {"enabled": True}),
        ("PUT", "/plugins/slack/config", {"envvars": {}}),
        ("DELETE", "/agents/default", None),
    ],
)
async def test_all_that_changes_things_is_in_the_log(gateway: Any, method: str, path: str, body: Any) -> None:
    assert (await call(gateway, method, path, body)).status < 300
    assert [entry["http_path"] for entry in await entries(gateway)] == [f"/api{path}"]


async def test_sessions_and_sign_ins_are_not(gateway: Any) -> None:
    await call(gateway, "POST", "/sessions", {"script": "ls", "connection": "shell"})
    await call(gateway, "POST", "/localauth/login", {"email": "ada@example.com", "password": "x"}, None)
    assert await entries(gateway) == []


async def test_a_call_that_is_refused_for_its_form_is_not(gateway: Any) -> None:
    await call(gateway, "PUT", "/feature-flags/experimental.rdp_v2", {"enabled": "yes"}, "erin")
    assert await entries(gateway) == []


async def test_the_newest_is_first(gateway: Any) -> None:
    for number in range(3):
        await call(gateway, "DELETE", f"/users/{number}")
    assert [entry["http_path"][-1] for entry in await entries(gateway)] == ["2", "1", "0"]


async def test_the_log_comes_in_pages(gateway: Any) -> None:
    for number in range(3):
        await call(gateway, "DELETE", f"/users/{number}")
    told = await read(gateway, "/audit/logs?page=2&page_size=2")
    assert told["pages"] == {"total": 3, "page": 2, "size": 2}
    assert [entry["http_path"][-1] for entry in told["data"]] == ["0"]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("action=update", ["/api/feature-flags/experimental.rdp_v2"]),
        ("outcome=false", ["/api/users/nobody"]),
        ("http_status=404&resource_type=users", ["/api/users/nobody"]),
        ("actor_email=john", []),
        ("created_after=2024-08-02", []),
        ("http_method=DELETE&created_before=2024-08-01", ["/api/users/nobody"]),
    ],
)
async def test_the_log_is_searched(gateway: Any, query: str, paths: list[str]) -> None:
    await call(gateway, "DELETE", "/users/nobody")
    await call(gateway, "PUT", "/feature-flags/experimental.rdp_v2", {"enabled": True})
    assert [entry["http_path"] for entry in await entries(gateway, query)] == paths


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=0", (422, "page must be >= 1")),
        ("page_size=101", (422, "page_size must be between 1 and 100")),
        ("created_after=yesterday", (400, "invalid created_after value, expected RFC3339 or YYYY-MM-DD")),
    ],
)
async def test_what_cannot_be_asked_is_refused(gateway: Any, query: str, said: tuple[int, str]) -> None:
    assert (await call(gateway, "GET", f"/audit/logs?{query}")).said == said


@pytest.mark.parametrize(("token", "status"), [("ada", 200), ("otto", 200), ("erin", 403)])
async def test_admins_and_auditors_read_the_log(gateway: Any, token: str, status: int) -> None:
    assert (await call(gateway, "GET", "/audit/logs", None, token)).status == status


def old_entry(number: int) -> AuditEntry:
    return AuditEntry(
        id=f"00000000-0000-4000-8000-{number:012}",
        created_at=number,
        actor_subject="ada@example.com",
        actor_email="ada@example.com",
        actor_name="Ada Admin",
        action="create",
        resource_type="users",
        resource_id="",
        resource_name="",
        http_method="POST",
        http_path="/api/users",
        http_status=201,
        outcome=True,
    )


async def test_the_oldest_entries_are_let_go_of(gateway: Any) -> None:
    world = gateway.service.pipeline.world
    world.apply(Put(AUDIT, old_entry(number)) for number in range(MOST_ENTRIES))
    await call(gateway, "DELETE", "/users/nobody")
    assert (await read(gateway, "/audit/logs?page_size=1"))["pages"]["total"] == MOST_ENTRIES
    assert world.table(AUDIT).get(old_entry(0).id) is None
