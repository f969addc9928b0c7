"""Values that fit a schema, recognised at once; of all others the schema's validator has to say what it thinks.

Most bodies are right, and jsonschema takes its time for them: it makes a validator for each part of each value. What is
made of a schema here judges as that validator does. It does not know every keyword: where a value gets to one that it
does not know, or at which the library stumbles, it does not judge. So that it stumbles wherever the library may, it
asks all that a schema says of a value, even if the value is known not to fit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.contract.references import DanglingReference, target
from mockhoop.contract.validation.explanations import NO_SCHEMA, Unsure
from mockhoop.contract.validation.keywords import COUNTING, LEADING_ELSEWHERE, OF_ONE_VALUE, SAYING_NOTHING
from mockhoop.contract.validation.usual_texts import USUAL

Fits = Callable[[Any], bool]
"""Whether a value fits; raises whatever it likes where that is not sure."""

_SAMPLES: tuple[Any, ...] = ("", 0, 0.5, False, [], {}, None)
"""A value of each kind that JSON has; a whole number is of two kinds."""


def acceptance(validator: Any, document: Mapping[str, Any]) -> Callable[[Any], bool | None]:
    """What tells whether a validator of jsonschema's accepts a value; None where only the validator knows.

    The references of its schema lead into a document.
    """
    try:
        fits = _Recognition(validator, document).of(validator.schema)
    except NO_SCHEMA:
        fits = _unsure  # what is no schema, the validator finds out when a value gets there

    def accepts(value: Any) -> bool | None:
        try:
            return fits(value)
        except Exception:
            return None  # what the library stumbles over here, it stumbles over when it is asked in full

    return accepts


class _Recognition:
    """Makes what recognises the values of schemas which one validator knows; each schema is looked at once."""

    def __init__(self, validator: Any, document: Mapping[str, Any]) -> None:
        self._validator = validator
        self._checks = type(validator).VALIDATORS
        self._document = document
        self._made: dict[int, Fits] = {}
        self._kinds: dict[Fits, frozenset[type]] = {}
        """The types whose values all fit, for tests that look at nothing else; to ask those takes longer."""
        self._parts: Mapping[str, Callable[[Any, Mapping[str, Any]], Fits]] = {
            "type": self._type,
            "enum": self._enum,
            "format": self._format,
            "readOnly": self._read_only,
            "writeOnly": self._write_only,
            "properties": self._properties,
            "required": self._required,
            "additionalProperties": self._others,
            "items": self._items,
            "allOf": lambda told, _: self._all(list(map(self.of, told))),
            "anyOf": self._any,
            "oneOf": self._one,
            "not": self._not,
        }
        self._known = OF_ONE_VALUE.union(COUNTING, self._parts)

    def of(self, schema: Any) -> Fits:
        """What recognises the values of a schema."""
        if not isinstance(schema, Mapping):
            return _BOOLEAN.get(schema, _unsure) if isinstance(schema, bool) else _unsure
        made, key = self._made, id(schema)
        if key not in made:
            made[key] = lambda value: made[key](value)  # for a schema that is part of itself
            made[key] = self._new(schema)
        return made[key]

    def _new(self, schema: Mapping[str, Any]) -> Fits:
        keywords = [key for key in schema if key in self._checks and key not in SAYING_NOTHING]
        if any(key in schema for key in LEADING_ELSEWHERE):
            return _unsure
        if keywords == ["$ref"]:
            return self._referred(schema["$ref"])
        return self._all([self._test(key, schema) for key in keywords]) if self._known.issuperset(keywords) else _unsure

    def _referred(self, reference: Any) -> Fits:
        try:
            return self.of(target(self._document, reference)) if str(reference).startswith("#/") else _unsure
        except DanglingReference:
            return _unsure

    def _test(self, keyword: str, schema: Mapping[str, Any]) -> Fits:
        if keyword in self._parts:
            return self._parts[keyword](schema[keyword], schema)
        return lambda value: self._fits(keyword, schema, value)

    def _fits(self, keyword: str, schema: Mapping[str, Any], value: Any) -> bool:
        """What the library's own check of one keyword says."""
        return not any(self._checks[keyword](self._validator, schema[keyword], value, schema) or ())

    # Keywords whose own check need not be asked for every value

    def _type(self, _: Any, schema: Mapping[str, Any]) -> Fits:
        fitting = {type(value): self._fits("type", schema, value) for value in _SAMPLES}
        if not fitting[float]:
            del fitting[float]  # some are whole numbers

        def fits(value: Any) -> bool:
            told = fitting.get(type(value))
            return self._fits("type", schema, value) if told is None else told

        self._kinds[fits] = frozenset(kind for kind, told in fitting.items() if told)
        return fits

    def _enum(self, told: Any, schema: Mapping[str, Any]) -> Fits:
        texts = frozenset(one for one in told if isinstance(one, str))
        return lambda value: value in texts if type(value) is str else self._fits("enum", schema, value)

    def _format(self, told: Any, schema: Mapping[str, Any]) -> Fits:
        checks = self._validator.format_checker.checkers
        if told not in checks:
            return _anything
        check = checks[told][0]
        usual = USUAL[told].fullmatch if told in USUAL else _nothing
        null = self._fits("format", schema, None)

        def fits(value: Any) -> bool:
            if type(value) is str and usual(value):
                return True
            return null if value is None else bool(check(value))

        return fits

    def _read_only(self, _: Any, schema: Mapping[str, Any]) -> Fits:
        return _BOOLEAN[self._fits("readOnly", schema, None)]  # whatever the value is

    def _write_only(self, _: Any, schema: Mapping[str, Any]) -> Fits:
        return _BOOLEAN[self._fits("writeOnly", schema, None)]

    def _required(self, _: Any, schema: Mapping[str, Any]) -> Fits:
        names = self._needed(schema).difference(schema.get("properties", ()))  # those are looked for there
        return (lambda value: names <= value.keys() if isinstance(value, dict) else True) if names else _anything

    def _needed(self, schema: Mapping[str, Any]) -> frozenset[str]:
        """What an object has to have; in a response nothing is missing that goes into requests only."""
        check = self._checks["required"]
        return frozenset(name for name in schema.get("required", ()) if any(check(self._validator, [name], {}, schema)))

    # Keywords that lead on

    def _all(self, told: list[Fits]) -> Fits:
        tests = [test for test in told if test is not _anything]
        if len(tests) < 2:
            return tests[0] if tests else _anything
        typed = next((test for test in tests if test in self._kinds), _anything)
        kinds, others = self._kinds.get(typed, _NONE), [test for test in tests if test is not typed]

        def fits(value: Any) -> bool:
            found = type(value) in kinds or typed(value)
            for test in others:
                if not test(value):
                    found = False
            return found

        return fits

    def _properties(self, told: Any, schema: Mapping[str, Any]) -> Fits:
        needed, made = self._needed(schema), [(name, self.of(one)) for name, one in told.items()]
        tests = [
            (name, self._kinds.get(test, _NONE), test, name in needed)
            for name, test in made
            if test is not _anything or name in needed
        ]

        def fits(value: Any) -> bool:
            found = True
            for name, kinds, test, must_be_there in tests if isinstance(value, dict) else ():
                if name in value:
                    one = value[name]
                    if type(one) not in kinds and not test(one):
                        found = False
                elif must_be_there:
                    found = False
            return found

        return fits if tests else _anything

    def _others(self, told: Any, schema: Mapping[str, Any]) -> Fits:
        test = self.of(told)
        known, each = frozenset(schema.get("properties", ())), self._each(test)
        if test is _anything:
            return _anything
        if "patternProperties" in schema:
            return _unsure
        return lambda value: each([value[name] for name in value.keys() - known]) if isinstance(value, dict) else True

    def _items(self, told: Any, _: Mapping[str, Any]) -> Fits:
        test = self.of(told)
        each = self._each(test)
        return _anything if test is _anything else lambda value: each(value) if isinstance(value, list) else True

    def _each(self, test: Fits) -> Fits:
        kinds = self._kinds.get(test, _NONE)

        def fits(values: Any) -> bool:
            found = True
            for one in values:
                if type(one) not in kinds and not test(one):
                    found = False
            return found

        return fits

    def _any(self, told: Any, _: Mapping[str, Any]) -> Fits:
        tests = list(map(self.of, told))
        return lambda value: any(test(value) for test in tests)

    def _one(self, told: Any, _: Mapping[str, Any]) -> Fits:
        tests = list(map(self.of, told))
        return lambda value: sum([test(value) for test in tests]) == 1

    def _not(self, told: Any, _: Mapping[str, Any]) -> Fits:
        test = self.of(told)
        return lambda value: not test(value)


def _unsure(_: Any) -> bool:
    raise Unsure


def _anything(_: Any) -> bool:
    return True


def _nothing(_: Any) -> bool:
    return False


_NONE: frozenset[type] = frozenset()
_BOOLEAN: Mapping[bool, Fits] = {True: _anything, False: _nothing}
