"""What the audit log says of a call, and how it is searched."""

from dataclasses import replace
from typing import Any

import pytest

from mockhoop.gateway import audit
from mockhoop.gateway.audit import AuditQuery, parse_audit
from mockhoop.gateway.records import AuditEntry, Refusal
from mockhoop.gateway.times import SECOND

NOON = 1_721_908_800 * SECOND  # 2024-07-25T12:00:00Z
ENTRY = AuditEntry(
    id="1",
    created_at=NOON,
    actor_subject="auth0|ada",
    actor_email="ada@example.com",
    actor_name="Ada",
    action="create",
    resource_type="connections",
    resource_id="",
    resource_name="pgdemo",
    http_method="POST",
    http_path="/api/connections",
    http_status=201,
    outcome=True,
    client_ip="10.0.0.7",
)


@pytest.mark.parametrize(
    "operation",
    [
        "POST /users",
        "DELETE /users/groups/{name}",
        "PUT /feature-flags/{name}",
        "PATCH /connections/{nameOrID}",
        "POST /connections/{nameOrID}/credentials",
        "POST /api-keys/{nameOrID}/reactivate",
        "POST /resources/apply",
        "PUT /orgs/license",
    ],
)
def test_what_changes_things_is_logged(operation: str) -> None:
    assert audit.is_logged(*operation.split())


@pytest.mark.parametrize(
    "operation",
    [
        "GET /users",
        "POST /sessions",
        "POST /sessions/{session_id}/kill",
        "PUT /reviews/{id}",
        "POST /localauth/login",
        "POST /resources/plan",
        "POST /resources/{name}/plan",
        "POST /runbooks/exec",
        "POST /federation/test",
        "POST /orgs/license/sign",
    ],
)
def test_what_does_not_or_tells_of_itself_is_not(operation: str) -> None:
    assert not audit.is_logged(*operation.split())


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("POST /users", "create"),
        ("POST /connections/{nameOrID}/credentials", "create"),
        ("POST /connections/{nameOrID}/credentials/{sessionID}", "create"),
        ("PUT /users/{emailOrID}", "update"),
        ("PATCH /connections/{nameOrID}", "update"),
        ("POST /api-keys/{nameOrID}/reactivate", "update"),
        ("DELETE /users/{emailOrID}", "delete"),
        ("DELETE /api-keys/{nameOrID}", "revoke"),
        ("POST /connections/{nameOrID}/credentials/{credentialID}/revoke", "revoke"),
    ],
)
def test_an_action_is_one_of_four(operation: str, action: str) -> None:
    assert audit.action_of(*operation.split()) == action


@pytest.mark.parametrize(
    ("template", "resource_type"),
    [
        ("/connections", "connections"),
        ("/connections/{nameOrID}/credentials", "connections"),
        ("/users/groups/{name}", "users-groups"),
        ("/orgs/license", "orgs-license"),
    ],
)
def test_the_resource_is_what_the_path_begins_with(template: str, resource_type: str) -> None:
    assert audit.resource_type_of(template) == resource_type


UUID = "8a4239fa-5116-4bbb-ad3c-ea1f294aac4a"


@pytest.mark.parametrize(
    ("path_values", "body", "found"),
    [
        ({"nameOrID": "pgdemo"}, None, ("", "pgdemo")),
        ({"nameOrID": UUID}, {"name": "pgdemo"}, (UUID, "pgdemo")),
        ({}, {"id": UUID, "name": "pgdemo"}, (UUID, "pgdemo")),
        ({}, {"email": "ada@example.com"}, ("", "ada@example.com")),
        ({}, [1], ("", "")),
    ],
)
def test_what_a_call_is_about_is_named(path_values: dict[str, str], body: Any, found: tuple[str, str]) -> None:
    assert audit.named(path_values, body) == found


@pytest.mark.parametrize(
    "key",
    [
        *("password", "secret", "token", "api_key", "key", "envs", "env_vars", "envvars", "git_password"),
        *("ssh_keypass", "client_secret", "SLACK_BOT_TOKEN", "ssh-key", "Password"),
    ],
)
def test_secrets_are_not_logged(key: str) -> None:
    assert audit.redacted({key: {"a": "hunter2"}}) == {key: "[REDACTED]"}


@pytest.mark.parametrize("key", ["name", "keyword", "monkey", "description"])
def test_other_values_are(key: str) -> None:
    assert audit.redacted({key: "x"}) == {key: "x"}


def test_secrets_are_found_at_any_depth() -> None:
    body = {"repositories": [{"git_url": "https://x", "git_password": "hunter2"}]}
    assert audit.redacted(body) == {"repositories": '[{"git_url":"https://x","git_password":"[REDACTED]"}]'}


def test_a_password_in_a_url_is_hidden() -> None:
    assert audit.redacted({"url": "http://ada:hunter2@host/x"}) == {"url": "http://ada:[REDACTED]@host/x"}


def test_a_secret_that_is_empty_is_shown_to_be() -> None:
    assert audit.redacted({"password": "", "secret": {}, "token": None}) == {
        "password": "",
        "secret": "{}",
        "token": "null",
    }


@pytest.mark.parametrize("body", [None, [], "text", 1])
def test_a_body_that_is_no_object_is_not_logged(body: Any) -> None:
    assert audit.redacted(body) is None


def test_a_long_body_is_cut() -> None:
    shown = audit.redacted({"script": "x" * 10_000, "more": "y"})
    assert shown == {"script": "x" * audit.MOST_TEXT}


def test_what_is_nested_too_deep_is_not_logged() -> None:
    body: Any = "x"
    for _ in range(2_000):
        body = [body]
    shown = audit.redacted({"input": body})
    assert shown is not None
    assert "x" not in shown["input"]


def shows(options: dict[str, str], entry: AuditEntry = ENTRY) -> bool:
    query = parse_audit(options)
    assert isinstance(query, AuditQuery)
    return query.shows(entry)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"actor_subject": "AUTH0"},
        {"actor_email": "@example"},
        {"resource_type": "connections"},
        {"action": "create"},
        {"http_method": "post"},
        {"http_status": "201"},
        {"http_path": "/connections"},
        {"client_ip": "10.0."},
        {"outcome": "true"},
        {"created_after": "2024-07-25"},
        {"created_after": "2024-07-25T12:00:00Z"},
        {"created_before": "2024-07-25"},
        {"created_before": "2024-07-25T12:00:00Z"},
        {"actor_email": "", "created_after": ""},
    ],
)
def test_an_entry_is_found(options: dict[str, str]) -> None:
    assert shows(options)


@pytest.mark.parametrize(
    "options",
    [
        {"actor_subject": "eve"},
        {"actor_email": "eve"},
        {"resource_type": "connection"},
        {"action": "creat"},
        {"http_method": "PUT"},
        {"http_status": "20"},
        {"http_path": "/users"},
        {"client_ip": "11."},
        {"outcome": "false"},
        {"created_after": "2024-07-26"},
        {"created_after": "2024-07-25T12:00:01Z"},
        {"created_before": "2024-07-24"},
        {"created_before": "2024-07-25T11:59:59Z"},
        {"action": "create", "outcome": "false"},
    ],
)
def test_an_entry_is_not_found(options: dict[str, str]) -> None:
    assert not shows(options)


def test_a_day_at_the_end_counts_as_a_whole() -> None:
    assert shows({"created_before": "2024-07-25"}, replace(ENTRY, created_at=NOON + 43_199 * SECOND))


@pytest.mark.parametrize("name", ["created_after", "created_before"])
def test_what_is_no_time_is_refused(name: str) -> None:
    assert parse_audit({name: "today"}) == Refusal(400, f"invalid {name} value, expected RFC3339 or YYYY-MM-DD")
