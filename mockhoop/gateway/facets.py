"""The tables of a world that plays the gateway, and by what their records are found. Facets give texts."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from mockhoop.gateway.records import Session
from mockhoop.gateway.reports import AT_ONCE, LATER, SHORT, rows_of

USERS = "users"
CONNECTIONS = "connections"
SESSIONS = "sessions"
LINKS = "links"
RUNS = "runs"
HELD = "held"
"""The sessions that wait for a review while the gateway holds their client (section 7.6), by id."""
API_KEYS = "api keys"
SERVICE_ACCOUNTS = "service accounts"
SIGN_INS = "sign-ins"
AUDIT = "audit"
CREDENTIALS = "credentials"


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


def _inspected(session: Session) -> Iterable[str]:
    """For reports: whether there is anything to tell, and whether it ended so soon that its start tells when."""
    if not session.metrics or not rows_of(session):
        return ()
    return (AT_ONCE if session.ended is not None and 0 <= session.ended - session.started <= SHORT else LATER,)


Facets = Mapping[str, Callable[[Any], Iterable[str]]]

USER_FACETS: Facets = {
    "email": lambda user: (user.email,),
    "token": lambda user: (token_digest(user.token),) if user.token else (),
}
API_KEY_FACETS: Facets = {"name": lambda key: (key.name,), "key": lambda key: (token_digest(key.key),)}
SERVICE_ACCOUNT_FACETS: Facets = {
    "token": lambda account: (token_digest(account.token),) if account.token else (),
}
CREDENTIAL_FACETS: Facets = {
    "subject": lambda credential: (credential.subject,),
    "connection": lambda credential: (credential.connection,),
    "session": lambda credential: (credential.session_id,) if credential.session_id else (),
}
SESSION_FACETS: Facets = {
    "user": lambda session: (session.user_id,),
    "connection": lambda session: (session.connection,),
    "type": lambda session: (session.type,),
    "review.status": _review_status,
    "review.group": _review_groups,
    "review.id": lambda session: (session.review.id,) if session.review is not None else (),
    "batch_id": lambda session: () if session.session_batch_id is None else (session.session_batch_id,),
    "correlation_id": lambda session: () if session.correlation_id is None else (session.correlation_id,),
    "jira_issue_key": _jira_issue_key,
    "inspected": _inspected,
}
