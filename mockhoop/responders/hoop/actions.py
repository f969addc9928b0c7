"""What a scenario's timeline does to a world that plays the gateway: each action by the gateway's own rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockhoop.gateway import runs
from mockhoop.gateway.access import GATEWAYS_OWN, Caller, caller_of
from mockhoop.gateway.bodies import ReviewRequest
from mockhoop.gateway.facets import CONNECTIONS, HELD, LINKS, RUNS, SESSIONS, USERS
from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Connection, Event, Recording, Refusal, Review, Run, Session, User
from mockhoop.gateway.releases import Release
from mockhoop.gateway.times import SECOND
from mockhoop.responders.decision import Acted
from mockhoop.responders.hoop.reviews import decide
from mockhoop.scenario import generated
from mockhoop.scenario import script_model as script
from mockhoop.scenario.beginning_model import GeneratedSessions
from mockhoop.scenario.population import connection_of
from mockhoop.scenario.reviews import People
from mockhoop.scenario.sessions import Setting, told_session
from mockhoop.world.changes import Change, Count, Drop, Interrupt, Put
from mockhoop.world.world import World

CREATED_SEQUENCE = "sessions of the timeline"
ENDLESS = 100 * 365 * 86_400 * SECOND
"""How long a session goes on of which nobody says when it ends."""


class Actions:
    """Carries out actions as one release of the gateway would; what cannot be done changes nothing and says why."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._by_kind: Mapping[type[Any], Callable[[World, Any, int], Acted]] = {
            script.Approve: self._approve,
            script.Reject: self._reject,
            script.Revoke: self._revoke,
            script.Finish: _finish,
            script.Append: _append,
            script.Create: _create,
            script.Remove: _remove,
            script.ExpireLink: _expire_link,
            script.ExpireToken: _expire_token,
            script.ChangeUser: _change_user,
            script.ChangeConnection: _change_connection,
            script.RemoveConnection: _remove_connection,
            script.Restart: _restart,
        }

    def act(self, world: World, action: script.Action, at: int) -> Acted | None:
        """What changes with an action that happens at an instant; None for one that is not about what it knows."""
        act = self._by_kind.get(type(action))
        return None if act is None else act(world, action, at)

    def _approve(self, world: World, action: script.Approve, at: int) -> Acted:
        session, review = _reviewed(world, action.approve)
        if session is None or review is None:
            return Acted(note=f"there is no session {action.approve} with a review")
        groups = [group.group for group in review.groups if group.status == "PENDING"]
        changes: tuple[Change, ...] = ()
        for group in [action.group] if action.group is not None else groups:
            found = decide(
                world,
                session,
                review,
                _somebody(world, action.by, group, session),
                ReviewRequest(status="APPROVED"),
                self._release,
                at,
            )
            if isinstance(found, Refusal):
                return Acted(changes, found.message)
            session, review, changes = found.session, found.review, (*changes, *found.changes)
            if review.status == "APPROVED":
                break
        return Acted(changes, "" if changes else "no group of the review is pending")

    def _reject(self, world: World, action: script.Reject, at: int) -> Acted:
        request = ReviewRequest(status="REJECTED", rejection_reason=action.reason or "")
        return self._decide(world, action.reject, action, request, at)

    def _revoke(self, world: World, action: script.Revoke, at: int) -> Acted:
        return self._decide(world, action.revoke, action, ReviewRequest(status="REVOKED"), at)

    def _decide(
        self, world: World, key: str, action: script.Reject | script.Revoke, request: ReviewRequest, at: int
    ) -> Acted:
        session, review = _reviewed(world, key)
        if session is None or review is None:
            return Acted(note=f"there is no session {key} with a review")
        group = action.group or next((group.group for group in review.groups), "")
        caller = _somebody(world, action.by, group, session)
        found = decide(world, session, review, caller, request, self._release, at)
        return Acted(note=found.message) if isinstance(found, Refusal) else Acted(found.changes)


def _reviewed(world: World, key: str) -> tuple[Session | None, Review | None]:
    session: Session | None = world.table(SESSIONS).get(key)
    return session, session.review if session is not None else None


def _somebody(world: World, email: str | None, group: str, session: Session) -> Caller:
    """Who decides for a group: the one who is named, a member who does not own the session, or the gateway's key."""
    users: Iterable[User] = world.table(USERS)
    if email is not None:
        user: User | None = world.table(USERS).find("email", email)
    else:
        user = next((one for one in users if group in one.groups and one.email != session.user), None)
    caller = caller_of(user) if user is not None else GATEWAYS_OWN
    return replace(caller, groups=(group,)) if user is None or group in caller.groups else caller


def _finish(world: World, action: script.Finish, at: int) -> Acted:
    session: Session | None = world.table(SESSIONS).get(action.finish)
    if session is None or session.status == "done":
        return Acted(note=f"there is no session {action.finish} that goes on")
    run: Run | None = world.table(RUNS).get(session.id)
    recording = runs.said_by(run, at) if run is not None else session.recording or make_recording(())
    ended = runs.closed(session, recording, action.exit_code, at)
    return Acted((Put(SESSIONS, ended), Drop(RUNS, session.id), Drop(HELD, session.id)))


def _append(world: World, action: script.Append, at: int) -> Acted:
    session: Session | None = world.table(SESSIONS).get(action.append)
    if session is None or session.status != "open" or (session.review and session.review.status == "PENDING"):
        return Acted(note=f"there is no session {action.append} that runs")
    run: Run = world.table(RUNS).get(session.id) or _lasting(session)
    since = (at - run.began) / SECOND
    fresh = (Event(since + event.seconds, event.kind, event.payload) for event in action.events)
    events = sorted((*run.recording.events, *fresh), key=lambda event: event.seconds)
    longer = replace(run, recording=make_recording(events, run.recording.wire_protocol))
    return Acted((Put(RUNS, longer), Put(SESSIONS, runs.flushed(session, longer, at))))


def _lasting(session: Session) -> Run:
    """The run of a session of which the scenario only says that it is open."""
    recording: Recording = session.recording or make_recording(())
    return Run(
        session_id=session.id,
        began=session.started,
        ends=session.started + ENDLESS,
        recording=recording,
        output=runs.output_of(recording),
        exit_code=0,
    )


def _create(world: World, action: script.Create, at: int) -> Acted:
    connections = {connection.name: connection for connection in world.table(CONNECTIONS)}
    setting = Setting(world.settings.organization.id, People.of(list(world.table(USERS))), connections, at)
    chance = world.chance.at(CREATED_SEQUENCE, world.counted(CREATED_SEQUENCE))
    told = action.create
    if isinstance(told, GeneratedSessions):
        if not connections or not setting.people.users:
            return Acted(note="there is nobody, or nothing to connect to")
        many = generated.GeneratedSessions(told, setting, chance, at)
        made = [many.make(number) for number in range(told.generate)]
    elif told.connection in connections:
        made = [told_session(told, setting, chance)]
    else:
        return Acted(note=f"there is no connection {told.connection}")
    return Acted((*(Put(SESSIONS, session) for session in made), Count(CREATED_SEQUENCE)))


def _remove(world: World, action: script.Remove, at: int) -> Acted:  # noqa: ARG001
    if world.table(SESSIONS).get(action.remove) is None:
        return Acted(note=f"there is no session {action.remove}")
    return Acted(tuple(Drop(table, action.remove) for table in (SESSIONS, RUNS, HELD, LINKS)))


def _expire_link(world: World, action: script.ExpireLink, at: int) -> Acted:
    link = world.table(LINKS).get(action.expire_link)
    if link is None:
        return Acted(note=f"there is no pending link of session {action.expire_link}")
    return Acted((Put(LINKS, replace(link, expires=at - 1)),))


def _expire_token(world: World, action: script.ExpireToken, at: int) -> Acted:
    user: User | None = world.table(USERS).find("email", action.expire_token)
    if user is None:
        return Acted(note=f"there is no user {action.expire_token}")
    ended = replace(user, token="", tokens_since=at // SECOND + 1)
    return Acted((Put(USERS, ended),))


def _change_user(world: World, action: script.ChangeUser, at: int) -> Acted:  # noqa: ARG001
    told = action.user
    user: User | None = world.table(USERS).find("email", told.email)
    known = user or User(subject=told.email, email=told.email, name=told.name or told.email)
    changed = {
        name: value for name in ("name", "groups", "status", "token") if (value := getattr(told, name)) is not None
    }
    return Acted((Put(USERS, replace(known, **changed)),))


def _change_connection(world: World, action: script.ChangeConnection, at: int) -> Acted:  # noqa: ARG001
    known: Connection | None = world.table(CONNECTIONS).get(action.connection.name)
    made = connection_of(action.connection, world.chance)
    return Acted((Put(CONNECTIONS, made if known is None else replace(made, id=known.id)),))


def _remove_connection(world: World, action: script.RemoveConnection, at: int) -> Acted:  # noqa: ARG001
    if world.table(CONNECTIONS).get(action.remove_connection) is None:
        return Acted(note=f"there is no connection {action.remove_connection}")
    return Acted((Drop(CONNECTIONS, action.remove_connection),))


def _restart(world: World, action: script.Restart, at: int) -> Acted:  # noqa: ARG001
    lost: list[Change] = [Drop(LINKS, link.session_id) for link in world.table(LINKS)]
    lost += [Drop(RUNS, run.session_id) for run in world.table(RUNS)]
    lost += [Drop(HELD, held) for held in world.table(HELD)]
    return Acted((*lost, Interrupt()))
