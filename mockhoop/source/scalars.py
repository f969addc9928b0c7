"""The scalars of YAML 1.2's core schema: which texts are numbers, booleans and null.

``on``, ``yes``, ``18:00`` and dates stay text. So does a number with leading zeros (``012``), which YAML 1.2
would make 12 and YAML 1.1 would make 10.
"""

import re

Scalar = str | int | float | bool | None

CORE = "tag:yaml.org,2002:"
"""What the tags of YAML's own types begin with; ``!!`` for short."""
KINDS: dict[str, tuple[type, ...]] = {
    CORE + "int": (int,),
    CORE + "float": (float, int),
    CORE + "bool": (bool,),
    CORE + "null": (type(None),),
}
"""What a scalar with one of these tags is made of."""

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NOT_TEXT = frozenset("~ntfNTF+-.0123456789")  # what null, true, false and numbers begin with
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def is_text(text: str, tag: str | None, *, quoted: bool) -> bool:
    """Whether a scalar is text without a closer look: it is quoted, its tag says so, or its first character."""
    if tag is not None:
        return tag not in KINDS
    return quoted or (text != "" and text[0] not in _NOT_TEXT)


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar; raises ValueError for an integer of thousands of digits."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
