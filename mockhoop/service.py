"""Putting a service together: contract, scenario and world, profile and responders, one pipeline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mockhoop.contract.document import Contract, load_contract, refuse_unsound
from mockhoop.errors import SourceError
from mockhoop.gateway import access
from mockhoop.gateway.facets import USERS
from mockhoop.gateway.records import User
from mockhoop.gateway.releases import Release
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.resources import spec_dir
from mockhoop.responders.decision import Profile, Responder
from mockhoop.responders.generic import GenericProfile, GenericResponder
from mockhoop.responders.hoop.profile import HoopProfile
from mockhoop.responders.hoop.routes import ACCESS, hoop_responder
from mockhoop.scenario.loader import load_scenarios, resolve_scenario
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.population import populate
from mockhoop.values.plausible import Plausible
from mockhoop.world.world import Base, World

Progress = Callable[[int, int], None]
"""Is told how much of the world is made, out of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to serve and how. ``scenarios`` are files or names of shipped scenarios; ``seed`` wins over theirs."""

    contract: Path
    scenarios: Sequence[str] = ("default",)
    seed: int | None = None
    validation: Validation = Validation.ENFORCE
    check_responses: bool = False
    require_token: bool = True
    cors: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that answers calls, and what it was made of."""

    contract: Contract
    scenario: Scenario
    pipeline: Pipeline

    @property
    def world(self) -> World:
        """The world that calls are answered out of."""
        return self.pipeline.world

    def first_admin(self) -> User | None:
        """The first active admin, whose token is shown at the start."""
        return access.first_admin(self.world.table(USERS))


def build(settings: Settings, progress: Progress | None = None) -> Service:
    """Read and make everything that the settings name.

    Raises:
        SourceError: files with mistakes, each with its place.
        UsageError: a scenario that is not known, a contract that cannot be served.
    """
    contract = load_contract(settings.contract)
    if settings.contract.parent != spec_dir():  # the shipped ones are known to be sound
        refuse_unservable(contract)
    scenario = load_scenarios([resolve_scenario(name) for name in settings.scenarios])
    base = populate(scenario, seed=settings.seed, progress=progress)
    profile, responders = _roles(contract, settings, base)
    pipeline = Pipeline(
        contract=contract,
        profile=profile,
        responders=responders,
        world=World(base),
        validation=settings.validation,
        check_responses=settings.check_responses,
    )
    return Service(contract, scenario, pipeline)


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


def _roles(contract: Contract, settings: Settings, base: Base) -> tuple[Profile, list[Responder]]:
    plausible = Plausible(contract.document, base.chance)
    generic = GenericResponder(plausible)
    if contract.profile != "hoop":
        return GenericProfile(contract, cors=settings.cors), [generic]
    profile = HoopProfile(contract, ACCESS, require_token=settings.require_token, cors=settings.cors)
    return profile, [hoop_responder(contract, plausible), generic]
