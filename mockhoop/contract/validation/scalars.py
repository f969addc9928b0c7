"""The check of a text that stands for one value: openapi-core's casting, then the keywords of the schema, one by one.

These are openapi-core's own parts and so are their words. What is saved is the way there: used as they come, they look
the schema up in the document anew for each value, and gather errors of which only the text is wanted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.validation.schemas.validators import SchemaValidator

from mockhoop.contract.validation.keywords import OF_ONE_VALUE, SAYING_NOTHING
from mockhoop.contract.violations import Violation, pointer, shortened

ScalarCheck = Callable[[str], tuple[Violation, ...]]
_Keyword = tuple[str, Callable[..., Iterable[Any] | None], Any]

_TYPES = ("string", "integer", "number", "boolean")
_REMEMBERED, _REMEMBERED_LENGTH = 32, 64
"""So many texts of a parameter, and so long ones, are remembered."""
_NEVER_BROKEN = SAYING_NOTHING | {"type"}
"""Keywords that nothing breaks which was cast to its schema's type."""


def scalar_check(reader: StyleDeserializer, against: SchemaValidator, location: str, name: str) -> ScalarCheck | None:
    """How a text that stands for a value is checked; None where its schema says more than what one keyword can tell."""
    schema = against.validator.schema
    if reader.deserializer_callable is None or not isinstance(schema, Mapping) or schema.get("type") not in _TYPES:
        return None
    checks = type(against.validator).VALIDATORS
    keywords = [(key, checks[key], schema[key]) for key in schema if key in checks and key not in _NEVER_BROKEN]
    if not OF_ONE_VALUE.issuperset(key for key, _, _ in keywords):
        return None
    cast = None if schema["type"] == "string" else reader.caster.get_type_caster(schema["type"])
    check = _Check(against.validator, schema, cast, keywords, (location, pointer(name)))
    return _remembering(check) if cast or keywords else lambda _: ()


def _remembering(check: ScalarCheck) -> ScalarCheck:
    """What is found about a text depends on nothing else, so that it is remembered for those that come often."""
    remembered = lru_cache(maxsize=_REMEMBERED)(check)
    return lambda text: remembered(text) if len(text) <= _REMEMBERED_LENGTH else check(text)


class _Check:
    """Holds texts against the keywords of one schema."""

    def __init__(
        self,
        validator: Any,
        schema: Mapping[str, Any],
        cast: Callable[[str], Any] | None,
        keywords: list[_Keyword],
        place: tuple[str, str],
    ) -> None:
        self._validator = validator
        self._schema = schema
        self._cast = cast
        self._keywords = keywords
        self._listed = _membership(keywords)
        self._place = place

    def __call__(self, text: str) -> tuple[Violation, ...]:
        """Everything that is wrong with the value that a text stands for."""
        value: Any = text
        if self._cast is not None:
            try:
                value = self._cast(text)
            except (ValueError, TypeError, AttributeError):
                return (self._violation("type", f"{text!r} is not of type {self._schema['type']!r}"),)
        elif text in self._listed:
            return ()
        return tuple(self._problems(value))

    def _problems(self, value: Any) -> Iterator[Violation]:
        for keyword, check, wanted in self._keywords:
            for error in check(self._validator, wanted, value, self._schema) or ():
                yield self._violation(keyword, error.message)

    def _violation(self, keyword: str, message: str) -> Violation:
        return Violation(*self._place, keyword, shortened(message))


def _membership(keywords: list[_Keyword]) -> frozenset[str]:
    """The texts that are right, where the schema lists them; where it does not, only the keywords can tell."""
    listed = [values for keyword, _, values in keywords if keyword == "enum"]
    return frozenset(filter(_is_text, listed[0])) if listed and len(keywords) == 1 else frozenset()


def _is_text(value: object) -> bool:
    return isinstance(value, str)
