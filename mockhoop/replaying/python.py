"""Python as a formatter leaves it: literals and calls that are one line where they fit, and else one for each part."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

WIDTH = 88
_INDENT = 4
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Name(str):
    """A name in code, where a value would be."""

    __slots__ = ()


class Spread(str):
    """In the place of a key: a name whose entries are those of the dict."""

    __slots__ = ()


def text(value: str, *, braces: bool = False) -> str:
    """A string literal; with ``braces``, as in an f-string."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return f"{quote}{escaped(value, quote, braces=braces)}{quote}"


def escaped(value: str, quote: str, *, braces: bool = False) -> str:
    """What stands between the quotes of a string literal."""
    shown = "".join(_escaped(sign, quote) for sign in value)
    return shown.replace("{", "{{").replace("}", "}}") if braces else shown


def argument(value: Any) -> str:
    """A plain value or a name in a call."""
    return str(value) if isinstance(value, Name) else _flat(value)


def block(value: str) -> str:
    """A string literal of many lines, as they are."""
    lines = ("".join(_escaped(sign, "") for sign in line) for line in value.split("\n"))
    return '"""\\\n' + "\n".join(lines).replace('"""', '\\"\\"\\"') + '"""'


def interpolated(parts: Iterable[str]) -> str:
    """A text with names in it, as an f-string if it has any."""
    known = list(parts)
    if not any(isinstance(part, Name) for part in known):
        return text("".join(known))
    inner = (f"{{{part}}}" if isinstance(part, Name) else escaped(part, '"', braces=True) for part in known)
    return f'f"{"".join(inner)}"'


def literal(value: Any, column: int, indent: int, after: int = 0) -> str:
    """A value in code that begins at a column of a line with an indentation, with so many signs to come behind it."""
    flat = _flat(value)
    if column + _width(flat) + after <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + _INDENT
    if isinstance(value, dict):
        return _exploded("{", [_entry(key, one, inner) for key, one in value.items()], "}", indent)
    return _exploded("[", [literal(one, inner, inner, 1) for one in value], "]", indent)


def assigned(name: str, value: Any, indent: int = _INDENT) -> str:
    """A statement that gives a value a name."""
    start = f"{' ' * indent}{name} = "
    return start + literal(value, len(start), indent)


def called(start: str, arguments: Sequence[str], indent: int = _INDENT, end: str = "") -> str:
    """A statement with a call: ``answer = ask`` with its arguments, and what stands behind them."""
    line = f"{' ' * indent}{start}({', '.join(arguments)}){end}"
    if _width(line) <= WIDTH or not arguments:
        return line
    inner = " " * (indent + _INDENT) + ", ".join(arguments)
    if _width(inner) <= WIDTH:
        return f"{' ' * indent}{start}(\n{inner}\n{' ' * indent}){end}"
    return f"{' ' * indent}{start}{_exploded('(', arguments, f'){end}', indent)}"


def _entry(key: Any, value: Any, indent: int) -> str:
    """An entry of a dict on a line of its own."""
    if isinstance(key, Spread):
        return f"**{key}"
    start = f"{_flat(key)}: "
    return start + literal(value, indent + _width(start), indent, 1)


def _exploded(opening: str, parts: Iterable[str], closing: str, indent: int) -> str:
    inner = " " * (indent + _INDENT)
    return f"{opening}\n{''.join(f'{inner}{part},{chr(10)}' for part in parts)}{' ' * indent}{closing}"


def _flat(value: Any) -> str:
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        told = (f"**{key}" if isinstance(key, Spread) else f"{_flat(key)}: {_flat(one)}" for key, one in value.items())
        return f"{{{', '.join(told)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    return repr(value).replace("e+", "e")


def _width(code: str) -> int:
    """How many columns a text takes: some signs are as wide as two."""
    return len(code) if code.isascii() else sum(_columns(sign) for sign in code)


def _columns(sign: str) -> int:
    return 0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1


def _escaped(sign: str, quote: str) -> str:
    if sign == quote and quote:
        return f"\\{sign}"
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
