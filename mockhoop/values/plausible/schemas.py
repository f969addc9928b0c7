"""The schemas of one document, each with everything that references and ``allOf`` add to it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from mockhoop.errors import ContractError
from mockhoop.values.plausible.keywords import Flat, Schema, own
from mockhoop.values.plausible.merging import merged

IMPOSSIBLE: Flat = {"impossible": True}


class Schemas:
    """Where references lead to in one document, and what its schemas ask for.

    ``nullable`` says whether the keyword of that name counts: it does in OpenAPI 3.0.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.nullable = str(document.get("openapi", "3.1")).startswith("3.0")
        self._document = document
        self._targets: dict[str, Flat] = {}

    def flat(self, schema: Schema, seen: tuple[str, ...] = ()) -> Flat:
        """The keywords of a schema, of its reference and of its parts as one set; ``seen`` are references above it.

        Raises ContractError when a reference points nowhere.
        """
        if not isinstance(schema, Mapping):
            return {} if schema else IMPOSSIBLE
        flat: Flat = {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            flat = IMPOSSIBLE if reference in seen else self._target(reference, (*seen, reference))
        for part in schema.get("allOf", ()):
            flat = merged(flat, self.flat(part, seen))
        return merged(flat, own(schema, nullable=self.nullable))

    def resolve(self, reference: str) -> Schema:
        """What a reference such as ``#/components/schemas/User`` leads to; raises ContractError if nowhere."""
        found: Any = self._document
        for part in unquote(reference).removeprefix("#").split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(part)] if isinstance(found, Sequence) else found[part]
            except (KeyError, IndexError, ValueError, TypeError):
                raise ContractError(f"the reference {reference} points nowhere") from None
        return found

    def _target(self, reference: str, seen: tuple[str, ...]) -> Flat:
        if reference not in self._targets:
            self._targets[reference] = self.flat(self.resolve(reference), seen)
        return self._targets[reference]
