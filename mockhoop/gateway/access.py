"""Who is calling, and which routes that person may use (sections 2.1 to 2.3 of the behaviour sheet)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mockhoop.gateway.records import Refusal, User

ADMIN_GROUP = "admin"
AUDITOR_GROUP = "auditor"

ACCESS_DENIED = Refusal(401, "access denied")
ROLE_DENIED = Refusal(403, "access denied")


class Access(Enum):
    """What a route's marker lets in: nobody asked (PUBLIC), also auditors (READ_ONLY), or all but auditors."""

    PUBLIC = "public"
    READ_ONLY = "read-only"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a call, with the groups that the sign-in gave."""

    subject: str
    email: str
    name: str
    groups: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """In the admin group: may use every route and see every session."""
        return ADMIN_GROUP in self.groups

    @property
    def sees_everything(self) -> bool:
        """Admins and auditors see all sessions of the organisation."""
        return ADMIN_GROUP in self.groups or AUDITOR_GROUP in self.groups


ANYBODY = Caller(subject="", email="", name="", groups=frozenset())


def caller_of(user: User) -> Caller:
    """The caller that signed in as this user."""
    return Caller(user.subject, user.email, user.name, frozenset(user.groups))


def bearer_token(authorization: str | None) -> str | None:
    """The token of an ``Authorization`` header, read as strictly as the gateway does (section 2.1).

    Split on single spaces it has exactly two parts, the first is ``Bearer`` to the letter.
    """
    parts = (authorization or "").split(" ")
    return parts[1] if len(parts) == 2 and parts[0] == "Bearer" and parts[1] else None


def may_use(caller: Caller, access: Access) -> bool:
    """Whether the caller's role is let onto a route with this marker (section 2.3)."""
    if access is Access.PUBLIC or caller.is_admin:
        return True
    return access is Access.READ_ONLY or AUDITOR_GROUP not in caller.groups


def first_admin(users: Iterable[User]) -> User | None:
    """The first active user in the admin group."""
    return next((user for user in users if ADMIN_GROUP in user.groups and user.status == "active"), None)
