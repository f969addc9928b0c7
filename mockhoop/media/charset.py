"""Text from bytes and bytes from text, in the character set that a media type names."""

import codecs
import re
from functools import lru_cache

from mockhoop.media.unreadable import CHARSET, Unreadable

UTF8 = "utf-8"

# The names by which Python knows the character sets that stand in messages. Its other codecs are no character
# sets, such as zlib, or need more than linear time, such as punycode.
_KNOWN = {
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii"),
    *(f"iso8859-{number}" for number in range(1, 17)),
    *(f"cp{number}" for number in range(1250, 1259)),
    *("koi8-r", "koi8-u", "mac-roman", "shift_jis", "cp932", "euc_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5"),
}
_NAME = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")


@lru_cache(maxsize=64)
def codec(charset: str) -> str:
    """Python's name of a character set; none at all is UTF-8, and so is ASCII, of which UTF-8 says more.

    Raises:
        Unreadable: the name is not known.
    """
    if not charset:
        return UTF8
    try:
        found = codecs.lookup(charset).name if _NAME.fullmatch(charset) else ""
    except (LookupError, ValueError):
        found = ""
    if found not in _KNOWN:
        raise Unreadable(f"the character set {charset[:60]!r} is not known", CHARSET)
    return UTF8 if found == "ascii" else found


def decoded(body: bytes, charset: str = "") -> str:
    """The text of a body, without the mark that may stand in front of it.

    Raises:
        Unreadable: the character set is not known, or the bytes are not text in it.
    """
    name = codec(charset)
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        at = f"the byte at offset {error.start}"
        raise Unreadable(f"{at} is not {name} text: {error.reason}") from None
    # RFC 8259 allows to ignore the mark.
    return text[1:] if text.startswith("\ufeff") else text


def leniently_decoded(body: bytes, charset: str = "") -> str:
    """The text of a body of which nothing but its text matters: what is not text becomes U+FFFD."""
    return body.decode(codec(charset), errors="replace")


def encoded(text: str, charset: str = "", errors: str = "replace") -> bytes:
    """The text as bytes; a character set that is not known stands for UTF-8."""
    try:
        return text.encode(codec(charset), errors=errors)
    except Unreadable:
        return text.encode(errors=errors)
