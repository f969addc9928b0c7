"""A client of a Hoop gateway: it lists sessions, waits until one may run, and fetches what came of it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

PAGE = 100
"""Sessions of a page: as many as the gateway gives at once."""
SECONDS = 30.0


class Refused(Exception):
    """A reviewer has said no."""


class NotYet(Exception):
    """Nobody has decided in time."""


class Client:
    """Asks one gateway, as one person. ``pause`` waits some seconds; tests give one that does not."""

    def __init__(self, url: str, token: str, pause: Callable[[float], object] = time.sleep) -> None:
        self._url = url
        self._pause = pause
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"

    def sessions(self, **filters: str) -> Iterator[dict[str, Any]]:
        """All sessions that the filters let through, the newest first, page by page."""
        offset = 0
        while True:
            page = self._get("/sessions", **filters, limit=str(PAGE), offset=str(offset)).json()
            yield from page["data"]
            if not page["has_next_page"]:
                return
            offset += PAGE

    def run(self, connection: str, script: str) -> str:
        """Ask for a script to be run; the id of its session."""
        asked = {"connection": connection, "script": script}
        answer = self._http.post(f"{self._url}/sessions", json=asked, timeout=SECONDS)
        answer.raise_for_status()
        return str(answer.json()["session_id"])

    def wait_for_approval(self, session: str, *, looks: int = 10, every: float = 5.0) -> None:
        """Look again and again until a session may run. Raises Refused, or NotYet after so many looks."""
        for _ in range(looks):
            found = self._get(f"/sessions/{session}").json()
            if found["status"] == "ready":
                return
            if found["review"]["status"] in ("REJECTED", "REVOKED"):
                raise Refused(found["review"]["rejection_reason"] or "no reason was given")
            self._pause(every)
        raise NotYet(f"nobody has decided about {session} in {looks * every:g} seconds")

    def execute(self, session: str) -> str:
        """Run an approved session; its output."""
        answer = self._http.post(f"{self._url}/sessions/{session}/exec", timeout=SECONDS)
        answer.raise_for_status()
        return str(answer.json()["output"])

    def link(self, session: str) -> str:
        """Where what a session has said can be downloaded, once and for some minutes."""
        return str(self._get(f"/sessions/{session}", extension="csv").json()["download_url"])

    def download(self, session: str, link: str = "") -> str:
        """What a session has said. A link that has expired, or was used, is asked for again."""
        answer = requests.get(link or self.link(session), timeout=SECONDS)
        if link and answer.status_code in (404, 410):
            return self.download(session)
        answer.raise_for_status()
        return answer.text

    def _get(self, path: str, **query: str) -> requests.Response:
        """An answer; a gateway that has no time is asked once more."""
        for last in (False, True):
            answer = self._http.get(f"{self._url}{path}", params=query, timeout=SECONDS)
            if answer.status_code != requests.codes.service_unavailable or last:
                break
            self._pause(1.0)
        answer.raise_for_status()
        return answer
