"""What a service has to offer: a contract and a scenario, with the stages and beginnings that were made of them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mockhoop.contract.document import Contract, load_contract, load_contracts, refuse_unsound
from mockhoop.errors import SourceError
from mockhoop.gateway.releases import Release
from mockhoop.pipeline import Validation
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import Loaded, load_scenarios, parse_scenario, resolve_scenario
from mockhoop.scenario.population import populate
from mockhoop.stage import Stage
from mockhoop.staging import make_stage
from mockhoop.values.chance import Chance
from mockhoop.world.world import Base

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Progress = Callable[[int, int], None]
"""Is told how much of the world is made, out of how much."""

Stamps = tuple[int, ...]

_REMEMBERED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to serve and how.

    ``scenarios`` are files or names of shipped scenarios, without any the default
    one at Hoop and an empty one elsewhere; ``seed`` wins over theirs.

    For documents that are not Hoop's: with ``memory`` their collections are remembered, with ``callbacks`` the messages
    that they describe follow a call, with ``dynamic`` their examples are passed over, and ``base_path`` stands in the
    place of that of their first server. ``contract`` is a path or a URL; with ``more``, documents with prefixes, those
    are served instead. ``prism`` has violations told as Prism tells them. ``allow_remote`` lets
    documents refer to any server.
    """

    contract: Path | str
    scenarios: Sequence[str] = ()
    seed: int | None = None
    validation: Validation = Validation.ENFORCE
    check_responses: bool = False
    require_token: bool = True
    cors: bool = True
    memory: bool = True
    callbacks: bool = False
    prism: bool = False
    dynamic: bool = False
    base_path: str | None = None
    more: tuple[tuple[str, Path | str], ...] = ()
    allow_remote: bool = False


class Repertoire:
    """One reading of all files. A newer reading takes its place as a whole."""

    def __init__(
        self, settings: Settings, contract: Contract, scenario: Loaded, progress: Progress | None = None
    ) -> None:
        self.settings = settings
        self.contract = contract
        self.scenario = scenario
        self._progress = progress
        self._bases: OrderedDict[tuple[int, int | None, int | None], tuple[Loaded, Base]] = OrderedDict()
        self._stages: OrderedDict[int, Stage] = OrderedDict()
        self._loaded: OrderedDict[tuple[Path, ...], tuple[Loaded, Stamps]] = OrderedDict()
        self._parsed: OrderedDict[tuple[str, str], Loaded] = OrderedDict()

    def base(self, scenario: Loaded | None = None, seed: int | None = None, now: int | None = None) -> Base:
        """How worlds of a scenario begin, the serving one if none is given; remembered for each scenario and seed.

        ``now`` stands for the time of this machine (nanoseconds since 1970).
        """
        wanted = scenario or self.scenario
        own_seed = self.settings.seed if seed is None else seed

        def make() -> tuple[Loaded, Base]:
            return wanted, populate(wanted, seed=own_seed, now=now, progress=self._progress)

        # The scenario is remembered with what was made of it, or its id could come to mean another one.
        return _remembered(self._bases, (id(wanted), own_seed, now), make)[1]

    def loaded(self, paths: Sequence[Path]) -> Loaded:
        """Other scenarios than the serving one, laid over one another; remembered until one of their files changes.

        Raises:
            SourceError: files with mistakes, each with its place.
        """

        def make() -> tuple[Loaded, Stamps]:
            loaded = load_scenarios(paths)
            return loaded, _stamps(loaded)

        known = self._loaded.get(tuple(paths))
        if known is not None and known[1] != _stamps(known[0]):
            del self._loaded[tuple(paths)]
        return _remembered(self._loaded, tuple(paths), make)[0]

    def parsed(self, text: str, name: str) -> Loaded:
        """The scenario in a text; remembered. Raises SourceError."""
        return _remembered(self._parsed, (name, text), lambda: parse_scenario(text, name))

    def stage(self, chance: Chance) -> Stage:
        """The stage for worlds of a seed; remembered for each seed."""
        return _remembered(self._stages, chance.seed, lambda: _stage(self.contract, self.settings, chance))


def _stamps(loaded: Loaded) -> Stamps:
    """When each file of a scenario was written last, those that it includes among them."""
    paths = [Path(source.name) for source in loaded.sources]
    return tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in paths)


def _remembered(memory: "OrderedDict[K, V]", key: K, make: Callable[[], V]) -> V:
    """What is remembered under a key, made if need be; of many the one that was asked for longest ago is forgotten."""
    if key not in memory:
        memory[key] = make()
        while len(memory) > _REMEMBERED:
            memory.popitem(last=False)
    memory.move_to_end(key)
    return memory[key]


def read(settings: Settings, progress: Progress | None = None) -> Repertoire:
    """Read everything that the settings name.

    Raises:
        SourceError: files with mistakes, each with its place.
        UsageError: a scenario that is not known, a contract that cannot be served.
    """
    contract = _contract(settings)
    if settings.more or contract.path.parent != spec_dir():  # the shipped ones are known to be sound
        refuse_unservable(contract)
    names = settings.scenarios or (("default",) if contract.profile else ("empty",))
    scenario = load_scenarios([resolve_scenario(name) for name in names])
    return Repertoire(settings, contract, scenario, progress)


def _contract(settings: Settings) -> Contract:
    if settings.more:
        return load_contracts(settings.more, allow_remote=settings.allow_remote)
    return load_contract(settings.contract, allow_remote=settings.allow_remote)


def files(repertoire: Repertoire) -> frozenset[Path]:
    """Every file that was read, or that would be if it were there."""
    contracts = [path.resolve() for path in repertoire.contract.files]
    overlays = [path.parent / "overlays" / path.name for path in contracts]
    scenarios = [Path(source.name).resolve() for source in repertoire.scenario.sources]
    return frozenset([*contracts, *overlays, *scenarios])


def refuse_unservable(contract: Contract) -> None:
    """Refuse a contract of which no service can be built.

    Raises:
        SourceError: every mistake with its place.
    """
    refuse_unsound(contract)
    if contract.profile == "hoop":
        _refuse_unknown_release(contract)


def _refuse_unknown_release(contract: Contract) -> None:
    try:
        Release.parse(contract.release)
    except ValueError as error:
        told = "x-mockhoop" in contract.published and "release" in contract.published["x-mockhoop"]
        place = "/x-mockhoop/release" if told else "/info/version"
        raise SourceError([contract.source.problem(place, str(error))]) from None


def _stage(contract: Contract, settings: Settings, chance: Chance) -> Stage:
    return make_stage(
        contract,
        chance,
        require_token=settings.require_token,
        cors=settings.cors,
        memory=settings.memory,
        callbacks=settings.callbacks,
        prism=settings.prism,
        dynamic=settings.dynamic,
        base_path=settings.base_path,
    )
