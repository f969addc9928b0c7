"""Deciding reviews: who may, in which order it is checked, and what becomes of the review (section 7)."""

from dataclasses import dataclass
from typing import Any

from mockhoop.gateway.access import ADMIN_GROUP, Caller
from mockhoop.gateway.bodies import ReviewRequest
from mockhoop.gateway.records import Connection, Refusal, Review, Reviewer, ReviewGroup, Session, changed
from mockhoop.gateway.releases import Feature, Release

DECISIONS = ("APPROVED", "REJECTED", "REVOKED")
_OPEN = ("PENDING", "APPROVED")
_CLOSING = ("REJECTED", "REVOKED")

WRONG_STATE = Refusal(400, "review is in wrong state")
SELF_APPROVAL = Refusal(400, "unable to self approve review")
NOT_ELIGIBLE = Refusal(400, "not eligible for review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A review with all that its rules look at. ``now`` is in nanoseconds, ``new_id`` for an entry that is added."""

    review: Review
    session: Session
    connection: Connection | None
    caller: Caller
    now: int
    new_id: str


def failed(text: str, release: Release) -> Refusal:
    """The 500 of an update; older releases carry the bare text (section 9.2)."""
    prefix = "failed updating review status: " if release.has(Feature.PREFIXED_REVIEW_ERROR) else ""
    return Refusal(500, prefix + text)


def decide(case: Case, request: ReviewRequest, release: Release) -> Review | Refusal:
    """The review after the request, or the first check that it fails (section 7.3, rows 5 to 12)."""
    review, caller = case.review, case.caller
    connection = case.connection
    if connection is None:
        return failed("failed fetching connection for review, err=<nil>", release)
    if request.time_window is not None and review.time_window is not None:
        return failed("time window can only be set once", release)
    if request.status not in DECISIONS:
        return failed("unknown status", release)
    if review.status not in _OPEN:
        return WRONG_STATE
    if request.status == "APPROVED" and _owns(case) and not caller.is_admin:
        return SELF_APPROVAL
    if request.status == "REVOKED" and review.status != "APPROVED":
        return WRONG_STATE
    if request.status == "REVOKED" and review.type == "onetime":
        return failed("review not found", release)
    decided = _forced(case, request, connection) if request.force else _voted(case, request, connection)
    return decided if isinstance(decided, Refusal) else _settled(case, request, decided)


def _owns(case: Case) -> bool:
    return case.session.user_id == case.caller.subject


def _voted(case: Case, request: ReviewRequest, connection: Connection) -> Review | Refusal:
    """Each group of the caller's gets the requested status (section 7.4, normal review)."""
    review, caller = case.review, case.caller
    mine = [group for group in review.groups if group.group in caller.groups]
    if not mine and not caller.is_admin and not _owns(case):
        return NOT_ELIGIBLE
    groups = tuple(_decided(group, case, request) if group in mine else _loaded(group) for group in review.groups)
    if not mine and request.status in _CLOSING:
        name = ADMIN_GROUP if caller.is_admin else next(iter(caller.groups), "")
        groups += (_decided(ReviewGroup(id=case.new_id, group=name), case, request),)
    return changed(review, groups=groups, status=_status(request, groups, review, connection))


def _status(request: ReviewRequest, groups: tuple[ReviewGroup, ...], review: Review, connection: Connection) -> str:
    if request.status in _CLOSING:
        return request.status
    approvals = sum(group.status == "APPROVED" for group in groups)
    # Exactly as many as needed: one too many leaves the review as it was.
    return "APPROVED" if approvals == needed(review, connection) else review.status


def needed(review: Review, connection: Connection) -> int:
    """How many groups must have approved (section 7.4)."""
    enough = review.min_approvals if review.access_request_rule_name else connection.min_review_approvals
    return len(review.groups) if enough is None else min(len(review.groups), enough)


def _forced(case: Case, request: ReviewRequest, connection: Connection) -> Review | Refusal:
    """The caller's group decides over all others (section 7.4, forced review)."""
    review, caller = case.review, case.caller
    allowed = connection.force_approve_groups
    if review.access_request_rule_name and review.force_approval_groups is not None:
        allowed = review.force_approval_groups
    name = next((group for group in allowed if group in caller.groups), None)
    if name is None:
        return NOT_ELIGIBLE
    if not any(group.group == name for group in review.groups):
        entries = (*review.groups, ReviewGroup(id=case.new_id, group=name))
    else:
        entries = review.groups
    groups = tuple(
        changed(_decided(group, case, request), forced_review=True) if group.group == name else _loaded(group)
        for group in entries
    )
    return changed(review, groups=groups, status=request.status)


def _decided(group: ReviewGroup, case: Case, request: ReviewRequest) -> ReviewGroup:
    return changed(
        group, status=request.status, reviewed_by=_reviewer(case.caller), review_date=case.now, forced_review=False
    )


def _loaded(group: ReviewGroup) -> ReviewGroup:
    """A group as the gateway loads it for an update: whether it was forced is not read (section 7.4)."""
    return changed(group, forced_review=False) if group.forced_review else group


def _reviewer(caller: Caller) -> Reviewer:
    return Reviewer(id=caller.subject, name=caller.name, email=caller.email, slack_id=caller.slack_id)


def _settled(case: Case, request: ReviewRequest, review: Review) -> Review:
    changes: dict[str, Any] = {}
    if review.status == "APPROVED":
        changes["revoke_at"] = case.now + review.access_duration
    if review.status == "REJECTED" and request.rejection_reason:
        changes["rejection_reason"] = request.rejection_reason
    if request.status == "APPROVED" and request.time_window is not None:
        changes["time_window"] = request.time_window
    return changed(review, **changes)


def session_after(session: Session, review: Review) -> Session:
    """The session with its review in its new state (section 7.6)."""
    status = {"APPROVED": "ready", "REJECTED": "done", "REVOKED": "done"}.get(review.status, session.status)
    return changed(session, review=review, status=status)
