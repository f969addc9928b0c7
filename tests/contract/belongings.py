"""What there is beside sessions: schemathesis cannot guess a name, so things are made for the calls that need one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from mockhoop.gateway.server_info import FLAGS

Body = Any
EXISTING = "one that exists"
"""In a path: the name or the id of something that there is."""

DRAFT: Mapping[str, Any] = {
    "type": "database",
    "subtype": "postgres",
    "agent_id": "24d38fd2-07d1-5103-99e5-dc06e3880962",
    "access_mode_connect": "enabled",
    "access_mode_exec": "enabled",
    "access_mode_runbooks": "enabled",
    "access_schema": "enabled",
}
PROVOKING: dict[str, dict[str, Any]] = {
    "POST /connections": {"name": "-x"},
    "POST /access-requests/rules": {"access_max_duration": 2**70},
}
"""What the contract allows to be told of a thing and the gateway refuses: a bad name, a number beyond 64 bits."""
REFUSED = {"DELETE /resources/{name}": "reviewed", "PUT /feature-flags/{name}": "no-such-switch"}
"""What every other call names and is refused: a resource with a role, the connection of its name; a switch."""
FEDERATION = {"hook_source": "builtin", "builtin_provider": "gcp_oauth"}
JIRA = {"url": "https://jira.example.com", "user": "ada", "api_token": "token"}
REPOSITORY = "https://git.example.com/acme/"


class Ask(Protocol):
    """Makes a call as an admin; gives the status and the answer."""

    def __call__(self, method: str, target: str, body: Body = None) -> tuple[int, Any]: ...


@dataclass(frozen=True, slots=True)
class Thing:
    """How something is told, by a name that nothing has, and the property by which paths know it."""

    known_by: str
    body: Callable[[str], Mapping[str, Any]]


def _named(name: str) -> Mapping[str, Any]:
    return {"name": name}


THINGS: Mapping[str, Thing] = {
    "/agents": Thing("name", _named),
    "/users": Thing("email", lambda name: {"email": f"{name}@example.com"}),
    "/users/groups": Thing("name", _named),
    "/serviceaccounts": Thing("subject", lambda name: {"subject": name, "status": "active"}),
    "/api-keys": Thing("id", _named),
    "/ai-agents": Thing("id", _named),
    "/machineidentities": Thing("name", _named),
    "/spiffe-mappings": Thing("id", lambda name: {"trust_domain": name}),
    "/connections": Thing("name", lambda name: {"name": name, **DRAFT}),
    "/resources": Thing("name", lambda name: {"name": name, "type": "custom", "env_vars": {"A": "1"}}),
    "/guardrails": Thing("id", _named),
    "/datamasking-rules": Thing("id", _named),
    "/attributes": Thing("name", _named),
    "/access-requests/rules": Thing(
        "name",
        lambda name: {
            "name": name,
            "access_type": "command",
            "approval_required_groups": ["nobody"],
            "reviewers_groups": ["nobody"],
            "force_approval_groups": [],
            "connection_names": ["nothing"],
        },
    ),
    "/ai/session-analyzer/rules": Thing(
        "name", lambda name: {"name": name, "connection_names": ["nothing"], "risk_evaluation": {}}
    ),
    "/runbooks/configurations": Thing("name", lambda name: {"git_url": f"{REPOSITORY}{name}", "name": name}),
    "/runbooks/rules": Thing("id", lambda name: {"name": name, "connections": [], "runbooks": [], "user_groups": []}),
    "/integrations/jira/issuetemplates": Thing(
        "id", lambda name: {"name": name, "project_key": "OPS", "request_type_id": "1"}
    ),
    "/event-routing/subscriptions": Thing("id", lambda name: {"name": name, "event_types": ["session.open"]}),
}
"""By the path to which they are posted."""

# What can only be told beforehand, in the scenario.
_TOLD = {
    "/rulepacks": "5d1f0b7a-2c55-4a35-9d57-0a1b6c8e4f10",
    "/dbroles/jobs": "8a3f5c1e-7b0d-4f6a-a1f2-6f0e9d3c2b11",
    "/mcp-oauth/token": "c7d2e9b4-1f3a-4c8d-8e6b-5a9f0d1c2e12",
}
_KNOWN = {**_TOLD, "/plugins": "slack", "/feature-flags": next(iter(FLAGS))}
ITEMS = "items:\n" + "\n".join(f"  - {{item: {path}/{own_id}, fields: {{}}}}" for path, own_id in _TOLD.items())
"""The items of a scenario without which nobody could ask for them."""

# What has to be done before a call can find something, with the values of its path.
PREPARING: Mapping[str, tuple[tuple[str, str, Callable[[Mapping[str, str]], Body]], ...]] = {
    **dict.fromkeys(
        (
            "GET /connections/{nameOrID}/federation",
            "DELETE /connections/{nameOrID}/federation",
            "GET /connections/{nameOrID}/federation/oauth/authorize",
        ),
        (("PUT", "/connections/{nameOrID}/federation", lambda _: FEDERATION),),
    ),
    "GET /connections/{nameOrID}/credentials": (
        ("POST", "/connections/{nameOrID}/credentials", lambda _: {"access_duration_seconds": 600}),
    ),
    "GET /connections/{nameOrId}/ai-session-analyzer-rule": (
        (
            "POST",
            "/ai/session-analyzer/rules",
            lambda values: {
                "name": f"for-{values['nameOrId']}",
                "connection_names": [values["nameOrId"]],
                "risk_evaluation": {},
            },
        ),
    ),
    "POST /api-keys/{nameOrID}/reactivate": (("DELETE", "/api-keys/{nameOrID}", lambda _: None),),
    "POST /ai-agents/{nameOrID}/reactivate": (("DELETE", "/ai-agents/{nameOrID}", lambda _: None),),
    **dict.fromkeys(
        ("GET /plugins/{name}/conn/{id}", "DELETE /plugins/{name}/conn/{id}"),
        (("PUT", "/plugins/{name}/conn/{id}", lambda _: {"config": []}),),
    ),
    "DELETE /ai/session-analyzer/providers": (
        ("POST", "/ai/session-analyzer/providers", lambda _: {"provider": "openai", "model": "small"}),
    ),
    "PUT /integrations/jira": (("POST", "/integrations/jira", lambda _: JIRA),),
}

# Bodies that mean something to the gateway, of calls that make no thing.
TELLING: Mapping[str, Body] = {
    "PATCH /connections/{nameOrID}": {"connection_tags": {"team": "sre"}},
    "POST /connections/{nameOrID}/credentials": {"access_duration_seconds": 600},
    "PUT /connections/{nameOrID}/datamasking-rules": {"rules": []},
    "PUT /connections/{nameOrID}/federation": FEDERATION,
    "PUT /feature-flags/{name}": {"enabled": True},
    "PUT /plugins/{name}": {"name": "slack", "connections": []},
    "PUT /plugins/{name}/config": {"envvars": {"A": "1"}},
    "PUT /plugins/{name}/conn/{id}": {"config": []},
    **dict.fromkeys(("POST /integrations/jira", "PUT /integrations/jira"), JIRA),
    "POST /runbooks/configurations/{id}/files": {"path": "rotate.runbook.sh", "content": "uptime"},
    "POST /resources/{name}/plan": {"role": "reader", "type": "managed", "privileges": ["ALL"], "scopes": ["public"]},
    "POST /resources/{name}/apply": {"sid": "00000000-0000-4000-8000-000000000000"},
    "POST /rulepacks/{id}/apply": {"connection_names": ["bash"]},
    "POST /localauth/login": {"email": "johnwick@bad.org", "password": "a-password-for-tests"},
}


class Belongings:
    """Gives calls the names of what there is: one for all calls of an operation, and to those that end it its own."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._made = count()
        self._turns = count()
        self._kept: dict[tuple[str, str], str] = {}

    def names(self, label: str) -> bool:
        """Whether something that exists can be named in the path of an operation, or has to be made for it."""
        before, brace, _ = label.split()[1].partition("{")
        return label in PREPARING or (brace != "" and self._kind_before(before) is not None)

    def name_all(self, label: str, values: dict[str, Any]) -> None:
        """Put the names of what there is into the values of a path, and do what has to be done before."""
        path = label.split()[1]
        known: dict[str, str] = {}
        for place, step in enumerate(steps := path.split("/")):
            if step.startswith("{"):
                name = step[1:-1]
                known[name] = values[name] = self._one(label, "/".join(steps[:place]), known)
        for method, target, body in PREPARING.get(label, ()):
            self._ask(method, target.format(**known), body(known))

    def fresh_name(self) -> str:
        """A name that nothing has."""
        return f"made-{next(self._made)}"

    def _kind_before(self, prefix: str) -> str | None:
        kind = _SAME.get(prefix.rstrip("/"), prefix.rstrip("/"))
        return kind if kind in THINGS or kind in _KNOWN else None

    def _one(self, label: str, prefix: str, known: Mapping[str, str]) -> str:
        kind = self._kind_before(prefix)
        if kind is None:
            return self._credential(label, known)
        if label in REFUSED and next(self._turns) % 2:
            if label == "DELETE /resources/{name}":  # other calls may have taken its role away
                self._ask("POST", "/connections", {"name": REFUSED[label], **DRAFT})
            return REFUSED[label]
        if kind in _KNOWN:
            return _KNOWN[kind]
        if label.startswith("DELETE ") or label.endswith(_ENDING):
            return self._make(kind)
        if (label, kind) not in self._kept:
            self._kept[label, kind] = self._make(kind)
        return self._kept[label, kind]

    def _make(self, kind: str) -> str:
        thing, name = THINGS[kind], self.fresh_name()
        told = thing.body(name)
        status, answer = self._ask("POST", kind, told)
        assert status in (200, 201), (kind, status, answer)
        return str(({**answer, **told} if thing.known_by != "id" else answer)[thing.known_by])

    def _credential(self, label: str, known: Mapping[str, str]) -> str:
        """The id of credentials, or of the session in which somebody waited for them and was let in."""
        connection = f"/connections/{known['nameOrID']}"
        asked = label.endswith("{sessionID}")
        if asked:
            self._ask("PATCH", connection, {"reviewers": ["admin"]})
        _, answer = self._ask("POST", f"{connection}/credentials", {"access_duration_seconds": 600})
        if asked:
            self._ask("PUT", f"/reviews/{answer['review_id']}", {"status": "APPROVED"})
        return str(answer["session_id" if asked else "id"])


_ENDING = ("/reactivate", "/revoke", "/close", "/credentials/{sessionID}")
_SAME = {
    "/plugins/{name}/conn": "/connections",
    "/plugins/runbooks/connections": "/connections",
    "/machineidentities/{name}/credentials": "/connections",
}
"""What else is named by the same names."""
