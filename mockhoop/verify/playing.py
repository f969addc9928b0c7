"""Plays what a scenario expects, step by step, against a server."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mockhoop.scenario.kept import SAFE, Kept, NotReady
from mockhoop.scenario.meeting import differences
from mockhoop.scenario.script_model import Expectation
from mockhoop.transport import TransportError
from mockhoop.verify.asking import Asked, Asker, WrongLink, described
from mockhoop.verify.mock import ADMIN
from mockhoop.verify.outcome import LATE, Part, State, Step
from mockhoop.verify.pace import Pace, TimeIsUp
from mockhoop.verify.secrets import Cover

_PATIENCE = 3
"""So many calls in a row without an answer, and the server is taken for gone."""

_CHANGES = "it changes something: --allow-writes lets it"


class Gone(Exception):
    """The server answers no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a scenario is played. ``tokens`` are those of people, by email, that of an admin under ``admin``.

    Where ``everybody_signs_in`` a call is made with a token or not at all. ``advance`` lets time go by, None where
    nobody can; ``values`` take the place of what the scenario gives.
    """

    asker: Asker
    pace: Pace
    tokens: Mapping[str, str]
    may_write: bool
    everybody_signs_in: bool
    cover: Cover
    advance: Callable[[int], Awaitable[None]] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    done: Callable[[], None] = lambda: None


async def play(part: Part, expected: tuple[Expectation, ...], stage: Stage) -> None:
    """Play the steps of a scenario; what comes of them is added to its part. Raises Gone."""
    known = Kept(stage.values)
    silent = 0
    for one in expected:
        step = await _step(one, known, stage)
        part.steps.append(step)
        stage.done()
        silent = silent + 1 if step.state is State.FAILED and step.exchange is None else 0
        if silent == _PATIENCE:
            raise Gone(step.problems[0])


async def _step(expected: Expectation, known: Kept, stage: Stage) -> Step:
    made = partial(Step, name=expected.name or expected.call, user=expected.user or "")
    try:
        stage.pace.check()
        token = _token(expected, stage)
        meant = known.ready(expected)
        if not stage.asker.knows(meant):
            raise NotReady(f"the contract has no {expected.call.partition('?')[0]}")
        if not stage.may_write and not stage.asker.reads(meant):
            raise NotReady(_CHANGES)
        asked, seconds = await _asked(meant, token, stage)
    except NotReady as reason:
        known.skipped(expected)
        return made(state=State.SKIPPED, why=str(reason), calls=0)
    except TimeIsUp:
        known.skipped(expected)
        return made(state=State.SKIPPED, why=LATE, calls=0)
    except (TransportError, WrongLink) as error:
        known.skipped(expected)
        if expected.broken and isinstance(error, TransportError):
            return made(state=State.PASSED)
        return made(state=State.FAILED, problems=(stage.cover.text(str(error)),))
    known.made(expected, asked.told)
    problems = tuple(map(stage.cover.text, _problems(meant, asked)))
    return made(
        state=State.FAILED if problems else State.PASSED,
        problems=problems,
        seconds=seconds,
        exchange=stage.cover.entry(asked.entry),
    )


async def _asked(expected: Expectation, token: str, stage: Stage) -> tuple[Asked, float]:
    if expected.advance is not None and stage.advance is not None:
        await stage.advance(expected.advance)
    await stage.pace.turn()
    began = stage.pace.tick()
    async with stage.pace.limited():
        return await stage.asker.ask(expected, token), stage.pace.tick() - began


def _token(expected: Expectation, stage: Stage) -> str:
    """The token of who calls. Raises NotReady where there is none, or where the call may not be made."""
    if expected.call.partition(" ")[0] not in SAFE and not stage.may_write:
        raise NotReady(_CHANGES)
    if any(name.lower() == "authorization" for name in expected.with_ or {}):
        return ""
    token = stage.tokens.get(expected.user or ADMIN, "")
    if not token and stage.everybody_signs_in:
        option = f"--user {expected.user}=TOKEN" if expected.user else "--token"
        raise NotReady(f"the token of {expected.user or 'an admin'} is not known: give {option}")
    return token


def _problems(expected: Expectation, asked: Asked) -> Iterator[str]:
    if expected.broken:
        yield f"the answer does not break off, it is {asked.told.status}"
        return
    for path, message in differences(expected, asked.told):
        yield message if path == "status" else f"{path}: {message}"
    for one in asked.breaks:
        # A status that is expected may be one that the contract does not know: what stands in front of it gives it.
        if one.code != "status" or expected.status != asked.told.status:
            yield f"the contract is broken: {described(one)}"
