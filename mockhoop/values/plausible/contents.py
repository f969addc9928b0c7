"""Strings that hold something of another kind, such as JSON or bytes that are encoded."""

from base64 import b16encode, b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable

from mockhoop.values.people import opaque
from mockhoop.values.plausible.keywords import Flat
from mockhoop.values.plausible.making import ENDLESS, Making, NoValue, Text

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base16": b16encode,
    "base32": b32encode,
    "base64": b64encode,
    "base64url": urlsafe_b64encode,
}
MEDIA: dict[str, Callable[[str, str], str]] = {
    "application/json": '{{"{0}": "{1}"}}'.format,
    "application/xml": "<{0}>{1}</{0}>".format,
    "text/csv": "{0},{1}\r\n".format,
    "text/html": "<p>{0} {1}</p>".format,
    "text/plain": "{0} {1}".format,
    "text/xml": "<{0}>{1}</{0}>".format,
}


def content_maker(flat: Flat) -> Text | None:
    """Make what a string is said to hold, as it is said to be encoded; None if there is no telling."""
    encode = ENCODINGS.get(flat.get("contentEncoding", "").lower())
    write = MEDIA.get(flat.get("contentMediaType", "").partition(";")[0].strip().lower())
    if encode is None and write is None:
        return None
    shortest, longest = flat.get("minLength", 0), flat.get("maxLength", ENDLESS)

    def make(making: Making, path: str) -> str:
        words = making.word(path, 1).lower(), making.word(path, 2).lower()
        texts = [write(*words)] if write else []
        # What is written may be too long or too short; bytes without meaning come in all sizes.
        texts += [opaque(making.chance, size, path) for size in _sizes(shortest, longest)] if encode else []
        for text in texts:
            made = encode(text.encode()).decode() if encode else text
            if shortest <= len(made) <= longest:
                return made
        raise NoValue(path)

    return make


def _sizes(shortest: int, longest: int) -> list[int]:
    """How many bytes come to an encoded text of fitting length, whatever the encoding."""
    likely = [length * share // 40 for length in (shortest, min(longest, shortest + 40)) for share in (20, 25, 30)]
    return sorted({12, *likely, *(size + 1 for size in likely)})
