"""One thing in a contract that can be exercised."""

from dataclasses import dataclass

from mockhoop.contract.references import Steps
from mockhoop.contract.violations import pointer

OPERATION = "operation"
STATUS = "status"
MEDIA_TYPE = "media type"
PARAMETER = "parameter"
ENUM_VALUE = "enum value"
PROPERTY = "property"
TRANSITION = "transition"
KINDS = (OPERATION, STATUS, MEDIA_TYPE, PARAMETER, ENUM_VALUE, PROPERTY, TRANSITION)


@dataclass(frozen=True, slots=True)
class Point:
    """Something that can be exercised, in the contract's words.

    ``name`` tells it from all others of the contract: ``GET /sessions: query limit``, ``response openapi.Session.id``.
    ``at`` is where it stands in the document, empty for a transition. ``operation`` is the one that it belongs to; what
    is in a schema with a name belongs to that ``schema``, whichever operations use it.
    """

    kind: str
    name: str
    operation: str = ""
    at: Steps = ()
    schema: str = ""

    @property
    def pointer(self) -> str:
        """The JSON pointer to where it stands in the document."""
        return pointer(*self.at)

    @property
    def owner(self) -> str:
        """The operation or the schema that it belongs to; nothing for a transition."""
        return self.operation or self.schema

    @property
    def label(self) -> str:
        """The name within its operation."""
        return self.name.removeprefix(f"{self.operation}: ") if self.operation else self.name
