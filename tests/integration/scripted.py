"""Worlds in which something happens, without a socket: a scenario in, calls and their exchanges out."""

from dataclasses import dataclass
from typing import Any

from multidict import CIMultiDict

from mockhoop.contract.document import load_contract
from mockhoop.exchange import Exchange, Fired, Waiting
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import parse_scenario
from mockhoop.scenario.reader import Reader
from mockhoop.server.control.scenario import Perform
from mockhoop.service import Service
from mockhoop.source import parse_source
from mockhoop.world.changes import MoveClock

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
START = 1_722_513_600 * 10**9
ONE = "00000000-0000-4000-8000-000000000001"
TWO = "00000000-0000-4000-8000-000000000002"
RUNS = "00000000-0000-4000-8000-000000000003"
OPENING = f"""
mockhoop: 1
seed: 3
clock: {{start: 2024-08-01T12:00:00Z, frozen: true}}
users:
  - {{name: Ada, email: ada@example.com, groups: [admin], token: ada}}
  - {{name: John, email: john@example.com, groups: [sre], token: john}}
  - {{name: Dora, email: dora@example.com, groups: [dba, sre], token: dora}}
  - {{name: Erin, email: erin@example.com, groups: [engineering], token: erin}}
connections:
  - {{name: pg, type: database, subtype: postgres}}
  - {{name: reviewed, type: database, subtype: postgres, reviewers: [sre, dba]}}
sessions:
  - id: {ONE}
    user: erin@example.com
    connection: reviewed
    script: SELECT 1
    started: -1h
    review: {{status: PENDING}}
  - {{id: {TWO}, user: erin@example.com, connection: pg, script: SELECT 2, started: -2h, events: [[0.1, o, two]]}}
  - {{id: {RUNS}, user: erin@example.com, connection: pg, verb: connect, status: open, started: -3h}}
"""


@dataclass
class Stage:
    """One world of a scenario, and who calls in it."""

    service: Service
    pipeline: Pipeline

    def call(
        self, target: str, token: str | None = "ada", method: str = "GET", body: bytes = b"", **headers: str
    ) -> Exchange:
        """The exchange of a call; who waits for a script does so at once."""
        path, _, query = target.partition("?")
        given = {"Host": "gateway.test", **({"Authorization": f"Bearer {token}"} if token else {})}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        outcome = self.pipeline.answer(Call(method, f"/api{path}", query, CIMultiDict(given), body))
        while isinstance(outcome, Waiting):
            self.pipeline.world.apply([MoveClock(outcome.later.until)])
            outcome = self.pipeline.resume(outcome)
        return outcome

    def status(self, target: str, token: str | None = "ada", **more: Any) -> int:
        """The status of the answer to a call."""
        return self.call(target, token, **more).reply.status

    def advance(self, seconds: float) -> list[Fired]:
        """What happens in the next seconds."""
        state = self.pipeline.world.clock.state()
        at = state.at + int(seconds * 10**9)
        return self.pipeline.stage.unfolding.set_clock(self.pipeline.world, at=at, frozen=state.frozen, speed=1.0)

    def perform(self, *actions: str) -> list[str]:
        """Carry out actions, each as in a scenario; what could not be done."""
        reader = Reader(parse_source(f"do: [{', '.join(actions)}]", "actions.yaml"))
        told = reader.read(Perform)
        assert told is not None
        assert reader.problems == []
        (fired,) = self.pipeline.stage.unfolding.perform(self.pipeline.world, told.do, "by hand")
        return list(fired.notes)

    def trigger(self, name: str) -> list[Fired]:
        """Let an entry of the timeline happen."""
        return self.pipeline.stage.unfolding.trigger(self.pipeline.world, name)

    def session(self, key: str) -> Any:
        """The record of a session."""
        return self.pipeline.world.table("sessions").get(key)

    def review(self, key: str = ONE) -> str:
        """The status of a session's review."""
        return str(self.session(key).review.status)


def stage(script: str = "", seed: int | None = None, **settings: Any) -> Stage:
    """A world that begins as ``OPENING`` says, in which happens what a script says."""
    told = Settings(contract=spec_dir() / "hoop.yaml", seed=seed, **settings)
    service = Service(Repertoire(told, CONTRACT, parse_scenario(OPENING + script, "script.yaml")))
    return Stage(service, service.pipeline)
