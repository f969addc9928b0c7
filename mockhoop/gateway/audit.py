"""The audit log: what is written down of a call that changes things, and how the log is searched.

The sheets tell the log's parameters and its rows; what an entry says of a call is our reading.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.records import AuditEntry, Refusal
from mockhoop.gateway.times import DAY, parse_day, parse_rfc3339, rfc3339
from mockhoop.gateway.urls import without_passwords

MOST_ENTRIES: Final = 10_000
"""So many entries a log has; the oldest are let go of."""
MOST_TEXT: Final = 4_096
"""So many characters of a payload are kept, and so many of any other text of an entry."""
HIDDEN: Final = "[REDACTED]"
_DEEPEST = 16

_CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# Sessions and reviews tell of themselves; who signs in changes nothing.
_UNLOGGED = frozenset(
    ("sessions", "reviews", "localauth", "saml", "signup", "mcp", "mcp-oauth", "features", "proxymanager", "federation")
)
# What these do changes nothing that the gateway keeps.
_ONLY_ASKING = frozenset(("plan", "health", "exec", "test", "sign", "describe-db-instances"))
_ACTIONS: Mapping[str, str] = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_REVOKED = frozenset(("api-keys", "ai-agents"))
_SECRET = re.compile(r"passw|secret|token|credential|keypass|envs|env_?vars|(?:^|[-_])keys?(?:$|[-_])", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_logged(method: str, template: str) -> bool:
    """Whether calls of an operation are in the log."""
    steps = template.strip("/").split("/")
    return method in _CHANGING and steps[0] not in _UNLOGGED and steps[-1] not in _ONLY_ASKING


def action_of(method: str, template: str) -> str:
    """``create``, ``update``, ``delete`` or ``revoke``."""
    steps = template.strip("/").split("/")
    if steps[-1] == "revoke" or (method == "DELETE" and steps[0] in _REVOKED):
        return "revoke"
    # What is done to an item, such as to have it go on, changes it.
    done = method == "POST" and len(steps) > 2 and steps[-2].startswith("{") and not steps[-1].startswith("{")
    return "update" if done and steps[-1] != "credentials" else _ACTIONS[method]


def resource_type_of(template: str) -> str:
    """What a path is about: its steps before the first that names an item, such as ``users-groups``."""
    return "-".join(template.strip("/").partition("/{")[0].split("/"))


def named(path_values: Mapping[str, str], body: object) -> tuple[str, str]:
    """The id and the name of what a call is about, as far as the path or the given body tells them."""
    known = next(iter(path_values.values()), "")
    told = body if isinstance(body, Mapping) else {}
    own_id, name = (known, "") if _UUID.fullmatch(known) else ("", known)
    name = name or _text(told.get("name")) or _text(told.get("email"))
    return (own_id or _text(told.get("id")))[:MOST_TEXT], name[:MOST_TEXT]


def redacted(body: object) -> dict[str, str] | None:
    """A body as the log shows it: texts by key, without what nobody should read; None where there is no object."""
    if not isinstance(body, Mapping):
        return None
    shown: dict[str, str] = {}
    left = MOST_TEXT
    for key, value in body.items():
        if left <= 0:
            break
        shown[str(key)[:left]] = text = _shown(str(key), value)[:left]
        left -= len(str(key)) + len(text)
    return shown


def _shown(key: str, value: object) -> str:
    hidden = _without_secrets(key, value, 0)
    return hidden if isinstance(hidden, str) else json.dumps(hidden, ensure_ascii=False, separators=(",", ":"))


def _without_secrets(key: str, value: Any, depth: int) -> Any:
    if depth > _DEEPEST or (_SECRET.search(key) and value not in (None, "", {}, [])):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(name): _without_secrets(str(name), one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_secrets("", one, depth + 1) for one in value]
    return without_passwords(value, HIDDEN) if isinstance(value, str) else value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class AuditView:
    """An entry as the log of an organisation shows it."""

    entry: AuditEntry
    org_id: str


AUDIT_FIELDS: Fields = {
    "id": lambda view: view.entry.id,
    "org_id": lambda view: view.org_id,
    "created_at": lambda view: rfc3339(view.entry.created_at),
    "actor_subject": lambda view: view.entry.actor_subject,
    "actor_email": lambda view: view.entry.actor_email,
    "actor_name": lambda view: view.entry.actor_name,
    "action": lambda view: view.entry.action,
    "resource_type": lambda view: view.entry.resource_type,
    "resource_id": lambda view: view.entry.resource_id or ABSENT,
    "resource_name": lambda view: view.entry.resource_name,
    "http_method": lambda view: view.entry.http_method,
    "http_path": lambda view: view.entry.http_path,
    "http_status": lambda view: view.entry.http_status,
    "outcome": lambda view: view.entry.outcome,
    "error_message": lambda view: view.entry.error_message,
    "client_ip": lambda view: view.entry.client_ip,
    "request_payload_redacted": lambda view: ABSENT if view.entry.payload is None else view.entry.payload,
}


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What a log is searched for: entries that meet all conditions."""

    conditions: tuple[Callable[[AuditEntry], bool], ...] = ()

    def shows(self, entry: AuditEntry) -> bool:
        """Whether an entry is wanted."""
        return all(condition(entry) for condition in self.conditions)


_PARTS: Mapping[str, Callable[[AuditEntry], str]] = {
    "actor_subject": lambda entry: entry.actor_subject,
    "actor_email": lambda entry: entry.actor_email,
    "http_path": lambda entry: entry.http_path,
    "client_ip": lambda entry: entry.client_ip,
}
_WHOLES: Mapping[str, Callable[[AuditEntry], str]] = {
    "resource_type": lambda entry: entry.resource_type,
    "action": lambda entry: entry.action,
    "http_method": lambda entry: entry.http_method,
    "http_status": lambda entry: str(entry.http_status),
    "outcome": lambda entry: "true" if entry.outcome else "false",
}


def parse_audit(options: Mapping[str, str]) -> AuditQuery | Refusal:
    """The query that the options ask for; empty ones ask for nothing. A day at the end counts as a whole."""
    given = {name: value for name, value in options.items() if value}
    after, before = _moment(given.get("created_after"), 0), _moment(given.get("created_before"), DAY - 1)
    for name, moment in (("created_after", after), ("created_before", before)):
        if name in given and moment is None:
            return Refusal(400, f"invalid {name} value, expected RFC3339 or YYYY-MM-DD")
    conditions = [
        *(_contains(get, given[name]) for name, get in _PARTS.items() if name in given),
        *(_is(get, given[name]) for name, get in _WHOLES.items() if name in given),
    ]
    if after is not None:
        conditions.append(lambda entry: entry.created_at >= after)
    if before is not None:
        conditions.append(lambda entry: entry.created_at <= before)
    return AuditQuery(tuple(conditions))


def _contains(get: Callable[[AuditEntry], str], text: str) -> Callable[[AuditEntry], bool]:
    return lambda entry: text.casefold() in get(entry).casefold()


def _is(get: Callable[[AuditEntry], str], text: str) -> Callable[[AuditEntry], bool]:
    return lambda entry: text.casefold() == get(entry).casefold()


def _moment(text: str | None, rest_of_day: int) -> int | None:
    if text is None:
        return None
    found = parse_day(text)
    if found is not None:
        return found + rest_of_day
    try:
        return parse_rfc3339(text)
    except ValueError:
        return None
