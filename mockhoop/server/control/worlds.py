"""The server as a whole, and its worlds."""

from pathlib import Path
from typing import Any

from mockhoop import __version__
from mockhoop.errors import SourceError
from mockhoop.gateway.times import rfc3339
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.scenario.loader import Loaded, load_scenario, shipped_scenarios
from mockhoop.scenario.rules import state_of
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer
from mockhoop.worlds import WorldError

_LONGEST_NAME = 200


def health(_: ControlCall) -> Reply:
    """That it answers is the answer."""
    return answer({"status": "ok"})


def version(call: ControlCall) -> Reply:
    """What runs, and what it serves."""
    contract = call.service.contract
    told = {"name": Path(contract.name).stem, "release": contract.release, "profile": contract.profile}
    return answer({"version": __version__, "contract": told, "scenario": call.service.scenario.title})


def settings(call: ControlCall) -> Reply:
    """How the server was started."""
    told = call.service.settings
    return answer(
        {
            "contract": Path(told.contract).name,
            "scenarios": list(told.scenarios),
            "seed": told.seed,
            "validation": told.validation.value,
            "check_responses": told.check_responses,
            "require_token": told.require_token,
            "cors": told.cors,
        }
    )


def scenarios(_: ControlCall) -> Reply:
    """The shipped scenarios."""
    loaded = {name: load_scenario(path) for name, path in shipped_scenarios().items()}
    return answer([{"name": name, "title": one.title, "description": one.description} for name, one in loaded.items()])


def world_view(call: ControlCall, pipeline: Pipeline) -> dict[str, Any]:
    """A world in a few facts."""
    world = pipeline.world
    return {
        "name": world.name,
        "seed": world.chance.seed,
        "scenario": world.base.scenario.title,
        "now": rfc3339(world.clock.now(), "ns"),
        "state": state_of(world),
        "exchanges": world.journal.added,
        "port": call.ports.of(world.name),
    }


def worlds(call: ControlCall) -> Reply:
    """All worlds."""
    return answer([world_view(call, pipeline) for pipeline in call.service.worlds])


def world(call: ControlCall) -> Reply:
    """One world."""
    return answer(world_view(call, call.pipeline))


async def put_world(call: ControlCall) -> Reply:
    """Begin a world of some scenario and seed, in the place of the one of that name."""
    told, name = call.json, call.parameters["world"]
    if "scenario" in told and "text" in told:
        raise Refused(422, "give either scenario or text, not both")
    worlds = call.service.worlds
    pipeline = call.service.make(name, _scenario(call, told), told.get("seed"))
    _set(pipeline, told)
    try:
        if worlds.find(name) is None:
            worlds.check(name)
        if "port" in told:  # before anything changes: it may fail
            await call.ports.open(name, told["port"])
        known = worlds.find(name) is not None
        worlds.put(name, pipeline)
    except WorldError as error:
        raise Refused(error.status, str(error)) from None
    return answer(world_view(call, pipeline), 200 if known else 201)


async def drop_world(call: ControlCall) -> Reply:
    """Forget a world, and listen no longer on its port."""
    name = call.parameters["world"]
    if not call.service.worlds.drop(name):
        raise Refused(404, f"there is no world {name!r}")
    await call.ports.close(name)
    return DONE


def reset_world(call: ControlCall) -> Reply:
    """Have a world begin anew."""
    call.pipeline.world.reset()
    return DONE


def world_settings(call: ControlCall) -> Reply:
    """How calls are validated."""
    pipeline = call.pipeline
    return answer({"validation": pipeline.validation.value, "check_responses": pipeline.check_responses})


def change_world_settings(call: ControlCall) -> Reply:
    """Validate calls otherwise from now on."""
    _set(call.pipeline, call.json)
    return world_settings(call)


def _set(pipeline: Pipeline, told: dict[str, Any]) -> None:
    if "validation" in told:
        pipeline.validation = Validation(told["validation"])
    if "check_responses" in told:
        pipeline.check_responses = told["check_responses"]


def _scenario(call: ControlCall, told: dict[str, Any]) -> Loaded | None:
    """The scenario that is asked for, None for the serving one."""
    repertoire, names = call.service.repertoire, told.get("scenario", ())
    try:
        if "text" in told:
            return repertoire.parsed(told["text"], "text")
        paths = [_path(name) for name in ([names] if isinstance(names, str) else names)]
        return repertoire.loaded(paths) if paths else None
    except SourceError as error:
        raise Refused(422, str(error), error.problems) from None


def _path(name: str) -> Path:
    """A shipped scenario by its name, or a file below the folder in which the server runs; no other file is read."""
    shipped = shipped_scenarios()
    if name in shipped:
        return shipped[name]
    try:
        here, path = Path.cwd().resolve(), Path(name).resolve()
        inside, there = path.is_relative_to(here), path.is_file()
    except (OSError, ValueError):  # no file could be called so
        inside, there = True, False
    if not inside:
        raise Refused(422, f"the scenario {name!r} is not below the folder where the server was started: send its text")
    if not there:
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        raise Refused(422, f"there is no scenario {shown!r} (shipped scenarios: {', '.join(shipped)})")
    return path
