"""What a session says, as text and as it is said (sections 5.3 and 5.4 of the behaviour sheet)."""

from base64 import b64encode

from mockhoop.gateway import runs, sessions
from mockhoop.gateway.facets import RUNS, SESSIONS
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Refusal, Run, Session
from mockhoop.gateway.times import SECOND, rfc3339
from mockhoop.gateway.wire import dumps
from mockhoop.messages import Headers, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.printouts import Printouts
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.world import World

KEEPALIVE = 30 * SECOND
NOT_STREAMED = Refusal(403, "user is not allowed to stream this session")
SESSION_NOT_FOUND = Refusal(404, "session not found")
_SSE_HEADERS: Headers = (("Cache-Control", "no-cache"), ("Connection", "keep-alive"), ("X-Accel-Buffering", "no"))
_END = b"event: session_end\ndata: {}\n\n"


def result(question: Question, printouts: Printouts) -> Decision:
    """The recording as text: what is stored, then the end (section 5.3)."""
    found = sessions.opened(question.world.table(SESSIONS).get, question.path_values["session_id"], question.caller)
    if isinstance(found, Refusal):
        return refuse(found)
    if not sessions.may_load_recording(found, question.caller):
        return refuse(NOT_STREAMED)
    content = printouts.of(found, first_values(question.call.raw_query))
    return Decision(Reply(200, content, "text/plain; charset=utf-8"))


def live(question: Question) -> Decision:
    """Server-sent events of a session that goes on; one that is over says so at once (section 5.4)."""
    found = sessions.opened(question.world.table(SESSIONS).get, question.path_values["session_id"], question.caller)
    if isinstance(found, Refusal):
        return refuse(SESSION_NOT_FOUND if found is sessions.NOT_FOUND else found)
    if found.status == "done":
        return Decision(Reply(200, _END, "text/event-stream", _SSE_HEADERS))
    feed = SessionFeed(question.world, found.id)
    return Decision(Reply(200, b"", "text/event-stream", _SSE_HEADERS, feed=feed))


class SessionFeed:
    """The events of one session from now on, for one watcher. Nothing that was said before is repeated."""

    def __init__(self, world: World, session_id: str) -> None:
        self._world = world
        self._session_id = session_id
        self._greeted = False
        self._quiet_since = world.clock.now()
        run = self._run()
        self._sent = 0 if run is None else _said(run, self._quiet_since)
        self._last = run

    def advance(self, now: int) -> tuple[bytes, int | None]:
        """What there is to send by an instant, and when to look again; None when the stream is over."""
        parts = [] if self._greeted else [b": connected\n\n"]
        self._greeted = True
        session: Session | None = self._world.table(SESSIONS).get(self._session_id)
        run = self._run() or self._last
        over = session is None or session.status == "done"
        if run is not None:
            self._last = run
            parts += self._events(run, session, over, now)
        if over:
            return b"".join([*parts, _END]), None
        if parts:
            self._quiet_since = now
        elif now - self._quiet_since >= KEEPALIVE:
            parts, self._quiet_since = [b": keepalive\n\n"], now
        return b"".join(parts), self._next(run, now)

    def _run(self) -> Run | None:
        run: Run | None = self._world.table(RUNS).get(self._session_id)
        # Where no agent comes nobody says anything, and what a kill leaves behind was never said.
        return run if run is not None and run.exit_code != runs.UNKNOWN_EXIT else None

    def _events(self, run: Run, session: Session | None, over: bool, now: int) -> list[bytes]:
        # A session that was killed said something else in the end than its script would have.
        recording = session.recording if over and session is not None and session.recording else run.recording
        count = len(recording.events) if over else _said(run, now)
        fresh, self._sent = recording.events[self._sent : count], max(self._sent, count)
        return [
            b"event: event\ndata: %b\n\n"
            % dumps(
                {
                    "time": rfc3339(runs.instant_of(run, event), "ns"),
                    "type": event.kind,
                    "payload": b64encode(event.payload).decode(),
                }
            )
            for event in fresh
        ]

    def _next(self, run: Run | None, now: int) -> int:
        keepalive = self._quiet_since + KEEPALIVE
        if run is None or self._sent >= len(run.recording.events):
            return keepalive
        return min(keepalive, max(now + 1, runs.instant_of(run, run.recording.events[self._sent])))


def _said(run: Run, now: int) -> int:
    return sum(runs.instant_of(run, event) <= now for event in run.recording.events)
