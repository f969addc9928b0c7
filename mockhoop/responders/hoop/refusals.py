"""Refusals of the gateway's as they stand on the wire (section 1.5)."""

from mockhoop.gateway.records import Refusal
from mockhoop.gateway.wire import error
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision
from mockhoop.world.changes import Change


def refuse(refusal: Refusal, *changes: Change) -> Decision:
    """The decision that carries the refusal; what it changes all the same, such as a token that it uses up."""
    return Decision(Reply(refusal.status, error(refusal), JSON_UTF8), changes, refused=True)
