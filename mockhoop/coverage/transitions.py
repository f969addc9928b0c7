"""The lives of a session and of a review at the gateway: every step that there is (sections 4.5, 6, 6.6 and 7.5)."""

from mockhoop.coverage.point import TRANSITION, Point
from mockhoop.journals.entry import Transition

SESSION = "session"
REVIEW = "review"

_STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    SESSION: (
        ("", "open"),  # created: it runs, or waits for its review
        ("", "ready"),  # provisioned, and approved with it
        ("", "done"),  # blocked, or its credentials have no end
        ("open", "ready"),  # its review was approved
        ("open", "done"),  # it ended, was killed or rejected
        ("ready", "open"),  # it runs, or its credentials were taken up
        ("ready", "done"),  # rejected or revoked after all, or killed
        ("done", "ready"),  # it was killed, and its review approved afterwards
        ("done", "open"),  # it was killed, and run all the same
    ),
    REVIEW: (
        ("", "PENDING"),
        ("", "APPROVED"),  # provisioned with all its reviewers
        ("PENDING", "APPROVED"),
        ("PENDING", "REJECTED"),
        ("PENDING", "EXECUTED"),  # run although a rule asks for a review that nobody looks at
        ("APPROVED", "REJECTED"),
        ("APPROVED", "REVOKED"),
        ("APPROVED", "PROCESSING"),
        ("PROCESSING", "EXECUTED"),
    ),
}


def name_of(transition: Transition) -> str:
    """A step in words: ``review: PENDING → APPROVED``, ``session: begins open``."""
    if not transition.before:
        return f"{transition.kind}: begins {transition.after}"
    return f"{transition.kind}: {transition.before} → {transition.after}"


def transitions(profile: str) -> tuple[Point, ...]:
    """The steps that are points of a contract of this profile; none where sessions and reviews are nobody's."""
    if profile != "hoop":
        return ()
    return tuple(
        Point(TRANSITION, name_of(Transition(kind, before, after)))
        for kind, steps in _STEPS.items()
        for before, after in steps
    )
