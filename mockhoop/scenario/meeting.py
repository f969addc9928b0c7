"""Whether an answer is what an expectation asks for: each difference, with where it stands in the expectation."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockhoop.scenario.kept import Told, not_kept
from mockhoop.scenario.matching import fits
from mockhoop.scenario.script_model import Expectation
from mockhoop.source import join_pointer

_MOST_SHOWN = 100
_ABOUT = {"length", "contains"}


def differences(expected: Expectation, told: Told) -> Iterator[tuple[str, str]]:
    """What an answer does otherwise. Where the status is another one, nothing else is worth telling."""
    if expected.status is not None and told.status != expected.status:
        said = told.body[: 2 * _MOST_SHOWN].decode(errors="replace").strip()
        yield "status", f"the answer is {told.status}, not {expected.status}: {said}"
        return
    given = told.by_name
    for name, pattern in (expected.headers or {}).items():
        if not fits(given.get(name.lower()), pattern):
            yield join_pointer("headers", name), f'the header is {given.get(name.lower(), "nothing")}, not "{pattern}"'
    if expected.text is not None:
        text = told.body.decode(errors="replace")
        if not fits(text, expected.text):
            yield "text", f"it is {_shown(text)}, not {_shown(expected.text)}"
    if expected.body is not None:
        yield from _body(expected.body, told)
    yield from not_kept(expected, told)


def _body(wanted: Any, told: Told) -> Iterator[tuple[str, str]]:
    try:
        body = told.json()
    except ValueError:
        said = told.body[:_MOST_SHOWN].decode(errors="replace").strip()
        yield "body", f"the answer has no JSON body{f': {said}' if said else ''}"
        return
    yield from _parts(wanted, body, "body")


def _parts(wanted: Any, found: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where a body is other than expected: mappings may have more keys, texts are patterns.

    Of a list or a text ``{length: n}`` tells how long it is, ``{contains: …}`` what one of a list's items is.
    """
    if isinstance(wanted, Mapping) and wanted and wanted.keys() <= _ABOUT and isinstance(found, list | str):
        yield from _about(wanted, found, path)
    elif isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            if key not in found:
                yield join_pointer(path, key), f"the answer has no {key}"
            else:
                yield from _parts(value, found[key], join_pointer(path, key))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _parts(one, other, join_pointer(path, place))
    elif isinstance(wanted, list) and isinstance(found, list):
        yield path, f"it has {len(found)} items, not {len(wanted)}"
    elif not fits(found, wanted):
        yield path, f"it is {_shown(found)}, not {_shown(wanted)}"


def _about(wanted: Mapping[str, Any], found: list[Any] | str, path: str) -> Iterator[tuple[str, str]]:
    if "length" in wanted and len(found) != wanted["length"]:
        yield f"{path}/length", f"its length is {len(found)}, not {wanted['length']}"
    if "contains" in wanted and not any(_is(wanted["contains"], one) for one in found):
        yield f"{path}/contains", f"none of its {len(found)} items is {_shown(wanted['contains'])}"


def _is(wanted: Any, found: Any) -> bool:
    return next(_parts(wanted, found, ""), None) is None


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:_MOST_SHOWN]
