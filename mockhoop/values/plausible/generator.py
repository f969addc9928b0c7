"""From schemas to values: each schema is compiled into a node, which then makes any number of values."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance, Key
from mockhoop.values.people import pools
from mockhoop.values.plausible.arrays import array_maker
from mockhoop.values.plausible.checks import fits, hides_nothing
from mockhoop.values.plausible.choices import (
    Given,
    alternatives,
    exclusive,
    impossible,
    insisting,
    one_of,
    or_default,
    or_example,
    or_null,
    varied,
)
from mockhoop.values.plausible.containers import object_maker
from mockhoop.values.plausible.discriminators import chosen, whole
from mockhoop.values.plausible.distinctions import only
from mockhoop.values.plausible.keywords import Choice, Flat, Schema, types_of
from mockhoop.values.plausible.making import Compiled, Make, Making, Node, NoValue
from mockhoop.values.plausible.numbers import number_maker
from mockhoop.values.plausible.schemas import Schemas, closed
from mockhoop.values.plausible.strings import string_maker

DIRECTIONS = ("", "request", "response")
# What makers cannot see to on their own, so that the whole value is checked.
INTRICATE = ("contains", "dependentRequired", "unevaluatedItems", "unevaluatedProperties")


class Plausible:
    """Makes values that are valid against the schemas of one document and look like the real thing.

    Schemas are those of OpenAPI 3.0 or 3.1, as the document says; references start with ``#/`` and are looked
    up in the document. Schemas are compiled once and must not change afterwards.
    """

    def __init__(self, document: Mapping[str, Any], chance: Chance) -> None:
        self._schemas = Schemas(document)
        self._facing = {direction: self._schemas.facing(direction) for direction in DIRECTIONS}
        self._chance = chance
        self._nodes: dict[tuple[int, str], tuple[Schema, Node]] = {}

    def value(
        self, schema: Schema, *key: Key, name: str = "", prefer_examples: bool = False, direction: str = ""
    ) -> Any:
        """Make the value of this schema for this key; the same seed, key and schema give the same value.

        ``name`` is the name of the property that the value is for, if any: it makes a ``city`` look like one.
        With ``prefer_examples`` the examples of a schema are used where they are valid, else its default. With
        ``direction`` "response" properties that are write-only are left out, with "request" those that are
        read-only. Raises ContractError when no value satisfies the schema, or a reference points nowhere.
        """
        chance = self._chance.at(*key)
        node = self._node(schema, name)
        for lenient in (False, True):
            making = Making(chance, pools(self._chance), examples=prefer_examples, direction=direction, lenient=lenient)
            try:
                return node.make(making, name)
            except NoValue as error:
                nothing = error
            except RecursionError:
                raise ContractError("a schema is defined by nothing but itself") from None
        place = f" at {nothing.args[0]}" if nothing.args[0] else ""
        raise ContractError(f"no value satisfies the schema{place}")

    def fits(self, schema: Schema, value: Any, direction: str = "") -> bool:
        """Whether a value satisfies a schema, as far as the keywords that are known here go.

        ``direction`` is that of the message which the value is part of: "request" or "response", if it matters.
        """
        schemas = self._facing[direction]
        try:
            return fits(schemas, schema, value) and (not direction or hides_nothing(schemas, schema, value))
        except RecursionError:
            raise ContractError("a schema is defined by nothing but itself") from None

    def _node(self, schema: Schema, name: str) -> Node:
        # Callers write {} for "anything", a new one each time.
        schema = True if schema == {} else schema
        place = (id(schema), name)
        if place not in self._nodes:
            node = Node(lambda: self._compiled(whole(self._schemas, schema), (schema,), name))
            # The schema is kept too, or its id could come to mean another one.
            self._nodes[place] = schema, node
        return self._nodes[place][1]

    def _compiled(self, flat: Flat, asked: tuple[Schema, ...], name: str) -> Compiled:
        """Compile a flat schema; given values, such as examples, have to satisfy the schemas asked for as well."""
        make, is_container = self._plain(flat, asked, name)
        unwanted = flat.get("nots", ())
        if not flat.get("choices") and not flat.keys().isdisjoint(INTRICATE):
            make = insisting(make, lambda making, value: self._count(asked, value, making) == len(asked))
        elif unwanted:
            make = insisting(make, lambda making, value: self._count(unwanted, value, making) == 0)
        if "default" in flat:
            make = or_default(make, self._valid(asked, (flat["default"],)))
        if "examples" in flat:
            make = or_example(make, self._valid(asked, flat["examples"]))
        return Compiled(make, is_container)

    def _plain(self, flat: Flat, asked: tuple[Schema, ...], name: str) -> Compiled:
        if "impossible" in flat:
            return Compiled(impossible, False)
        if flat.get("choices"):
            return Compiled(self._alternatives(flat, asked, name), True)
        if "enum" in flat:
            return Compiled(one_of([value for value in flat["enum"] if self._fits_all(asked, value)]), False)
        flat = closed(flat)
        types = types_of(flat)
        if not types:
            return Compiled(impossible, False)
        makers = {kind: self._typed(kind, flat, name) for kind in types if kind != "null"}
        make = varied(list(makers.values()))
        return Compiled(or_null(make) if "null" in types else make, not makers.keys().isdisjoint(("array", "object")))

    def _typed(self, kind: str, flat: Flat, name: str) -> Make:
        if kind == "object":
            return object_maker(flat, self._node, self._schemas)
        if kind == "array":
            return array_maker(flat, name, self._node)
        if kind == "string":
            return string_maker(flat, name)
        if kind == "boolean":
            return lambda making, path: making.chance.happens(0.5, path)
        return number_maker(flat, name, whole=kind == "integer")

    def _alternatives(self, flat: Flat, asked: tuple[Schema, ...], name: str) -> Make:
        choice: Choice = flat["choices"][0]
        rest = {**flat, "choices": flat["choices"][1:]}

        def node_of(option: Schema) -> Node:
            def compiled() -> Compiled:
                one = chosen(self._schemas, rest, option, choice.discriminator)
                return self._compiled(one, (*asked, option), name)

            return Node(compiled)

        def is_only_one(making: Making, value: Any) -> bool:
            return self._count(choice.options, value, making) == 1

        def tell_apart(making: Making, number: int, value: Any) -> Iterable[Any]:
            facing, wanted = making.direction, choice.options[number]
            others = [option for place, option in enumerate(choice.options) if place != number]
            suits = partial(self._fits_all, (*asked, wanted), direction=facing)
            return only(self._facing[facing], value, wanted, others, suits)

        is_exclusive = choice.kind == "oneOf" and choice.discriminator is None and len(choice.options) > 1
        nodes = [node_of(option) for option in choice.options]
        if is_exclusive:
            return exclusive(nodes, is_only_one, tell_apart)
        return alternatives(nodes, in_order=choice.kind == "first")

    def _valid(self, asked: tuple[Schema, ...], given: Sequence[Any]) -> Given:
        """Those of the given values that are valid, for each direction."""
        return {
            direction: [value for value in given if self._fits_all(asked, value, direction)] for direction in DIRECTIONS
        }

    def _fits_all(self, asked: tuple[Schema, ...], value: Any, direction: str = "") -> bool:
        return all(self.fits(schema, value, direction) for schema in asked)

    def _count(self, options: Sequence[Schema], value: Any, making: Making) -> int:
        """How many of the schemas a value satisfies."""
        schemas = self._facing[making.direction]
        return sum(fits(schemas, option, value) for option in options)
