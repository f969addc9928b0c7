"""Credentials of connections: when they are given, and what they say (section 6.6 of the behaviour sheet)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from mockhoop.gateway.access import Caller
from mockhoop.gateway.access_requests import Demand
from mockhoop.gateway.connections import DISABLED, default_database
from mockhoop.gateway.records import Connection, Credential, Refusal, Session
from mockhoop.gateway.times import rfc3339

LONGEST: Final = 48 * 60 * 60
"""Seconds."""
EXPIRES, REVOKED, IS_CREDENTIAL = "credentials_expire_at", "credentials_revoked_at", "credential_session"
"""What the gateway writes into the metadata of their sessions (section 3b.1)."""

DURATION_MISSING: Final = Refusal(400, "access_duration_seconds is required for review-required connections")
TOO_LONG: Final = Refusal(400, "access duration cannot exceed 48 hours")
NOT_ENABLED: Final = Refusal(400, "access mode connect is not enabled for this connection")
NOT_SUPPORTED: Final = Refusal(400, "connection subtype is not supported for this connection")
SESSION_NOT_FOUND: Final = Refusal(404, "session not found")
REVIEW_NOT_FOUND: Final = Refusal(404, "review not found for this session")
NOT_YOURS: Final = Refusal(403, "session does not belong to user")
REJECTED: Final = Refusal(403, "review was rejected")
OVER: Final = Refusal(410, "credentials have expired")
NONE_ACTIVE: Final = Refusal(404, "no active credentials found")
NOT_FOUND: Final = Refusal(404, "credential not found")
CREDENTIAL_NOT_YOURS: Final = Refusal(403, "credential does not belong to user")
PENDING: Final = "review is still pending approval"


def refusal_of(connection: Connection, seconds: int, needed: Demand | None) -> Refusal | None:
    """Why there are no credentials for so many seconds (0 is for ever), for which a review may be needed.

    The order is our reading.
    """
    if connection.more.get("access_mode_connect") == DISABLED:
        return NOT_ENABLED
    if _way_of(connection) is None:
        return NOT_SUPPORTED
    if needed is not None and not seconds:
        return DURATION_MISSING
    if seconds > LONGEST:
        return TOO_LONG
    longest = (needed.longest if needed is not None else 0) or connection.more.get("access_max_duration")
    if longest and seconds > longest:  # section 7.1 has the limit; the text is our reading
        return Refusal(400, f"access duration cannot exceed {longest} seconds")
    return None


def resumption(session: Session, caller: Caller, now: int) -> Refusal | None:
    """Why the credentials of a session that was reviewed are not given; None also while the review is pending."""
    review = session.review
    if session.user_id != caller.subject:
        return NOT_YOURS
    if review is None:
        return REVIEW_NOT_FOUND
    if review.status == "REJECTED":
        return REJECTED
    if session.status == "done" or review.status not in ("PENDING", "APPROVED"):
        return OVER
    return OVER if review.revoke_at is not None and review.revoke_at <= now else None


def is_active(credential: Credential, now: int) -> bool:
    """Whether it lets anybody through."""
    return credential.expires is None or credential.expires > now


def foremost(credentials: Iterable[Credential]) -> Credential | None:
    """Of several for one connection the one that counts: one with a session, then the one made last."""
    return max(credentials, key=lambda one: (bool(one.session_id), one.created_at, one.id), default=None)


def opened(session: Session, expires: int | None) -> Session:
    """The session for which credentials were given: it goes on until they expire; without an end it is over at once."""
    metadata = {**(session.metadata or {}), IS_CREDENTIAL: True}
    if expires is None:
        return replace(session, status="done", ended=session.started, metadata=metadata)
    return replace(session, status="open", metadata={**metadata, EXPIRES: rfc3339(expires, "s")})


def ended(session: Session, at: int, *, revoked: bool = False) -> Session:
    """The session when its credentials expired, were closed or revoked; one that is over stays as it is."""
    metadata = {**(session.metadata or {}), REVOKED: rfc3339(at, "s")} if revoked else session.metadata
    if session.status == "done":
        return replace(session, metadata=metadata)
    return replace(session, status="done", ended=at, metadata=metadata)


def told(
    connection: Connection, credential: Credential, host: str, settings: Mapping[str, Any]
) -> Mapping[str, str] | None:
    """What its owner types or sets to get through, by the kind of the connection.

    ``settings`` say at which ports the gateway listens, as ``/serverconfig/misc`` shows them.
    """
    way = _way_of(connection)
    if way is None:
        return None
    place = _Place(host, _port(settings, way), f"hoop_{credential.secret[:8]}", credential.secret[8:40])
    return way.told(connection, place)


def _port(settings: Mapping[str, Any], way: "_Way") -> str:
    listening = settings.get(way.setting)
    address = listening.get("listen_address") if isinstance(listening, Mapping) else None
    port = address.rpartition(":")[2] if isinstance(address, str) else ""
    return port if port.isdecimal() else way.port


class _Place(NamedTuple):
    """Where to go, and with what."""

    host: str
    port: str
    user: str
    password: str

    @property
    def address(self) -> str:
        """Host and port in one."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def signed_in(self) -> dict[str, str]:
        """What those are told who sign in with a name."""
        return {"hostname": self.host, "port": self.port, "username": self.user, "password": self.password}


def _postgres(connection: Connection, place: _Place) -> dict[str, str]:
    database = default_database(connection) or "postgres"
    address = f"postgres://{place.user}:{place.password}@{place.address}/{database}?sslmode=disable"
    return {**place.signed_in, "database_name": database, "connection_string": address}


def _ssh(connection: Connection, place: _Place) -> dict[str, str]:  # noqa: ARG001
    command = f"sshpass -p '{place.password}' ssh {place.user}@{place.host} -p {place.port}"
    return {**place.signed_in, "command": command}


def _rdp(connection: Connection, place: _Place) -> dict[str, str]:  # noqa: ARG001
    return {**place.signed_in, "command": f"xfreerdp /v:{place.address} /u:{place.user} /p:{place.password}"}


def _http(connection: Connection, place: _Place) -> dict[str, str]:  # noqa: ARG001
    command = f"curl -H 'Authorization: {place.password}' http://{place.address}/"
    return {"hostname": place.host, "port": place.port, "proxy_token": place.password, "command": command}


def _aws(connection: Connection, place: _Place) -> dict[str, str]:
    endpoint = f"http://{place.address}/ssm"
    command = f"aws ssm start-session --target {connection.name} --endpoint-url {endpoint}"
    key = {"aws_access_key_id": place.user, "aws_secret_access_key": place.password}
    return {"endpoint_url": endpoint, **key, "connection_string": command, "command": command}


class _Way(NamedTuple):
    """How one kind of connection is reached: by which listener of the gateway, and what its users are told."""

    setting: str
    port: str
    told: Callable[[Connection, _Place], dict[str, str]]


_HTTP = _Way("http_proxy_server_config", "18888", _http)
_WAYS: Mapping[str, _Way] = {
    "postgres": _Way("postgres_server_config", "15432", _postgres),
    "ssh": _Way("ssh_server_config", "12222", _ssh),
    "rdp": _Way("rdp_server_config", "3389", _rdp),
    "aws-ssm": _Way("http_proxy_server_config", "18888", _aws),
    **dict.fromkeys(
        ("httpproxy", "kubernetes", "kubernetes-token", "kubernetes-eks", "grafana", "kibana", "claude-code", "mcp"),
        _HTTP,
    ),
}
"""The kinds for which there are credentials. Those of postgres, ssh and HTTP are known; the others are our reading."""


def _way_of(connection: Connection) -> _Way | None:
    return _WAYS.get(connection.subtype or connection.type)
