"""Where secrets stand in a message. The names by which they go are those that a journal masks."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from mockhoop.gateway.access import ORGANIZATION_KEY
from mockhoop.recall.masking import is_secret, is_secret_header
from mockhoop.recording.json_texts import leaves

_PARAMETER = re.compile(r"(?:^|[?&;#\s\"']|\\u0026|\\n)([\w.:-]{1,60})=([^&\s\"'\\<>#;]+)", re.MULTILINE)
_PAIR = re.compile(r"(?:^|;\s*|,\s*)([^=;,\s]+)=([^;]*)")
_SIGNED_IN = re.compile(r"\s*(Bearer|Basic|Digest|Token|ApiKey)\s+(\S.*)", re.IGNORECASE)
# What is a secret by its looks, wherever it stands.
_PEM = r"-----(?:BEGIN|END) [A-Z ]*PRIVATE KEY-----"
_PREFIXED = (
    rf"{re.escape(ORGANIZATION_KEY)}\w{{8,}}",
    r"AKIA[A-Z0-9]{16}",
    r"gh[oprsu]_\w{20,}",
    r"xox[abprs]-[\w-]{10,}",
)
_LOOKS = (
    ("JSON web token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    ("private key", re.compile(rf"{_PEM}.*?(?:{_PEM}|\Z)", re.DOTALL)),
    ("password in a URL", re.compile(r"://[^\s/:@\"\\]*:([^\s/@\"\\]+)@")),
    ("key", re.compile(rf"\b(?:{'|'.join(_PREFIXED)})")),
)
_MAY_LOOK_SO = re.compile(rf"eyJ|PRIVATE KEY|://[^/\s]*@|{re.escape(ORGANIZATION_KEY)}|AKIA|gh[oprsu]_|xox")
_MAY_NAME_ONE = re.compile(
    r"token|pass|secret|credential|env_?var|filesystem|key|authorization|cookie|\\u", re.IGNORECASE
)
_MAPPED = re.compile(r"(?:envvar|filesystem):.*")
_TRIVIAL = frozenset({"true", "false", "null", "none", "deleted"})
_SHORT = 8
_LONG = 16


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: its place, its value, what it is. ``quoted``: the place is a text of JSON with its quotes.

    ``among`` says that only what it is in is called secret, such as the host among somebody's credentials.
    """

    start: int
    end: int
    value: str
    what: str
    quoted: bool = False
    among: bool = False

    @property
    def is_everywhere(self) -> bool:
        """Whether it is one wherever its value stands, since that is hardly a word that stands for something else."""
        return looks_random(self.value, _LONG if self.among else _SHORT)


def in_body(text: str, *, is_json: bool) -> list[Secret]:
    """The secrets in a body, in order; none lies in another."""
    members = _members(text) if is_json else ()
    return _apart([*members, *_parameters(text), *_by_looks(text)])


def in_query(query: str) -> list[Secret]:
    """The secrets in a query string, or in the body of a form."""
    return _apart([*_parameters(query), *_by_looks(query)])


def in_header(name: str, text: str) -> list[Secret]:
    """The secrets in the value of a header."""
    lower = name.lower()
    if not is_secret_header(lower):
        return in_query(text)
    if "cookie" in lower:
        pairs = _PAIR.finditer(text) if lower == "cookie" else filter(None, [_PAIR.match(text)])
        return [Secret(*one.span(2), one[2], f"cookie {one[1]}") for one in pairs if _is_meant(one[2])]
    signed_in = _SIGNED_IN.fullmatch(text)
    if signed_in is not None:
        return [Secret(*signed_in.span(2), signed_in[2], f"{signed_in[1].lower()} token")]
    return [Secret(0, len(text), text, f"header {name}")] if _is_meant(text) else []


def in_path(path: str) -> list[Secret]:
    """The secrets in a path."""
    return _apart(_by_looks(path))


def looks_random(value: str, least: int = _LONG) -> bool:
    """Whether a value of so many characters at least is no ordinary word."""
    if len(value) < least or any(char.isspace() for char in value):
        return False
    return any(char.isdigit() for char in value) and any(char.isalpha() for char in value)


def _members(text: str) -> Iterator[Secret]:
    """The texts under a key of JSON that says that they are secret, also in JSON that stands in a text."""
    for leaf in leaves(text) if _MAY_NAME_ONE.search(text) else ():
        names = [key for key in leaf.keys if _names_a_secret(key, leaf.value)]
        if names and _is_meant(leaf.value):
            yield Secret(leaf.start, leaf.end, leaf.value, names[-1], quoted=True, among=names[-1] != leaf.keys[-1])
        elif leaf.value[:1] in ("{", "[") and '"' in leaf.value:
            yield from _inside(leaf.start, leaf.value)


def _inside(start: int, text: str) -> Iterator[Secret]:
    """The secrets in JSON that stands in a text of JSON: only their values are known, not where they stand."""
    for inner in leaves(text):
        names = [key for key in inner.keys if _names_a_secret(key, inner.value)]
        if names and _is_meant(inner.value):
            yield Secret(start, start, inner.value, names[-1], among=names[-1] != inner.keys[-1])


def _names_a_secret(key: str, value: str) -> bool:
    if key.lower() == "key":  # such as that of a tag, which is none
        return looks_random(value)
    return is_secret(key) or _MAPPED.fullmatch(key) is not None


def _parameters(text: str) -> Iterator[Secret]:
    if "=" not in text:
        return
    found = list(_PARAMETER.finditer(text))
    # Whom an identity provider sends back has a code beside the state.
    also = {"code", "state"} if {"code", "state"} <= {one[1] for one in found} else set[str]()
    for one in found:
        if (_names_a_secret(one[1], one[2]) or one[1] in also) and _is_meant(one[2]):
            yield Secret(*one.span(2), one[2], one[1])


def _by_looks(text: str) -> Iterator[Secret]:
    if not _MAY_LOOK_SO.search(text):
        return
    for what, pattern in _LOOKS:
        for one in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            yield Secret(*one.span(group), one[group], what)


def _is_meant(value: str) -> bool:
    """Whether there is a secret at all: nothing, a word such as true, or a row of stars is none."""
    return any(char.isalnum() for char in value) and value.lower() not in _TRIVIAL


def _apart(found: Iterable[Secret]) -> list[Secret]:
    """Those that do not lie in one that begins before them; of two with one beginning the longer one."""
    kept: list[Secret] = []
    at = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= at or one.start == one.end:
            kept.append(one)
            at = max(at, one.end)
    return kept


def forms(value: str) -> list[str]:
    """A value as it may stand in a text: as it is, in JSON with and without letters beyond ASCII, in a URL."""
    quoted = (json.dumps(value, ensure_ascii=is_ascii)[1:-1] for is_ascii in (False, True))
    return list(dict.fromkeys((value, *quoted, quote(value, safe=""))))
