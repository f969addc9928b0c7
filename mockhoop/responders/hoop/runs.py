"""Scripts that run: how the answer to a call waits for one, and what happens while it goes on (section 6.1)."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from mockhoop.gateway import runs
from mockhoop.gateway.facets import RUNS, SESSIONS
from mockhoop.gateway.records import Run, Session
from mockhoop.gateway.runs import UNKNOWN_EXIT
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Later
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change, Drop, Put, Schedule
from mockhoop.world.world import World

FINISH = "finish"
FLUSH = "flush"
_KEYS = (
    "has_review",
    "session_id",
    "output",
    "output_status",
    "truncated",
    "execution_time",
    "exit_code",
    "ai_analysis",
)
_MILLISECOND = 1_000_000


class Answers:
    """The answers to calls that run a script, as the contract has them."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        fields = {key: itemgetter(key) for key in _KEYS}
        self._shape = Shape("openapi.ExecResponse", document, fields, plausible)

    def reply(
        self,
        session: Session,
        status: str,
        output: str,
        code: int,
        *,
        http: int = 200,
        has_review: bool = False,
        truncated: bool = False,
        took: int = 0,
        analysis: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One answer; ``took`` is in nanoseconds."""
        values = (has_review, session.id, output, status, truncated, took // _MILLISECOND, code, analysis)
        return Reply(http, dumps(self._shape.fill(dict(zip(_KEYS, values, strict=True)), session.id)), JSON_UTF8)

    def begin(self, session: Session, run: Run, patience: int, changes: tuple[Change, ...]) -> Decision:
        """Let a script run; the answer comes at its end, or when the caller has waited for so long (nanoseconds)."""
        flush_at = runs.next_flush(run, run.began)
        flushes = () if flush_at is None else (Schedule(flush_at, FLUSH, run.session_id),)
        later = Later(
            min(run.ends, run.began + patience),
            lambda world: not _goes_on(world, run),
            lambda world: Decision(
                self._outcome(world.table(SESSIONS).get(session.id) or session, run, patience, world)
            ),
        )
        return Decision(
            Reply(200),
            (*changes, Put(RUNS, run), *flushes, Schedule(run.ends, FINISH, run.session_id)),
            later=later,
        )

    def _outcome(self, begun: Session, run: Run, patience: int, world: World) -> Reply:
        session: Session = world.table(SESSIONS).get(begun.id) or begun
        if _goes_on(world, run):
            return self.reply(session, "running", "", UNKNOWN_EXIT, http=202, took=patience)
        recording = session.recording
        if recording is None or session.exit_code is None:
            return self.reply(session, "failed", run.output, UNKNOWN_EXIT, took=run.ends - run.began)
        return self.reply(
            session,
            "success" if session.exit_code == 0 else "failed",
            runs.output_of(recording),
            session.exit_code,
            truncated=runs.was_cut(recording),
            took=(session.ended or run.ends) - run.began,
        )


def _goes_on(world: World, run: Run) -> bool:
    return world.table(RUNS).get(run.session_id) is run


def finish(world: World, happening: Happening) -> tuple[Change, ...]:
    """A script has ended by itself."""
    run, session = _running(world, happening.about)
    if run is None or session is None or run.ends != happening.at:
        return ()
    return (Put(SESSIONS, runs.finished(session, run)), Drop(RUNS, run.session_id))


def flush(world: World, happening: Happening) -> tuple[Change, ...]:
    """What a running script has said so far is stored (section 4.4)."""
    run, session = _running(world, happening.about)
    if run is None or session is None or (happening.at - run.began) % runs.FLUSHED_EVERY:
        return ()
    at = runs.next_flush(run, happening.at)
    again = () if at is None else (Schedule(at, FLUSH, run.session_id),)
    return (Put(SESSIONS, runs.flushed(session, run, happening.at)), *again)


def _running(world: World, session_id: str) -> tuple[Run | None, Session | None]:
    return world.table(RUNS).get(session_id), world.table(SESSIONS).get(session_id)
