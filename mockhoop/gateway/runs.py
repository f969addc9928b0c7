"""A script while it runs and when it has ended: what it says, and what its session is then (sections 4.4, 4.5, 6)."""

from collections.abc import Iterator
from typing import Any

from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Event, Execution, Recording, Review, Run, Session, changed
from mockhoop.gateway.times import SECOND

PATIENCE = 50 * SECOND
"""How long the gateway waits for a script before it answers that it is running."""
AGENT_PATIENCE = 15 * SECOND
"""How long it waits for an agent that is offline."""
FLUSHED_EVERY = 50 * SECOND
"""How often the recording of a running session is stored (section 4.4)."""
MOST_OUTPUT = 110 * 1024 * 1024
"""How many bytes of output the gateway takes (section 6.1)."""

KILLED = 254
UNKNOWN_EXIT = -2

OFFLINE = "rpc error: code = FailedPrecondition desc = agent is offline"
BLOCKED = "Session blocked by AI risk analyzer"
GUARD_RAIL = "denied-by-scenario"
GUARDED = f"blocked by the guard rail {GUARD_RAIL}"
KILLED_TEXT = b"session killed by the user"
NO_LOG_TEXT = b"no log found on disk"

_EMPTY = make_recording(())


def run_of(session: Session, execution: Execution, began: int) -> Run:
    """The run of a session's script from now on, with all that it will have said in the end (section 4.4).

    A script that takes seconds says its lines one after the other, at most one a second. Where the agent is offline,
    the run is the gateway's waiting for it (section 6.1).
    """
    if execution.outcome == "offline":
        return Run(
            session_id=session.id,
            began=began,
            ends=began + AGENT_PATIENCE,
            recording=_EMPTY,
            output=OFFLINE,
            exit_code=UNKNOWN_EXIT,
        )
    recording = make_recording(_events(session.script, execution))
    return Run(
        session_id=session.id,
        began=began,
        ends=began + execution.takes,
        recording=recording,
        output=output_of(recording),
        exit_code=execution.exit_code,
    )


def _events(script: str, execution: Execution) -> Iterator[Event]:
    seconds = execution.takes / SECOND
    closing = f"exit status {execution.exit_code}" if execution.exit_code else ""
    output = execution.output.encode()[:MOST_OUTPUT]
    yield _input(script, min(0.001, seconds))
    parts = _in_parts(output, max(1, execution.takes // SECOND))
    for number, part in enumerate(parts, 1):
        yield Event(seconds * number / len(parts), "o", part)
    yield Event(seconds, "o", execution.stderr.encode()[: MOST_OUTPUT - len(output)])
    yield Event(seconds, "e", closing.encode())


def _input(script: str, seconds: float) -> Event:
    return Event(seconds, "i", script.encode("utf-8", "surrogatepass"))


def _in_parts(output: bytes, most: int) -> list[bytes]:
    """The output in parts of whole lines."""
    if most == 1:
        return [output] if output else []
    lines = output.splitlines(keepends=True)
    size = max(1, -(-len(lines) // most))
    return [b"".join(lines[first : first + size]) for first in range(0, len(lines), size)]


def output_of(recording: Recording) -> str:
    """What the answer to a run shows of its recording: output and closing text (section 6.1)."""
    said = b"".join(event.payload for event in recording.events if event.kind != "i")
    return said.decode(errors="replace")


def was_cut(recording: Recording) -> bool:
    """Whether there was more output than the gateway takes (section 6.1)."""
    if recording.size < MOST_OUTPUT:  # what is stored is never shorter than what was said
        return False
    return sum(len(event.payload) for event in recording.events if event.kind == "o") >= MOST_OUTPUT


def instant_of(run: Run, event: Event) -> int:
    """When an event of a run is said."""
    return run.began + int(event.seconds * SECOND)


def said_by(run: Run, now: int) -> Recording:
    """What was said until an instant."""
    return make_recording(event for event in run.recording.events if instant_of(run, event) <= now)


def next_flush(run: Run, after: int) -> int | None:
    """When the recording of a run is stored next, or None when it ends before that (section 4.4)."""
    at = after + FLUSHED_EVERY
    return at if at < run.ends else None


def flushed(session: Session, run: Run, now: int) -> Session:
    """The running session with what was said so far; its sizes stay 0 until the end (sections 4.4 and 4.5)."""
    return changed(session, recording=said_by(run, now))


def begun(session: Session) -> Session:
    """The session while its script runs: open, with a recording that is still empty (section 4.5)."""
    return changed(session, status="open", recording=_EMPTY)


def closed(session: Session, recording: Recording, exit_code: int, now: int) -> Session:
    """The session at its end: done, with its metrics, and its review executed if it was being processed."""
    metrics: dict[str, Any] = {
        "data_masking": {"err_count": 0, "info_types": {}, "total_redact_count": 0, "transformed_bytes": 0},
        "event_size": recording.size,
        "truncated": was_cut(recording),
    }
    return changed(
        settled(session),
        status="done",
        ended=now,
        exit_code=exit_code,
        recording=recording,
        event_size=recording.size,
        metrics=metrics,
    )


def closed_without_log(session: Session, now: int) -> Session:
    """The session closed by a gateway that finds no recording of it (sections 6.3, 7.6), hence of no metrics."""
    recording = make_recording([Event(0.0, "e", NO_LOG_TEXT)])
    return changed(closed(session, recording, KILLED, now), event_size=0, metrics={})


def settled(session: Session) -> Session:
    """The session when its run is over, by whatever: a review that was being processed is executed (section 7.5)."""
    review = session.review
    if review is None or review.status != "PROCESSING":
        return session
    return changed(session, review=changed(review, status="EXECUTED"))


def finished(session: Session, run: Run) -> Session:
    """The session when its run has ended by itself; where no agent came, it stays open (section 6.1)."""
    if run.exit_code == UNKNOWN_EXIT:
        return settled(session)
    return closed(session, run.recording, run.exit_code, run.ends)


def blocked(session: Session, now: int) -> Session:
    """The session that the AI analyser does not let run (section 6.1)."""
    return changed(closed(session, _EMPTY, KILLED, now), ai_analysis=analysis("block_execution"))


def guarded(session: Session, now: int) -> Session:
    """The session whose script a guard rail keeps from running.

    [U] The sheet has the field, but not what comes of it: taken to end as all that the gateway itself ends, with the
    reason as closing text (sections 3b.5, 4.4 and 4.5).
    """
    words = session.script.split()[:1]
    info = {
        "rule_name": GUARD_RAIL,
        "rule": {"type": "deny_words_list", "words": words},
        "direction": "input",
        "matched_words": words,
    }
    recording = make_recording([_input(session.script, 0.0), Event(0.0, "e", GUARDED.encode())])
    return changed(closed(session, recording, KILLED, now), guardrails_info=(info,))


def analysis(action: str) -> dict[str, str]:
    """What the AI analyser says of a script that it does not simply let run (section 3b.5)."""
    return {
        "risk_level": "high",
        "title": "Changes what cannot be restored",
        "explanation": "The script was judged by the scenario.",
        "action": action,
    }


def killed(session: Session, run: Run | None, now: int) -> Session:
    """The session after a kill; one that is not live loses its recording (section 6.3)."""
    if run is None or run.exit_code == UNKNOWN_EXIT:
        return closed_without_log(session, now)
    at = (now - run.began) / SECOND
    events = (*said_by(run, now).events, Event(at, "e", KILLED_TEXT))
    return closed(session, make_recording(events), KILLED, now)


def processing(session: Session, review: Review) -> Session:
    """The session when its approved script begins to run (section 6.2)."""
    return changed(begun(session), review=changed(review, status="PROCESSING"))
