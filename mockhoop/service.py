"""A service: everything that answers calls, put together."""

from collections.abc import Iterator

from mockhoop.contract.document import Contract
from mockhoop.gateway import access
from mockhoop.gateway.access import GATEWAYS_OWN
from mockhoop.gateway.facets import SESSIONS, USERS
from mockhoop.gateway.records import User
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.repertoire import Progress, Repertoire, Settings, read
from mockhoop.responders.decision import Question
from mockhoop.scenario.loader import Loaded
from mockhoop.scenario.rules import state_of
from mockhoop.world.changes import Effect, Rebase
from mockhoop.world.world import Listener, Witness, World, nobody
from mockhoop.worlds import Worlds


class Service:
    """The worlds in which calls are answered, and what they are made of."""

    def __init__(self, repertoire: Repertoire) -> None:
        self.repertoire = repertoire
        self.listener: Listener = nobody
        """Hears of what the worlds send, and of changes of what is due in them."""
        self.witness: Witness = nobody
        """Is told of all that changes in the worlds."""
        self.worlds = Worlds(self.make)

    @property
    def settings(self) -> Settings:
        """What is served and how."""
        return self.repertoire.settings

    @property
    def contract(self) -> Contract:
        """The contract that is served."""
        return self.repertoire.contract

    @property
    def scenario(self) -> Loaded:
        """The scenario of worlds for which no other one is named."""
        return self.repertoire.scenario

    @property
    def pipeline(self) -> Pipeline:
        """That of the default world."""
        return self.worlds.default

    @property
    def world(self) -> World:
        """The default world."""
        return self.pipeline.world

    def first_admin(self) -> User | None:
        """The first active admin, whose token is shown at the start."""
        return access.first_admin(self.world.table(USERS))

    def make(self, name: str, scenario: Loaded | None = None, seed: int | None = None) -> Pipeline:
        """A world of that name, of the serving scenario unless another one is given, on the stage that suits it."""
        base = self.repertoire.base(scenario, seed)
        return Pipeline(
            self.repertoire.stage(base.chance),
            World(base, name, self._told, self._changed),
            validation=self.settings.validation,
            check_responses=self.settings.check_responses,
        )

    def _told(self, world: World, message: object) -> None:
        self.listener(world, message)

    def _changed(self, effects: tuple[Effect, ...]) -> None:
        self.witness(effects)

    def adopt(self, fresh: Repertoire) -> dict[str, list[str]]:
        """Serve another reading of the files from now on, in the worlds that there are; what they are is kept.

        A world that has not changed begins as the new scenario has it; in the others what has changed stays. The result
        lists, for each world, what no longer fits. Worlds with a scenario of their own keep that.
        """
        before, self.repertoire = self.repertoire, fresh
        misfits = {}
        for pipeline in self.worlds:
            world = pipeline.world
            if world.base.scenario is before.scenario:
                own_seed = world.chance.seed if world.chance.seed != before.base().chance.seed else None
                world.apply([Rebase(fresh.base(None, own_seed))])
            pipeline.stage = fresh.stage(world.chance)
            found = [*pipeline.stage.profile.misfits(world), *_lost_state(world), *_unfit_sessions(pipeline)]
            if found:
                misfits[world.name] = found
        return misfits


def build(settings: Settings, progress: Progress | None = None) -> Service:
    """Read and make everything that the settings name.

    Raises:
        SourceError: files with mistakes, each with its place.
        UsageError: a scenario that is not known, a contract that cannot be served.
    """
    return Service(read(settings, progress))


def _lost_state(world: World) -> Iterator[str]:
    """The state that a world is in and that its scenario does not have any more."""
    state = state_of(world)
    known = [one.name for one in world.base.scenario.states]
    if state is not None and state not in known:
        yield f"the scenario is in the state {state}, which is gone (states: {', '.join(known) or 'none'})"


def _unfit_sessions(pipeline: Pipeline) -> Iterator[str]:
    """Sessions that came or changed in a world, and that the contract no longer allows as they are shown."""
    contract, world = pipeline.stage.contract, pipeline.world
    operation = contract.operations.get(_SHOWN)
    if operation is None or contract.profile != "hoop":
        return
    responder = pipeline.stage.responders[_SHOWN]
    for session in world.table(SESSIONS).delta()[0][:_MOST_LOOKED_AT]:
        call = Call("GET", f"{pipeline.stage.profile.base_path}/sessions/{session.id}")
        reply = responder.decide(Question(call, operation, {"session_id": session.id}, GATEWAYS_OWN, world)).reply
        for broken in contract.validator.response(operation, reply):
            yield f"session {session.id}: {broken.pointer} {broken.message}"


_SHOWN = "GET /sessions/{session_id}"
_MOST_LOOKED_AT = 1_000
