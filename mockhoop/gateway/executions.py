"""Which scripts run: what the scenario says of them, where none run, when an approved one may (section 6)."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from mockhoop.gateway.access import Caller
from mockhoop.gateway.records import Connection, Execution, Refusal, Session, TimeWindow
from mockhoop.gateway.times import SECOND

OUTCOMES = ("ran", "offline", "disabled", "blocked", "guardrails", "review")
"""What can come of running a script: it ran, the agent is offline, exec is disabled on the connection, the AI analyser
blocks it, a guard rail does, or the AI analyser demands a review, after which it runs."""

DISABLED = "rpc error: code = FailedPrecondition desc = exec is disabled for this connection"

NOT_REVIEWED = Refusal(500, "failed retrieving review")
SESSION_NOT_FOUND = Refusal(404, "session not found")
NOT_YOURS = Refusal(403, "unable to execute session")
NOT_APPROVED = Refusal(403, "review not approved or already executed")


def matching(executions: Iterable[Execution], connection: str, script: str) -> Execution | None:
    """The first execution whose patterns fit."""
    return next(
        (one for one in executions if fnmatchcase(connection, one.connection) and fnmatchcase(script, one.script)),
        None,
    )


def not_run_on(connection: Connection, execution: Execution) -> str | None:
    """Why the gateway runs no scripts on this connection, whoever approves of them, or None (section 6.1)."""
    if execution.outcome == "disabled" or connection.more.get("access_mode_exec") == "disabled":
        return DISABLED
    kind = next((kind for kind in ("tcp", "ssh") if kind in (connection.type, connection.subtype)), None)
    return kind and f"rpc error: code = FailedPrecondition desc = exec is not allowed for {kind} type connections"


def may_run(session: Session, connection: Connection, caller: Caller, now: int) -> Refusal | None:
    """Why a reviewed session may not run now (section 6.2, step 5).

    Where only a rule asked for the review, nobody asks who runs it or when; a review that was used up or refused
    counts all the same [U].
    """
    review = session.review
    if review is None:
        return NOT_REVIEWED
    if not connection.reviewers:
        return None if review.status in ("APPROVED", "PENDING") else NOT_APPROVED
    if session.user != caller.email and not caller.sees_everything:
        return NOT_YOURS
    if review.status != "APPROVED":
        return NOT_APPROVED
    return outside(review.time_window, now)


def outside(window: TimeWindow | None, now: int) -> Refusal | None:
    """Why an instant is outside a time window; its ends are times of day in UTC, both included (section 6.2)."""
    if window is None:
        return None
    if window.type != "time_range":
        return Refusal(403, f"unknown execution window type {window.type}")
    if not {"start_time", "end_time"} <= window.configuration.keys():
        return Refusal(403, "invalid execution window configuration")
    start, end = (_minutes(window.configuration[name]) for name in ("start_time", "end_time"))
    if start is None:
        return Refusal(403, "invalid execution window start time")
    if end is None:
        return Refusal(403, "invalid execution window end time")
    # A window over midnight gets a day added to its end, but the time of day does not: the early part is refused.
    last = end if end >= start else end + 24 * 60
    if start * 60 * SECOND <= now % (86_400 * SECOND) <= last * 60 * SECOND:
        return None
    shown = " to ".join(window.configuration[name] for name in ("start_time", "end_time"))
    return Refusal(403, f"execution not allowed outside the time window {shown} UTC")


_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def _minutes(text: str) -> int | None:
    found = _TIME_OF_DAY.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None
