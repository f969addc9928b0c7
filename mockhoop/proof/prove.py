"""Proving a scenario: held against the contract, played to its end, its expectations met."""

from dataclasses import dataclass

from mockhoop.contract.document import Contract
from mockhoop.errors import Problem
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.proof.contract import held_against
from mockhoop.proof.expectations import expectations
from mockhoop.proof.walk import Walk, findings, joined, unmet, walk
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.scenario.loader import Loaded, located
from mockhoop.world.world import World


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it: the mistakes, and how much was tried. ``complete`` is False where there was too much to try."""

    problems: tuple[Problem, ...]
    steps: int = 0
    states: int = 0
    answers: int = 0
    complete: bool = True


def prove(loaded: Loaded, contract: Contract) -> Proof:
    """Prove a scenario on a contract. What contradicts the contract is not played."""
    settings = Settings(contract=contract.path, scenarios=(), validation=Validation.REPORT, require_token=False)
    repertoire = Repertoire(settings, contract, loaded)
    stage = repertoire.stage(repertoire.base().chance)
    wrong = located(loaded, held_against(loaded, contract, stage.profile.base_path))
    if wrong:
        return Proof(tuple(wrong))
    asking = Repertoire(Settings(contract=contract.path, scenarios=()), contract, loaded)
    pipeline = Pipeline(asking.stage(repertoire.base().chance), World(repertoire.base()))
    if contract.profile != "hoop":
        return Proof(tuple(located(loaded, expectations(pipeline, loaded.expect))))
    seen = _walked(repertoire)
    problems = located(loaded, [*findings(seen), *expectations(pipeline, loaded.expect)])
    return Proof(tuple(problems), seen.steps, len(seen.states), seen.answers, seen.complete)


def _walked(repertoire: Repertoire) -> Walk:
    """A walk in which clients only look; where something is left undone, one more in which they do what they can."""
    base = repertoire.base()

    def pipeline() -> Pipeline:
        stage = repertoire.stage(base.chance)
        return Pipeline(stage, World(base), validation=Validation.REPORT, check_responses=True)

    alone = walk(pipeline())
    sessions = unmet(alone)
    return joined(alone, walk(pipeline(), sessions)) if sessions else alone
