"""Answers of the gateway's that need nothing but a value."""

from typing import Any

from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision
from mockhoop.world.changes import Change


def answer(value: Any, *changes: Change, status: int = 200) -> Decision:
    """The decision that tells a value as JSON, with what changes by it."""
    return Decision(Reply(status, dumps(value), JSON_UTF8), changes)


def done(*changes: Change) -> Decision:
    """The decision that something is done, and there is nothing to tell: 204."""
    return Decision(Reply(204), changes)
