"""Fresh worlds that begin as a journal says that its worlds did."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from mockhoop.errors import SourceError
from mockhoop.journals.entry import Beginning
from mockhoop.journals.file import JournalFile
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build
from mockhoop.snapshots import read
from mockhoop.world.changes import Restore, SetClock, Snapshot
from mockhoop.world.world import World


@dataclass(frozen=True, slots=True)
class Origin:
    """How a world begins: as in a snapshot, without one as the service has its worlds; ``trouble`` says why not so."""

    world: str
    snapshot: Snapshot | None
    validation: Validation
    checks: bool
    trouble: str = ""

    @property
    def frozen(self) -> bool:
        """Whether its clock stands still."""
        return self.snapshot is not None and self.snapshot.clock.frozen


class Origins:
    """Makes the worlds of a journal in a service that has its contract."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._known: dict[str, Snapshot | str] = {}

    def origin(self, world: str, beginning: Beginning | None) -> Origin:
        """How a world begins; where its snapshot cannot be had here, as the service has it."""
        if beginning is None or not beginning.snapshot:
            settings = self.service.settings
            return Origin(world, None, settings.validation, settings.check_responses)
        found = self._snapshot(beginning.snapshot)
        validation = _validation(beginning.validation)
        if isinstance(found, str):
            return Origin(world, None, validation, beginning.checks, found)
        return Origin(world, found, validation, beginning.checks)

    def pipeline(self, origin: Origin) -> Pipeline:
        """A fresh world, in which time stands still."""
        if origin.snapshot is None:
            made = self.service.make(origin.world)
            made.validation, made.check_responses = origin.validation, origin.checks
            made.world.apply([SetClock(replace(made.world.clock.state(), virtual=True, frozen=True))])
            return made
        base = origin.snapshot.base
        world = World(base, origin.world)
        still = replace(origin.snapshot.clock, virtual=True, frozen=True)
        world.apply([Restore(replace(origin.snapshot, clock=still))])
        stage = self.service.repertoire.stage(base.chance)
        return Pipeline(stage, world, validation=origin.validation, check_responses=origin.checks)

    def _snapshot(self, text: str) -> Snapshot | str:
        """The snapshot in a text, or why there is none."""
        if text not in self._known:
            try:
                self._known[text] = read(text, self.service.repertoire, self.service.repertoire.base())
            except SourceError as error:
                self._known[text] = "; ".join(one.message for one in error.problems)
        return self._known[text]


def service_of(journal: JournalFile, contract: Path | str, more: tuple[tuple[str, Path | str], ...] = ()) -> Service:
    """A service of a contract, set up as the one was whose journal this is.

    Raises:
        UsageError: the contract cannot be served.
    """
    worlds = {entry.world for entry in journal.entries}
    complete = all(name in journal.beginnings and journal.beginnings[name].snapshot for name in worlds)
    return build(
        Settings(contract=contract, more=more, scenarios=("empty",) if complete else (), **_told(journal.settings))
    )


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the settings that there are, each of its type."""
    types = {one.name: type(one.default) for one in fields(Settings) if isinstance(one.default, bool)}
    found = {name: settings[name] for name, kind in types.items() if isinstance(settings.get(name), kind)}
    base_path = settings.get("base_path")
    return {**found, "base_path": base_path} if isinstance(base_path, str) else found


def _validation(told: str) -> Validation:
    try:
        return Validation(told)
    except ValueError:
        return Validation.ENFORCE
