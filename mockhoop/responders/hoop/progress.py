"""How what takes its time goes on by itself: reviews that are decided and scripts that end, as the scenario says."""

from mockhoop.gateway import runs
from mockhoop.gateway.facets import RUNS, SESSIONS
from mockhoop.gateway.records import Execution, Run, Session, changed
from mockhoop.responders.decision import Acted
from mockhoop.responders.hoop.actions import ENDLESS, Actions
from mockhoop.scenario.script_model import Approve, Reject
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change, Count, Drop, Put, Schedule
from mockhoop.world.world import World

DECIDE = "decide a review"
READS = ("GET /sessions/{session_id}", "GET /plugins/audit/sessions/{session_id}", "GET /reviews/{id}")


def scheduled(world: World, session: Session) -> tuple[Change, ...]:
    """What comes with a session that a client has created and that waits for its review."""
    policy = world.settings.review_progress
    if policy is None or policy.after is None:
        return ()
    return (Schedule(session.started + policy.after, DECIDE, session.id),)


def run_of(world: World, session: Session, execution: Execution, began: int) -> tuple[Run, int]:
    """The run of a script as the policy has it, and for how long its caller waits for it."""
    policy = world.settings.run_progress
    if policy is None or execution.outcome == "offline":
        return runs.run_of(session, execution, began), runs.PATIENCE
    if policy.reads is None:
        return runs.run_of(session, changed(execution, takes=policy.after), began), runs.PATIENCE
    return changed(runs.run_of(session, execution, began), ends=began + ENDLESS), 0


def decided(actions: Actions, world: World, happening: Happening) -> tuple[Change, ...]:
    """The review whose time has come."""
    return _decided(actions, world, happening.about, happening.at).changes


def read(actions: Actions, world: World, session: Session) -> tuple[Change, ...]:
    """What goes on because a session, or its review, is read."""
    return (*_run_read(world, session), *_review_read(actions, world, session))


def _run_read(world: World, session: Session) -> tuple[Change, ...]:
    policy = world.settings.run_progress
    run: Run | None = world.table(RUNS).get(session.id)
    if policy is None or policy.reads is None or run is None:
        return ()
    name = f"reads of run {session.id}"
    if world.counted(name) + 1 < policy.reads:
        return (Count(name),)
    ended = runs.closed(session, run.recording, run.exit_code, world.clock.now())
    return (Count(name), Put(SESSIONS, ended), Drop(RUNS, session.id))


def _review_read(actions: Actions, world: World, session: Session) -> tuple[Change, ...]:
    policy = world.settings.review_progress
    if policy is None or policy.reads is None or session.review is None or session.review.status != "PENDING":
        return ()
    if world.base.tables[SESSIONS].get(session.id) is not None:
        return ()  # no client has caused it
    name = f"reads of review {session.id}"
    if world.counted(name) + 1 < policy.reads:
        return (Count(name),)
    return (Count(name), *_decided(actions, world, session.id, world.clock.now()).changes)


def _decided(actions: Actions, world: World, session_id: str, at: int) -> Acted:
    rejects = world.settings.review_progress.to == "REJECTED"
    decision = Reject(reject=session_id) if rejects else Approve(approve=session_id)
    return actions.act(world, decision, at) or Acted()
