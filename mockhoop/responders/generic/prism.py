"""What users of Prism look for that others do not: its header of violations."""

from collections.abc import Iterable
from typing import Any

from mockhoop.contract.violations import Violation
from mockhoop.responders.generic.profile import GenericProfile
from mockhoop.source.places import split_pointer


class PrismProfile(GenericProfile):
    """A server as OpenAPI describes one, that tells of violations as Prism does."""

    violations_header = "sl-violations"

    def listed(self, violations: Iterable[Violation]) -> list[dict[str, Any]]:
        """Violations with the way to each as a list that begins with the side of the exchange."""
        return [
            {
                "location": [*_side(found.location), *split_pointer(found.pointer)],
                "severity": found.severity.capitalize(),
                "code": found.code,
                "message": found.message,
            }
            for found in violations
        ]


def _side(location: str) -> list[str]:
    return location.split(".") if location.startswith("response.") else ["request", location]
