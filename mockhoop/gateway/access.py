"""Who is calling, and which routes that person may use (sections 2.1 to 2.3 of the behaviour sheet)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from mockhoop.gateway.facets import token_digest
from mockhoop.gateway.records import ApiKey, Refusal, ServiceAccount, User
from mockhoop.messages import Headers

ADMIN_GROUP = "admin"
AUDITOR_GROUP = "auditor"
API_KEY: Final = "API_KEY"
"""The id, the name and the address of who calls with the gateway's own key (section 2.1)."""
ORGANIZATION_KEY: Final = "hpk_"
"""How every key of an organisation begins."""

ACCESS_DENIED = Refusal(401, "access denied")
ROLE_DENIED = Refusal(403, "access denied")
WRONG_KEY = Refusal(401, "unauthorize")


FOREVER: Final = 2**63


class Access(Enum):
    """What a route's marker lets in.

    Nobody asked (PUBLIC), also auditors (READ_ONLY), all but auditors (STANDARD), keys but no people (KEYS), admins
    alone (ADMIN), admins and auditors (AUDIT).
    """

    PUBLIC = "public"
    READ_ONLY = "read-only"
    STANDARD = "standard"
    KEYS = "keys"
    ADMIN = "admin"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a call, with the groups that the sign-in gave, in its order; or a key (``by_key``).

    ``headers`` go with whatever is answered. ``until`` is the instant at which the sign-in ends.
    """

    subject: str
    email: str
    name: str
    groups: tuple[str, ...] = ()
    slack_id: str = ""
    by_key: bool = False
    headers: Headers = ()
    until: int = FOREVER

    @property
    def is_admin(self) -> bool:
        """In the admin group: may use every route and see every session."""
        return ADMIN_GROUP in self.groups

    @property
    def sees_everything(self) -> bool:
        """Admins and auditors see all sessions of the organisation."""
        return ADMIN_GROUP in self.groups or AUDITOR_GROUP in self.groups


ANYBODY = Caller(subject="", email="", name="")
GATEWAYS_OWN: Final = Caller(API_KEY, API_KEY, API_KEY, (ADMIN_GROUP,), by_key=True)


def caller_of(user: User) -> Caller:
    """The caller that signed in as this user."""
    return Caller(user.subject, user.email, user.name, user.groups, user.slack_id)


def caller_with(given: str, own: str) -> Caller | Refusal:
    """The caller with this ``Api-Key``, which is held against the gateway's own, if that has one (section 2.1)."""
    if not own:
        return ACCESS_DENIED
    return GATEWAYS_OWN if token_digest(given) == token_digest(own) else WRONG_KEY


def caller_of_key(key: ApiKey) -> Caller:
    """The caller with this key of the organisation: its name is its address too (section 2.1)."""
    return Caller(key.id, key.name, key.name, key.groups, by_key=True)


def caller_of_account(account: ServiceAccount) -> Caller:
    """The caller that signed in as this service account (section 2.1)."""
    return Caller(account.subject, account.subject, account.name, account.groups)


def bearer_token(authorization: str | None) -> str | None:
    """The token of an ``Authorization`` header, read as strictly as the gateway does (section 2.1).

    Split on single spaces it has exactly two parts, the first is ``Bearer`` to the letter.
    """
    parts = (authorization or "").split(" ")
    return parts[1] if len(parts) == 2 and parts[0] == "Bearer" and parts[1] else None


def refusal_of(caller: Caller, marker: Access) -> Refusal | None:
    """Why the caller is not let onto a route with this marker: the role comes before the key (sections 2.2, 2.3)."""
    auditor = AUDITOR_GROUP in caller.groups and not caller.is_admin
    if auditor and marker in (Access.STANDARD, Access.KEYS):
        return ROLE_DENIED
    if marker is Access.ADMIN and not caller.is_admin:
        return ROLE_DENIED
    if marker is Access.AUDIT and not caller.sees_everything:
        return ROLE_DENIED
    return ACCESS_DENIED if marker is Access.KEYS and not caller.by_key else None


def first_admin(users: Iterable[User]) -> User | None:
    """The first active user in the admin group."""
    return next((user for user in users if ADMIN_GROUP in user.groups and user.status == "active"), None)
