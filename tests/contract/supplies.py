"""What schemathesis cannot guess: ids of sessions that exist, tokens of links that are fresh, calls worth making."""

import http.client
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from zlib import crc32

from schemathesis import Case

from .deviations import DOWNLOADS, LISTS, SESSIONS, Deviation

ADMIN = {"Authorization": "Bearer ada"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

Values = dict[str, str]

RENDERINGS: tuple[Values, ...] = (
    {},
    {"event_stream": "utf8"},
    {"event_stream": "base64"},
    {"event_stream": "raw-queries"},
)
FORMATS: tuple[Values, ...] = (
    {"extension": "txt", "newline": "1", "event-time": "1"},
    {"extension": "csv"},
    {"extension": "json"},
)


class Supplier:
    """Supplies one campaign. ``known`` are the ids of the sessions in the world, ``expected`` its deviations."""

    def __init__(self, url: str, known: Sequence[str], expected: Sequence[Deviation]) -> None:
        self._address = urlsplit(url)
        self._known = frozenset(known)
        self._some = known[::12]
        self._offered = (*self._some, known[0].upper(), f"{{{known[0]}}}", UNKNOWN_ID)
        self._expected = expected

    def complete(self, case: Case[Any]) -> None:
        """Change a case, always in the same way; examples and one generated id in eight stay as they are."""
        values = case.path_parameters
        if "session_id" not in values:
            return
        chance = crc32(str(values["session_id"]).encode(errors="surrogatepass"))
        if case.meta is not None and values["session_id"] not in self._known and chance % 8:
            values["session_id"] = self._offered[chance % len(self._offered)]
        token = case.query.get("token")
        if case.operation.label in DOWNLOADS and isinstance(token, str):
            fresh = self._token_of_a_fresh_link(str(values["session_id"]))
            # Every third token stays wrong while the right one is pending.
            if fresh and len(token) % 3 < 2:
                case.query["token"] = fresh

    def _token_of_a_fresh_link(self, session_id: str) -> str:
        connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port or 80)
        path = f"{self._address.path}/sessions/{quote(session_id, safe='%')}?extension=txt"
        try:
            connection.request("GET", path, headers=ADMIN)
            response = connection.getresponse()
            body = json.loads(response.read())
        finally:
            connection.close()
        return dict(parse_qsl(urlsplit(body["download_url"]).query))["token"] if response.status == 200 else ""

    def examples(self, operation: Any) -> Iterator[Case[Any]]:
        """Calls that show much, and those that provoke the deviations which nothing generated is sure to meet."""
        provoking = (deviation for deviation in self._expected if operation.label in deviation.operations)
        for values in (*self._telling(operation.label), *(deviation.example for deviation in provoking)):
            if values:
                path = {name: value for name, value in values.items() if f"{{{name}}}" in operation.path}
                query = {name: value for name, value in values.items() if name not in path}
                yield operation.Case(path_parameters=path, query=query)

    def _telling(self, operation: str) -> Iterator[Values]:
        if operation in LISTS:
            for offset in range(0, len(self._known), 100):
                yield {"limit": "100", "offset": str(offset)}
        for session_id in self._some:
            if operation in SESSIONS:
                for rendering in RENDERINGS:
                    yield {"session_id": session_id, "expand": "event_stream,session_input", **rendering}
            elif operation.endswith("/download"):
                for form in FORMATS:
                    yield {"session_id": session_id, "token": "", **form}
            elif operation.endswith("/download/input"):
                yield {"session_id": session_id, "token": ""}
