"""Strings that have a form: those that match a pattern, those of a named format, those that a name asks for.

The small generator for patterns walks the parse tree of Python's own ``re``. Libraries that do the same
exist, but they draw from a random source of their own, in order, and know nothing of lengths.
"""

import re
import string
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from ipaddress import IPv6Address
from typing import Any

from mockhoop.values.chance import Chance
from mockhoop.values.people import Name, Pools, opaque

ATTEMPTS = 40
# How much longer than necessary a string without an upper limit may become.
SLACK = 8
ENDLESS = 1 << 20

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_PRINTABLE = "".join(chr(c) for c in range(32, 127))
_CLASSES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": _LETTERS_AND_DIGITS + "_",
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_NOT_SPACE": _LETTERS_AND_DIGITS,
    "CATEGORY_NOT_WORD": " -.,:",
}


class Seeds:
    """What the strings of one value are made from: chance, and the pools of its seed."""

    __slots__ = ("chance", "pools")

    def __init__(self, chance: Chance, pools: Pools) -> None:
        self.chance = chance
        self.pools = pools

    def word(self, *key: str | int) -> str:
        """An English word."""
        return self.chance.choice(self.pools.words, *key)

    def person(self, path: str) -> Name:
        """The person whom the object around this place is about: the same for all its properties."""
        return self.chance.choice(self.pools.names, path.rpartition("/")[0], "person")


Text = Callable[[Seeds, str], str]


# Strings that match a pattern.


def matching(
    chance: Chance, patterns: Sequence[str], path: str, shortest: int = 0, longest: int = ENDLESS
) -> str | None:
    """Make a string in which every pattern is found and whose length is within the limits.

    Lengths count characters. None when no such string was found: the first pattern shapes the string, so
    patterns that contradict one another, or lookaheads that hardly any string meets, can defeat it. Also None
    for a pattern that Python's ``re`` does not understand.
    """
    try:
        tests = [re.compile(pattern) for pattern in patterns]
    except re.error:
        return None
    for attempt in range(ATTEMPTS):
        # Plain letters and digits look best; a lookahead may want more.
        anything = _LETTERS_AND_DIGITS if attempt < ATTEMPTS // 4 else _PRINTABLE
        text = _Writer(chance, f"{path}~{attempt}", anything).write(patterns[0], shortest, longest)
        filler = opaque(chance, shortest - len(text), path, "filler")
        # A pattern that is not anchored may be found anywhere, so what is missing may go to either side.
        for candidate in (text + filler, filler + text):
            if shortest <= len(candidate) <= longest and all(test.search(candidate) for test in tests):
                return candidate
    return None


class _Writer:
    """Writes one string for a pattern: each repetition as short as possible first, then stretched."""

    def __init__(self, chance: Chance, path: str, anything: str) -> None:
        self._chance = chance
        self._path = path
        self._anything = anything
        self._extra: dict[str, int] = {}
        self._room: dict[str, tuple[int, int]] = {}
        self._groups: dict[int, str] = {}

    def write(self, pattern: str, shortest: int, longest: int) -> str:
        tree = _parsed(pattern)
        text = self._sequence(tree, "")
        least = max(shortest, len(text))
        wanted = self._chance.between(least, max(least, min(longest, least + SLACK)), self._path)
        for spread in (True, False, False):
            if len(text) >= wanted:
                break
            self._stretch(wanted - len(text), spread)
            text = self._sequence(tree, "")
        return text

    def _stretch(self, missing: int, spread: bool) -> None:
        """Share the missing characters among the repetitions that have room for more."""
        for place, (room, width) in self._room.items():
            take = min(room - self._extra.get(place, 0), missing // max(1, width))
            if spread:
                take = self._chance.between(0, max(0, take), self._path, "stretch", place)
            if take > 0:
                self._extra[place] = self._extra.get(place, 0) + take
                missing -= take * width

    def _sequence(self, items: Any, place: str) -> str:
        return "".join(self._item(str(op), value, f"{place}/{i}") for i, (op, value) in enumerate(items))

    def _item(self, op: str, value: Any, place: str) -> str:
        if op == "LITERAL":
            return chr(value)
        if op in ("ANY", "NOT_LITERAL", "IN"):
            alphabet = self._anything if op == "ANY" else _alphabet(op, value)
            return self._chance.choice(alphabet, self._path, place)
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(place, *value)
        if op == "SUBPATTERN":
            number, _, _, items = value
            self._groups[number] = self._sequence(items, place)
            return self._groups[number]
        if op == "ATOMIC_GROUP":
            return self._sequence(value, place)
        if op == "BRANCH":
            branches = value[1]
            choice = self._chance.below(len(branches), self._path, place)
            return self._sequence(branches[choice], f"{place}|{choice}")
        if op == "GROUPREF":
            return self._groups.get(value, "")
        # Anchors and lookarounds write nothing; whether they hold is tested on the whole string.
        return ""

    def _repeated(self, place: str, low: int, high: int, items: Any) -> str:
        outside = self._room.copy()
        once = self._sequence(items, f"{place}#0")
        count = low + self._extra.get(place, 0)
        if not count:
            # What is not written cannot be stretched.
            self._room = outside
        self._room[place] = (int(high) - low, len(once))
        return "".join(once if i == 0 else self._sequence(items, f"{place}#{i}") for i in range(count))


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> Any:
    # The parser has no public name since the sre_parse module was deprecated.
    return import_module("re._parser").parse(pattern)


def _alphabet(op: str, value: Any) -> str:
    if op == "NOT_LITERAL":
        return _LETTERS_AND_DIGITS.replace(chr(value), "")
    return _members(tuple((str(kind), str(v) if str(kind) == "CATEGORY" else v) for kind, v in value))


@lru_cache(maxsize=512)
def _members(items: tuple[tuple[str, Any], ...]) -> str:
    """The characters of a set such as ``[a-z0-9_]``; of a long range outside ASCII, its beginning."""
    found = ""
    for op, value in items:
        if op == "LITERAL":
            found += chr(value)
        elif op == "RANGE":
            found += "".join(map(chr, range(value[0], min(value[1], value[0] + 255) + 1)))
        elif op == "CATEGORY":
            found += _CLASSES[value]
    if items[0][0] == "NEGATE":
        rest = "".join(c for c in _LETTERS_AND_DIGITS if c not in found)
        return rest or "".join(c for c in _PRINTABLE if c not in found) or "é"
    # Plain characters look better than control characters and blanks, where there is a choice.
    return "".join(c for c in found if c in _LETTERS_AND_DIGITS) or found


# Strings of a named format. Where the format leaves a choice, its maker respects the lengths asked for.


def date_time(seconds: int) -> str:
    """An RFC 3339 date and time in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}Z"


def fitted(seeds: Seeds, text: str, path: str, shortest: int, longest: int) -> str:
    """Bring a text to a length within the limits: words are added, or its end is cut off."""
    count = 0
    while len(text) < shortest:
        text += (" " if text else "") + seeds.word(path, "more", count)
        count += 1
        longest = min(longest, max(shortest, len(text)))
    text = text[:longest]
    # A cut between two words would leave a blank at the end.
    return text[:-1] + "s" if text.endswith(" ") else text


def of_format(name: str) -> Callable[[Seeds, str, int, int], str] | None:
    """The maker of a format, called with seeds, path, shortest and longest; None for unknown formats."""
    return FORMATS.get(name.lower())


def _email(seeds: Seeds, path: str, shortest: int, longest: int) -> str:
    return _around("", seeds.person(path).handle, "@example.com", "@a.io", shortest, longest)


def _uri(seeds: Seeds, path: str, shortest: int, longest: int) -> str:
    page = f"{seeds.word(path, 1)}/{seeds.word(path, 2)}".lower()
    head = "https://www.example.com/" if longest > 30 else "http://a.io/"
    return _around(head, page, "", "", shortest, longest)


def _hostname(seeds: Seeds, path: str, shortest: int, longest: int) -> str:
    host = f"{seeds.word(path).lower()}-{seeds.chance.between(1, 99, path)}"
    return _around("", host, ".example.com", ".io", shortest, min(longest, 60))


def _around(head: str, core: str, tail: str, short_tail: str, shortest: int, longest: int) -> str:
    if len(head) + len(core) + len(tail) > longest:
        tail = short_tail
    room = longest - len(head) - len(tail)
    missing = shortest - len(head) - len(tail) - len(core)
    # The pieces must stay legal in a host name: no dot or hyphen at the cut.
    core = core[: max(1, room)].rstrip(".-") or "a"
    return head + core + "x" * max(0, missing, shortest - len(head) - len(core) - len(tail)) + tail


def _base64(seeds: Seeds, path: str, shortest: int, longest: int) -> str:
    groups = max(-(-shortest // 4), min(longest // 4, seeds.chance.between(2, 6, path)))
    size = groups * 3
    return b64encode(opaque(seeds.chance, size, path).encode()).decode()


def _secret(seeds: Seeds, path: str, shortest: int, longest: int) -> str:
    return opaque(seeds.chance, max(shortest, min(longest, 16)), path)


def _ipv4(seeds: Seeds, path: str, *_: int) -> str:
    return "10." + ".".join(str(part) for part in seeds.chance.digest(path)[:3])


def _ipv6(seeds: Seeds, path: str, *_: int) -> str:
    # 2001:db8::/32 is reserved for documentation.
    return str(IPv6Address(b"\x20\x01\x0d\xb8" + seeds.chance.digest(path)[4:]))


def _duration(seeds: Seeds, path: str, *_: int) -> str:
    return f"PT{seeds.chance.between(1, 23, path)}H{seeds.chance.between(1, 59, path, 'm')}M"


def _pointer(seeds: Seeds, path: str, *_: int) -> str:
    return f"/{seeds.word(path)}/{seeds.chance.between(0, 9, path)}"


def _regex(seeds: Seeds, path: str, *_: int) -> str:
    return f"^{seeds.word(path).lower()}-[0-9]{{{seeds.chance.between(1, 9, path)}}}$"


def _dsn(seeds: Seeds, path: str, *_: int) -> str:
    return f"https://{seeds.word(path).lower()}:{opaque(seeds.chance, 12, path)}@db.example.com:5432/app"


FORMATS: Mapping[str, Callable[[Seeds, str, int, int], str]] = {
    "binary": _secret,
    "byte": _base64,
    "dsn": _dsn,
    "duration": _duration,
    "email": _email,
    "hostname": _hostname,
    "idn-email": _email,
    "idn-hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "iri": _uri,
    "iri-reference": _uri,
    "json-pointer": _pointer,
    "password": _secret,
    "regex": _regex,
    "relative-json-pointer": lambda seeds, path, *_: f"{seeds.chance.below(3, path)}{_pointer(seeds, path)}",
    "uri": _uri,
    "uri-reference": _uri,
    "uri-template": lambda seeds, path, *_: f"/{seeds.word(path).lower()}/{{id}}",
    "url": _uri,
    "uuid": lambda seeds, path, *_: seeds.chance.uuid(path),
}

# What a string of a format looks like, to tell whether one has the format.
FORMS = {
    name: re.compile(pattern)
    for name, pattern in {
        "date": r"\d{4}-\d\d-\d\d\Z",
        "date-time": r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z",
        "email": r"[^@\s]+@[^@\s]+\Z",
        "ipv4": r"\d{1,3}(\.\d{1,3}){3}\Z",
        "time": r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?\Z",
        "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z",
        "uuid": r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z",
    }.items()
}


# Strings that the name of a property asks for.


def by_name(name: str) -> Text | None:
    """The maker for a property's name, such as ``billing_city`` or ``emailAddress``; None for other names."""
    parts = parts_of(name)
    for size in range(len(parts), 0, -1):
        # The end of a name says what it is: "billing city" is a city.
        maker = NAMES.get("_".join(parts[-size:]))
        if maker:
            return maker
    return None


@lru_cache(maxsize=4096)
def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, the last in the singular: ``userEmails`` is ("user", "email")."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3_\2\4", name)
    parts = [part for part in re.split(r"[^a-z0-9]+", spaced.lower()) if part]
    if parts and len(parts[-1]) > 3 and parts[-1].endswith("s") and not parts[-1].endswith(("ss", "us")):
        parts[-1] = parts[-1][:-1]
    return tuple(parts)


def _sentence(seeds: Seeds, path: str) -> str:
    return seeds.chance.choice(seeds.pools.sentences, path)


def _title(seeds: Seeds, path: str) -> str:
    return f"{seeds.word(path, 1).capitalize()} {seeds.word(path, 2)} {seeds.word(path, 3)}"


def _slug(seeds: Seeds, path: str) -> str:
    return f"{seeds.word(path, 1)}-{seeds.word(path, 2)}".lower()


def _any_word(seeds: Seeds, path: str) -> str:
    return seeds.word(path).lower()


def _phone(seeds: Seeds, path: str) -> str:
    # 555-0100 to 555-0199 are reserved for fiction.
    return f"+1 {seeds.chance.between(201, 989, path)} 555 01{seeds.chance.between(10, 99, path, 'line')}"


def _digits(low: int, high: int) -> Text:
    return lambda seeds, path: str(seeds.chance.between(low, high, path))


def _formatted(name: str) -> Text:
    maker = FORMATS[name]
    return lambda seeds, path: maker(seeds, path, 0, 60)


def _one_of(*options: str) -> Text:
    return lambda seeds, path: seeds.chance.choice(options, path)


def _hexadecimal(seeds: Seeds, path: str) -> str:
    return seeds.chance.hex(path)


NAMES: dict[str, Text] = {
    name: maker
    for names, maker in (
        ("email mail email_address", _formatted("email")),
        ("first_name given_name firstname", lambda seeds, path: seeds.person(path).given),
        ("last_name family_name surname lastname", lambda seeds, path: seeds.person(path).family),
        ("full_name display_name user_name_full owner author", lambda seeds, path: seeds.person(path).full),
        ("username login handle nickname", lambda seeds, path: seeds.person(path).handle),
        ("city town locality", lambda seeds, path: seeds.chance.choice(seeds.pools.cities, path)),
        ("country", lambda seeds, path: seeds.chance.choice(seeds.pools.countries, path)),
        ("country_code", _one_of("BR", "CH", "DE", "JP", "PT", "US")),
        ("street address address1", lambda seeds, path: seeds.chance.choice(seeds.pools.streets, path)),
        ("zip zip_code postcode postal_code", _digits(10_000, 99_999)),
        ("phone phone_number mobile telephone", _phone),
        (
            "company organization org_name",
            lambda seeds, path: seeds.chance.choice(seeds.pools.companies, path),
        ),
        ("job job_title occupation", lambda seeds, path: seeds.chance.choice(seeds.pools.jobs, path)),
        ("url uri link href website homepage picture avatar image", _formatted("uri")),
        ("host hostname domain", _formatted("hostname")),
        ("ip ip_address ipv4", _formatted("ipv4")),
        ("token secret password api_key access_token", _formatted("password")),
        ("description summary comment note message reason text body bio explanation", _sentence),
        ("title subject headline", _title),
        ("id uuid guid", _formatted("uuid")),
        ("name slug key sku", _slug),
        ("code", lambda seeds, path: opaque(seeds.chance, 6, path).upper()),
        ("color colour", _one_of("amber", "blue", "green", "red", "teal", "violet")),
        ("currency", _one_of("BRL", "CHF", "EUR", "GBP", "JPY", "USD")),
        ("language lang locale", _one_of("de", "en", "es", "ja", "pt-BR")),
        ("timezone time_zone", _one_of("America/Sao_Paulo", "Asia/Tokyo", "Europe/Berlin", "UTC")),
        ("version", lambda seeds, path: ".".join(str(part % 20) for part in seeds.chance.digest(path)[:3])),
        ("status state", _one_of("active", "inactive", "pending")),
        ("environment env", _one_of("dev", "prod", "staging")),
        ("hash sha sha256 digest checksum fingerprint", _hexadecimal),
        ("type kind tag label group role category scope team word", _any_word),
        ("file filename file_name", lambda seeds, path: f"{_slug(seeds, path)}.txt"),
        ("path", lambda seeds, path: f"/{seeds.word(path, 1)}/{seeds.word(path, 2)}".lower()),
    )
    for name in names.split()
}
