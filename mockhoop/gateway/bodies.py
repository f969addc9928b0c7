"""What clients send in bodies, and the gateway's checks of it that need nothing else (sections 6 and 7.3)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.printing import printed
from mockhoop.gateway.records import Refusal, TimeWindow

METADATA_KEYS_MAX: Final = 20
METADATA_BYTES_MAX: Final = 2499
ID_MAX: Final = 255

TOO_MANY_KEYS: Final = Refusal(422, "metadata field must have less than 10 fields")
METADATA_TOO_LONG: Final = Refusal(422, "metadata key or value must not contain more than 2500 characteres")
CORRELATION_ID_TOO_LONG: Final = Refusal(422, "correlation_id must not exceed 255 characters")
CORRELATION_ID_NOT_ASCII: Final = Refusal(422, "correlation_id must contain only printable ASCII characters")
NOT_CREATED: Final = Refusal(500, "failed creating session")
TIMES_MISSING: Final = Refusal(400, "both from and to time must be provided")

_NOT_PRINTABLE_ASCII = re.compile(r"[^\x20-\x7e]")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x07\x0b\x0e-\x1f\x7f]")
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")

TIME_WINDOW: Final = Struct(
    "ReviewSessionTimeWindow",
    "openapi",
    (
        Field("Type", "type", go.named_text("openapi.ReviewTimeWindowType"), required=True),
        Field("Configuration", "configuration", go.TEXT_MAP, required=True),
    ),
)
REVIEW_REQUEST: Final = Struct(
    "ReviewRequest",
    "openapi",
    (
        Field("Status", "status", go.named_text("openapi.ReviewRequestStatusType"), required=True),
        Field("TimeWindow", "time_window", TIME_WINDOW.type(pointer=True)),
        Field("ForceReview", "force_review", go.BOOL),
        Field("RejectionReason", "rejection_reason", go.OPTIONAL_TEXT),
    ),
)
SESSION_POST: Final = Struct(
    "SessionPostBody",
    "sessionapi",
    (
        Field("Script", "script", go.TEXT),
        Field("EnvVars", "env_vars", go.TEXT_MAP),
        Field("ClientArgs", "client_args", go.TEXTS),
        Field("Connection", "connection", go.TEXT),
        Field("Labels", "labels", go.TEXT_MAP),
        Field("Metadata", "metadata", go.ANY_MAP),
        Field("JiraFields", "jira_fields", go.TEXT_MAP),
        Field("SessionBatchID", "session_batch_id", go.OPTIONAL_TEXT),
        Field("CorrelationID", "correlation_id", go.OPTIONAL_TEXT),
    ),
)
METADATA_PATCH: Final = Struct("SessionUpdateMetadataRequest", "openapi", (Field("Metadata", "metadata", go.ANY_MAP),))
PROVISION: Final = Struct(
    "ProvisionSession",
    "openapi",
    (
        Field("UserEmail", "user_email", go.TEXT, required=True),
        Field("Connection", "connection", go.TEXT, required=True),
        Field("Script", "script", go.TEXT),
        Field("ApprovedReviewers", "approved_reviewers", go.TEXTS),
        Field("EnvVars", "env_vars", go.TEXT_MAP),
        Field("AccessDurationSec", "access_duration_sec", go.INT),
        Field("Metadata", "metadata", go.ANY_MAP),
        Field("ClientArgs", "client_args", go.TEXTS),
        Field("JiraFields", "jira_fields", go.TEXT_MAP),
        Field("TimeWindow", "time_window", TIME_WINDOW.type(pointer=True)),
        Field("CorrelationID", "correlation_id", go.OPTIONAL_TEXT),
    ),
)

LOCAL_USER: Final = Struct(
    "LocalUserRequest",
    "openapi",
    (
        Field("Email", "email", go.TEXT, required=True),
        Field("Password", "password", go.TEXT, required=True),
        Field("Name", "name", go.TEXT),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalUser:
    """Who signs in or registers with a password (section 2.4)."""

    email: str
    password: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPost:
    """What ``POST /sessions`` asks to run (section 6.1). None stands for null and for a key left out."""

    script: str
    connection: str
    env_vars: Mapping[str, str] | None
    client_args: tuple[str, ...] | None
    labels: Mapping[str, str] | None
    metadata: Mapping[str, Any] | None
    jira_fields: Mapping[str, str] | None
    session_batch_id: str | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What ``POST /sessions/provision`` asks to prepare (section 6.5); ``access_duration_sec`` is in seconds.

    None stands for null and for a key left out; as ``approved_reviewers`` it means all groups.
    """

    user_email: str
    connection: str
    script: str
    approved_reviewers: tuple[str, ...] | None
    env_vars: Mapping[str, str] | None
    access_duration_sec: int
    metadata: Mapping[str, Any] | None
    client_args: tuple[str, ...] | None
    jira_fields: Mapping[str, str] | None
    time_window: TimeWindow | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """What somebody wants of a review (section 7.3); ``status`` is in upper case already."""

    status: str
    time_window: TimeWindow | None = None
    force: bool = False
    rejection_reason: str = ""


@dataclass(frozen=True, slots=True)
class MetadataPatch:
    """The map that takes the place of a session's metadata (section 6.4). None: there is none to take it."""

    metadata: Mapping[str, Any] | None


def read_session_post(body: bytes) -> SessionPost | Refusal:
    """The body of ``POST /sessions``, or the 400 for what cannot be decoded (section 6.1)."""
    values = decode(body, SESSION_POST)
    return values if isinstance(values, Refusal) else SessionPost(**_frozen(values))


def read_provision(body: bytes) -> Provision | Refusal:
    """The body of ``POST /sessions/provision``, or a 400 (section 6.5)."""
    values = decode(body, PROVISION)
    return values if isinstance(values, Refusal) else Provision(**_frozen(values))


def read_metadata_patch(body: bytes) -> MetadataPatch | Refusal:
    """The body of ``PATCH /sessions/{id}/metadata``, or a 400 (section 6.4)."""
    values = decode(body, METADATA_PATCH)
    return values if isinstance(values, Refusal) else MetadataPatch(**values)


def read_local_user(body: bytes) -> LocalUser | Refusal:
    """The body of a local sign-in or registration, or a 400 (section 2.4)."""
    values = decode(body, LOCAL_USER)
    return values if isinstance(values, Refusal) else LocalUser(**values)


def read_review_request(body: bytes) -> ReviewRequest | Refusal:
    """The body of a decision on a review, or the 400 of the first three rows in section 7.3."""
    values = decode(body, REVIEW_REQUEST)
    if isinstance(values, Refusal):
        return values
    request = ReviewRequest(
        status=values["status"].upper(),
        time_window=_time_window(values["time_window"]),
        force=values["force_review"],
        rejection_reason=values["rejection_reason"] or "",
    )
    return check_time_window(request.time_window) or request


def as_read(body: bytes) -> Any:
    """What the gateway reads of a body: the first JSON value, keys in lower case (section 1.4).

    Only for holding a body against a contract: the case of keys matters within free maps, whose keys no contract
    knows. Raises ValueError for what is no JSON at all, or nests too deep.
    """
    try:
        value, _ = _JSON.raw_decode(body.decode(errors="replace").lstrip(" \t\r\n"))
        return _lower(value)
    except RecursionError:
        raise ValueError("nests too deep") from None


_JSON = json.JSONDecoder()


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lower(one) for key, one in value.items()}
    return [_lower(one) for one in value] if isinstance(value, list) else value


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with tuples for lists and a record for the time window."""
    fields: dict[str, Any] = dict(values)
    for name, value in values.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
        elif name == "time_window":
            fields[name] = _time_window(value)
    return fields


def _time_window(values: Mapping[str, Any] | None) -> TimeWindow | None:
    return None if values is None else TimeWindow(**values)


def check_metadata(metadata: Mapping[str, Any] | None) -> Mapping[str, str] | Refusal | None:
    """The metadata with its values as text, Go's ``%v``, or a 422 (section 6.1, rows 2 and 3); null stays null."""
    if metadata is None:
        return None
    if len(metadata) > METADATA_KEYS_MAX:
        return TOO_MANY_KEYS
    texts = {key: printed(value) for key, value in metadata.items()}
    longest = max((len(text.encode()) for pair in texts.items() for text in pair), default=0)
    return METADATA_TOO_LONG if longest > METADATA_BYTES_MAX else texts


def check_correlation_id(correlation_id: str | None) -> Refusal | None:
    """The 422 for a correlation id above 255 bytes or not in printable ASCII (section 6.1, rows 4 and 5)."""
    if correlation_id is None:
        return None
    if len(correlation_id.encode()) > ID_MAX:
        return CORRELATION_ID_TOO_LONG
    return CORRELATION_ID_NOT_ASCII if _NOT_PRINTABLE_ASCII.search(correlation_id) else None


def check_script(script: str) -> Refusal | None:
    r"""The 500 for a script with a control character other than ``\b\f\n\r\t`` (section 6.1, row 10).

    That goes for 0x7F too, but not for those above it.
    """
    return NOT_CREATED if _CONTROL_CHARACTER.search(script) else None


def check_batch_id(batch_id: str | None) -> Refusal | None:
    """The 500 for a batch id above 255 characters, or with a NUL, which no database text holds (6.1, row 10)."""
    return NOT_CREATED if batch_id and (len(batch_id) > ID_MAX or "\0" in batch_id) else None


def check_time_window(window: TimeWindow | None) -> Refusal | None:
    """The 400 for times that are missing or no times of day, the start first (section 7.3, rows 2 and 3).

    A time is ``HH:MM`` of 24 hours; the hour may have a single digit. The type is not looked at.
    """
    if window is None:
        return None
    times = {name: window.configuration.get(name) for name in ("start_time", "end_time")}
    if not all(times.values()):
        return TIMES_MISSING
    for name, time in times.items():
        if not _TIME_OF_DAY.fullmatch(time or ""):
            return Refusal(400, f"invalid {name} format, expected HH:MM in 24-hour format")
    return None
