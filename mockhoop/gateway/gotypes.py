"""The Go structs that request bodies are read into, as far as their texts and zero values matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final


class Kind(Enum):
    """What a Go type holds."""

    STRING = "string"
    INT = "int"
    BOOL = "bool"
    ANY = "any"
    MAP = "map"
    LIST = "list"
    STRUCT = "struct"


@dataclass(frozen=True, slots=True)
class Type:
    """A Go type. ``text`` is its name in errors, ``element`` what a map or a list holds.

    A pointer has the text of what it points to, as in Go's errors.
    """

    text: str
    kind: Kind
    element: "Type | None" = None
    struct: "Struct | None" = None
    pointer: bool = False

    @property
    def nullable(self) -> bool:
        """Whether the zero value is nil, which JSON's null brings back."""
        return self.pointer or self.kind in (Kind.ANY, Kind.MAP, Kind.LIST)

    @property
    def is_filled(self) -> bool:
        """Whether the zero value is something that is filled."""
        return self.kind is Kind.STRUCT and not self.pointer

    def zero(self) -> Any:
        """The value where the body has none."""
        if self.nullable:
            return None
        return self.empty() if self.kind is Kind.STRUCT else _ZEROS[self.kind]

    def empty(self) -> Any:
        """A map, list or struct to be filled."""
        if self.struct is not None:
            return self.struct.zero()
        return [] if self.kind is Kind.LIST else {}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct: ``go_name`` is for texts of the validator, ``name`` is its key in JSON, in ASCII."""

    go_name: str
    name: str
    type: Type
    required: bool = False


@dataclass(frozen=True)
class Struct:
    """A Go struct; errors are told in the order of its fields. Some errors name its ``package`` too."""

    name: str
    package: str
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their keys in JSON."""
        return {field.name: field for field in self.fields}

    @cached_property
    def by_folded(self) -> Mapping[bytes, Field]:
        """The fields by what Go compares keys by."""
        return {folded(field.name): field for field in self.fields}

    def zero(self) -> dict[str, Any]:
        """The struct of which nothing is told yet."""
        return {**self._zeros, **{field.name: field.type.zero() for field in self._filled}}

    @cached_property
    def _zeros(self) -> Mapping[str, Any]:
        """What each field begins with that never changes."""
        return {field.name: None if field.type.is_filled else field.type.zero() for field in self.fields}

    @cached_property
    def _filled(self) -> Sequence[Field]:
        """The fields that begin with something which is filled, and is made anew each time."""
        return [field for field in self.fields if field.type.is_filled]

    def type(self, *, pointer: bool = False) -> Type:
        """The struct as a type; a field that points to it is None where the body has none."""
        return Type(f"{self.package}.{self.name}", Kind.STRUCT, struct=self, pointer=pointer)


TEXT: Final = Type("string", Kind.STRING)
OPTIONAL_TEXT: Final = Type("string", Kind.STRING, pointer=True)
INT: Final = Type("int", Kind.INT)
BOOL: Final = Type("bool", Kind.BOOL)
ANY: Final = Type("interface {}", Kind.ANY)
TEXTS: Final = Type("[]string", Kind.LIST, TEXT)
TEXT_MAP: Final = Type("map[string]string", Kind.MAP, TEXT)
ANY_MAP: Final = Type("map[string]interface {}", Kind.MAP, ANY)
ANY_LIST: Final = Type("[]interface {}", Kind.LIST, ANY)
FLOAT: Final = Type("float64", Kind.ANY)

# The two letters outside ASCII that Go takes for the same as letters of ASCII.
_FOLDED: Final = {0x17F: "s", 0x212A: "k"}
_ZEROS: Final[Mapping[Kind, Any]] = {Kind.STRING: "", Kind.INT: 0, Kind.BOOL: False}


def folded(key: str) -> bytes:
    """What Go compares keys by."""
    # Of bytes, because only the letters of ASCII may change.
    return key.translate(_FOLDED).encode().upper()


def named_text(name: str) -> Type:
    """A Go type of its own made of ``string``, which errors call by its name."""
    return Type(name, Kind.STRING)
