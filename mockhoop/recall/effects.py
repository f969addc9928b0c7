"""What changed in a world, in plain words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from mockhoop.codec import INSTANTS
from mockhoop.gateway.times import rfc3339
from mockhoop.gateway.urls import without_passwords
from mockhoop.recall.masking import is_secret
from mockhoop.world.changes import Drop, Effect, Interrupt, Put, Rebase, Restore, Schedule, SetClock
from mockhoop.world.world import World

_LONGEST = 60


def told(world: World, effects: Iterable[Effect]) -> list[str]:
    """Each effect in a line; what only keeps count is left out."""
    return [line for effect in effects if (line := _line(world, effect))]


def _line(world: World, effect: Effect) -> str:
    match effect.change:
        case Put(table, record):
            key = world.table(table).spec.key(record)
            if effect.before is None:
                return f"{table} {key}: added"
            return f"{table} {key}: {', '.join(_differences(effect.before, record)) or 'unchanged'}"
        case Drop(table, key) if effect.before is not None:
            return f"{table} {key}: removed"
        case Schedule(at, kind, about):
            return f"agenda: {kind} {about} at {_instant(at)}"
        case SetClock(state):
            return f"clock: {_instant(state.at)}{', frozen' if state.frozen else ''}"
        case Restore():
            return "the world: as in the snapshot"
        case Rebase():
            return "the world: begins as the changed scenario says"
        case Interrupt():
            return "the world: what went on has ended"
        case _:
            return ""


def _differences(before: Any, after: Any, prefix: str = "") -> Iterator[str]:
    if not is_dataclass(before) or type(before) is not type(after):
        if before != after:
            yield f"{prefix or 'it'} {_shown(before)} → {_shown(after)}"
        return
    for one in fields(before):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new:
            continue
        name = f"{prefix}.{one.name}" if prefix else one.name
        if is_secret(one.name):
            yield f"{name} changed"
        elif is_dataclass(old) and is_dataclass(new):
            yield from _differences(old, new, name)
        else:
            yield f"{name} {_shown(old, one.name)} → {_shown(new, one.name)}"


def _shown(value: Any, name: str = "") -> str:
    if name in INSTANTS and isinstance(value, int):
        return _instant(value)
    if value is None or isinstance(value, str | int | float):
        text = "none" if value is None else str(value)
    elif isinstance(value, tuple):
        text = (
            f"{len(value)} entries"
            if value and is_dataclass(value[0])
            else ", ".join(map(str, _covered(value))) or "none"
        )
    else:
        text = "something" if is_dataclass(value) else without_passwords(str(_covered(value)), "<secret>")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _covered(value: Any) -> Any:
    """A value without the secrets in it."""
    if isinstance(value, Mapping):
        return {name: "<secret>" if is_secret(str(name)) else _covered(one) for name, one in value.items()}
    return [_covered(one) for one in value] if isinstance(value, list | tuple) else value


def _instant(at: int) -> str:
    try:
        return rfc3339(at, "ns")
    except ValueError:
        return str(at)
