"""What a PATCH makes of an item: a merge patch (RFC 7396), or a JSON patch (RFC 6902) by its media type."""

from collections.abc import Mapping
from typing import Any

from mockhoop.contract.patching import PatchError, patched

_JSON_PATCH = "application/json-patch+json"


def merged(value: Any, patch: Any, content_type: str) -> Any:
    """The value as the patch wants it; as it was when the patch cannot be applied."""
    if content_type.partition(";")[0].strip().lower() == _JSON_PATCH or isinstance(patch, list):
        try:
            return patched(value, patch)
        except PatchError:
            return value
    return _merged(value, patch)


def _merged(value: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return value if patch is None else patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for name, one in patch.items():
        if one is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), one) if isinstance(one, Mapping) else one
    return result
