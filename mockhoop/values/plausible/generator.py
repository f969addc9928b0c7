"""From schemas to values: each schema is compiled into a node, which then makes any number of values."""

from collections.abc import Mapping
from typing import Any

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance, Key
from mockhoop.values.people import pools
from mockhoop.values.plausible.checks import fits
from mockhoop.values.plausible.choices import alternatives, impossible, insisting, one_of, or_example, or_null, varied
from mockhoop.values.plausible.containers import array_maker, object_maker
from mockhoop.values.plausible.discriminators import chosen, whole
from mockhoop.values.plausible.keywords import Choice, Flat, Schema, types_of
from mockhoop.values.plausible.making import Compiled, Make, Making, Node, NoValue
from mockhoop.values.plausible.numbers import number_maker
from mockhoop.values.plausible.schemas import Schemas
from mockhoop.values.plausible.strings import string_maker


class Plausible:
    """Makes values that are valid against the schemas of one document and look like the real thing.

    Schemas are those of OpenAPI 3.0 or 3.1, as the document says; references start with ``#/`` and are looked
    up in the document. Schemas are compiled once and must not change afterwards.
    """

    def __init__(self, document: Mapping[str, Any], chance: Chance) -> None:
        self._schemas = Schemas(document)
        self._chance = chance
        self._nodes: dict[tuple[int, str], tuple[Schema, Node]] = {}

    def value(self, schema: Schema, *key: Key, name: str = "", prefer_examples: bool = False) -> Any:
        """Make the value of this schema for this key; the same seed, key and schema give the same value.

        ``name`` is the name of the property that the value is for, if any: it makes a ``city`` look like one.
        With ``prefer_examples`` the examples of a schema are used where they are valid. Raises ContractError
        when no value satisfies the schema, or a reference points nowhere.
        """
        making = Making(self._chance.at(*key), pools(self._chance), examples=prefer_examples)
        try:
            return self._node(schema, name).make(making, name)
        except NoValue as nothing:
            place = f" at {nothing.args[0]}" if nothing.args[0] else ""
            raise ContractError(f"no value satisfies the schema{place}") from None
        except RecursionError:
            raise ContractError("a schema is defined by nothing but itself") from None

    def fits(self, schema: Schema, value: Any) -> bool:
        """Whether a value satisfies a schema, as far as the keywords that are known here go."""
        return fits(self._schemas, schema, value)

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
        if unwanted:
            make = insisting(make, lambda value: not any(self.fits(schema, value) for schema in unwanted))
        examples = [example for example in flat.get("examples", ()) if self._fits_all(asked, example)]
        return Compiled(or_example(make, examples) if examples else make, is_container)

    def _plain(self, flat: Flat, asked: tuple[Schema, ...], name: str) -> Compiled:
        if "impossible" in flat:
            return Compiled(impossible, False)
        if flat.get("choices"):
            return Compiled(self._alternatives(flat, asked, name), True)
        if "enum" in flat:
            return Compiled(one_of([value for value in flat["enum"] if self._fits_all(asked, value)]), False)
        types = types_of(flat)
        if not types:
            return Compiled(impossible, False)
        makers = {kind: self._typed(kind, flat, name) for kind in types if kind != "null"}
        make = varied(list(makers.values()))
        return Compiled(or_null(make) if "null" in types else make, not makers.keys().isdisjoint(("array", "object")))

    def _typed(self, kind: str, flat: Flat, name: str) -> Make:
        if kind == "object":
            return object_maker(flat, self._node)
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

        def is_only_one(value: Any) -> bool:
            return sum(self.fits(option, value) for option in choice.options) == 1

        is_exclusive = choice.kind == "oneOf" and choice.discriminator is None and len(choice.options) > 1
        return alternatives([node_of(option) for option in choice.options], is_only_one if is_exclusive else None)

    def _fits_all(self, schemas: tuple[Schema, ...], value: Any) -> bool:
        return all(self.fits(schema, value) for schema in schemas)
