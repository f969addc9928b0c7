"""What a body names is there: faults, actions and conditions are checked as those of a scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from mockhoop.codec import INSTANTS
from mockhoop.contract.violations import Violation
from mockhoop.gateway.facets import CONNECTIONS, SESSIONS, USERS
from mockhoop.gateway.records import (
    GROUP_STATUSES,
    REVIEW_STATUSES,
    REVIEW_TYPES,
    SESSION_STATUSES,
    USER_STATUSES,
    VERBS,
    Review,
    ReviewGroup,
    Run,
    Session,
    User,
)
from mockhoop.gateway.times import rfc3339
from mockhoop.pipeline import Pipeline
from mockhoop.scenario.beginning_model import Session as ToldSession
from mockhoop.scenario.fault_checks import check_faults
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.matching_checks import check_matching
from mockhoop.scenario.model import LANGUAGE_VERSION, Scenario
from mockhoop.scenario.rules import TIMELINE
from mockhoop.scenario.script_checks import actions_of, check_script
from mockhoop.scenario.script_model import Action, Create, Fault, Matching, TimelineEntry, Trigger
from mockhoop.world.world import World

_OPTIONS: Mapping[tuple[type, str], tuple[str, ...]] = {
    (User, "status"): USER_STATUSES,
    (Session, "status"): SESSION_STATUSES,
    (Session, "verb"): VERBS,
    (Review, "status"): REVIEW_STATUSES,
    (Review, "type"): REVIEW_TYPES,
    (ReviewGroup, "status"): GROUP_STATUSES,
}
_SHOWN = 20
"""Among so many sessions, the newest, one is looked for that may have been meant."""


def fault_findings(pipeline: Pipeline, fault: Fault) -> Iterator[Finding]:
    """What cannot be meant in a fault for a world."""
    states = [state.name for state in pipeline.world.base.scenario.states]
    yield from check_faults([fault], states, _sessions(pipeline.world, {fault.when.session or ""}))
    yield from _operation_findings(pipeline, fault.when)


def action_findings(pipeline: Pipeline, actions: tuple[Action, ...]) -> Iterator[Finding]:
    """What cannot be meant in actions for a world."""
    world = pipeline.world
    entries = {cue.name for cue in world.table(TIMELINE)}
    for action in actions:
        if isinstance(action, Trigger) and action.trigger not in entries:
            hint = nearest(action.trigger, entries) or f"entries: {', '.join(sorted(entries)) or 'none'}"
            yield Finding(action, "trigger", f'the timeline has no entry "{action.trigger}"', hint)
    others = tuple(action for action in actions if not isinstance(action, Trigger))
    entry = TimelineEntry(told=True, do=others)
    yield from check_script(
        Scenario(mockhoop=LANGUAGE_VERSION, states=world.base.scenario.states, timeline=(entry,)),
        frozenset(user.email for user in world.table(USERS)),
        frozenset(connection.name for connection in world.table(CONNECTIONS)),
        _sessions(world, {about for action in actions if isinstance(about := getattr(action, action.MARK), str)}),
    )


def search_findings(pipeline: Pipeline, wanted: Matching) -> Iterator[Finding]:
    """What cannot be meant in conditions on exchanges. The session that they are about may be gone by now."""
    yield from check_matching(wanted, (wanted.session or "",))
    yield from _operation_findings(pipeline, wanted)


def oddities(record: object, place: str = "") -> Iterator[Violation]:
    """Values in a record of a world that the gateway could not show, or does not know."""
    if not is_dataclass(record):
        return
    for one in fields(record):
        value, at = getattr(record, one.name), f"{place}/{one.name}"
        options = _OPTIONS.get((type(record), one.name))
        if options is not None and value not in options:
            hint = nearest(str(value), options) or f"one of: {', '.join(options)}"
            yield Violation("body", at, "record", f"there is no {one.name} {value!r} ({hint})")
        if one.name in INSTANTS and isinstance(value, int) and not isinstance(record, Run) and not _has_a_date(value):
            yield Violation("body", at, "record", "it is outside the years 1 to 9999")
        for number, inner in enumerate(value) if isinstance(value, tuple) else ():
            yield from oddities(inner, f"{at}/{number}")
        yield from oddities(value, at)


def _has_a_date(instant: int) -> bool:
    try:
        rfc3339(instant)
    except ValueError:
        return False
    return True


def _operation_findings(pipeline: Pipeline, matching: Matching) -> Iterator[Finding]:
    operations = pipeline.stage.contract.operations
    if matching.operation is not None and operations.get(matching.operation) is None:
        keys = [one.key for one in operations]
        hint = nearest(matching.operation, keys) or f"its operations: {', '.join(keys)}"
        yield Finding(matching, "operation", f'the contract has no operation "{matching.operation}"', hint)


def _sessions(world: World, meant: set[str]) -> frozenset[str]:
    """Those of the meant sessions that are there or that the timeline creates, and a few others."""
    table = world.table(SESSIONS)
    created = {
        action.create.id
        for cue in world.table(TIMELINE)
        for action in actions_of(cue.entry)
        if isinstance(action, Create) and isinstance(action.create, ToldSession)
    }
    known = {key for key in meant if key in created or table.get(key) is not None}
    return frozenset(known.union(session.id for session in table.newest(table.all(), 0, _SHOWN)))
