"""What is wrong with a value, keyword by keyword, without the way that jsonschema takes to tell it.

Each keyword is still checked by the library's own function, whose words these are, and in the order in which it would
come to them. Where a schema has a keyword that is not known here, nothing is told: then its validator has to be asked.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from mockhoop.contract.references import DanglingReference, target
from mockhoop.contract.validation.explanations import NO_SCHEMA, Problem, Unsure, chosen
from mockhoop.contract.validation.keywords import (
    CHOOSING,
    COUNTING,
    LEADING_ELSEWHERE,
    OF_ONE_VALUE,
    ONE_WAY,
    SAYING_NOTHING,
)

Path = tuple[str | int, ...]
_Search = Callable[[Any, Path], Iterator[Problem]]
_REMEMBERED, _REMEMBERED_LENGTH = 32, 64
"""So many texts that were held against alternatives, and so long ones, are remembered with what was wrong."""
_CHECKED_ALONE = OF_ONE_VALUE | COUNTING | ONE_WAY | {"type", "required"}


def findings(validator: Any, document: Mapping[str, Any]) -> Callable[[Any], list[Problem]]:
    """What finds all that a validator of jsonschema's has against a value; raises Unsure where it cannot tell."""
    try:
        search = _Findings(validator, document).of(validator.schema)
    except NO_SCHEMA:
        search = _unsure

    def find(value: Any) -> list[Problem]:
        try:
            return list(search(value, ()))
        except NO_SCHEMA:
            raise Unsure from None

    return find


class _Findings:
    """Makes, for schemas which one validator knows, what searches their values; each schema is looked at once."""

    def __init__(self, validator: Any, document: Mapping[str, Any]) -> None:
        self._validator = validator
        self._checks = type(validator).VALIDATORS
        self._document = document
        self._made: dict[int, _Search] = {}
        self._parts: Mapping[str, Callable[[Any, Mapping[str, Any]], _Search]] = {
            "properties": self._properties,
            "additionalProperties": self._others,
            "items": self._items,
            "allOf": self._all,
        }

    def of(self, schema: Any) -> _Search:
        """What searches the values of a schema."""
        if not isinstance(schema, Mapping):
            return _nothing if schema is True else _unsure
        made, key = self._made, id(schema)
        if key not in made:
            made[key] = lambda value, path: made[key](value, path)  # for a schema that is part of itself
            made[key] = self._new(schema)
        return made[key]

    def _new(self, schema: Mapping[str, Any]) -> _Search:
        keywords = [key for key in schema if key in self._checks and key not in SAYING_NOTHING]
        if any(key in schema for key in LEADING_ELSEWHERE):
            return _unsure
        if keywords == ["$ref"]:
            return self._referred(schema["$ref"])
        if not _CHECKED_ALONE.union(self._parts, CHOOSING).issuperset(keywords):
            return _unsure
        return _in_turn([self._search(key, schema) for key in keywords])

    def _search(self, keyword: str, schema: Mapping[str, Any]) -> _Search:
        if keyword in self._parts:
            return self._parts[keyword](schema[keyword], schema)
        return self._choice(keyword, schema) if keyword in CHOOSING else self._alone(keyword, schema)

    def _referred(self, reference: Any) -> _Search:
        try:
            return self.of(target(self._document, reference)) if str(reference).startswith("#/") else _unsure
        except DanglingReference:
            return _unsure

    def _alone(self, keyword: str, schema: Mapping[str, Any]) -> _Search:
        check, wanted, validator = self._checks[keyword], schema[keyword], self._validator

        def search(value: Any, path: Path) -> Iterator[Problem]:
            for error in check(validator, wanted, value, schema) or ():
                yield Problem(path, keyword, error.message)

        return search

    def _choice(self, keyword: str, schema: Mapping[str, Any]) -> _Search:
        check, wanted, validator = self._checks[keyword], schema[keyword], self._validator

        def told(value: Any) -> list[Problem]:
            return [chosen(error, keyword, value, schema) for error in check(validator, wanted, value, schema) or ()]

        remembered = lru_cache(maxsize=_REMEMBERED)(told)

        def search(value: Any, path: Path) -> Iterator[Problem]:
            is_short = type(value) is str and len(value) <= _REMEMBERED_LENGTH
            for problem in remembered(value) if is_short else told(value):
                yield problem._replace(path=(*path, *problem.path))

        return search

    def _properties(self, told: Any, _: Mapping[str, Any]) -> _Search:
        searches = {name: self.of(schema) for name, schema in told.items()}

        def search(value: Any, path: Path) -> Iterator[Problem]:
            for name, look in searches.items() if isinstance(value, dict) else ():
                if name in value:
                    yield from look(value[name], (*path, name))

        return search

    def _others(self, told: Any, schema: Mapping[str, Any]) -> _Search:
        if not isinstance(told, Mapping):
            return self._alone("additionalProperties", schema)
        known, look = schema.get("properties", {}), self.of(told)

        def search(value: Any, path: Path) -> Iterator[Problem]:
            for name, one in value.items() if isinstance(value, dict) else ():
                if name not in known:
                    yield from look(one, (*path, name))

        return _unsure if "patternProperties" in schema else search

    def _items(self, told: Any, _: Mapping[str, Any]) -> _Search:
        look = self.of(told)

        def search(value: Any, path: Path) -> Iterator[Problem]:
            for number, one in enumerate(value if isinstance(value, list) else ()):
                yield from look(one, (*path, number))

        return search

    def _all(self, told: Any, _: Mapping[str, Any]) -> _Search:
        return _in_turn([self.of(schema) for schema in told])


def _nothing(_: Any, __: Path) -> Iterator[Problem]:
    return iter(())


def _unsure(_: Any, __: Path) -> Iterator[Problem]:
    raise Unsure


def _in_turn(searches: list[_Search]) -> _Search:
    def search(value: Any, path: Path) -> Iterator[Problem]:
        for look in searches:
            yield from look(value, path)

    return search
