"""Problem documents (RFC 9457): what is wrong, for people and programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mockhoop.fixtures.items import MOST_ITEMS
from mockhoop.gateway.wire import dumps
from mockhoop.messages import Headers, Reply

PROBLEM = "application/problem+json"
_TYPE = "urn:mockhoop:"


def phrase(status: int) -> str:
    """The name of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "As preferred"


def details(status: int, detail: str, code: str = "", **more: object) -> dict[str, Any]:
    """The members of a problem document; ``code`` names the kind of problem for programs."""
    kind = f"{_TYPE}{code}" if code else "about:blank"
    return {"type": kind, "title": phrase(status), "status": status, "detail": detail, **more}


def as_reply(body: Mapping[str, Any], headers: Headers = ()) -> Reply:
    """A problem document as an answer."""
    return Reply(body["status"], dumps(body), PROBLEM, headers)


def problem(status: int, detail: str, headers: Headers = (), code: str = "", **more: object) -> Reply:
    """An answer that is a problem document."""
    return as_reply(details(status, detail, code, **more), headers)


def full() -> Reply:
    """The answer where a world has no room for one more item."""
    text = f"the world remembers {MOST_ITEMS:,} items that were added or changed: reset it"
    return problem(507, text, code="FULL")
