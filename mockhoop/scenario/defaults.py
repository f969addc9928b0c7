"""What a scenario leaves unsaid about a session and its review, and what follows from the rest."""

from dataclasses import replace

from mockhoop.gateway import records
from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.scenario.model import Connection, Review, ReviewGroup, Session

APPROVED_ONCE = ("APPROVED", "PROCESSING", "EXECUTED", "UNKNOWN")
"""The statuses of reviews that were approved and neither rejected nor revoked since (section 7.5)."""


def session_status(session: Session) -> str:
    """The status of a session: the one that is given, else what its review makes of it (section 7.6)."""
    if session.status is not None or session.review is None:
        return session.status or "done"
    return status_after(session.review.status)


def status_after(review_status: str) -> str:
    """The status of a session whose review stands like this (section 7.6)."""
    return {"PENDING": "open", "PROCESSING": "open", "APPROVED": "ready"}.get(review_status, "done")


def runs_to_its_end(review_status: str) -> bool:
    """Whether a session is done with such a review because it ran, not because somebody ended it."""
    return status_after(review_status) == "done" and review_status not in ("REJECTED", "REVOKED")


def review_type(review: Review, verb: str) -> str:
    """The type of a review: the one that is given, else what the session's verb asks for (section 7.1)."""
    return review.type or ("jit" if verb == "connect" else "onetime")


def approvals_needed(review: Review, groups: int, connection: Connection | records.Connection) -> int:
    """How many of its groups must approve a review (section 7.4)."""
    limit = review.min_approvals if review.rule else connection.min_review_approvals
    return groups if limit is None else min(groups, limit)


def review_groups(review: Review, connection: Connection | records.Connection) -> tuple[ReviewGroup, ...]:
    """The groups of a review, each with its status: the one that is given, else what the review's needs.

    An approved review has as many approvals as it needs, counted from the first group on. A rejected or
    revoked one has one group that did it, the first unless another one is said to have done it.
    """
    groups = review.groups
    if groups is None:
        groups = tuple(ReviewGroup(group=name) for name in connection.reviewers or (ADMIN_GROUP,))
    given = [group.status for group in groups if group.status is not None]
    missing = approvals_needed(review, len(groups), connection) - given.count("APPROVED")
    if any(group.forced and group.status == "APPROVED" for group in groups):
        missing = 0  # a forced approval is enough by itself (section 7.4)
    ender = review.status if review.status in ("REJECTED", "REVOKED") and review.status not in given else ""
    settled = []
    for group in groups:
        status = group.status
        if status is None and ender:
            status, ender = ender, ""
        elif status is None and review.status in (*APPROVED_ONCE, "REVOKED") and missing > 0:
            status, missing = "APPROVED", missing - 1
        settled.append(replace(group, status=status or "PENDING") if group.status is None else group)
    return tuple(settled)
