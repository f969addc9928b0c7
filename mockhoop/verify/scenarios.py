"""Plays scenarios: each in a world of its own where the server is a mockhoop, else at the server as it is."""

from dataclasses import replace

from mockhoop.scenario.loader import Loaded
from mockhoop.transport import HttpTransport, TransportError
from mockhoop.verify.asking import Asker
from mockhoop.verify.mock import ADMIN, Mock, MockError
from mockhoop.verify.needs import needs
from mockhoop.verify.outcome import Part, State, Step
from mockhoop.verify.playing import Gone, Stage, play
from mockhoop.verify.running import Counting, Progress, Run
from mockhoop.verify.secrets import Cover


async def play_all(run: Run, progress: Progress) -> None:
    """Play each scenario that can be played here, until the server answers no longer."""
    tell = Counting(sum(len(one.expect) for one in run.wanted.scenarios.values()), progress)
    for name, scenario in run.wanted.scenarios.items():
        part = Part(name=name, title=scenario.title)
        run.report.parts.append(part)
        wants = needs(scenario)
        try:
            if run.mock is not None:
                await _in_a_world(run, run.mock, part, scenario, tell)
            elif wants:
                part.why = f"it needs a mockhoop of ours to play in: {', '.join(wants)}"
                tell(len(scenario.expect))
            else:
                tokens = {**({ADMIN: run.target.token} if run.target.token else {}), **run.target.tokens}
                await _at(run, part, scenario, _Place(run.target.upstream.base_url, tokens), tell)
        except (Gone, TransportError) as error:
            run.report.broken_off = str(error)
            return


class _Place:
    """Where a scenario is played, by whom, and in which world of a mockhoop."""

    def __init__(self, address: str, tokens: dict[str, str], mock: Mock | None = None, world: str = "") -> None:
        self.address = address
        self.tokens = tokens
        self.mock = mock
        self._world = world

    async def advance(self, nanoseconds: int) -> None:
        """Let time go by."""
        assert self.mock is not None
        await self.mock.advance(self._world, nanoseconds)


async def _in_a_world(run: Run, mock: Mock, part: Part, scenario: Loaded, tell: Counting) -> None:
    name = run.world
    try:
        async with mock.world(name, scenario.sources[-1].text) as address:
            await _at(run, part, scenario, _Place(address, await mock.tokens(name), mock, name), tell)
    except MockError as error:
        part.steps.append(Step(name="the world begins", state=State.FAILED, problems=(str(error),)))
        tell(len(scenario.expect))


async def _at(run: Run, part: Part, scenario: Loaded, place: _Place, tell: Counting) -> None:
    target = run.target
    async with HttpTransport(replace(target.upstream, base_url=place.address, headers=())) as transport:
        stage = Stage(
            asker=Asker(transport, target.contract, target.headers),
            pace=run.pace,
            tokens=place.tokens,
            may_write=target.may_write,
            everybody_signs_in=target.contract.profile == "hoop",
            cover=Cover(place.tokens, (value for _, value in target.headers)),
            advance=place.advance if place.mock is not None else None,
            values=run.wanted.values,
            done=tell,
        )
        await play(part, scenario.expect, stage)
