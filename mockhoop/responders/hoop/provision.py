"""Sessions that a program makes for somebody, approved beforehand (section 6.5 of the behaviour sheet)."""

from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any

from mockhoop.gateway.access import Caller, caller_of
from mockhoop.gateway.bodies import Provision, check_script, check_time_window, read_provision
from mockhoop.gateway.facets import CONNECTIONS, USERS
from mockhoop.gateway.records import Connection, Refusal, Review, Reviewer, ReviewGroup, Session, User
from mockhoop.gateway.times import SECOND
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop import progress
from mockhoop.responders.hoop.creating import checked_metadata, creation, new_review, new_session, reviewers_of
from mockhoop.responders.hoop.executions import connection_not_found
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible

LONGEST_ACCESS = 48 * 60 * 60
"""Seconds."""
NO_REVIEW = Refusal(500, "failed creating review")
_KEYS = ("session_id", "user_email", "has_review")


class Provisioning:
    """Decides the route on which keys, and only they, prepare sessions for people."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        fields = {key: itemgetter(key) for key in _KEYS}
        self._shape = Shape("openapi.ProvisionSessionResponse", document, fields, plausible)

    def post(self, question: Question) -> Decision:
        """Create a session with a review that is approved already, in whole or in part."""
        told = read_provision(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        metadata = checked_metadata(told)
        if isinstance(metadata, Refusal):
            return refuse(metadata)
        world, caller = question.world, question.caller
        user: User | None = world.table(USERS).find("email", told.user_email)
        if user is None:  # the gateway names the caller here
            return refuse(Refusal(400, f"user {caller.email} not found for exec"))
        connection: Connection | None = world.table(CONNECTIONS).get(told.connection)
        if connection is None:
            return refuse(connection_not_found(told.connection))
        refusal = check_script(told.script)
        if refusal is not None:
            return refuse(refusal)
        verb = "connect" if told.access_duration_sec > 0 else "exec"
        session = new_session(world, told, metadata, connection, caller_of(user), verb)
        if told.access_duration_sec > LONGEST_ACCESS or check_time_window(told.time_window) is not None:
            return refuse(NO_REVIEW, *creation(session))  # the session is there already
        pending = new_review(world, session, reviewers_of(connection))
        stored = _reviewed(session, _approved(pending, told, connection, caller, world.clock.now()))
        waits = progress.scheduled(world, stored) if stored.status != "ready" else ()
        return Decision(Reply(202, self._body(stored), JSON_UTF8), (*creation(stored), *waits))

    def _body(self, session: Session) -> bytes:
        values = (session.id, session.user, session.status != "ready")
        return dumps(self._shape.fill(dict(zip(_KEYS, values, strict=True)), session.id))


def _approved(review: Review, told: Provision, connection: Connection, caller: Caller, now: int) -> Review:
    """The review with the approvals that it begins with, and for access over a time its end."""

    def begins(group: ReviewGroup) -> ReviewGroup:
        if connection.reviewers and told.approved_reviewers is not None and group.group not in told.approved_reviewers:
            return group
        # The key's name is not stored.
        reviewer = Reviewer(id=caller.subject, email=caller.email)
        return replace(group, status="APPROVED", reviewed_by=reviewer, review_date=now)

    groups = tuple(begins(group) for group in review.groups)
    status = "APPROVED" if all(group.status == "APPROVED" for group in groups) else "PENDING"
    review = replace(review, status=status, groups=groups, time_window=told.time_window)
    duration = told.access_duration_sec * SECOND
    return review if duration <= 0 else replace(review, type="jit", access_duration=duration, revoke_at=now + duration)


def _reviewed(session: Session, review: Review) -> Session:
    return replace(session, review=review, status="ready" if review.status == "APPROVED" else "open")
