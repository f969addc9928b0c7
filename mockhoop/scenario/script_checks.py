"""Mistakes in what happens: entries that cannot happen, states that lead nowhere, faults that never act."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.scenario import script_model as script
from mockhoop.scenario.answer_checks import check_answers
from mockhoop.scenario.beginning_model import Session, User
from mockhoop.scenario.defaults import review_groups, review_type
from mockhoop.scenario.expectation_checks import check_expectations
from mockhoop.scenario.fault_checks import check_faults
from mockhoop.scenario.findings import Finding, unknown
from mockhoop.scenario.matching_checks import check_matching
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.rules import named_cues

_TRIGGERS = ("when", "after", "at", "reached", "told")


@dataclass(frozen=True, slots=True)
class Known:
    """What actions and conditions can refer to."""

    users: frozenset[str]
    connections: frozenset[str]
    sessions: frozenset[str]
    states: tuple[str, ...]
    entries: frozenset[str]


def check_script(
    scenario: Scenario, users: frozenset[str], connections: frozenset[str], sessions: frozenset[str]
) -> Iterator[Finding]:
    """All that is wrong with a scenario's timeline, states, faults, progress and expectations."""
    actions = [action for entry in scenario.timeline for action in actions_of(entry)]
    created = {a.create.id for a in actions if isinstance(a, script.Create) and isinstance(a.create, Session)}
    added = {a.user.email for a in actions if isinstance(a, script.ChangeUser)}
    more = {a.connection.name for a in actions if isinstance(a, script.ChangeConnection)}
    known = Known(
        users | added,
        connections | more,
        sessions | {one for one in created if one},
        tuple(state.name for state in scenario.states),
        frozenset(cue.name for cue in named_cues(scenario.timeline)),
    )
    yield from _twice(scenario.timeline, "an entry of the timeline", "timeline")
    yield from _twice(scenario.states, "a state")
    for entry in scenario.timeline:
        yield from _entry(entry, known, scenario)
    yield from _states(scenario)
    yield from check_faults(scenario.faults, known.states, known.sessions)
    yield from check_answers(scenario.answers)
    yield from _progress(scenario.progress)
    yield from check_expectations(scenario.expect, known.users)


def actions_of(entry: script.TimelineEntry) -> Iterator[script.Action]:
    """The actions of an entry, whether they come all at once or one time after the other."""
    yield from entry.do
    for step in entry.sequence:
        yield from step


def _twice(records: Sequence[Any], what: str, automatic: str = "") -> Iterator[Finding]:
    """Names that two have; one without a name has an automatic one, with its place in the list."""
    first: dict[str, object] = {}
    taken = {f"{automatic}-{place}": place for place, one in enumerate(records) if automatic and one.name is None}
    for record in records:
        if record.name in taken:
            message = (
                f'the name "{record.name}" is what {what} without a name is called, the one at {taken[record.name]}'
            )
            yield Finding(record, "name", message, "choose another one, or give both a name")
        if record.name is not None and record.name in first:
            message = f'the name "{record.name}" is that of {what} already'
            yield Finding(record, "name", message, "choose another one", first[record.name])
        elif record.name is not None:
            first[record.name] = record


def _entry(entry: script.TimelineEntry, known: Known, scenario: Scenario) -> Iterator[Finding]:
    told = {name: getattr(entry, name) for name in _TRIGGERS}
    given = [name for name, value in told.items() if value is not None and value is not False]  # no time is a time
    if not given:
        yield Finding(entry, "", "nothing lets this happen", f"give one of {', '.join(_TRIGGERS)}")
    elif len(given) > 1:
        yield Finding(
            entry, given[1], f"it has {' and '.join(given)}, but only one can let it happen", "make two entries of it"
        )
    if bool(entry.do) == bool(entry.sequence):
        message = "it has both do and sequence" if entry.do else "nothing happens in it"
        yield Finding(entry, "sequence" if entry.do else "", message, "give either do or sequence")
    if entry.in_ is not None and entry.in_ not in known.states:
        yield unknown(entry, "in", "state", entry.in_, known.states)
    if entry.when is not None:
        yield from check_matching(entry.when, known.sessions)
    if entry.after == 0 and entry.times is None:
        yield Finding(entry, "after", "it would happen without an end at one moment", "say how often, with times")
    if entry.at is not None and _is_before_the_start(entry, scenario):
        yield Finding(entry, "at", "this is before the world's start", "write a later moment, or +5m from the start")
    if entry.reached is not None:
        yield from _reached(entry, entry.reached, known)
    for action in actions_of(entry):
        yield from _action(action, known, scenario)


def _is_before_the_start(entry: script.TimelineEntry, scenario: Scenario) -> bool:
    assert entry.at is not None
    start = scenario.clock.start
    if entry.at.relative:
        return entry.at.ns < 0
    return start is not None and not start.relative and entry.at.ns < start.ns


def _reached(entry: script.TimelineEntry, reached: script.Reached, known: Known) -> Iterator[Finding]:
    if entry.times is None:
        yield Finding(entry, "times", "what waits for a state of things needs to know how often", "write a number")
    if reached.session is None and (reached.status is not None or reached.review is not None):
        path = "status" if reached.status is not None else "review"
        yield Finding(reached, path, "it is not said of which session", "add session")
    elif reached.session is None and reached.state is None:
        yield Finding(reached, "", "this always holds", "say which session with status or review, or which state")
    if reached.session is not None and reached.session not in known.sessions:
        yield unknown(reached, "session", "session", reached.session, known.sessions)
    if reached.state is not None and reached.state not in known.states:
        yield unknown(reached, "state", "state", reached.state, known.states)


def _action(action: script.Action, known: Known, scenario: Scenario) -> Iterator[Finding]:
    match action:
        case script.Enter(enter=state) if state not in known.states:
            yield unknown(action, "enter", "state", state, known.states)
        case script.Trigger(trigger=name) if name not in known.entries:
            yield unknown(action, "trigger", "entry", name, known.entries)
        case script.ExpireToken(expire_token=email) if email not in known.users:
            yield unknown(action, "expire_token", "user", email, known.users)
        case script.RemoveConnection(remove_connection=name) if name not in known.connections:
            yield unknown(action, "remove_connection", "connection", name, known.connections)
        case script.Create(create=Session() as session) if session.connection not in known.connections:
            yield unknown(session, "connection", "connection", session.connection, known.connections)
        case script.Create(create=Session() as session) if session.user not in (None, *known.users):
            yield unknown(session, "user", "user", str(session.user), known.users)
        case script.Append(events=events):
            for place, (earlier, later) in enumerate(pairwise(events), 1):
                if later.seconds < earlier.seconds:
                    message = f"the event comes after {earlier.seconds:g} seconds, it cannot be at {later.seconds:g}"
                    yield Finding(action, f"events/{place}/0", message, "put the events in order")
        case script.Restart(restart=False):
            yield Finding(action, "restart", "this does nothing", "write true, or leave it out")
    key = getattr(action, "MARK", "")
    about = getattr(action, key, None) if key in _ABOUT_SESSIONS else None
    if about is not None and about not in known.sessions:
        yield unknown(action, key, "session", about, known.sessions)
    elif isinstance(action, script.Approve | script.Reject | script.Revoke):
        yield from _decision(action, str(about), known, scenario)


_ABOUT_SESSIONS = ("approve", "reject", "revoke", "finish", "append", "remove", "expire_link")


def _decision(
    action: script.Approve | script.Reject | script.Revoke, key: str, known: Known, scenario: Scenario
) -> Iterator[Finding]:
    """Decisions that the gateway would never take (sections 7.3 to 7.5)."""
    told = [one for one in scenario.sessions if isinstance(one, Session)]
    created = [
        one.create
        for entry in scenario.timeline
        for one in actions_of(entry)
        if isinstance(one, script.Create) and isinstance(one.create, Session)
    ]
    session = next((one for one in (*told, *created) if one.id == key), None)
    if session is None:
        return
    review = session.review
    if review is None:
        yield Finding(action, action.MARK, "this session has no review", "give it one, or decide another one")
        return
    if action.by is not None and action.by not in known.users:
        yield unknown(action, "by", "user", action.by, known.users)
    if isinstance(action, script.Revoke) and review_type(review, session.verb) == "onetime":
        yield Finding(action, "revoke", "a onetime review is never revoked", "reject it, or make it a jit review")
    elif review.status not in ("PENDING", "APPROVED"):
        message = f"the review is {review.status} from the start, nobody decides it any more"
        yield Finding(action, action.MARK, message, "let it begin as PENDING")
    connection = next((one for one in scenario.connections if one.name == session.connection), None)
    if connection is not None and action.group is not None:
        groups = [group.group for group in review_groups(review, connection)]
        if action.group not in groups:
            yield unknown(action, "group", "group", action.group, groups)
    yield from _decider(action, session, scenario)


def _decider(
    action: script.Approve | script.Reject | script.Revoke, session: Session, scenario: Scenario
) -> Iterator[Finding]:
    users: Mapping[str, User] = {one.email: one for one in scenario.users if isinstance(one, User)}
    decider = users.get(action.by) if action.by is not None else None
    if decider is None:
        return
    is_admin = ADMIN_GROUP in decider.groups
    if isinstance(action, script.Approve) and decider.email == session.user and not is_admin:
        yield Finding(action, "by", "nobody approves an own session but an admin", "let somebody else do it")
    elif action.group is not None and action.group not in decider.groups and not is_admin:
        message = f"{decider.email} is not in the group {action.group}"
        yield Finding(action, "by", message, f"add the group to the user, or take one of: {', '.join(decider.groups)}")


def _states(scenario: Scenario) -> Iterator[Finding]:
    """States that nothing leads to, and such from which nothing leads on."""
    leads: dict[str, set[str]] = {}
    for state in scenario.states:
        leads[state.name] = {
            action.enter
            for entry in scenario.timeline
            if entry.in_ in (None, state.name)
            for action in actions_of(entry)
            if isinstance(action, script.Enter)
        } - {state.name}
    reached = {scenario.states[0].name} if scenario.states else set()
    waiting = list(reached)
    while waiting:
        for name in leads.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    counts = Counter(entry.in_ for entry in scenario.timeline)
    for state in scenario.states:
        if state.name not in reached:
            yield Finding(
                state, "name", f'nothing leads to the state "{state.name}"', "let an entry enter it, or remove it"
            )
        elif not state.final and not leads[state.name] and len(scenario.states) > 1:
            message = f'nothing leads on from the state "{state.name}"'
            yield Finding(state, "name", message, f"write {{name: {state.name}, final: true}} if that is meant")
        elif state.final and counts[state.name] and leads[state.name]:
            yield Finding(state, "final", "this state is left again", "it is not final, or its entries are not meant")


def _progress(progress: script.Progress) -> Iterator[Finding]:
    for policy in (progress.reviews, progress.runs):
        if policy is not None and (policy.after is None) == (policy.reads is None):
            message = "give either after or reads"
            yield Finding(
                policy, "reads" if policy.reads is not None else "", f"it is not said when: {message}", message
            )
