"""What is told of people and their groups, and what they are called on the wire (sections 8.3 and 8.7)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.access import ADMIN_GROUP, AUDITOR_GROUP, Caller
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.records import USER_STATUSES, Organization, Refusal, User

INVALID_EMAIL: Final = Refusal(422, "invalid email")
ORIGINS: Final = (
    "search-engine",
    "ai-discovery",
    "referral",
    "already-in-use-at-company",
    "tech-community",
    "social-media",
    "hoop-free-tools",
    "other",
)
"""Where somebody may have heard of Hoop."""

_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_EMAIL = re.compile(f"{_ATOMS}@{_ATOMS}")

USER: Final = Struct(
    "User",
    "openapi",
    (
        Field("ID", "id", go.TEXT),
        Field("Name", "name", go.TEXT),
        Field("Email", "email", go.TEXT, required=True),
        Field("Status", "status", go.named_text("openapi.StatusType")),
        Field("Verified", "verified", go.BOOL),
        Field("Role", "role", go.TEXT),
        Field("SlackID", "slack_id", go.TEXT),
        Field("Picture", "picture", go.TEXT),
        Field("Groups", "groups", go.TEXTS),
        Field("Password", "password", go.TEXT),
    ),
)
USER_GROUP: Final = Struct("UserGroup", "openapi", (Field("Name", "name", go.TEXT, required=True),))
SLACK_ID: Final = Struct("UserPatchSlackID", "openapi", (Field("SlackID", "slack_id", go.TEXT, required=True),))
SIGNUP_ORIGIN: Final = Struct(
    "UserSignupOriginRequest",
    "openapi",
    (Field("Origin", "origin", go.TEXT, required=True), Field("OriginOther", "origin_other", go.OPTIONAL_TEXT)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldUser:
    """Who somebody is to be; "" as status or password stands for none told."""

    email: str
    name: str
    status: str
    slack_id: str
    picture: str
    groups: tuple[str, ...]
    password: str


def read_user(body: bytes) -> ToldUser | Refusal:
    """The body about a user: a 400 where it cannot be decoded, a 422 for an address or a status that is none.

    An address is what Go reads as one, without a name around it. Refusing other statuses is our reading.
    """
    values = decode(body, USER)
    if isinstance(values, Refusal):
        return values
    if not _EMAIL.fullmatch(values["email"]):
        return INVALID_EMAIL
    if values["status"] not in ("", *USER_STATUSES):
        return unknown_status(values["status"], USER_STATUSES)
    told = {name: values[name] for name in ("email", "name", "status", "slack_id", "picture", "password")}
    return ToldUser(groups=distinct(values["groups"]), **told)


def read_group(body: bytes) -> str | Refusal:
    """The name of a group that is to be, or a 400."""
    return _one_text(body, USER_GROUP, "name")


def read_slack_id(body: bytes) -> str | Refusal:
    """The id in Slack that somebody wants to have, or a 400."""
    return _one_text(body, SLACK_ID, "slack_id")


def read_signup_origin(body: bytes) -> str | Refusal:
    """Where somebody heard of Hoop, or a 400: one of ``ORIGINS``, and for ``other`` the text that says where."""
    values = decode(body, SIGNUP_ORIGIN)
    if isinstance(values, Refusal):
        return values
    origin: str = values["origin"]
    if origin not in ORIGINS:
        return Refusal(400, f"invalid origin, expected one of [{' '.join(ORIGINS)}]")
    if origin == "other" and not (values["origin_other"] or "").strip():
        return Refusal(400, "origin_other is required when origin is other")
    return origin


def _one_text(body: bytes, struct: Struct, name: str) -> str | Refusal:
    values = decode(body, struct)
    return values if isinstance(values, Refusal) else str(values[name])


def unknown_status(status: str, known: Iterable[str]) -> Refusal:
    """The 422 for a status that is none (our reading)."""
    return Refusal(422, f"invalid status {status}, expected one of [{' '.join(known)}]")


def distinct(groups: Iterable[str] | None) -> tuple[str, ...]:
    """Groups as they are kept: each once, in the order in which they were told; null is none."""
    return tuple(dict.fromkeys(groups or ()))


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as one answer shows it. ``id`` is the subject but where a user was just made; "" as password is none."""

    user: User
    id: str
    password: str = ""


USER_FIELDS: Fields = {
    "id": lambda view: view.id,
    "name": lambda view: view.user.name,
    "email": lambda view: view.user.email,
    "status": lambda view: view.user.status,
    "verified": lambda view: view.user.status == "active",
    "role": lambda view: "admin" if ADMIN_GROUP in view.user.groups else "standard",
    "slack_id": lambda view: view.user.slack_id,
    "picture": lambda view: view.user.picture,
    "groups": lambda view: list(view.user.groups),
    "password": lambda view: view.password or ABSENT,
}
"""The fields of a user; an auditor shows as ``standard`` here (section 8.7)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, as ``GET /userinfo`` shows it; ``user`` is None for programs.

    ``profile`` is the protection profile of the organization, None while none is chosen.
    """

    caller: Caller
    user: User | None
    organization: Organization
    profile: str | None = None


def role_of(caller: Caller) -> str:
    """What a caller may do at all (section 2.3)."""
    if caller.is_admin:
        return "admin"
    return "auditor" if AUDITOR_GROUP in caller.groups else "standard"


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


_FIXED: Mapping[str, Any] = {
    "is_multitenant": False,
    "tenancy_type": "selfhosted",
    "org_license": "",
    "feature_ask_ai": "unavailable",
    "webapp_users_management": "on",
    "intercom_hmac_digest": "",
    "pending_org_invitations": ABSENT,
    "show_origin_survey": False,
    "show_setup_checklist": False,
}
"""What is the same for everybody at a gateway that serves one organization and has been set up."""

IDENTITY_FIELDS: Fields = {
    "id": lambda identity: identity.caller.subject,
    "name": lambda identity: identity.caller.name,
    "email": lambda identity: identity.caller.email,
    "status": _always("active"),
    "verified": _always(True),
    "role": lambda identity: role_of(identity.caller),
    "slack_id": lambda identity: identity.caller.slack_id,
    "picture": lambda identity: identity.user.picture if identity.user is not None else "",
    "groups": lambda identity: list(identity.caller.groups),
    "password": _always(ABSENT),
    "is_admin": lambda identity: identity.caller.is_admin,
    "org_id": lambda identity: identity.organization.id,
    "org_name": lambda identity: identity.organization.name,
    "default_protection_profile": lambda identity: identity.profile,
    **{name: _always(value) for name, value in _FIXED.items()},
}
"""The fields of who calls (section 8.3). Who is let in is active."""
