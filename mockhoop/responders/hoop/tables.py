"""The tables of a world that plays the gateway, and by what their records are found."""

from collections.abc import Iterable
from hashlib import sha256

from mockhoop.gateway.records import Connection, DownloadLink, Session, User
from mockhoop.world.table import TableSpec

USERS = "users"
CONNECTIONS = "connections"
SESSIONS = "sessions"
LINKS = "links"


def token_digest(token: str) -> str:
    """What a token is looked up by: a digest, so that the time of the look-up tells nothing about the token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _review_status(session: Session) -> Iterable[str]:
    return (session.review.status if session.review is not None else "",)


def _review_groups(session: Session) -> Iterable[str]:
    return {group.group for group in session.review.groups} if session.review is not None else ()


def _jira_issue_key(session: Session) -> Iterable[str]:
    key = (session.integrations_metadata or {}).get("jira_issue_key")
    return (key.casefold(),) if isinstance(key, str) else ()


USER_TABLE: TableSpec[User] = TableSpec(
    name=USERS,
    key=lambda user: user.subject,
    facets={
        "email": lambda user: (user.email,),
        "token": lambda user: (token_digest(user.token),) if user.token else (),
    },
)
CONNECTION_TABLE: TableSpec[Connection] = TableSpec(name=CONNECTIONS, key=lambda connection: connection.name)
LINK_TABLE: TableSpec[DownloadLink] = TableSpec(name=LINKS, key=lambda link: link.session_id)
SESSION_TABLE: TableSpec[Session] = TableSpec(
    name=SESSIONS,
    key=lambda session: session.id,
    order=lambda session: (session.started, session.id),
    facets={
        "user": lambda session: (session.user_id,),
        "connection": lambda session: (session.connection,),
        "type": lambda session: (session.type,),
        "review.status": _review_status,
        "review.group": _review_groups,
        "batch_id": lambda session: () if session.session_batch_id is None else (session.session_batch_id,),
        "correlation_id": lambda session: () if session.correlation_id is None else (session.correlation_id,),
        "jira_issue_key": _jira_issue_key,
    },
)
