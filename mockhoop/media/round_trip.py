"""The short way for JSON that is written as we write it ourselves, such as that of our own answers."""

from typing import Any

import orjson

from mockhoop.media.charset import UTF8, codec
from mockhoop.media.json_text import parsed

# What Go escapes in texts, so that the JSON can stand in HTML and in scripts.
_ESCAPED = tuple((char.encode(), f"\\u{ord(char):04x}".encode()) for char in "<>&\u2028\u2029")


def parsed_again(body: bytes, charset: str = "") -> Any:
    """The value of a JSON text, nested as deep as it may be.

    What is written again just as it came has no key twice and no number that is not kept; of other texts
    ``json_text.parsed`` has to say what it thinks.

    Raises:
        Unreadable: it is no JSON, or JSON that nobody should send.
    """
    if not charset or codec(charset) == UTF8:
        try:
            value = orjson.loads(body)
            if _written(value, as_go=rb"\u" in body) == body.removesuffix(b"\n"):
                return value
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            pass
    return parsed(body, charset, any_depth=True)


def _written(value: Any, *, as_go: bool) -> bytes:
    text = orjson.dumps(value)
    for plain, escaped in _ESCAPED if as_go else ():
        text = text.replace(plain, escaped)
    return text
