"""Reviews that the gateway never has: what contradicts sections 7.3 to 7.6 of its behaviour."""

from collections.abc import Iterator

from mockhoop.scenario.defaults import (
    APPROVED_ONCE,
    approvals_needed,
    review_groups,
    review_type,
    session_status,
)
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.model import Connection, Review, ReviewGroup, Session

KILLED = 254  # the exit code of a kill, which works on any session and leaves the review alone (section 6.3)


def check_review(session: Session, connection: Connection | None) -> Iterator[Finding]:
    """Everything about a session's review that cannot be.

    Without ``connection``, which may be unknown or broken, nothing is said about how many approvals it takes.
    """
    review = session.review
    if review is None:
        return
    yield from _session_status(session, review)
    yield from _fields(session, review)
    if connection is not None:
        groups = review_groups(review, connection)
        yield from _approvals(review, groups, connection)
        yield from _ending(review, groups)
        for index, group in enumerate(groups if review.groups is not None else ()):
            yield from _group(review, group, f"groups/{index}")


def _session_status(session: Session, review: Review) -> Iterator[Finding]:
    """Section 7.6: the review decides on the session's status."""
    status = session_status(session)
    allowed = {"PENDING": "open", "REJECTED": "done", "REVOKED": "done"}.get(review.status, status)
    if review.status == "APPROVED" and review_type(review, session.verb) == "onetime":
        allowed = "ready"
    if status == allowed or (status == "done" and session.exit_code == KILLED):
        return
    killed = f"; a session that was killed has exit_code: {KILLED}" if status == "done" else ""
    kind = f"{review_type(review, session.verb)} review is {review.status}"
    message = f"a session whose {kind} is {allowed}, it cannot be {status}"
    yield Finding(session, "status", message, f"leave the status out{killed}")


def _fields(session: Session, review: Review) -> Iterator[Finding]:
    """What only some reviews have."""
    onetime = review_type(review, session.verb) == "onetime"
    if onetime and review.status == "REVOKED":  # section 7.5
        yield Finding(review, "status", "a onetime review cannot be REVOKED", "say type: jit")
    if onetime and review.access_duration:  # section 7.4, 5
        message = "a onetime review gives no access for a time"
        yield Finding(review, "access_duration", message, "leave it out, or say type: jit")
    if onetime and review.status == "PENDING" and review.revoke_at:  # section 7.4, 5
        message = "a onetime review has no revoke_at before it is approved"
        yield Finding(review, "revoke_at", message, "leave it out")
    if review.rejection_reason and review.status != "REJECTED":  # section 7.3
        message = f"a review that is {review.status} has no rejection_reason"
        yield Finding(review, "rejection_reason", message, "leave it out, or say status: REJECTED")
    for key in ("min_approvals", "force_approval_groups"):  # section 7.1
        if getattr(review, key) is not None and not review.rule:
            message = f"only the review of an access request rule has {key}"
            yield Finding(review, key, message, "say rule: with the rule's name, or set it on the connection")


def _approvals(review: Review, groups: tuple[ReviewGroup, ...], connection: Connection) -> Iterator[Finding]:
    """Section 7.4, 3: the review is approved when exactly as many groups approve as it needs, or by force."""
    approved = [group for group in groups if group.status == "APPROVED"]
    needed = approvals_needed(review, len(groups), connection)
    forced = any(group.forced for group in approved)
    if review.status == "PENDING" and forced:
        message = "a forced approval approves the whole review, it cannot be PENDING"
        yield Finding(review, "status", message, "say status: APPROVED")
    elif review.status == "PENDING" and len(approved) == needed > 0:
        message = f"{needed} of its groups must approve this review and {needed} did, it cannot be PENDING"
        yield Finding(review, "status", message, "say status: APPROVED, or leave a group PENDING")
    # A rule's review may be marked EXECUTED without ever having been approved (section 6.2).
    by_rule = bool(review.rule) and review.status == "EXECUTED"
    if review.status in APPROVED_ONCE and len(approved) < needed and not forced and not by_rule:
        message = f"{needed} of its groups must approve this review and {len(approved)} did, "
        message += f"it cannot be {review.status}"
        yield Finding(review, "status", message, "approve more groups, or leave their statuses out")


def _ending(review: Review, groups: tuple[ReviewGroup, ...]) -> Iterator[Finding]:
    """Section 7.4, 2 and 4: who rejects or revokes is always among the groups."""
    if review.status in ("REJECTED", "REVOKED") and all(group.status != review.status for group in groups):
        message = f"no group is {review.status}, so the review cannot be"
        yield Finding(review, "status", message, f"say which group did it: {{group: …, status: {review.status}}}")


def _group(review: Review, group: ReviewGroup, path: str) -> Iterator[Finding]:
    """Section 7.4, 1 and 4: a decision has an author, and a rejection or revocation decides for all."""
    if group.status in ("REJECTED", "REVOKED") and group.status != review.status:
        message = f'with "{group.group}" {group.status} the whole review is, it cannot be {review.status}'
        yield Finding(review, f"{path}/status", message, f"say status: {group.status} for the review")
    for key in ("by", "at", "forced"):
        if group.status == "PENDING" and getattr(group, key):
            message = f'"{group.group}" is PENDING, nobody has decided for it yet'
            yield Finding(review, f"{path}/{key}", message, f"leave {key} out, or say what was decided")
