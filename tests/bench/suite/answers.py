"""What the servers answer before they are measured: it has to be real."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from suite.cases import Asked, Case, Known
from suite.processes import Process

# What aiohttp writes by itself, for every server alike.
_OWN = {"date", "content-length", "connection"}
_SAMPLE = 25
_PAGE = 100


class Unreal(Exception):
    """A server does not answer a case as it should."""


@dataclass(frozen=True)
class Answer:
    """An answer, and the one to the link in it where a case has links."""

    status: int
    body: bytes
    headers: dict[str, str]
    link: "Answer | None" = None

    @property
    def size(self) -> int:
        """The bytes of the bodies."""
        return len(self.body) + (self.link.size if self.link else 0)

    def plain(self) -> dict[str, Any]:
        """As the bare server reads it."""
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        if kept.get("Server", "").startswith("Python/"):  # aiohttp's own, which mockhoop leaves out
            del kept["Server"]
        return {"status": self.status, "body": self.body.decode(), "headers": kept}


def known(server: Process) -> Known:
    """The ids in the world that mockhoop serves."""

    def ids(filters: str) -> list[str]:
        found: list[str] = []
        while True:
            status, body, _ = server.call(
                "GET", f"{server.base}/sessions?limit={_PAGE}&offset={len(found)}{filters}", within=60
            )
            page = json.loads(body)
            if status != 200:
                raise SystemExit(f"mockhoop does not list its sessions: {page}")
            found += [session["id"] for session in page["data"]]
            if len(page["data"]) < _PAGE or len(found) > 9_900:  # the furthest offset
                return found

    return Known(ids("&end_date=2100-01-01T00:00:00Z"), ids("&review.status=PENDING"))


def answer_to(server: Process, case: Case, asked: Asked) -> Answer:
    """The answer of a server to a call of a case.

    Raises:
        Unreal: the status is another kind of one, the body is empty or, where it should be, no JSON.
    """
    status, body, headers = _call(server, asked.method, server.base + asked.path, asked.body)
    if status // 100 != case.status:
        raise Unreal(f"answers {status} to {asked.method} {asked.path}")
    try:
        told = json.loads(body)
    except ValueError:
        raise Unreal(f"answers no JSON to {asked.method} {asked.path}") from None
    if not told:
        raise Unreal(f"answers nothing to {asked.method} {asked.path}")
    if not case.follows:
        return Answer(status, body, headers)
    url = urlsplit(told.get("download_url") or "") if isinstance(told, dict) else None
    if url is None or not url.path:
        raise Unreal("gives no link to download")
    status, contents, linked = _call(server, "GET", f"{url.path}?{url.query}", "")
    if status != 200:
        raise Unreal(f"answers {status} to its own link")
    return Answer(200, body, headers, Answer(status, contents, linked))


def usual_answer(server: Process, case: Case, calls: Sequence[Asked]) -> Answer:
    """Of the answers to some calls of a pool, all of which have to be real, the one of median length."""
    answers = [answer_to(server, case, asked) for asked in calls[:_SAMPLE]]
    usual = sorted(answers, key=lambda answer: answer.size)[len(answers) // 2]
    if usual.link and not usual.link.body:
        raise Unreal("has nothing to download")
    return usual


def _call(server: Process, method: str, path: str, body: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        return server.call(method, path, body)
    except (OSError, HTTPException) as error:
        raise Unreal(f"breaks off at {method} {path}: {error!r}") from None
