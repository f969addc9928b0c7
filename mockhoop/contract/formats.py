"""Formats that no registry knows, or that are checked by nobody unless a library for them is there."""

import re
from collections.abc import Callable

# A date and time as Go reads RFC 3339: the hour may have one digit, T and Z are upper case.
_RFC3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(\d|[01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]\d\d:\d\d)",
    re.ASCII,
)


def _is_rfc3339(value: object) -> bool:
    return not isinstance(value, str) or _RFC3339.fullmatch(value) is not None


# A scheme, and then nothing that has to be encoded in a URI (RFC 3986).
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*", re.ASCII)


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


FORMATS: dict[str, Callable[[object], bool]] = {"RFC3339": _is_rfc3339, "uri": _is_uri}
