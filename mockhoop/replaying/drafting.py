"""The calls of a test as plain as they can be, and the plainest beginning with which they still show the failure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mockhoop.errors import SourceError
from mockhoop.journals.entry import Entry
from mockhoop.replaying.failures import Failure
from mockhoop.replaying.minimise import Minimal
from mockhoop.replaying.origins import Origin, Origins
from mockhoop.replaying.trials import Trial, Trials
from mockhoop.replaying.variables import is_json
from mockhoop.scenario.loader import Loaded, shipped_scenarios
from mockhoop.snapshots import write
from mockhoop.world.world import World

_NEEDED = ("authorization", "api-key", "content-type")
_OF_THE_WAY = (
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "user-agent",
    "accept",
    "accept-encoding",
    "accept-language",
    "x-mockhoop-world",
)


@dataclass(frozen=True, slots=True)
class Begun:
    """How the world of a test begins: with a shipped ``scenario``, with the text of one, or with a ``snapshot``.

    ``seed`` is given where it is another one than the scenario's own, ``still`` is whether its clock stands still.
    """

    origin: Origin
    scenario: str = ""
    text: str = ""
    snapshot: str = ""
    seed: int | None = None
    still: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A test before it is written."""

    begun: Begun
    trial: Trial
    failure: Failure
    minimal: Minimal


def drafted(minimal: Minimal, origins: Origins, failure: Failure) -> Draft:
    """The plainest test that shows the failure."""
    begins = list(_begins(minimal.origin, origins))
    steps = minimal.trial.steps
    for needed in (True, False):
        plain = [replace(step, entry=_plain(step.entry, needed=needed)) for step in steps]
        for begun in begins:
            trial = Trials(origins, begun.origin, failure).of(plain)
            if trial is not None and len(trial.steps) == len(steps):
                return Draft(begun, trial, failure, minimal)
    return Draft(begins[-1], minimal.trial, failure, minimal)


def _plain(entry: Entry, *, needed: bool) -> Entry:
    """An entry without headers that do not matter, its JSON as Python writes it."""
    headers = tuple(
        (name, value)
        for name, value in entry.request_headers
        if (name.lower() in _NEEDED if needed else name.lower() not in _OF_THE_WAY)
    )
    body = entry.request_body
    if is_json(body):
        body = json.dumps(json.loads(body)).encode()
    else:
        headers = headers if body else tuple(one for one in headers if one[0].lower() != "content-type")
    return replace(entry, request_headers=headers, request_body=body, prefix=f"/~{entry.world}")


def _begins(origin: Origin, origins: Origins) -> Iterator[Begun]:
    """Ways in which a test may begin, the plainest first; the last one is the world as it was."""
    repertoire = origins.service.repertoire
    snapshot = origin.snapshot
    if snapshot is None:
        own = repertoire.scenario
        yield from _with_scenario(own, None, origin, origins)
        base = repertoire.base()
        snapshot = World(base).snapshot()
    else:
        yield from _with_scenario(snapshot.base.scenario, snapshot.base.chance.seed, origin, origins)
    still = replace(snapshot, clock=replace(snapshot.clock, virtual=True, frozen=True))
    yield Begun(replace(origin, snapshot=still), snapshot=write(still, repertoire.contract))


def _with_scenario(scenario: Loaded, seed: int | None, origin: Origin, origins: Origins) -> Iterator[Begun]:
    top = scenario.sources[-1] if scenario.sources else None
    if top is None:
        return
    repertoire, texts = origins.service.repertoire, [source.text for source in scenario.sources]
    name = Path(top.name).stem
    path = shipped_scenarios().get(name)
    if path is not None:
        loaded = repertoire.loaded([path])
        if _texts(loaded) == texts:
            yield _fresh(loaded, seed, origin, origins, scenario=name)
            return
    try:
        loaded = repertoire.parsed(top.text, "text")
    except SourceError:  # it includes files
        return
    if _texts(loaded) == texts:
        yield _fresh(loaded, seed, origin, origins, text=top.text)


def _texts(loaded: Loaded) -> Sequence[str]:
    return [source.text for source in loaded.sources]


def _fresh(
    loaded: Loaded, seed: int | None, origin: Origin, origins: Origins, scenario: str = "", text: str = ""
) -> Begun:
    """A world as a scenario has it, before anything happened in it."""
    repertoire = origins.service.repertoire
    usual = repertoire.base(loaded)
    other = seed if seed is not None and seed != usual.chance.seed else None
    snapshot = World(usual if other is None else repertoire.base(loaded, other)).snapshot()
    return Begun(replace(origin, snapshot=snapshot), scenario, text, "", other, snapshot.clock.frozen)
