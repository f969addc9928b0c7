"""What clients can add is bounded, whatever it is."""

import json
from typing import Any

import pytest

from .scripted import Stage, stage

CONNECTION = {
    "type": "custom",
    "agent_id": "00000000-0000-4000-8000-0000000000aa",
    "access_mode_runbooks": "enabled",
    "access_mode_exec": "enabled",
    "access_mode_connect": "enabled",
    "access_schema": "enabled",
}
ADDING: dict[str, Any] = {
    "/users": lambda number: {"email": f"new{number}@example.com", "name": "New"},
    "/users/groups": lambda number: {"name": f"group-{number}"},
    "/api-keys": lambda number: {"name": f"key-{number}", "groups": ["sre"]},
    "/ai-agents": lambda number: {"name": f"agent-{number}", "groups": ["sre"]},
    "/serviceaccounts": lambda number: {"subject": f"s{number}", "name": "sa", "groups": [], "status": "active"},
    "/connections": lambda number: {**CONNECTION, "name": f"connection-{number}"},
    "/resources": lambda number: {"name": f"r-{number}", "type": "custom", "env_vars": {"A": "b"}, "roles": []},
    "/agents": lambda number: {"name": f"agent-{number}", "mode": "standard"},
    "/guardrails": lambda number: {"name": f"rule-{number}", "input": {}, "output": {}, "connection_ids": []},
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Stage:
    for module in ("hoop.room", "generic.memory"):
        monkeypatch.setattr(f"mockhoop.responders.{module}.MOST_ITEMS", 1)
    return stage(check_responses=False)


def send(world: Stage, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    sent = b"" if body is None else json.dumps(body).encode()
    reply = world.call(path, "ada", method=method, body=sent).reply
    return reply.status, json.loads(reply.body or b"null")


def add(world: Stage, path: str, number: int) -> tuple[int, Any]:
    return send(world, "POST", path, ADDING[path](number))


@pytest.mark.parametrize("path", ADDING)
def test_what_is_too_much_is_refused_as_the_gateway_refuses(world: Stage, path: str) -> None:
    told = add(world, path, 1)
    assert told[0] == 201, told
    status, body = add(world, path, 2)
    assert (status, list(body)) == (507, ["message"])


def test_what_is_there_can_be_changed_in_a_full_world(world: Stage) -> None:
    add(world, "/users", 1)
    told = send(world, "PUT", "/users/new1@example.com", {"email": "new1@example.com", "name": "Other"})
    assert told[1]["name"] == "Other"


def test_there_is_room_again_for_what_was_removed(world: Stage) -> None:
    add(world, "/users", 1)
    send(world, "DELETE", "/users/new1@example.com")
    assert add(world, "/users", 2)[0] == 201
