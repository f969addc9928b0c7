"""The fields of a session on the wire, in the order in which they are written (sections 3.7 and 3b)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway.records import Review, ReviewGroup, Session
from mockhoop.gateway.times import Unit, rfc3339
from mockhoop.gateway.wire import json_escaped_length


class Absent:
    """The value of a key that is left out."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as one answer shows it.

    ``script`` is None for JSON null, ``event_stream`` is ABSENT where the key is left out.
    """

    session: Session
    resource_name: str
    script: str | None
    event_stream: Any
    event_size: int


def list_view(session: Session, resource_name: str) -> SessionView:
    """A session as an item of a list (section 3.7)."""
    return SessionView(session, resource_name, None, ABSENT, session.event_size)


Fields = Mapping[str, Callable[[Any], Any]]


def _optional(value: object) -> Any:
    return ABSENT if value is None else value


def _time(instant: int | None, unit: Unit) -> str | None:
    return None if instant is None else rfc3339(instant, unit)


def _list_of(values: tuple[Any, ...] | None) -> list[Any] | None:
    return None if values is None else list(values)


SESSION_FIELDS: Fields = {
    "id": lambda view: view.session.id,
    "org_id": lambda view: view.session.org_id,
    "script": lambda view: None if view.script is None else {"data": view.script},
    "script_size": lambda view: json_escaped_length(view.session.script),
    "labels": lambda view: _sorted(view.session.labels),
    "integrations_metadata": lambda view: _sorted(view.session.integrations_metadata),
    "metadata": lambda view: _sorted(view.session.metadata),
    "metrics": lambda view: _sorted(view.session.metrics),
    "user": lambda view: view.session.user,
    "user_id": lambda view: view.session.user_id,
    "user_name": lambda view: view.session.user_name,
    "type": lambda view: view.session.type,
    "connection_subtype": lambda view: view.session.connection_subtype,
    "connection": lambda view: view.session.connection,
    "resource_name": lambda view: view.resource_name,
    "role_name": lambda view: view.session.connection,
    "connection_tags": lambda view: _sorted(view.session.connection_tags),
    "review": lambda view: view.session.review,
    "verb": lambda view: view.session.verb,
    "status": lambda view: view.session.status,
    "exit_code": lambda view: view.session.exit_code,
    "event_stream": lambda view: view.event_stream,
    "event_size": lambda view: view.event_size,
    "session_batch_id": lambda view: _optional(view.session.session_batch_id),
    "correlation_id": lambda view: _optional(view.session.correlation_id),
    "start_date": lambda view: rfc3339(view.session.started, "us"),
    "end_date": lambda view: _time(view.session.ended, "us"),
    "ai_analysis": lambda view: view.session.ai_analysis,
    "guardrails_info": lambda view: _list_of(view.session.guardrails_info),
    "identity_type": lambda view: view.session.identity_type,
    "machine_identity_id": lambda view: _optional(view.session.machine_identity_id),
}
"""The fields of a session in the order in which they are written (section 3b.1)."""

REVIEW_FIELDS: Fields = {
    "id": lambda review: review.id,
    "type": lambda review: review.type,
    "access_duration": lambda review: review.access_duration,
    "status": lambda review: review.status,
    "revoke_at": lambda review: _time(review.revoke_at, "ms"),
    "created_at": lambda review: rfc3339(review.created_at, "ms"),
    "review_groups_data": lambda review: list(review.groups),
    "time_window": lambda review: review.time_window,
    "access_request_rule_name": lambda review: review.access_request_rule_name,
    "min_approvals": lambda review: review.min_approvals,
    "force_approval_groups": lambda review: _list_of(review.force_approval_groups),
    "rejection_reason": lambda review: _optional(review.rejection_reason),
}
"""The fields of a review inside a session (section 3b.4); its times have milliseconds (section 3b.2)."""


def _nothing(_: object) -> None:
    return None


LISTED_SESSION_FIELDS: Fields = {**SESSION_FIELDS, "ai_analysis": _nothing}
LISTED_REVIEW_FIELDS: Fields = {
    **REVIEW_FIELDS,
    "time_window": _nothing,
    "access_request_rule_name": _nothing,
    "min_approvals": _nothing,
    "force_approval_groups": _nothing,
}
"""What a list leaves null (section 3.7)."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as its own routes show it (sections 3b.2 and 7.2).

    ``updated`` and ``by`` are the instant and the subject of the update that the answer tells of: what it set is shown
    to the nanosecond. Without an instant it is a plain read, which does not tell whether a review was forced; a
    ``listed`` one leaves out the time window too.
    """

    review: Review
    session_id: str
    updated: int | None = None
    by: str = ""
    listed: bool = False


def _of_review(get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda view: get(view.review)


def _expiry(view: ReviewView) -> str | None:
    # Every update that leaves a review approved sets it anew, and no other one does.
    fresh = view.updated is not None and view.review.status == "APPROVED"
    return _time(view.review.revoke_at, "ns" if fresh else "us")


WHOLE_REVIEW_FIELDS: Fields = {
    "id": lambda view: view.review.id,
    "session": lambda view: view.session_id,
    **{name: _of_review(get) for name, get in REVIEW_FIELDS.items() if name != "id"},
    "revoke_at": _expiry,
    "created_at": lambda view: rfc3339(view.review.created_at, "us"),
    "review_groups_data": lambda view: [GroupView(group, view) for group in view.review.groups],
    "time_window": lambda view: None if view.listed else view.review.time_window,
}
"""The fields of a review by itself (section 7.2)."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of a review as the review's own routes show it."""

    group: ReviewGroup
    review: ReviewView


def _review_date(view: GroupView) -> str | None:
    date, by = view.group.review_date, view.group.reviewed_by
    # The clock may stand still, so that the instant alone does not tell the update from earlier ones.
    fresh = date is not None and date == view.review.updated and by is not None and by.id == view.review.by
    return _time(date, "ns" if fresh else "ms")


WHOLE_GROUP_FIELDS: Fields = {
    "id": lambda view: view.group.id,
    "group": lambda view: view.group.group,
    "status": lambda view: view.group.status,
    "reviewed_by": lambda view: view.group.reviewed_by,
    "review_date": _review_date,
    "forced_review": lambda view: view.review.updated is not None and view.group.forced_review,
}

GROUP_FIELDS: Fields = {
    "id": lambda group: group.id,
    "group": lambda group: group.group,
    "status": lambda group: group.status,
    "reviewed_by": lambda group: group.reviewed_by,
    "review_date": lambda group: _time(group.review_date, "ms"),
    "forced_review": lambda group: group.forced_review,
}

REVIEWER_FIELDS: Fields = {
    "id": lambda reviewer: reviewer.id or ABSENT,
    "name": lambda reviewer: reviewer.name or ABSENT,
    "email": lambda reviewer: reviewer.email,
    "slack_id": lambda reviewer: reviewer.slack_id,
}

TIME_WINDOW_FIELDS: Fields = {
    "type": lambda window: window.type,
    "configuration": lambda window: dict(window.configuration),
}


def _sorted(value: Any) -> Any:
    """Free maps are written with their keys in order, at every depth (section 3b.3 has it for metrics)."""
    if type(value) is dict or isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)} if value else value
    return value
