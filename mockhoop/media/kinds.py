"""Media types: their parameters, what kind of body each has, and which of a contract's fits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

JSON = "json"
XML = "xml"
FORM = "form"
MULTIPART = "multipart"
LINES = "lines"
SEQUENCE = "sequence"
EVENTS = "events"
CSV = "csv"
TEXT = "text"
BINARY = "binary"

_KINDS = {
    "*/*": JSON,
    "application/*": JSON,
    "application/json": JSON,
    "text/json": JSON,
    "application/xml": XML,
    "text/xml": XML,
    "application/x-www-form-urlencoded": FORM,
    "application/x-ndjson": LINES,
    "application/ndjson": LINES,
    "application/jsonl": LINES,
    "application/x-jsonlines": LINES,
    "application/json-seq": SEQUENCE,
    "text/event-stream": EVENTS,
    "text/csv": CSV,
}
_SUFFIXES = {"+json": JSON, "+xml": XML, "+json-seq": SEQUENCE}
_FAMILIES = {"multipart": MULTIPART, "text": TEXT}

# A body needs one media type, where a contract may name a range of them.
_STANDS_FOR = {"*/*": "application/json", "application/*": "application/json", "text/*": "text/plain"}
_STANDS_FOR |= {"image/*": "image/png", "multipart/*": "multipart/form-data"}

_PARAMETER = re.compile(r';\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type without regard to case, with its parameters by name."""

    essence: str
    parameters: Mapping[str, str]

    @property
    def kind(self) -> str:
        """The kind of body that it names."""
        return kind_of(self.essence)

    @property
    def charset(self) -> str:
        """The character set that it names, if any."""
        return self.parameters.get("charset", "")


def media_type(text: str) -> MediaType:
    """The media type that a text names, such as ``Application/JSON; charset=utf-8``."""
    essence, semicolon, rest = text.partition(";")
    pairs = _PARAMETER.findall(semicolon + rest) if semicolon else []
    parameters: dict[str, str] = {}
    for name, quoted, plain in pairs:
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted else plain)
    return MediaType(essence.strip().lower(), parameters)


def kind_of(essence: str) -> str:
    """The kind of body that a media type without parameters names."""
    found = _KINDS.get(essence)
    if found is None:
        suffixed = (kind for suffix, kind in _SUFFIXES.items() if essence.endswith(suffix))
        found = next(suffixed, None) or _FAMILIES.get(essence.partition("/")[0], BINARY)
    return found


def one_of_range(text: str) -> str:
    """A media type that a range stands for, and the first of several; anything else stands for itself."""
    text = text.partition(",")[0].strip() if '"' not in text else text
    return _STANDS_FOR.get(media_type(text).essence, text)


def fitting(declared: Iterable[str], text: str) -> str | None:
    """Which of the declared media types and ranges fits best: the same, with less parameters, a narrow range.

    A contract may declare several of them as one, with commas in between.
    """
    wanted = media_type(text)
    if not wanted.essence:
        return None
    ranked = [
        (rank, key)
        for key in declared
        for one in (key.split(",") if "," in key and '"' not in key else (key,))
        if (rank := _rank(media_type(one), wanted)) is not None
    ]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(declared: MediaType, wanted: MediaType) -> tuple[int, int] | None:
    if declared.essence == wanted.essence:
        same = sum(_alike(wanted, name, value) for name, value in declared.parameters.items())
        return (0 if same == len(declared.parameters) else 1, -same)
    if "*" in declared.essence and fnmatchcase(wanted.essence, declared.essence):
        return (2, declared.essence.count("*"))
    return None


def _alike(wanted: MediaType, name: str, value: str) -> bool:
    return wanted.parameters.get(name, "").lower() == value.lower()
