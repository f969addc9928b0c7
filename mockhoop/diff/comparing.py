"""Two contracts, held against each other."""

import re
from collections.abc import Iterator

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.diff.changes import Change, Effect, Felt, Place, grouped
from mockhoop.diff.consumers import served_under
from mockhoop.diff.operations import Operations

_NAME = re.compile(r"\{[^{}]*\}")


def compared(old: Contract, new: Contract) -> list[Change]:
    """What changed between two contracts, the worst first; what only describes is passed over."""
    return grouped(_changes(old, new))


def _changes(old: Contract, new: Contract) -> Iterator[Change]:
    was, is_now = served_under(old), served_under(new)
    if was != is_now:
        told = f"all paths are behind {is_now or '/'} now, not {was or '/'}"
        yield Change("base-path", Effect.BREAKS, told, (Place(""),), Felt.BY_CALL, "/servers", "/servers")
    before, after = _by_shape(old), _by_shape(new)
    operations = Operations(old, new)
    for shape, operation in before.items():
        if shape in after:
            yield from operations.compare(operation, after[shape])
        else:
            told = "it is gone" + (", as announced" if operation.definition.get("deprecated") else "")
            place = Place(operation.key)
            yield Change("operation-removed", Effect.BREAKS, told, (place,), Felt.BY_CALL, operation.pointer)
    for shape, operation in after.items():
        if shape not in before:
            place = Place(operation.key)
            yield Change("operation-added", Effect.HARMLESS, "it is new", (place,), new=operation.pointer)


def _by_shape(contract: Contract) -> dict[str, Operation]:
    """The operations by method and path, whatever the parameters of the path are called."""
    return {_NAME.sub("{}", operation.key): operation for operation in contract.operations}
