"""The schemas of one document, each with everything that references and ``allOf`` add to it."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any
from urllib.parse import unquote

from mockhoop.errors import ContractError
from mockhoop.values.plausible.cleaning import cleaned
from mockhoop.values.plausible.keywords import Flat, Schema, own
from mockhoop.values.plausible.merging import merged

IMPOSSIBLE: Flat = {"impossible": True}
HIDING = {"readOnly": "request", "writeOnly": "response"}


class Schemas:
    """Where references lead to in one document, and what its schemas ask for.

    ``nullable`` says whether the keyword of that name counts: it does in OpenAPI 3.0. ``direction`` is that of the
    message which values are part of, "request" or "response", or "" if that does not matter.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.nullable = str(document.get("openapi", "3.1")).startswith("3.0")
        self._document = document
        self._targets: dict[str, Flat] = {}
        self._flats: dict[int, tuple[Schema, Flat]] = {}
        self._clean: dict[int, tuple[Schema, dict[str, Any]]] = {}
        self.direction = ""

    def facing(self, direction: str) -> "Schemas":
        """The same schemas for values of messages in one direction."""
        view = copy(self)
        view.direction = direction
        return view

    def clean(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The keywords of a schema that are known and make sense."""
        known = self._clean.get(id(schema))
        if known is None:
            known = self._clean[id(schema)] = schema, cleaned(schema)
        return known[1]

    def hidden_in(self, schema: Schema) -> tuple[str, ...]:
        """The directions in which a property with this schema is left out."""
        flat = self.flat(schema)
        return tuple(direction for word, direction in HIDING.items() if word in flat)

    def flat(self, schema: Schema, seen: tuple[str, ...] = ()) -> Flat:
        """The keywords of a schema, of its reference and of its parts as one set; ``seen`` are references above it.

        Raises ContractError when a reference points nowhere.
        """
        if not isinstance(schema, Mapping):
            return IMPOSSIBLE if schema is False else {}
        if seen:
            return self._flattened(schema, seen)
        known = self._flats.get(id(schema))
        if known is None:
            # The schema is kept too, or its id could come to mean another one.
            known = self._flats[id(schema)] = schema, self._flattened(schema, ())
        return known[1]

    def _flattened(self, schema: Mapping[str, Any], seen: tuple[str, ...]) -> Flat:
        words = self.clean(schema)
        flat: Flat = {}
        reference = words.get("$ref")
        if reference is not None:
            flat = IMPOSSIBLE if reference in seen else self._target(reference, (*seen, reference))
        for part in words.get("allOf", ()):
            flat = merged(flat, self.flat(part, seen))
        flat = merged(flat, own(words, nullable=self.nullable))
        # An alternative may deal with more properties and items.
        return flat if flat.get("choices") else closed(flat)

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


def closed(flat: Flat) -> Flat:
    """The keywords with those for what is unevaluated turned into those for what is additional."""
    if flat.keys().isdisjoint(("unevaluatedItems", "unevaluatedProperties")):
        return flat
    closed = dict(flat)
    others = closed.pop("unevaluatedProperties", True)
    if others is not True:
        closed.setdefault("additionalProperties", others)
    rest = closed.pop("unevaluatedItems", True)
    if rest is not True and "items" not in closed:
        contained = [wanted.schema for wanted in closed.get("contains", ())]
        closed["items"] = {"anyOf": [*contained, rest]} if contained else rest
    return closed
