"""JSON text as Go's encoding/json scans it: the tokens of the first value, or the text of the first fault."""

import re
from collections.abc import Iterator
from typing import Final

from mockhoop.gateway.wire import go_quote

MAX_DEPTH = 10_000

# The kinds of tokens. Those of values are the words in Go's errors; END closes an object or an array.
OBJECT: Final = "object"
ARRAY: Final = "array"
STRING: Final = "string"
NUMBER: Final = "number"
BOOL: Final = "bool"
NULL: Final = "null"
KEY: Final = "key"
END: Final = "end"

# What may come next, in the words that a fault there has.
_VALUE: Final = "looking for beginning of value"
_NAME: Final = "looking for beginning of object key string"
_COLON: Final = "after object key"
_PAIR: Final = "after object key:value pair"
_ELEMENT: Final = "after array element"
_NOTHING: Final = "after top-level value"

_OPENING = {b"{": (OBJECT, b"}", _NAME), b"[": (ARRAY, b"]", _VALUE)}
_SEPARATORS = {(_COLON, b":"): _VALUE, (_PAIR, b","): _NAME, (_ELEMENT, b","): _VALUE}
_AFTER_VALUE = {b"}": _PAIR, b"]": _ELEMENT, b"": _NOTHING}
_WORDS = {b"t": (BOOL, b"true"), b"f": (BOOL, b"false"), b"n": (NULL, b"null")}

# Possessive, so that a long string costs neither a second look nor a stack.
_SPACE = re.compile(rb"[ \t\r\n]*+")
_UNFINISHED_STRING = re.compile(
    rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+',
)
_HEX_DIGITS = re.compile(rb"[0-9a-fA-F]{0,4}")
_GOES_ON = (b".", b"e", b"E")
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(?P<fraction>\.[0-9]++)?(?P<exponent>[eE][+-]?[0-9]++)?")

_ESCAPE = re.compile(r"\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)|\\u(....)|\\(.)")
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURROGATES = re.compile("[\ud800-\udfff]")


class BadJSON(ValueError):
    """The text is no JSON; the message is Go's (section 1.5)."""


def tokens(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The kind and the text of each token of the first value; what stands behind that value is not read.

    Raises BadJSON at the first fault, which may be nesting deeper than 10000.
    """
    if _SPACE.fullmatch(body):
        raise BadJSON("EOF")
    return _Scanner(body).tokens()


def text_of(literal: bytes) -> str:
    """The text that a string token stands for; bytes that are no UTF-8 become U+FFFD, each by itself.

    Half a surrogate pair becomes U+FFFD as well.
    """
    text = literal[1:-1].decode(errors="surrogateescape")
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _unescape(found: re.Match[str]) -> str:
    high, low, code, short = found.groups()
    if short:
        return _SHORT.get(short, short)
    if code:
        return chr(int(code, 16))
    return chr(0x10000 + (int(high, 16) - 0xD800 << 10) + int(low, 16) - 0xDC00)


class _Scanner:
    """Walks over a text. ``closing`` has the bracket that closes each value that is open, innermost last."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self.expected: str = _VALUE
        self.may_close = False
        self.closing = [b""]

    def tokens(self) -> Iterator[tuple[str, bytes]]:
        while self.expected is not _NOTHING:
            char = self._next()
            if self.may_close and char == self.closing[-1]:
                yield self._close(char)
            elif self.expected is _VALUE:
                yield self._open(char) if char in _OPENING else self._literal()
            elif self.expected is _NAME and char == b'"':
                yield self._key()
            else:
                self._separator(char)

    def _next(self) -> bytes:
        """The next character that is no space; empty at the end."""
        char = self.body[self.at : self.at + 1]
        if char.isspace():
            self.at = _end(_SPACE, self.body, self.at)
            char = self.body[self.at : self.at + 1]
        return char

    def _open(self, char: bytes) -> tuple[str, bytes]:
        kind, closing, self.expected = _OPENING[char]
        if len(self.closing) > MAX_DEPTH:
            raise _fault(self.body, self.at, "exceeded max depth")
        self.closing.append(closing)
        self.at += 1
        self.may_close = True
        return kind, char

    def _close(self, char: bytes) -> tuple[str, bytes]:
        self.closing.pop()
        self.at += 1
        self._value_ended()
        return END, char

    def _literal(self) -> tuple[str, bytes]:
        start = self.at
        kind, self.at = _literal(self.body, start)
        self._value_ended()
        return kind, self.body[start : self.at]

    def _key(self) -> tuple[str, bytes]:
        start = self.at
        self.at = _string_end(self.body, start)
        self.expected = _COLON
        self.may_close = False
        return KEY, self.body[start : self.at]

    def _separator(self, char: bytes) -> None:
        following = _SEPARATORS.get((self.expected, char))
        if following is None:
            raise _fault(self.body, self.at, self.expected)
        self.expected = following
        self.at += 1
        self.may_close = False

    def _value_ended(self) -> None:
        self.expected = _AFTER_VALUE[self.closing[-1]]
        self.may_close = True


def _end(pattern: re.Pattern[bytes], body: bytes, at: int) -> int:
    """Where the match ends; ``at`` if there is none."""
    found = pattern.match(body, at)
    return found.end() if found else at


def _literal(body: bytes, at: int) -> tuple[str, int]:
    """The kind of the literal that starts here, and where it ends."""
    char = body[at : at + 1]
    if char == b'"':
        return STRING, _string_end(body, at)
    if char in _WORDS:
        kind, word = _WORDS[char]
        return kind, _word_end(body, at, word)
    if char == b"-" or char.isdigit():
        return NUMBER, _number_end(body, at)
    raise _fault(body, at, _VALUE)


def _word_end(body: bytes, at: int, word: bytes) -> int:
    for i, expected in enumerate(word):
        if body[at + i : at + i + 1] != word[i : i + 1]:
            raise _fault(body, at + i, f"in literal {word.decode()} (expecting '{expected:c}')")
    return at + len(word)


def _string_end(body: bytes, at: int) -> int:
    end = _end(_UNFINISHED_STRING, body, at)
    char, escaped = body[end : end + 1], body[end + 1 : end + 2]
    if char == b'"':
        return end + 1
    if char != b"\\":
        raise _fault(body, end, "in string literal")
    if escaped != b"u":
        raise _fault(body, end + 1, "in string escape code")
    raise _fault(body, _end(_HEX_DIGITS, body, end + 2), r"in \u hexadecimal character escape")


def _number_end(body: bytes, at: int) -> int:
    found = _NUMBER.match(body, at)
    if not found:
        raise _fault(body, at + 1, "in numeric literal")
    end = found.end()
    following = body[end : end + 1]
    if following not in _GOES_ON or found["exponent"]:
        return end
    if following != b".":
        signed = body[end + 1 : end + 2] in (b"+", b"-")
        raise _fault(body, end + 1 + signed, "in exponent of numeric literal")
    if not found["fraction"]:
        raise _fault(body, end + 1, "after decimal point in numeric literal")
    return end


def _fault(body: bytes, at: int, context: str) -> BadJSON:
    if at >= len(body):
        return BadJSON("unexpected EOF")
    char = chr(body[at])
    quoted = char if char == '"' else r"\'" if char == "'" else go_quote(char)[1:-1]
    return BadJSON(f"invalid character '{quoted}' {context}")
