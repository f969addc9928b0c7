"""The ways in which a message breaks the contract: values, never exceptions, and always all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockhoop.source import join_pointer

VIOLATIONS_HEADER = "X-Mockhoop-Violations"


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a message breaks the contract.

    ``location`` is ``path``, ``query``, ``header``, ``cookie`` or ``body``, with ``response.`` in front when the
    response is at fault. ``pointer`` is a JSON pointer within that location: ``/limit`` is the query parameter
    ``limit``. ``code`` is the keyword of the schema that failed, or ``required``, ``empty``, ``malformed``,
    ``media-type``, ``charset``, ``too-deep``, ``duplicate-key``, ``status``, or ``unknown`` for what the contract does
    not have. ``severity`` is ``error``, or ``warning`` for what is doubtful only.
    """

    location: str
    pointer: str
    code: str
    message: str
    severity: str = "error"

    def as_dict(self) -> dict[str, str]:
        """The violation as it stands in answers."""
        return {
            "location": self.location,
            "pointer": self.pointer,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }


def pointer(*parts: object) -> str:
    """A JSON pointer (RFC 6901) to the given steps."""
    return join_pointer("", *parts)


def shortened(text: str, limit: int = 200) -> str:
    """The text, cut when it repeats a value that is too long to read."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def as_dicts(violations: Iterable[Violation]) -> list[dict[str, Any]]:
    """All violations as they stand in answers."""
    return [violation.as_dict() for violation in violations]
