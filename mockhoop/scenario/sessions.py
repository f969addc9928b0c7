"""Sessions told in detail: what the scenario leaves out follows from what it says (sections 3b, 4.5 and 7.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Connection, Event, Recording, Review, Session, User
from mockhoop.scenario import model
from mockhoop.scenario.defaults import session_status
from mockhoop.scenario.reviews import People, Reviewed, make_review
from mockhoop.scenario.times import SECOND
from mockhoop.values.chance import Chance

KILLED = 254
"""The exit code of every end that is not the script's own (section 4.5)."""

MICROSECOND = 1_000
"""The database keeps no shorter time."""

_CLOSING = 40_000_000  # from the last event to the end of the session, in nanoseconds


@dataclass(frozen=True, slots=True)
class Setting:
    """What sessions are made in: who is there, what can be reached, and when the world starts."""

    organization_id: str
    people: People
    connections: Mapping[str, Connection]
    start: int


def to_microseconds(instant: int) -> int:
    """The instant as the database keeps it."""
    return instant - instant % MICROSECOND


def standard_metrics(event_size: int, info_types: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The metrics of a finished session (section 3b.3)."""
    found = dict(info_types or {})
    return {
        "data_masking": {
            "err_count": 0,
            "info_types": found,
            "total_redact_count": sum(found.values()),
            "transformed_bytes": 18 * sum(found.values()),
        },
        "event_size": event_size,
        "truncated": False,
    }


def told_session(told: model.Session, setting: Setting, chance: Chance) -> Session:
    """The record of a session that the scenario tells in detail."""
    connection = setting.connections[told.connection]
    started = to_microseconds(told.started.resolve(setting.start))
    review = _review(told, connection, started, setting, chance)
    status = session_status(told)
    recording = _recording(told)
    ended = _ended(told, status, started, review, recording, setting.start)
    size = recording.size if recording is not None and ended is not None else 0
    return Session(
        id=told.id.lower() if told.id else chance.uuid("id"),
        org_id=setting.organization_id,
        connection=connection.name,
        type=connection.type,
        connection_subtype=connection.subtype,
        connection_tags=connection.tags or {},
        verb=told.verb,
        status=status,
        started=started,
        ended=ended,
        script=told.script,
        exit_code=told.exit_code if told.exit_code is not None or ended is None else 0,
        event_size=size,
        recording=recording,
        review=review,
        labels=told.labels,
        metadata=told.metadata,
        integrations_metadata=told.integrations_metadata,
        metrics=told.metrics if told.metrics is not None else _metrics(ended, recording, size),
        session_batch_id=told.batch,
        correlation_id=told.correlation_id,
        ai_analysis=told.ai_analysis,
        guardrails_info=told.guardrails_info,
        identity_type=told.identity_type,
        machine_identity_id=told.machine_identity_id.lower() if told.machine_identity_id else None,
        **owner_fields(told.user, setting.people),
    )


def owner_fields(email: str | None, people: People) -> dict[str, Any]:
    """The three fields that say whose session it is; all empty for a session without owner."""
    if email is None:
        return {}
    user: User | None = people.by_email.get(email)
    if user is None:  # the gateway's own key is its own id, name and address (section 2.1)
        return {"user_id": email, "user": email, "user_name": email}
    return {"user_id": user.subject, "user": user.email, "user_name": user.name}


def _review(
    told: model.Session, connection: Connection, started: int, setting: Setting, chance: Chance
) -> Review | None:
    if told.review is None:
        return None
    about = Reviewed(told.user or "", told.verb, started, connection)
    return make_review(told.review, about, setting.people, chance, setting.start)


def _recording(told: model.Session) -> Recording | None:
    if told.events is None:
        return None
    events = (Event(event.seconds, event.kind, event.payload) for event in told.events)
    return make_recording(events, told.wire_protocol)


def _ended(
    told: model.Session,
    status: str,
    started: int,
    review: Review | None,
    recording: Recording | None,
    start: int,
) -> int | None:
    """A done session has an end, but for one that a mere rejection or revocation closed (section 7.6)."""
    if told.ended is not None:
        return to_microseconds(told.ended.resolve(start))
    if status != "done" or (review is not None and review.status in ("REJECTED", "REVOKED")):
        return None
    return end_of(started, review, recording)


def end_of(started: int, review: Review | None, recording: Recording | None) -> int:
    """Right after the last event of a recording that began when the session started or was approved."""
    began = max(started, review.revoke_at - review.access_duration) if review and review.revoke_at else started
    seconds = recording.events[-1].seconds if recording is not None and recording.events else 0.0
    return to_microseconds(began + int(seconds * SECOND) + _CLOSING)


def _metrics(ended: int | None, recording: Recording | None, size: int) -> dict[str, Any] | None:
    if ended is None:
        return None
    return standard_metrics(size) if recording is not None else {}
