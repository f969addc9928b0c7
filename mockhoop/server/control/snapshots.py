"""Worlds at one moment."""

from typing import Any

from mockhoop import snapshots as files
from mockhoop.errors import SourceError
from mockhoop.gateway.times import rfc3339
from mockhoop.messages import Reply
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer
from mockhoop.server.control.worlds import world_view
from mockhoop.world.changes import Restore, Snapshot

MOST = 100
YAML = "application/yaml"


def snapshots(call: ControlCall) -> Reply:
    """The snapshots of a world, oldest first."""
    return answer([_view(name, one) for name, one in call.pipeline.world.saved.items()])


def save_snapshot(call: ControlCall) -> Reply:
    """Save the world as it is, in the place of a snapshot of that name."""
    return _saved(call, call.json["name"], call.pipeline.world.snapshot())


def export_snapshot(call: ControlCall) -> Reply:
    """A snapshot as a file."""
    return Reply(200, files.write(_found(call), call.service.contract).encode(), YAML)


def import_snapshot(call: ControlCall) -> Reply:
    """Take in a snapshot from a file."""
    try:
        read = files.read(call.body.decode(), call.service.repertoire, call.pipeline.world.base)
    except UnicodeDecodeError:
        raise Refused(422, "the file is not UTF-8") from None
    except SourceError as error:
        raise Refused(422, str(error), error.problems) from None
    return _saved(call, call.parameters["name"], read)


def drop_snapshot(call: ControlCall) -> Reply:
    """Forget a snapshot."""
    _found(call)
    del call.pipeline.world.saved[call.parameters["name"]]
    return DONE


def restore_snapshot(call: ControlCall) -> Reply:
    """Have the world be as in a snapshot."""
    pipeline = call.pipeline
    pipeline.world.apply([Restore(_found(call))])
    pipeline.stage = call.service.repertoire.stage(pipeline.world.chance)
    return answer(world_view(call, pipeline))


def _saved(call: ControlCall, name: str, snapshot: Snapshot) -> Reply:
    saved = call.pipeline.world.saved
    if name not in saved and len(saved) >= MOST:
        raise Refused(409, f"there are {MOST} snapshots of this world already; remove one")
    saved[name] = snapshot
    return answer(_view(name, snapshot), 201)


def _found(call: ControlCall) -> Snapshot:
    found = call.pipeline.world.saved.get(call.parameters["name"])
    if found is None:
        known = ", ".join(call.pipeline.world.saved) or "none"
        raise Refused(404, f"there is no snapshot {call.parameters['name']!r} (snapshots: {known})")
    return found


def _view(name: str, snapshot: Snapshot) -> dict[str, Any]:
    return {"name": name, "now": rfc3339(snapshot.clock.at, "ns")}
