"""Credentials as answers show them (section 6.6 of the behaviour sheet)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mockhoop.gateway import credentials
from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.records import Connection, Credential
from mockhoop.gateway.times import rfc3339
from mockhoop.messages import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """What an answer tells of credentials; without one they wait for a review."""

    connection: Connection
    created_at: int
    session_id: str
    host: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    review_id: str = ""
    credential: Credential | None = None


def _expiry(view: CredentialView) -> str | None:
    expires = view.credential.expires if view.credential is not None else None
    return None if expires is None else rfc3339(expires, "us")


def _told(view: CredentialView) -> Mapping[str, str] | None:
    if view.credential is None:
        return None
    return credentials.told(view.connection, view.credential, view.host, view.settings)


LISTED_FIELDS: Fields = {
    "id": lambda view: ABSENT if view.credential is None else view.credential.id,
    "connection_id": lambda view: view.connection.id,
    "connection_name": lambda view: view.connection.name,
    "connection_type": lambda view: view.connection.type,
    "connection_subtype": lambda view: view.connection.subtype,
    "session_id": lambda view: view.session_id,
    "created_at": lambda view: rfc3339(view.created_at, "us"),
    "expire_at": _expiry,
}
CREDENTIAL_FIELDS: Fields = {
    **LISTED_FIELDS,
    "has_review": lambda view: bool(view.review_id),
    "review_id": lambda view: view.review_id or ABSENT,
    "connection_credentials": lambda view: _told(view) or ABSENT,
}


def view_of(connection: Connection, credential: Credential) -> CredentialView:
    """Credentials that were given."""
    return CredentialView(
        connection=connection,
        created_at=credential.created_at,
        session_id=credential.session_id,
        credential=credential,
    )


def host_of(call: Call) -> str:
    """The name under which the caller came, without a port."""
    try:
        return urlsplit(call.origin).hostname or "127.0.0.1"
    except ValueError:
        return "127.0.0.1"
