"""Names that schemas give themselves, and references by such names (JSON Schema 2020-12)."""

from collections.abc import Iterator
from typing import Any

from mockhoop.contract.references import DATA, Steps
from mockhoop.contract.violations import pointer

_ANCHORS = ("$anchor", "$dynamicAnchor")
DYNAMIC = "$dynamicRef"


def anchors(document: Any) -> dict[str, str]:
    """Where each name leads, as a JSON pointer."""
    found: dict[str, str] = {}
    for node, at in _objects(document):
        for key in _ANCHORS:
            if isinstance(node.get(key), str):
                found[node[key]] = pointer(*at)
    return found


def dynamic_references(document: Any) -> Iterator[tuple[Steps, str]]:
    """The schemas that refer to a dynamic anchor, and what they say.

    Within one document, where nothing overrides an anchor, that is a reference like others.
    """
    for node, at in _objects(document):
        if isinstance(node.get(DYNAMIC), str):
            yield at, node[DYNAMIC]


def _objects(document: Any) -> Iterator[tuple[dict[str, Any], Steps]]:
    waiting: list[tuple[Any, Steps]] = [(document, ())]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, dict):
            yield node, at
            children = [(value, (*at, key)) for key, value in node.items() if key not in DATA]
        else:
            children = [(item, (*at, index)) for index, item in enumerate(node)]
        waiting += [one for one in children if isinstance(one[0], dict | list)]
