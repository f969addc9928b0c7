"""JSON Patch (RFC 6902)."""

from copy import deepcopy
from typing import Any


class PatchError(ValueError):
    """A patch that cannot be applied."""


def patched(value: Any, operations: Any) -> Any:
    """The value after all operations of a patch, which alter nothing else.

    Raises:
        PatchError: one of them cannot be carried out.
    """
    from jsonpath import JSONPatch  # which takes long to import
    from jsonpath.exceptions import JSONPatchError, JSONPointerError

    try:
        return JSONPatch(operations).apply(deepcopy(value))
    except (JSONPatchError, JSONPointerError, LookupError, TypeError, AttributeError, ValueError) as error:
        raise PatchError(str(error)) from error
