"""What is told of keys, AI agents and service accounts, and how they are shown (sections 2.1 and 8.7)."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.access import ORGANIZATION_KEY
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.fields import Fields
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.people import distinct, unknown_status
from mockhoop.gateway.records import ApiKey, Refusal
from mockhoop.gateway.times import rfc3339

ACCOUNT_STATUSES: Final = ("active", "inactive")
_SHOWN = len(ORGANIZATION_KEY) + 4


@dataclass(frozen=True, slots=True)
class KeyKind:
    """Keys of the organization's own, or of its AI agents: ``name`` for texts, ``go_name`` in names of schemas.

    ``none`` is what a list without any is.
    """

    name: str
    go_name: str
    template: str
    agents: bool
    none: list[Any] | None

    @property
    def creation(self) -> Struct:
        """The body that asks for a new one."""
        fields = (Field("Name", "name", go.TEXT, required=True), Field("Groups", "groups", go.TEXTS))
        return Struct(f"{self.go_name}CreateRequest", "openapi", fields)

    @property
    def update(self) -> Struct:
        """The body that changes one."""
        fields = (Field("Name", "name", go.OPTIONAL_TEXT), Field("Groups", "groups", go.TEXTS))
        return Struct(f"{self.go_name}UpdateRequest", "openapi", fields)


KEY_KINDS: Final = (
    KeyKind("api key", "APIKey", "/api-keys", agents=False, none=None),
    KeyKind("ai agent", "AIAgent", "/ai-agents", agents=True, none=[]),
)
ACCOUNT: Final = Struct(
    "ServiceAccount",
    "openapi",
    (
        Field("ID", "id", go.TEXT),
        Field("OrgID", "org_id", go.TEXT),
        Field("Subject", "subject", go.TEXT, required=True),
        Field("Name", "name", go.TEXT),
        Field("Status", "status", go.named_text("openapi.ServiceAccountStatusType"), required=True),
        Field("Groups", "groups", go.TEXTS),
    ),
)


@dataclass(frozen=True, slots=True)
class ToldKey:
    """What a key is to be; "" as name and None as groups stand for none told."""

    name: str
    groups: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAccount:
    """What a service account is to be."""

    subject: str
    name: str
    status: str
    groups: tuple[str, ...]


def read_key(body: bytes, struct: Struct) -> ToldKey | Refusal:
    """The body about a key, or a 400."""
    values = decode(body, struct)
    if isinstance(values, Refusal):
        return values
    groups = values["groups"]
    return ToldKey(values["name"] or "", None if groups is None else distinct(groups))


def read_account(body: bytes) -> ToldAccount | Refusal:
    """The body about a service account: a 400 where it cannot be decoded, a 422 for a status that is none."""
    values = decode(body, ACCOUNT)
    if isinstance(values, Refusal):
        return values
    if values["status"] not in ACCOUNT_STATUSES:
        return unknown_status(values["status"], ACCOUNT_STATUSES)
    told = {name: values[name] for name in ("subject", "name", "status")}
    return ToldAccount(groups=distinct(values["groups"]), **told)


def written_key(secret: bytes) -> str:
    """A key of the organization: the text of its random bytes behind ``hpk_``."""
    return ORGANIZATION_KEY + urlsafe_b64encode(secret).decode().rstrip("=")


def masked_key(key: str) -> str:
    """A key by which it is recognized but not used: its first characters, and a star for each other one."""
    return key[:_SHOWN] + "*" * (len(key) - _SHOWN)


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as an answer shows it, with the id of its organization."""

    key: ApiKey
    org_id: str


def _moment(instant: int | None) -> str | None:
    return None if instant is None else rfc3339(instant)


KEY_FIELDS: Fields = {
    "id": lambda view: view.key.id,
    "org_id": lambda view: view.org_id,
    "name": lambda view: view.key.name,
    "groups": lambda view: list(view.key.groups),
    "masked_key": lambda view: masked_key(view.key.key),
    "status": lambda view: view.key.status,
    "created_by": lambda view: view.key.created_by,
    "created_at": lambda view: rfc3339(view.key.created_at),
    "deactivated_by": lambda view: view.key.deactivated_by,
    "deactivated_at": lambda view: _moment(view.key.deactivated_at),
    "last_used_at": lambda view: _moment(view.key.last_used_at),
}
NEW_KEY_FIELDS: Fields = {**KEY_FIELDS, "key": lambda view: view.key.key}
"""The whole key is in the answer that tells of its making, and nowhere else."""

ACCOUNT_FIELDS: Fields = {
    "id": lambda view: view[0].id,
    "org_id": lambda view: view[1],
    "subject": lambda view: view[0].subject,
    "name": lambda view: view[0].name,
    "status": lambda view: view[0].status,
    "groups": lambda view: list(view[0].groups),
}
"""The fields of a service account, which comes with the id of its organization."""
