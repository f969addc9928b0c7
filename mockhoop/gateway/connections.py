"""Connections: how they are shown, found in lists, and told by clients (section 8.7 of the behaviour sheet)."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.gateway.sessions import session_id

NOT_FOUND: Final = Refusal(404, "not found")
TAKEN: Final = Refusal(409, "connection already exists")
BAD_OPTION: Final = Refusal(
    422,
    "option values must contain between 1 and 127 alphanumeric characters, it may include (-), (_) or (.) characters",
)
BAD_NAME: Final = Refusal(
    422,
    "name must contain between 2 and 128 alphanumeric characters, it may include (-), (_) or (.) characters",
)
BAD_TAG_KEY: Final = Refusal(
    422,
    "keys of connection_tags must contain between 1 and 64 alphanumeric characters, it may include (-), (_), (/), "
    "or (.) characters and it must not end with (-), (/) or (.)",
)
BAD_TAG_VALUE: Final = Refusal(
    422,
    "values of connection_tags must contain between 1 and 256 alphanumeric characters, it may include space, (-), "
    "(_), (/), (+), (@), (:), (=) or (.) characters",
)
ENABLED, DISABLED = "enabled", "disabled"
SWITCHES: Final = ("access_mode_runbooks", "access_mode_exec", "access_mode_connect", "access_schema")

# A single character is too short, whatever the text says.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{1,127}")
_TAG_KEY = re.compile(r"[A-Za-z0-9_/.-]{0,63}[A-Za-z0-9_]")
_TAG_VALUE = re.compile(r"[A-Za-z0-9 _/+@:=.-]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """A connection as one answer shows it; in a list without secrets and features, which is None."""

    connection: Connection
    agent_id: str
    status: str
    secret: Mapping[str, Any]
    features: Mapping[str, Any] | None = None


def _more(name: str, default: Any = None) -> Callable[[ConnectionView], Any]:
    return lambda view: view.connection.more.get(name, default)


CONNECTION_FIELDS: Fields = {
    "id": lambda view: view.connection.id,
    "name": lambda view: view.connection.name,
    "command": _more("command"),
    "resource_name": lambda view: view.connection.resource_name,
    "type": lambda view: view.connection.type,
    "subtype": lambda view: view.connection.subtype,
    "secret": lambda view: view.secret,
    "default_database": lambda view: default_database(view.connection),
    "agent_id": lambda view: view.agent_id,
    "status": lambda view: view.status,
    "reviewers": lambda view: list(view.connection.reviewers) or None,
    "redact_enabled": _more("redact_enabled", False),
    "redact_types": _more("redact_types"),
    "managed_by": _more("managed_by"),
    "tags": _more("tags"),
    "connection_tags": lambda view: view.connection.tags,
    **{name: _more(name, ENABLED) for name in SWITCHES},
    "guardrail_rules": _more("guardrail_rules"),
    "jira_issue_template_id": _more("jira_issue_template_id", ""),
    "force_approve_groups": lambda view: list(view.connection.force_approve_groups) or None,
    "access_max_duration": _more("access_max_duration"),
    "min_review_approvals": lambda view: view.connection.min_review_approvals,
    "mandatory_metadata_fields": _more("mandatory_metadata_fields"),
    "attributes": _more("attributes"),
    "effective_features": lambda view: view.features,
    "secrets_updated_at": _more("secrets_updated_at"),
    "managed_attributes": _more("managed_attributes"),
    "jit_access_duration_sec": _more("jit_access_duration_sec", ABSENT),
    **{name: _more(name, ABSENT) for name in ("mcp_oauth_flow_id", "mcp_oauth_granted", "mcp_oauth_warning")},
}
"""The fields of a connection; lists of which nothing was told are null, switches are enabled (section 8.7)."""


def default_database(connection: Connection) -> str:
    """The database that its environment variable ``DB`` names, "" without one."""
    value = (connection.more.get("secret") or {}).get("envvar:DB", "")
    try:
        return b64decode(value, validate=True).decode(errors="replace") if isinstance(value, str) else ""
    except (Base64Error, ValueError):
        return ""


# What clients tell

_OWN = ("type", "subtype", "resource_name", "min_review_approvals")


def connection_told(told: Mapping[str, Any], own_id: str, name: str) -> Connection:
    """The connection that a client tells by the names on the wire; what it is not told is left out."""
    others = ("id", "name", "reviewers", "connection_tags", "force_approve_groups", *_OWN)
    return Connection(
        id=own_id,
        name=name,
        type=told["type"],
        subtype=told.get("subtype") or "",
        resource_name=told.get("resource_name") or name,
        reviewers=tuple(told.get("reviewers") or ()),
        tags=told.get("connection_tags"),
        min_review_approvals=told.get("min_review_approvals"),
        force_approve_groups=tuple(told.get("force_approve_groups") or ()),
        more={key: value for key, value in told.items() if key not in others and value is not None},
    )


def patched(connection: Connection, told: Mapping[str, Any]) -> Connection:
    """The connection after a partial update: null and what is left out change nothing."""
    known = {
        **connection.more,
        **{name: getattr(connection, name) for name in _OWN},
        "reviewers": connection.reviewers,
        "connection_tags": connection.tags,
        "force_approve_groups": connection.force_approve_groups,
    }
    wanted = {name: value for name, value in told.items() if value is not None}
    return connection_told({**known, **wanted}, connection.id, connection.name)


def with_secret_from(connection: Connection, instant: str) -> Connection:
    """The connection with the time at which its secrets were told."""
    return replace(connection, more={**connection.more, "secrets_updated_at": instant})


def name_refusal(name: str) -> Refusal | None:
    """The 422 for a name that no connection may have. Our reading: as with the values of filters, two to 128."""
    return None if _NAME.fullmatch(name) else BAD_NAME


def tags_refusal(tags: Mapping[str, str] | None) -> Refusal | None:
    """The 422 for tags that no connection may have: the limits are published, the texts are our reading."""
    for key, value in (tags or {}).items():
        if not _TAG_KEY.fullmatch(key):
            return BAD_TAG_KEY
        if not _TAG_VALUE.fullmatch(value):
            return BAD_TAG_VALUE
    return None


def missing_metadata(connection: Connection, metadata: Mapping[str, str] | None) -> Refusal | None:
    """The 422 for the first metadata that the connection asks for and that is not there (section 6.1, row 9)."""
    for name in connection.more.get("mandatory_metadata_fields") or ():
        if not (metadata or {}).get(name):
            return Refusal(422, f"missing required metadata field: {name}")
    return None


# Lists

Belongs = Callable[[ConnectionView], bool]


def belonging(options: Mapping[str, str]) -> Belongs | Refusal:
    """Which connections a list is asked for; or the 422 of the first bad filter (section 8.7).

    Filters combine with AND; an empty one is none.
    """
    parts: list[Belongs] = []
    for name, make in _FILTERS.items():
        value = options.get(name, "")
        part = make(value) if value else None
        if isinstance(part, Refusal):
            return part
        if part is not None:
            parts.append(part)
    return lambda view: all(part(view) for part in parts)


def matches(term: str, *texts: str) -> bool:
    """Whether a search for a term finds something that these texts tell: it is part of one, in any case."""
    return any(term.casefold() in text.casefold() for text in texts)


def _equal(name: str, wanted: str) -> Belongs | Refusal:
    get = CONNECTION_FIELDS[name]
    return (lambda view: get(view) == wanted) if _NAME.fullmatch(wanted) else BAD_OPTION


def _having_all(name: str, wanted: str) -> Belongs | Refusal:
    """Those that have everything in a comma list."""
    values = {value.strip() for value in wanted.split(",")}
    if not all(map(_NAME.fullmatch, values)):
        return BAD_OPTION
    get = CONNECTION_FIELDS[name]
    return lambda view: values <= set(get(view) or ())


def _selected(wanted: str) -> Belongs | Refusal:
    """Those whose tags meet every condition, ``key=value`` or ``key!=value``; for either a tag must be there."""
    conditions: list[tuple[str, bool, str]] = []
    for condition in wanted.split(","):
        key, sign, value = (part.strip() for part in condition.partition("="))
        is_equal, key = not key.endswith("!"), key.removesuffix("!").rstrip()
        if not sign or not _TAG_KEY.fullmatch(key) or not _TAG_VALUE.fullmatch(value):
            return BAD_OPTION
        conditions.append((key, is_equal, value))
    return lambda view: all(_meets(view.connection.tags or {}, *condition) for condition in conditions)


def _meets(tags: Mapping[str, str], key: str, is_equal: bool, value: str) -> bool:
    return key in tags and (tags[key] == value) is is_equal


def _searched(term: str) -> Belongs:
    # Our reading: a search is free text, of which nothing is refused.
    return lambda view: matches(term, *(CONNECTION_FIELDS[name](view) for name in _SEARCHED))


def _among(wanted: str) -> Belongs | Refusal:
    """Those with one of the ids in a comma list."""
    texts = [text.strip() for text in wanted.split(",")]
    bad = next((text for text in texts if session_id(text) is None), None)
    if bad is not None:
        return Refusal(422, f"invalid connection ID format: {bad}")
    ids: Iterable[str | None] = {session_id(text) for text in texts}
    return lambda view: view.connection.id in ids


_SEARCHED = ("name", "type", "subtype", "resource_name", "status")
_FILTERS: Mapping[str, Callable[[str], Belongs | Refusal]] = {
    **{name: partial(_equal, name) for name in ("agent_id", "type", "subtype", "managed_by")},
    "tag_selector": _selected,
    "search": _searched,
    "tags": partial(_having_all, "tags"),
    "resource_name": partial(_equal, "resource_name"),
    "attribute": partial(_having_all, "attributes"),
    "name": partial(_equal, "name"),
    "connection_ids": _among,
}
