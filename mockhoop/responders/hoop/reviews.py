"""Reading and deciding reviews (section 7 of the behaviour sheet)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.gateway import reviews, runs
from mockhoop.gateway.access import Caller
from mockhoop.gateway.bodies import ReviewRequest, read_review_request
from mockhoop.gateway.facets import CONNECTIONS, HELD, SESSIONS
from mockhoop.gateway.fields import WHOLE_GROUP_FIELDS, WHOLE_REVIEW_FIELDS, ReviewView
from mockhoop.gateway.records import Refusal, Review, Session
from mockhoop.gateway.releases import Release
from mockhoop.gateway.sessions import session_id
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import ReviewShape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Change, Count, Put
from mockhoop.world.world import World

GROUP_SEQUENCE = "review groups"


class Reviews:
    """Decides the routes of reviews. A review is found by its own id or by that of its session."""

    def __init__(self, release: Release, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._release = release
        self._shape = ReviewShape("openapi.Review", document, plausible, WHOLE_REVIEW_FIELDS, WHOLE_GROUP_FIELDS)

    def list(self, question: Question) -> Decision:
        """All reviews of the organisation, for everybody: no filter, no page (section 7.2)."""
        table = question.world.table(SESSIONS)
        reviewed = table.all() - table.where("review.status", "")
        views = [
            ReviewView(session.review, session.id, listed=True) for session in table.newest(reviewed, 0, len(reviewed))
        ]
        return _answer([self._shape.fill(view, view.review.id) for view in views])

    def get(self, question: Question) -> Decision:
        """One review (section 7.2)."""
        text = question.path_values["id"]
        key = session_id(text)
        if key is None:
            problem = f'ERROR: invalid input syntax for type uuid: "{text}" (SQLSTATE 22P02)'
            return refuse(Refusal(500, f"failed fetching review: {problem}"))
        session = find_reviewed(question.world, key)
        if session is None or session.review is None:
            return refuse(Refusal(404, "resource not found"))
        return _answer(self._shape.fill(ReviewView(session.review, session.id), session.review.id))

    def update(self, question: Question) -> Decision:
        """Approve, reject or revoke (sections 7.3 to 7.6)."""
        request = read_review_request(question.call.body)
        if isinstance(request, Refusal):
            return refuse(request)
        text = question.path_values.get("id") or question.path_values["session_id"]
        key = session_id(text)
        if key is None:
            problem = f'ERROR: invalid input syntax for type uuid: "{text}" (SQLSTATE 22P02)'
            return refuse(reviews.failed(f"failed obtaining review, err={problem}", self._release))
        session = find_reviewed(question.world, key)
        if session is None or session.review is None:
            return refuse(reviews.failed("review not found", self._release))
        return self._decided(question, request, session, session.review)

    def _decided(self, question: Question, request: ReviewRequest, session: Session, review: Review) -> Decision:
        now = question.world.clock.now()
        decided = decide(question.world, session, review, question.caller, request, self._release, now)
        if isinstance(decided, Refusal):
            return refuse(decided)
        view = ReviewView(decided.review, session.id, now, by=question.caller.subject)
        return _answer(self._shape.fill(view, decided.review.id), *decided.changes)


@dataclass(frozen=True, slots=True)
class Decided:
    """A review after somebody has decided, its session, and the changes that come with it."""

    review: Review
    session: Session
    changes: tuple[Change, ...]


def decide(
    world: World,
    session: Session,
    review: Review,
    caller: Caller,
    request: ReviewRequest,
    release: Release,
    now: int,
) -> Decided | Refusal:
    """What becomes of a review and its session when a caller decides at an instant (sections 7.3 to 7.6)."""
    case = reviews.Case(
        review=review,
        session=session,
        connection=world.table(CONNECTIONS).get(session.connection),
        caller=caller,
        now=now,
        new_id=world.chance.uuid("review group", world.counted(GROUP_SEQUENCE)),
    )
    after = reviews.decide(case, request, release)
    if isinstance(after, Refusal):
        return after
    changed = reviews.session_after(session, after)
    if after.status == "REJECTED" and _is_waited_for(world, session):
        changed = runs.closed_without_log(changed, now)
    added = [Count(GROUP_SEQUENCE)] if len(after.groups) > len(review.groups) else []
    return Decided(after, changed, (Put(SESSIONS, changed), *added))


def find_reviewed(world: World, key: str) -> Session | None:
    """The session whose review has this id, or which has this id itself."""
    table = world.table(SESSIONS)
    found: Session | None = table.find("review.id", key) or table.get(key)
    return found


def _is_waited_for(world: World, session: Session) -> bool:
    """Whether the gateway still holds the stream of a script that waits for its review (section 7.6).

    It holds what came in by ``POST /sessions``; nothing of what a world began with, which stands for what there was
    before the gateway started, and nothing of what was provisioned.
    """
    return session.status == "open" and world.table(HELD).get(session.id) is not None


def _answer(value: Any, *changes: Change) -> Decision:
    return Decision(Reply(200, dumps(value), JSON_UTF8), changes)
