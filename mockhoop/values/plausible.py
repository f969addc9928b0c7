"""Plausible JSON values for the schemas of an OpenAPI document."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from fractions import Fraction
from itertools import zip_longest
from math import ceil, floor, lcm
from typing import Any
from urllib.parse import unquote

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance, Key
from mockhoop.values.patterns import (
    ENDLESS,
    FORMS,
    Seeds,
    Text,
    by_name,
    date_time,
    fitted,
    matching,
    of_format,
    parts_of,
)
from mockhoop.values.people import Pools, pools

Schema = Any  # a mapping, or in OpenAPI 3.1 also true or false
Flat = dict[str, Any]
Make = Callable[["Making", str], Any]

NULL_SHARE = 0.1
# How often a schema that leads back to itself is entered; then arrays and optional properties give way.
REPEATS = 2
DEEPEST = 40
# Where a value has so many objects and arrays, or so many around it, optional ones are left out, so that no
# schema explodes.
CONTAINERS = 300
DEEP = 10
RETRIES = 60
ITEM_RETRIES = 50
DAY = 86_400
EPOCH = 1_704_067_200  # 2024-01-01


class NoValue(Exception):
    """No value can be made at this place: the schema is contradictory, or leads back to itself too often."""


class Making(Seeds):
    """The making of one value: its chance and how far it has come."""

    __slots__ = ("examples", "left", "stack")

    def __init__(self, chance: Chance, pools: Pools, *, examples: bool) -> None:
        super().__init__(chance, pools)
        self.examples = examples
        self.left = CONTAINERS
        self.stack: list[Node] = []

    def is_full(self) -> bool:
        """Whether the value is large or deep enough as it is."""
        return self.left <= 0 or len(self.stack) > DEEP


class Node:
    """How to make values of one schema; worked out when first needed, so that schemas may be recursive."""

    __slots__ = ("_compile", "_make", "container")

    def __init__(self, compile: Callable[[], tuple[Make, bool]]) -> None:
        self._compile = compile
        self._make: Make | None = None
        self.container = False

    def make(self, making: Making, path: str) -> Any:
        """Make a value; the path says for which place in the whole value."""
        maker = self.ready()
        if not self.container:
            return maker(making, path)
        if making.stack.count(self) >= REPEATS or len(making.stack) > DEEPEST:
            raise NoValue(path)
        making.stack.append(self)
        making.left -= 1
        try:
            return maker(making, path)
        finally:
            making.stack.pop()

    def maker(self) -> Make:
        """What to call for a value: without the guard against recursion where it is not needed."""
        direct = self.ready()
        return self.make if self.container else direct

    def ready(self) -> Make:
        """Work out how values are made, unless that is known."""
        if self._make is None:
            self._make, self.container = self._compile()
        return self._make


class Plausible:
    """Makes values that are valid against the schemas of one document and look like the real thing.

    Schemas are those of OpenAPI 3.0 or 3.1, as the document says; references start with ``#/`` and are looked
    up in the document. Schemas are compiled once and must not change afterwards.
    """

    def __init__(self, document: Mapping[str, Any], chance: Chance) -> None:
        self._document = document
        self._chance = chance
        self._nullable = str(document.get("openapi", "3.1")).startswith("3.0")
        self._nodes: dict[tuple[int, str], tuple[Schema, Node]] = {}
        self._targets: dict[str, Flat] = {}

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
        if isinstance(schema, bool):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and not self.fits(self._resolve(reference), value):
            return False
        if value is None and self._nullable and schema.get("nullable") is True and "type" in schema:
            return "enum" not in schema or None in schema["enum"]
        checks = ((CHECKS[keyword], argument) for keyword, argument in schema.items() if keyword in CHECKS)
        return all(check(self, argument, value, schema) for check, argument in checks)

    # From schemas to nodes.

    def _node(self, schema: Schema, name: str) -> Node:
        # Callers write {} for "anything", a new one each time.
        schema = True if schema == {} else schema
        place = (id(schema), name)
        if place not in self._nodes:
            # The schema is kept too, or its id could come to mean another one.
            self._nodes[place] = schema, Node(lambda: self._compiled(self._whole(schema), (schema,), name))
        return self._nodes[place][1]

    def _compiled(self, flat: Flat, checks: tuple[Schema, ...], name: str) -> tuple[Make, bool]:
        make, container = self._maker(flat, checks, name)
        if flat.get("nots"):
            make = self._avoiding(make, flat["nots"])
        examples = [e for e in flat.get("examples", ()) if all(self.fits(check, e) for check in checks)]
        return (_with_examples(make, examples) if examples else make), container

    def _maker(self, flat: Flat, checks: tuple[Schema, ...], name: str) -> tuple[Make, bool]:
        if "impossible" in flat:
            return _impossible, False
        if flat.get("choices"):
            return self._alternatives(flat, checks, name), True
        if "enum" in flat:
            return _choice([v for v in flat["enum"] if all(self.fits(c, v) for c in checks)]), False
        types = flat["types"] if "types" in flat else _types_implied(flat)
        if not types:
            return _impossible, False
        makers = {kind: self._typed(kind, flat, name) for kind in types if kind != "null"}
        make = _varied(list(makers.values()))
        if "null" in types:
            make = _or_null(make)
        return make, not makers.keys().isdisjoint({"array", "object"})

    def _typed(self, kind: str, flat: Flat, name: str) -> Make:
        if kind == "object":
            return self._object(flat)
        if kind == "array":
            return self._array(flat, name)
        if kind == "string":
            return _string(flat, name)
        if kind == "boolean":
            return lambda making, path: making.chance.happens(0.5, path)
        return _number(flat, name, whole=kind == "integer")

    def _alternatives(self, flat: Flat, checks: tuple[Schema, ...], name: str) -> Make:
        (kind, options, discriminator), *others = flat["choices"]
        rest = {**flat, "choices": tuple(others)}
        nodes = [self._alternative(rest, option, discriminator, checks, name) for option in options]
        sole = kind == "oneOf" and discriminator is None and len(options) > 1

        def only_one(value: Any) -> bool:
            return sum(self.fits(option, value) for option in options) == 1

        def make(making: Making, path: str) -> Any:
            start = making.chance.below(len(nodes), path, "alternative")
            first: list[Any] = []
            for turn in range(len(nodes)):
                node = nodes[(start + turn) % len(nodes)]
                for value in _tries(node.make, making, path, 3 if sole else 1):
                    if not sole or only_one(value):
                        return value
                    first.append(value)
            if not first:
                raise NoValue(path)
            return first[0]

        return make

    def _alternative(
        self, rest: Flat, option: Schema, discriminator: Any, checks: tuple[Schema, ...], name: str
    ) -> Node:
        return Node(lambda: self._compiled(self._chosen(rest, option, discriminator), (*checks, option), name))

    def _chosen(self, rest: Flat, option: Schema, discriminator: Mapping[str, Any] | None) -> Flat:
        if discriminator is None:
            return _merged(rest, self._whole(option))
        return self._discriminated(_merged(rest, self._flat(option)), _reference(option), discriminator)

    def _whole(self, schema: Schema) -> Flat:
        """A schema as a value meets it: a base class among its parts wants to hear the name of the schema."""
        flat = self._flat(schema)
        discriminator = flat.get("discriminator")
        if discriminator is None or flat.get("choices"):
            return flat
        return self._discriminated(flat, _reference(schema), discriminator)

    def _discriminated(self, flat: Flat, reference: str, discriminator: Mapping[str, Any]) -> Flat:
        """Make the discriminating property name the schema that the reference points at, if there is one."""
        if not reference:
            return flat
        mapping, short = discriminator.get("mapping") or {}, reference.rsplit("/", 1)[-1]
        names = [name for name, target in mapping.items() if target in (reference, short)] or [short]
        field = discriminator["propertyName"]
        known = flat.get("properties", {}).get(field, True)
        names = [name for name in names if self.fits(known, name)]
        if not names:
            return flat
        return _merged(flat, {"properties": {field: {"type": "string", "enum": names}}, "required": (field,)})

    def _avoiding(self, make: Make, unwanted: Sequence[Schema]) -> Make:
        def avoid(making: Making, path: str) -> Any:
            for value in _tries(make, making, path, RETRIES):
                if not any(self.fits(schema, value) for schema in unwanted):
                    return value
            raise NoValue(path)

        return avoid

    # Objects and arrays.

    def _object(self, flat: Flat) -> Make:
        additional = flat.get("additionalProperties", True)
        properties = {name: s for name, s in flat.get("properties", {}).items() if s is not False}
        required = dict.fromkeys(flat.get("required", ()))
        named = {**properties, **{name: additional for name in required if name not in properties}}
        is_person = not named.keys().isdisjoint({"email", "first_name", "firstName", "username"})
        fields = [
            (
                name,
                self._node(schema, "full_name" if is_person and name == "name" else name),
                name in required,
            )
            for name, schema in named.items()
        ]
        # Required ones go first where not all fit in.
        most = flat.get("maxProperties", ENDLESS)
        if len(fields) > most:
            fields = sorted(fields, key=lambda field: not field[2])[:most]
        least = flat.get("minProperties", 0)
        # A map with no names of its own would be dull if it were empty.
        usual = max(least, min(2, most)) if "additionalProperties" in flat and not named else least
        fill = self._filler(flat, additional, usual) if additional is not False and usual else None
        plan: list[tuple[str, Make, bool, bool]] = []

        def make(making: Making, path: str) -> dict[str, Any]:
            if not plan:
                plan.extend((n, node.maker(), must, not must and node.container) for n, node, must in fields)
            made: dict[str, Any] = {}
            for name, maker, must, spare in plan:
                if spare and making.is_full():
                    continue
                try:
                    made[name] = maker(making, f"{path}/{name}")
                except NoValue:
                    if must:
                        raise
            if fill and len(made) < usual:
                fill(made, making, path)
            if len(made) < least:
                raise NoValue(path)
            return made

        return make

    def _filler(self, flat: Flat, additional: Schema, usual: int) -> Callable[[dict[str, Any], Making, str], None]:
        """Adds properties with names of their own, as long as there are fewer than usual."""
        extra = self._node(additional, "")
        names = self._node(_both(flat.get("propertyNames", True), {"type": "string", "maxLength": 40}), "label")
        known = flat.get("properties", {})

        def fill(made: dict[str, Any], making: Making, path: str) -> None:
            for name in _tries(names.make, making, f"{path}/names", usual * 4):
                if len(made) >= usual:
                    break
                if name not in known and name not in made:
                    with suppress(NoValue):
                        made[name] = extra.make(making, f"{path}/{name}/")

        return fill

    def _array(self, flat: Flat, name: str) -> Make:
        first = [self._node(schema, name) for schema in flat.get("prefixItems", ())]
        items = flat.get("items", True)
        further = self._node(items, name) if items is not False else None
        least, most = flat.get("minItems", 0), flat.get("maxItems", ENDLESS)
        usual = (len(first), len(first)) if first else (1, 3)
        if further is None:
            most = min(most, len(first))
        if most < least:
            return _impossible
        low = min(max(least, usual[0]), most)
        high = max(low, min(most, usual[1]))
        unique = flat.get("uniqueItems", False)

        def make(making: Making, path: str) -> list[Any]:
            count = least if making.is_full() else making.chance.between(low, high, path, "count")
            made: list[Any] = []
            for place in range(count):
                node = first[place] if place < len(first) else further
                if node is None:
                    break
                try:
                    made.append(_item(node, making, f"{path}/{place}", made if unique else ()))
                except NoValue:
                    if place < least:
                        raise
                    break
            return made

        return make

    # Schemas with everything that allOf and references add, as one flat set of keywords.

    def _flat(self, schema: Schema, seen: tuple[str, ...] = ()) -> Flat:
        if not isinstance(schema, Mapping):
            return {} if schema else {"impossible": True}
        flat: Flat = {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            flat = {"impossible": True} if reference in seen else self._target(reference, (*seen, reference))
        for part in schema.get("allOf", ()):
            flat = _merged(flat, self._flat(part, seen))
        return _merged(flat, _own(schema, nullable=self._nullable))

    def _target(self, reference: str, seen: tuple[str, ...]) -> Flat:
        if reference not in self._targets:
            self._targets[reference] = self._flat(self._resolve(reference), seen)
        return self._targets[reference]

    def _resolve(self, reference: str) -> Schema:
        found: Any = self._document
        for part in unquote(reference).removeprefix("#").split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(part)] if isinstance(found, Sequence) else found[part]
            except (KeyError, IndexError, ValueError, TypeError):
                raise ContractError(f"the reference {reference} points nowhere") from None
        return found


# Makers that need no schema beside their own keywords.


def _string(flat: Flat, name: str) -> Make:
    shortest, longest = flat.get("minLength", 0), flat.get("maxLength", ENDLESS)
    source = _text_source(flat.get("format", ""), name, shortest, longest)
    patterns = [pattern for pattern in flat.get("patterns", ()) if _is_understood(pattern)]

    def make(making: Making, path: str) -> str:
        text = source(making, path)
        if not patterns:
            return text
        if shortest <= len(text) <= longest and all(re.search(pattern, text) for pattern in patterns):
            return text
        found = matching(making.chance, patterns, path, shortest, longest)
        if found is None:
            raise NoValue(path)
        return found

    return make


def _text_source(form: str, name: str, shortest: int, longest: int) -> Text:
    parts = parts_of(name)
    moment = MOMENTS.get(form)
    if not form and _is_moment(parts) and shortest <= len("2024-01-01T00:00:00Z") <= longest:
        moment = _date_time
    if moment:
        rank = _rank(parts)
        return lambda seeds, path: moment(seeds, path, rank)
    formatted = of_format(form)
    if formatted:
        return lambda seeds, path: formatted(seeds, path, shortest, longest)
    named = by_name(name) or _words
    if not shortest and longest == ENDLESS:
        return named
    return lambda seeds, path: fitted(seeds, named(seeds, path), path, shortest, longest)


def _words(seeds: Seeds, path: str) -> str:
    return f"{seeds.word(path, 1)} {seeds.word(path, 2)}".lower()


def _is_understood(pattern: str) -> bool:
    # Patterns are ECMAScript's; the few that Python reads differently or not at all cannot be tested either.
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


# Words in the name of a date that say where it stands among the dates of the same object.
RANKS = {
    word: rank
    for rank, words in (
        (0, "created create start started begin opened from since issued registered requested"),
        (2, "updated modified changed last end ended finished completed closed until to"),
        (3, "expire expires expired expiry expiration deleted revoked revoke archived"),
    )
    for word in words.split()
}
MOMENT_ENDS = frozenset(("at", "date", "timestamp", "datetime"))


def _rank(parts: Sequence[str]) -> int:
    return max((RANKS[part] for part in parts if part in RANKS), default=1)


def _is_moment(parts: Sequence[str]) -> bool:
    if not parts:
        return False
    return parts[-1] in MOMENT_ENDS or (
        parts[-1] in ("created", "updated", "modified", "expire", "time") and _rank(parts) != 1
    )


def _seconds(seeds: Seeds, path: str, rank: int) -> int:
    """Seconds since 1970: the dates of one object lie close together, in the order of their ranks."""
    start = EPOCH + seeds.chance.below(600 * DAY, path.rpartition("/")[0], "moment")
    return start + rank * 2 * DAY + seeds.chance.below(DAY, path, "moment")


def _time_of_day(seeds: Seeds, path: str, rank: int) -> str:
    # RFC 3339 asks for a zone behind it, but the validator that is our authority refuses one.
    second = (rank * 5 + 3) * 3600 + seeds.chance.below(4 * 3600, path, "moment")
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _date_time(seeds: Seeds, path: str, rank: int) -> str:
    return date_time(_seconds(seeds, path, rank))


MOMENTS: dict[str, Callable[[Seeds, str, int], str]] = {
    "date": lambda seeds, path, rank: date_time(_seconds(seeds, path, rank))[:10],
    "date-time": _date_time,
    "rfc3339": _date_time,
    "RFC3339": _date_time,
    "time": _time_of_day,
    "timestamp": _date_time,
}

# The usual range of numbers with these names.
NUMBERS = {
    name: (low, high)
    for names, low, high in (
        ("age", 18, 90),
        ("count total size length quantity limit offset", 0, 500),
        ("price amount cost balance subtotal", 1, 2000),
        ("percent percentage progress", 0, 100),
        ("latitude lat", -90, 90),
        ("longitude lon lng", -180, 180),
        ("port", 1024, 65535),
        ("year", 1990, 2030),
        ("month", 1, 12),
        ("day", 1, 28),
        ("hour", 0, 23),
        ("minute second", 0, 59),
        ("code", 0, 3),
        ("rating score", 1, 5),
        ("page", 1, 9),
        ("duration timeout ttl interval", 1, 3600),
        ("id", 1, 1_000_000),
    )
    for name in names.split()
}
LIMITS = {"int32": 2**31 - 1, "int64": 2**63 - 1}


def _number(flat: Flat, name: str, *, whole: bool) -> Make:
    low, high = _range(flat, parts_of(name))
    multiple = flat.get("multipleOf")
    if multiple is None and not whole:
        return _real(low, high, flat)
    step = Fraction(str(multiple or 1))
    if whole:
        # A whole number is a multiple of p/q, in lowest terms, exactly when it is one of p.
        step = Fraction(step.numerator)
    first, last = ceil(Fraction(str(low)) / step), floor(Fraction(str(high)) / step)
    last -= not _bounded(flat, last * step)
    first += not _bounded(flat, first * step)
    count = last - first + 1
    if count <= 0:
        return _impossible
    if _is_moment(parts_of(name)) and whole and not flat.keys() & {"low", "high", "multipleOf"}:
        rank = _rank(parts_of(name))
        return lambda making, path: _seconds(making, path, rank)
    if multiple is None:
        return lambda making, path: making.chance.between(first, last, path)

    def make(making: Making, path: str) -> int | float:
        start = making.chance.below(count, path)
        for turn in range(min(200, count)):
            value = _plain((first + (start + turn) % count) * step)
            # Validators divide floats, so that some true multiples do not count as such.
            if _divides(multiple, value):
                return value
        raise NoValue(path)

    return make


def _range(flat: Flat, parts: Sequence[str]) -> tuple[Any, Any]:
    """The lowest and highest number to make, both included; what the schema leaves open is filled in."""
    usual = NUMBERS.get("_".join(parts)) or NUMBERS.get(parts[-1] if parts else "")
    reach = 100 * max(10, ceil(flat.get("multipleOf", 0)))
    low: Any = flat["low"][0] if "low" in flat else None
    high: Any = flat["high"][0] if "high" in flat else None
    if low is None and high is None:
        low, high = usual if usual and "multipleOf" not in flat else (1, reach)
    elif low is None:
        low = 0 if high > 0 else high - reach
    elif high is None:
        high = low + reach
    elif usual and max(low, usual[0]) < min(high, usual[1]):
        low, high = max(low, usual[0]), min(high, usual[1])
    limit = LIMITS.get(flat.get("format", ""))
    return (low, high) if limit is None else (max(low, -limit), min(high, limit))


def _real(low: Any, high: Any, flat: Flat) -> Make:
    def make(making: Making, path: str) -> float:
        exact = float(low) + making.chance.real(path) * (float(high) - float(low))
        # Two decimals look best, if there is room for them; the middle is the last resort of open ends.
        for value in (round(exact, 2), exact, (float(low) + float(high)) / 2):
            if low <= value <= high and _bounded(flat, value):
                return value
        raise NoValue(path)

    return make


def _bounded(flat: Flat, value: Any) -> bool:
    low, above = flat.get("low", (value, False))
    high, up_to = flat.get("high", (value, True))
    return bool(low < value if above else low <= value) and bool(value <= high if up_to else value < high)


def _divides(multiple: Any, value: Any) -> bool:
    if isinstance(multiple, float):
        return bool((value / multiple).is_integer())
    return bool(value % multiple == 0)


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def _impossible(_: Making, path: str) -> Any:
    raise NoValue(path)


def _choice(options: Sequence[Any]) -> Make:
    rest = [option for option in options if option is not None]
    if not rest:
        return (lambda *_: None) if options else _impossible

    def make(making: Making, path: str) -> Any:
        chosen = making.chance.choice(rest, path)
        return deepcopy(chosen) if isinstance(chosen, dict | list) else chosen

    return make if len(rest) == len(options) else _or_null(make)


def _with_examples(make: Make, examples: Sequence[Any]) -> Make:
    example = _choice(examples)
    return lambda making, path: (example if making.examples else make)(making, path)


def _varied(makers: Sequence[Make]) -> Make:
    if len(makers) == 1:
        return makers[0]
    if not makers:
        return lambda *_: None
    return lambda making, path: making.chance.choice(makers, path, "type")(making, path)


def _or_null(make: Make) -> Make:
    def make_or_null(making: Making, path: str) -> Any:
        if making.chance.happens(NULL_SHARE, path, "null"):
            return None
        try:
            return make(making, path)
        except NoValue:
            return None

    return make_or_null


def _tries(make: Make, making: Making, path: str, count: int) -> Iterator[Any]:
    """Make values for variations of a place, as long as there are any."""
    for attempt in range(count):
        try:
            yield make(making, f"{path}?{attempt}/" if attempt else path)
        except NoValue:
            return


def _item(node: Node, making: Making, path: str, taken: Sequence[Any]) -> Any:
    """Make an item of an array that is none of those taken."""
    if not taken:
        return node.make(making, f"{path}/")
    keys = set(map(_identity, taken))
    for value in _tries(node.make, making, f"{path}/", ITEM_RETRIES):
        if _identity(value) not in keys:
            return value
    raise NoValue(path)


def _identity(value: Any) -> Any:
    """What tells JSON values apart: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, Mapping):
        return frozenset((name, _identity(v)) for name, v in value.items())
    return tuple(map(_identity, value)) if isinstance(value, list | tuple) else value


# Keywords as a flat schema holds them, and how two schemas' keywords become one.


def _reference(schema: Schema) -> str:
    """The reference that a schema consists of, be it wrapped in an allOf to give it a description."""
    if not isinstance(schema, Mapping):
        return ""
    parts = schema.get("allOf", ())
    return str(schema.get("$ref", "") or (_reference(parts[0]) if len(parts) == 1 else ""))


KEPT = frozenset(
    (
        *("additionalProperties", "discriminator", "enum", "format", "items", "maxItems", "maxLength"),
        *("maxProperties", "minItems", "minLength", "minProperties", "multipleOf", "prefixItems"),
        *("properties", "propertyNames", "required", "uniqueItems"),
    )
)
CHOICES = ("anyOf", "oneOf")


def _own(schema: Mapping[str, Any], *, nullable: bool) -> Flat:
    """The keywords of a schema itself, without those of its parts and its reference."""
    flat = {word: value for word, value in schema.items() if word in KEPT}
    kinds = schema.get("type")
    if kinds is not None:
        null = ("null",) if nullable and schema.get("nullable") is True else ()
        flat["types"] = ((kinds,) if isinstance(kinds, str) else tuple(kinds)) + null
    if "const" in schema:
        flat["enum"] = [schema["const"]]
    flat.update(_bounds(schema))
    if "pattern" in schema:
        flat["patterns"] = (schema["pattern"],)
    if "not" in schema:
        flat["nots"] = (schema["not"],)
    choices = tuple((kind, schema[kind], schema.get("discriminator")) for kind in CHOICES if schema.get(kind))
    if choices:
        flat["choices"] = choices
    examples = tuple(schema["examples"]) if isinstance(schema.get("examples"), list) else ()
    if "example" in schema or examples:
        flat["examples"] = ((schema["example"],) if "example" in schema else ()) + examples
    return flat


def _bounds(schema: Mapping[str, Any]) -> Flat:
    """The ends of a range: low as (number, excluded), high as (number, included), the tighter one counts."""
    lows, highs = [], []
    above, below = schema.get("exclusiveMinimum", False), schema.get("exclusiveMaximum", False)
    if "minimum" in schema:
        lows.append((schema["minimum"], above is True))
    if "maximum" in schema:
        highs.append((schema["maximum"], below is not True))
    if not isinstance(above, bool):
        lows.append((above, True))
    if not isinstance(below, bool):
        highs.append((below, False))
    return {**({"low": max(lows)} if lows else {}), **({"high": min(highs)} if highs else {})}


def _merged(one: Flat, two: Flat) -> Flat:
    merged = {**one, **two}
    for word in one.keys() & two.keys():
        merged[word] = JOINS[word](one[word], two[word]) if word in JOINS else two[word]
    if "properties" in merged:
        merged["properties"] = _merged_properties(one, two)
    return merged


def _merged_properties(one: Flat, two: Flat) -> dict[str, Schema]:
    properties: dict[str, Schema] = {}
    for name in {**one.get("properties", {}), **two.get("properties", {})}:
        sides = [flat.get("properties", {}).get(name, flat.get("additionalProperties", True)) for flat in (one, two)]
        properties[name] = _both(*sides)
    return properties


def _both(one: Schema, two: Schema) -> Schema:
    if one is False or two is False:
        return False
    if one is True or one is two:
        return two
    return one if two is True else {"allOf": [one, two]}


def _types_in_both(one: Sequence[str], two: Sequence[str]) -> tuple[str, ...]:
    both = [kind for kind in one if kind in two or (kind == "integer" and "number" in two)]
    both += ["integer"] if "integer" in two and "number" in one and "integer" not in one else []
    return tuple(both)


def _common_multiple(one: Any, two: Any) -> Any:
    a, b = Fraction(str(one)), Fraction(str(two))
    return _plain(
        Fraction(lcm(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)
    )


def _in_both(one: Sequence[Any], two: Sequence[Any]) -> list[Any]:
    known = set(map(_identity, two))
    return [value for value in one if _identity(value) in known]


JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "additionalProperties": _both,
    "choices": lambda one, two: one + two,
    "enum": _in_both,
    "high": min,
    "items": _both,
    "low": max,
    "maxItems": min,
    "maxLength": min,
    "maxProperties": min,
    "minItems": max,
    "minLength": max,
    "minProperties": max,
    "multipleOf": _common_multiple,
    "nots": lambda one, two: one + two,
    "patterns": lambda one, two: one + two,
    "prefixItems": lambda one, two: [_both(a, b) for a, b in zip_longest(one, two, fillvalue=True)],
    "propertyNames": _both,
    "required": lambda one, two: (*one, *two),
    "types": _types_in_both,
    "uniqueItems": lambda one, two: one or two,
}


def _types_implied(flat: Flat) -> tuple[str, ...]:
    for kind, words in IMPLIED:
        if not flat.keys().isdisjoint(words):
            return (kind,)
    # Without any hint a string will do, unless that is what is unwanted.
    return ("string", "integer", "boolean", "object", "array") if flat.get("nots") else ("string",)


IMPLIED = (
    ("object", ("properties", "additionalProperties", "required", "minProperties", "maxProperties")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems")),
    ("string", ("patterns", "minLength", "maxLength", "format")),
    ("number", ("low", "high", "multipleOf")),
)


# Whether a value satisfies a keyword: called with the checker, the keyword's argument, the value, the schema.

Check = Callable[[Plausible, Any, Any, Mapping[str, Any]], bool]

TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == int(value),
    "null": lambda value: value is None,
    "number": lambda value: _is_number(value),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _has_type(_: Plausible, kinds: Any, value: Any, __: Mapping[str, Any]) -> bool:
    return any(TYPES[kind](value) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _within(_: Plausible, __: Any, value: Any, schema: Mapping[str, Any]) -> bool:
    return not _is_number(value) or _bounded(_bounds(schema), value)


def _items_fit(plausible: Plausible, items: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    return all(plausible.fits(items, item) for item in value[len(schema.get("prefixItems", ())) :])


def _extras_fit(plausible: Plausible, extra: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    return all(plausible.fits(extra, value[name]) for name in value.keys() - schema.get("properties", {}).keys())


def _for(kind: type, check: Callable[[Plausible, Any, Any], bool]) -> Check:
    """A check that says nothing about values of other kinds."""
    return lambda plausible, argument, value, _: not isinstance(value, kind) or check(plausible, argument, value)


CHECKS: dict[str, Check] = {
    "additionalProperties": _extras_fit,
    "allOf": lambda self, parts, value, _: all(self.fits(part, value) for part in parts),
    "anyOf": lambda self, parts, value, _: any(self.fits(part, value) for part in parts),
    "const": lambda _, const, value, __: _identity(const) == _identity(value),
    "enum": lambda _, options, value, __: _identity(value) in set(map(_identity, options)),
    "exclusiveMaximum": _within,
    "exclusiveMinimum": _within,
    "format": _for(str, lambda _, name, value: name not in FORMS or bool(FORMS[name].match(value))),
    "items": _items_fit,
    "maxItems": _for(list, lambda _, most, value: len(value) <= most),
    "maxLength": _for(str, lambda _, most, value: len(value) <= most),
    "maxProperties": _for(dict, lambda _, most, value: len(value) <= most),
    "maximum": _within,
    "minItems": _for(list, lambda _, least, value: len(value) >= least),
    "minLength": _for(str, lambda _, least, value: len(value) >= least),
    "minProperties": _for(dict, lambda _, least, value: len(value) >= least),
    "minimum": _within,
    "multipleOf": lambda _, step, value, __: not _is_number(value) or _divides(step, value),
    "not": lambda self, schema, value, _: not self.fits(schema, value),
    "oneOf": lambda self, parts, value, _: sum(self.fits(part, value) for part in parts) == 1,
    "pattern": _for(str, lambda _, p, value: not _is_understood(p) or bool(re.search(p, value))),
    "prefixItems": _for(list, lambda self, parts, value: all(map(self.fits, parts, value))),
    "properties": _for(
        dict,
        lambda self, known, value: all(self.fits(known[n], value[n]) for n in value.keys() & known.keys()),
    ),
    "required": _for(dict, lambda _, names, value: value.keys() >= set(names)),
    "type": _has_type,
    "uniqueItems": _for(list, lambda _, on, value: not on or len(set(map(_identity, value))) == len(value)),
}
