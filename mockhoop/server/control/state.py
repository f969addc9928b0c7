"""What a world holds, record by record."""

from collections.abc import Mapping
from typing import Any

from mockhoop.codec import CodecError, decode, encode
from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.messages import Reply
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer
from mockhoop.server.control.checks import oddities
from mockhoop.snapshots import RECORDS
from mockhoop.world.changes import Drop, Put
from mockhoop.world.table import Table


def records(call: ControlCall) -> Reply:
    """All records of a table."""
    return answer([encode(record) for record in _table(call)])


def record(call: ControlCall) -> Reply:
    """One record."""
    return answer(encode(_found(call)))


def put_record(call: ControlCall) -> Reply:
    """Put a record in the place of another, or add it."""
    return _put(call, call.json)


def change_record(call: ControlCall) -> Reply:
    """Change some fields of a record."""
    before = encode(_found(call))
    if not isinstance(before, Mapping) or not isinstance(call.json, Mapping):
        raise Refused(422, "a record of this table has no fields to change")
    return _put(call, {**before, **call.json})


def drop_record(call: ControlCall) -> Reply:
    """Remove a record."""
    _found(call)
    call.pipeline.world.apply([Drop(call.parameters["table"], call.parameters["key"])])
    return DONE


def _table(call: ControlCall) -> Table[Any]:
    return call.pipeline.world.table(call.parameters["table"])


def _found(call: ControlCall) -> Any:
    found = _table(call).get(call.parameters["key"])
    if found is None:
        raise Refused(404, f"there is no record {call.parameters['key']!r} in {call.parameters['table']}")
    return found


def _put(call: ControlCall, told: Any) -> Reply:
    name, key = call.parameters["table"], call.parameters["key"]
    try:
        made = decode(told, RECORDS[name])
    except CodecError as error:
        found = as_dicts([Violation("body", error.path, "record", str(error))])
        raise Refused(422, str(error), validation=found) from None
    odd = list(oddities(made))
    if odd:
        raise Refused(422, "; ".join(f"{one.pointer}: {one.message}" for one in odd), validation=as_dicts(odd))
    own = _table(call).spec.key(made)
    if own != key:
        raise Refused(422, f"the record's own key is {own!r}, the path names {key!r}")
    pipeline = call.pipeline
    pipeline.world.apply([Put(name, made)])
    pipeline.stage.unfolding.follow(pipeline.world)
    return answer(encode(made))
