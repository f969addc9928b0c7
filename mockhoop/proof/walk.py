"""Playing a scenario: everything that can happen in it is let happen, and every answer to it is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mockhoop.exchange import Exchange, Fired
from mockhoop.gateway.facets import LINKS, RUNS, SESSIONS, USERS
from mockhoop.gateway.records import Session
from mockhoop.messages import JSON, AnyCase, Call
from mockhoop.pipeline import Pipeline
from mockhoop.scenario import engine
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.rules import TIMELINE, Cue, state_of
from mockhoop.scenario.script_model import Action, Approve, Finish, Reject, Revoke, TimelineEntry
from mockhoop.world.changes import Drop, Effect, Put, Restore, SetClock, Snapshot
from mockhoop.world.clock import ClockState

MOST_STEPS = 600
"""How many steps of a scenario are tried; one with more is proved in part."""
_MOST_READ = 100
_READS = ("/sessions/{id}", "/sessions/{id}?expand=event_stream", "/reviews/{id}")
_CLIENT = "a client"
_LISTS = ("/sessions?limit=100", "/sessions?count=exact&limit=1")
_ALL_REVIEWS = "/reviews"
_MOST_LISTED = 20_000  # sessions whose reviews are looked at in one answer, which has no pages


@dataclass(frozen=True, slots=True)
class Move:
    """What a client may do with a session: decide its review, kill it, run it, ask for its link."""

    session: str
    action: Action | None = None
    method: str = "GET"
    target: str = ""


@dataclass
class Walk:
    """What was seen on the way. ``clients`` are the sessions with which clients do what they can, too."""

    pipeline: Pipeline
    clients: tuple[str, ...] = ()
    steps: int = 0
    answers: int = 0
    states: set[str] = field(default_factory=set)
    complete: bool = True
    happened: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def walk(pipeline: Pipeline, clients: tuple[str, ...] = ()) -> Walk:
    """Let happen, in every order, what can happen in a world that has just begun."""
    found = Walk(pipeline, clients)
    world = pipeline.world
    clock = world.clock.state()
    world.apply([SetClock(ClockState(True, clock.at, True))])
    _enter(found)
    _read(found, [session.id for session in _told(pipeline)])
    waiting, seen = [world.snapshot()], {_key(found)}
    while waiting:
        here = waiting.pop(0)
        for step in _steps(found, here):
            if found.steps >= MOST_STEPS:
                found.complete = False
                return found
            world.apply([Restore(here)])
            found.steps += 1
            _take(found, step)
            key = _key(found)
            if key not in seen:
                seen.add(key)
                waiting.append(world.snapshot())
    return found


def unmet(found: Walk) -> tuple[str, ...]:
    """The sessions of which clients may have to do something, so that all that is scripted can happen."""
    entries = [finding.record for finding in _undone(found)]
    return tuple(dict.fromkeys(key for entry in entries if isinstance(entry, TimelineEntry) for key in _about(entry)))


def joined(first: Walk, second: Walk) -> Walk:
    """What two walks of one scenario have seen together."""
    return Walk(
        first.pipeline,
        second.clients,
        first.steps + second.steps,
        first.answers + second.answers,
        first.states | second.states,
        first.complete and second.complete,
        first.happened | second.happened,
        first.done | second.done,
        second.notes | first.notes,
        second.broken | first.broken,
    )


def findings(found: Walk) -> Iterator[Finding]:
    """What a walk shows to be wrong."""
    yield from _undone(found)
    scenario = found.pipeline.world.base.scenario
    for target, message in found.broken.items():
        yield Finding(scenario.layers[-1].scenario, "", f"the answer to {target} breaks the contract: {message}")


def _undone(found: Walk) -> Iterator[Finding]:
    """Entries that never happened, and such that could not be done whenever they happened."""
    cues: dict[str, Cue] = {cue.name: cue for cue in found.pipeline.world.base.tables[TIMELINE]}
    for name, cue in cues.items():
        if name not in found.happened and found.complete:
            yield Finding(
                cue.entry, "", "this never happens", "check its trigger, and whether its state is ever entered"
            )
        for time, path in enumerate(_times(cue.entry)):
            key = f"{name} {time}"
            if key in found.notes and key not in found.done:
                message = f"this can never be done: {found.notes[key]}"
                yield Finding(cue.entry, path, message, "change the action or what it is about")


def _times(entry: TimelineEntry) -> list[str]:
    """Where it says what is done the first time, the second time and so on."""
    return [f"sequence/{time}" for time in range(len(entry.sequence))] or [""]


def _about(entry: TimelineEntry) -> Iterator[str]:
    """The sessions of which an entry speaks."""
    if entry.reached is not None and entry.reached.session is not None:
        yield entry.reached.session
    for action in (*entry.do, *(action for step in entry.sequence for action in step)):
        key = getattr(action, getattr(action, "MARK", ""), None)
        if isinstance(key, str):
            yield key


def _steps(found: Walk, here: Snapshot) -> list[str | int | Move]:
    """What can happen next: entries by name, time going on to an instant, what clients do."""
    world = found.pipeline.world
    world.apply([Restore(here)])
    open_entries = engine.available(world)
    due = world.agenda.next_at()
    moves = [move for key in found.clients if world.table(SESSIONS).get(key) is not None for move in _moves(key)]
    return [*open_entries, *([due] if due is not None else []), *moves]


def _moves(key: str) -> Iterator[Move]:
    for action in (Approve(approve=key), Reject(reject=key), Revoke(revoke=key), Finish(finish=key)):
        yield Move(key, action)
    yield Move(key, None, "POST", f"/sessions/{key}/exec")
    yield Move(key, None, "GET", f"/sessions/{key}?extension=csv")


def _take(found: Walk, step: str | int | Move) -> None:
    pipeline = found.pipeline
    world, unfolding = pipeline.world, pipeline.stage.unfolding
    counts = {cue.name: world.counted(engine.happened_sequence(cue.name)) for cue in world.table(TIMELINE)}
    match step:
        case str():
            fired = unfolding.trigger(world, step)
        case int():
            fired = unfolding.set_clock(world, at=max(step, world.clock.now()), frozen=True, speed=1.0)
        case Move(session=key, action=None):
            fired = _called(pipeline, key, step)
        case Move(session=key, action=action):
            fired = unfolding.perform(world, () if action is None else (action,), _CLIENT)
    cues: dict[str, Cue] = {cue.name: cue for cue in world.table(TIMELINE)}
    for one in fired:
        if one.rule not in cues:
            continue
        found.happened.add(one.rule)
        time = counts[one.rule] if cues[one.rule].entry.sequence else 0
        counts[one.rule] += 1
        if one.notes:
            found.notes.setdefault(f"{one.rule} {time}", one.notes[0])
        else:
            found.done.add(f"{one.rule} {time}")
    _enter(found)
    _read(found, list(_changed(fired)))


def _enter(found: Walk) -> None:
    state = state_of(found.pipeline.world)
    found.states |= {state} if state is not None else set()


def _called(pipeline: Pipeline, key: str, move: Move) -> list[Fired]:
    """The owner of a session makes a call about it."""
    world = pipeline.world
    session: Session | None = world.table(SESSIONS).get(key)
    owner = None if session is None else world.table(USERS).get(session.user_id)
    path, _, query = move.target.partition("?")
    headers = {"Content-Type": JSON} | ({"Authorization": f"Bearer {owner.token}"} if owner and owner.token else {})
    body = b"{}" if move.method == "POST" else b""
    call = Call(move.method, f"{pipeline.stage.profile.base_path}{path}", query, AnyCase(headers), body)
    outcome = pipeline.answer(call)
    return list(outcome.fired if isinstance(outcome, Exchange) else outcome.exchange.fired)


def _changed(fired: list[Fired]) -> Iterator[str]:
    effects: list[Effect] = [effect for one in fired for effect in one.effects]
    for effect in effects:
        match effect.change:
            case Put(table="sessions", record=session):
                yield session.id
            case Drop(table="sessions", key=key):
                yield key


def _told(pipeline: Pipeline) -> list[Session]:
    table = pipeline.world.table(SESSIONS)
    newest: list[Session] = list(table.newest(table.all(), 0, _MOST_READ))
    return newest


def _read(found: Walk, ids: list[str]) -> None:
    """Look at every answer about these sessions, in a world that does not change with it."""
    pipeline, before = found.pipeline, found.pipeline.world.snapshot()
    targets = [read.replace("{id}", key) for key in dict.fromkeys(ids) for read in _READS]
    whole = (_ALL_REVIEWS,) if len(pipeline.world.table(SESSIONS)) <= _MOST_LISTED else ()
    for target in (*targets, *_LISTS, *whole):
        path, _, query = target.partition("?")
        outcome = pipeline.answer(Call("GET", f"{pipeline.stage.profile.base_path}{path}", query))
        assert isinstance(outcome, Exchange)
        found.answers += 1
        for one in outcome.violations:
            if one.location.startswith("response."):
                found.broken.setdefault(target, f"{one.pointer} {one.message}".strip())
    pipeline.world.apply([Restore(before)])


def _key(found: Walk) -> tuple[object, ...]:
    """Two moments with the same key go on in the same way.

    Of what happens without an end it matters only whether it has happened, and of the time how long it is until the
    next things happen: a walk through a scenario that never ends comes to its end.
    """
    world = found.pipeline.world
    cues: list[Cue] = list(world.table(TIMELINE))
    happened = ((cue.entry, world.counted(engine.happened_sequence(cue.name))) for cue in cues)
    counts = tuple(min(n, 1) if entry.times is None and not entry.sequence else n for entry, n in happened)
    now = world.clock.now()
    due = tuple((one.at - now, one.kind, one.about) for one in world.agenda.waiting())
    return state_of(world), counts, due, tuple(_standing(found, key) for key in found.clients)


def _standing(found: Walk, key: str) -> tuple[object, ...]:
    """All about a session that clients change."""
    world = found.pipeline.world
    session: Session | None = world.table(SESSIONS).get(key)
    if session is None:
        return ()
    review = session.review
    decided = () if review is None else (review.status, *(group.status for group in review.groups))
    return session.status, decided, world.table(LINKS).get(key) is not None, world.table(RUNS).get(key) is not None
