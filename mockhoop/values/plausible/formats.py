"""Strings of a named format.

Where the format leaves a choice, its maker respects the lengths asked for.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, time
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from mockhoop.values.people import opaque
from mockhoop.values.plausible.making import Making

Format = Callable[[Making, str, int, int], str]
"""Makes a string for a place; the numbers are the shortest and the longest length, in characters."""


def _email(making: Making, path: str, shortest: int, longest: int) -> str:
    return _around("", making.person(path).handle, "@example.com", "@a.io", shortest, longest)


def _uri(making: Making, path: str, shortest: int, longest: int) -> str:
    page = f"{making.word(path, 1)}/{making.word(path, 2)}".lower()
    head = "https://www.example.com/" if longest > 30 else "http://a.io/"
    return _around(head, page, "", "", shortest, longest)


def _hostname(making: Making, path: str, shortest: int, longest: int) -> str:
    host = f"{making.word(path).lower()}-{making.chance.between(1, 99, path)}"
    return _around("", host, ".example.com", ".io", shortest, min(longest, 60))


def _around(head: str, core: str, tail: str, short_tail: str, shortest: int, longest: int) -> str:
    if len(head) + len(core) + len(tail) > longest:
        tail = short_tail
    room = longest - len(head) - len(tail)
    missing = shortest - len(head) - len(tail) - len(core)
    # The pieces must stay legal in a host name: no dot or hyphen at the cut.
    core = core[: max(1, room)].rstrip(".-") or "a"
    return head + core + "x" * max(0, missing, shortest - len(head) - len(core) - len(tail)) + tail


def _base64(making: Making, path: str, shortest: int, longest: int) -> str:
    groups = max(-(-shortest // 4), min(longest // 4, making.chance.between(2, 6, path)))
    size = groups * 3
    return b64encode(opaque(making.chance, size, path).encode()).decode()


def _secret(making: Making, path: str, shortest: int, longest: int) -> str:
    return opaque(making.chance, max(shortest, min(longest, 16)), path)


def _ipv4(making: Making, path: str, *_: int) -> str:
    return "10." + ".".join(str(part) for part in making.chance.digest(path)[:3])


def _ipv6(making: Making, path: str, *_: int) -> str:
    # 2001:db8::/32 is reserved for documentation.
    return str(IPv6Address(b"\x20\x01\x0d\xb8" + making.chance.digest(path)[4:]))


def _duration(making: Making, path: str, *_: int) -> str:
    return f"PT{making.chance.between(1, 23, path)}H{making.chance.between(1, 59, path, 'm')}M"


def _pointer(making: Making, path: str, *_: int) -> str:
    return f"/{making.word(path)}/{making.chance.between(0, 9, path)}"


def _regex(making: Making, path: str, *_: int) -> str:
    return f"^{making.word(path).lower()}-[0-9]{{{making.chance.between(1, 9, path)}}}$"


def _dsn(making: Making, path: str, *_: int) -> str:
    return f"https://{making.word(path).lower()}:{opaque(making.chance, 12, path)}@db.example.com:5432/app"


FORMATS: dict[str, Format] = {
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
    "relative-json-pointer": lambda making, path, *_: f"{making.chance.below(3, path)}{_pointer(making, path)}",
    "uri": _uri,
    "uri-reference": _uri,
    "uri-template": lambda making, path, *_: f"/{making.word(path).lower()}/{{id}}",
    "url": _uri,
    "uuid": lambda making, path, *_: making.chance.uuid(path),
}

# What a string of a format looks like, to tell whether one has the format.
FORMS = {
    name: re.compile(pattern)
    for name, pattern in {
        "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z",
        "date": r"\d{4}-\d\d-\d\d\Z",
        "date-time": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z",
        "email": r"[^@\s]+@[^@\s]+\Z",
        "idn-email": r"[^@\s]+@[^@\s]+\Z",
        # The validator that is our authority takes neither capitals in the one nor a zone in the other.
        "idn-hostname": r"[^\sA-Z_]+\Z",
        "time": r"\d\d:\d\d:\d\d\Z",
        "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z",
        "uuid": r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z",
    }.items()
}
# What has the right form may still be no day of any month; each of these raises ValueError or re.error for such.
_READERS: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "date-time": lambda text: datetime.fromisoformat(text.upper()),
    "idn-hostname": lambda text: text.encode("idna"),
    "ipv4": IPv4Address,
    "ipv6": IPv6Address,
    "regex": re.compile,
    "time": time.fromisoformat,
}
# The numbers that a format leaves: the least and the greatest.
RANGES = {
    **{f"int{bits}": (-(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}


def has_format(name: str, value: Any) -> bool:
    """Whether a value has the format of this name, as far as it is known."""
    if isinstance(value, str):
        return (name not in FORMS or bool(FORMS[name].match(value))) and _is_readable(name, value)
    if name in RANGES and isinstance(value, int) and not isinstance(value, bool):
        least, greatest = RANGES[name]
        return bool(least <= value <= greatest)
    return True


def _is_readable(name: str, value: str) -> bool:
    try:
        _READERS.get(name, str)(value)
    except (ValueError, re.error):
        return False
    return True
