"""Answers for any document: out of its schemas and examples, and the plumbing of a server as OpenAPI describes one."""

from mockhoop.responders.generic.profile import GenericProfile
from mockhoop.responders.generic.responder import GenericResponder

__all__ = ["GenericProfile", "GenericResponder"]
