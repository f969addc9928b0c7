"""How the body of an answer is written: as data where those give the same bytes again, else as text or base64."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from mockhoop.gateway.wire import dumps_plain
from mockhoop.recording.kinds import is_json, media_type
from mockhoop.recording.seen import DEEPEST, Told
from mockhoop.source.limits import height

MOST_VALUES = 20_000
"""Values of all bodies that are written as data; reading and writing texts is much faster."""
_USUAL_JSON = "application/json"
_USUAL_TEXT = "text/plain; charset=utf-8"
_USUAL_BYTES = "application/octet-stream"


class Answers:
    """Writes answers as they stand in a scenario."""

    def __init__(self) -> None:
        self._room = MOST_VALUES

    def written(self, told: Told) -> dict[str, Any]:
        """An answer as plain data."""
        headers: dict[str, str] = {}
        for name, value in told.headers:
            same = next((one for one in headers if one.lower() == name.lower()), None)
            if same is None:
                headers[name] = value
            else:
                headers[same] += f"\n{value}"
        body, usual = self._body(told)
        kind = next((name for name in headers if name.lower() == "content-type"), None)
        if kind is not None and headers[kind] == usual:
            del headers[kind]
        return {"status": told.status, **({"headers": headers} if headers else {}), **body}

    def _body(self, told: Told) -> tuple[dict[str, Any], str]:
        """The body under its key, and the media type that it has when none is told."""
        if not told.body:
            return {}, ""
        if isinstance(told.body, bytes):
            return {"base64": base64.b64encode(told.body).decode()}, _USUAL_BYTES
        data = self._data(told.body) if is_json(media_type(told.headers)) else None
        return ({"body": told.body}, _USUAL_TEXT) if data is None else ({"body": data}, _USUAL_JSON)

    def _data(self, text: str) -> Any:
        """What a text of JSON says, where writing that as JSON gives the very text and there is room; else None."""
        if self._room <= 0:
            return None
        try:
            data = json.loads(text)
            same = isinstance(data, dict | list) and height(data) <= DEEPEST and dumps_plain(data).decode() == text
        except (ValueError, TypeError, RecursionError):
            return None
        if not same or (size := _size(data)) > self._room:
            return None
        self._room -= size
        return data


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1
