"""Secrets of an exchange, each behind a placeholder that is the same wherever it stands."""

import base64
import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from mockhoop.exchange import LONGEST_BODY, Exchange
from mockhoop.gateway.access import (
    API_KEY,
    ORGANIZATION_KEY,
    Caller,
    bearer_token,
    caller_with,
)
from mockhoop.gateway.codes import code_of
from mockhoop.gateway.facets import API_KEYS, USERS, token_digest
from mockhoop.gateway.records import ApiKey, User
from mockhoop.gateway.urls import without_passwords
from mockhoop.messages import Headers
from mockhoop.scenario.matching import Miss
from mockhoop.world.table import Table
from mockhoop.world.world import World

_NAMES = (
    r"(?:\w*(?:token|password|passphrase|keypass|secret|credentials(?:_json)?|env_?vars"
    r"|(?:api|access|hosts|private|ssh)_?key))"
)
_IS_SECRET = re.compile(rf"{_NAMES}|key|authorization|cookie", re.IGNORECASE)
# What every secret's name has in it, unless its name is written with escapes.
_HINTS = (
    *("token", "password", "passphrase", "keypass", "secret", "credentials", "vars", "key", "state"),
    *("authorization", "cookie"),
)
_ESCAPES_IN_NAME = re.compile(r"(?:^|&)[^=&]*%")
_SECRET_HEADER = re.compile(r"cookie|token|secret|password|api-key|authorization")
_VALUE = r"(?!<(?:link:|token>))(?:(?!%26)[^&\s\"\\])+"
_LINK = re.compile(rf"(sessions/([^/?\s\"]+)/download(?:/input)?\?token=){_VALUE}")
_PARAMETER = re.compile(rf"((?:^|[?&;]|\\u0026|%3f|%26)(?:__)?(?:{_NAMES}|key)(?:=|%3d)){_VALUE}", re.IGNORECASE)
# JSON may stand in a string of JSON; its quotes are behind backslashes then.
_MEMBER = re.compile(r'(?<!\\)(\\*)"([^"\\]*)\1"\s*:\s*(?=[{[]|\1")')
_PLAIN_MEMBER = re.compile(r'()"([^"\\]*)"\s*:\s*(?=[{["])')
"""The same where no quote is behind a backslash, found faster."""
_MEMBER_NAME = rf"{_NAMES}|key|authorization|cookie|(?:envvar|filesystem):.*"
_IS_SECRET_MEMBER = re.compile(_MEMBER_NAME, re.IGNORECASE | re.DOTALL)
_SCALAR = re.compile(r'(?P<key>"(?:[^"\\]|\\.)*"\s*:)|"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*')
_BRACKET = re.compile(r'["{}\[\]]')
_COOKIE = re.compile(r"([^\s=;]+)=[^;]*")
_DOWNLOAD = re.compile(r"sessions/([^/]+)/download")
_WILD = re.compile(r"[*?\[]")


def masked(query: str, cover: str) -> str:
    """A query string with the values of secrets covered, however their names are encoded."""
    plain = query.lower()
    if query.isascii() and not any(hint in plain for hint in _HINTS) and not _ESCAPES_IN_NAME.search(query):
        return query
    parts = [part.partition("=") for part in query.split("&")]
    names = [unquote_plus(name) for name, _, _ in parts]
    # Whom an identity provider sends back has a code beside the state.
    also = {"code"} if "state" in names else set[str]()
    return "&".join(
        f"{part}={cover}" if value and (is_secret(name) or name in also) else f"{part}{equals}{value}"
        for name, (part, equals, value) in zip(names, parts, strict=True)
    )


class Mask:
    """Covers the secrets of the exchanges of one world."""

    def __init__(self, world: World) -> None:
        self._users: Table[User] = world.table(USERS)
        self._shared: frozenset[str] = self._users.derived(_shared_names)
        self._keys: Table[ApiKey] = world.table(API_KEYS)
        self._settings = world.settings
        self._chance = world.chance

    def headers(self, exchange: Exchange, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Headers by name."""
        return {name: self._header(name.lower(), value, exchange.caller) for name, value in headers}

    def pairs(self, exchange: Exchange, headers: Iterable[tuple[str, str]]) -> Headers:
        """Headers in their order, those that are there several times among them."""
        return tuple((name, self._header(name.lower(), value, exchange.caller)) for name, value in headers)

    def query(self, path: str, query: str) -> str:
        """A query string; a download token is told by the session that its path names, a code by whom it means."""
        link = _DOWNLOAD.search(path)
        return self.text(masked(query, f"<link:{link[1]}>" if link else self._code(query) or "<token>"))

    def text(self, text: str, *, in_shape: bool = False) -> str:
        """A text with URLs and JSON in it; ``in_shape``, a list or an object of secrets stays one."""
        if "=" in text or "%3" in text:
            text = _LINK.sub(lambda found: f"{found[1]}<link:{found[2]}>", text)
            text = _PARAMETER.sub(r"\1<token>", text)
        return _without_members(without_passwords(text, "<secret>"), in_shape)

    def content(self, body: bytes, *, whole: bool = True, in_shape: bool = False) -> bytes:
        """A body as bytes, whether it is a text or not; one that is not whole may end within a character."""
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(body, whole)
        except UnicodeDecodeError:
            return self.text(body.decode("latin-1"), in_shape=in_shape).encode("latin-1")
        return self.text(text, in_shape=in_shape).encode()

    def body(self, body: bytes) -> str | Mapping[str, str]:
        """A body as text, or as base64 where it is none."""
        whole = len(body) != LONGEST_BODY  # one that was cut may end within a character
        try:
            return self.text(codecs.getincrementaldecoder("utf-8")().decode(body, whole))
        except UnicodeDecodeError:
            covered = self.text(body.decode("latin-1")).encode("latin-1")
            return {"base64": base64.b64encode(covered).decode()}

    def caller(self, caller: str) -> str:
        """The placeholder of a caller's token: by the name in front of the @, where only one person has it."""
        if not caller:
            return "<token:unknown>"
        name = caller.partition("@")[0]
        return f"<token:{caller if name in self._shared else name}>"

    def _code(self, query: str) -> str:
        """The placeholder of a code with which an identity provider sends somebody back, if there is one."""
        told = dict(parse_qsl(query)) if "code=" in query else {}
        state, code = told.get("state"), told.get("code")
        if not state or not code:
            return ""
        found = next((user for user in self._users if code_of(self._chance, state, user.subject) == code), None)
        return f"<code:{found.subject if found is not None else 'unknown'}>"

    def miss(self, exchange: Exchange, miss: Miss) -> Miss:
        """What an exchange misses; also what is wanted may be a secret, unless it is a pattern for many."""
        kind, _, name = miss.condition.partition(" ")
        found = self._told(kind, name, miss.found, exchange.caller) if miss.found else ""
        wanted = miss.wanted if _WILD.search(miss.wanted) else self._told(kind, name, miss.wanted, "")
        return replace(miss, wanted=wanted, found=found)

    def _told(self, kind: str, name: str, value: str, caller: str) -> str:
        """The value of a header, a query parameter or a key of the body, or of anything else."""
        if kind == "header":
            return self._header(name.lower(), value, caller)
        if kind == "query":
            return masked(f"{name}={value}", "<token>").partition("=")[2]
        return "<secret>" if kind == "body" and is_secret(name) else self.text(value)

    def _header(self, name: str, value: str, caller: str) -> str:
        if not value:
            return value
        if name == "api-key":
            known = caller == API_KEY or isinstance(caller_with(value, self._settings.api_key), Caller)
            return "<api-key>" if known else "<api-key:unknown>"
        if name == "authorization":
            token = bearer_token(value)
            return "<credentials>" if token is None else f"Bearer {self._bearer(token, caller)}"
        if name == "cookie" and "=" in value:
            return _COOKIE.sub(r"\1=<cookie>", value)
        return f"<{name}>" if is_secret_header(name) else self.text(value)

    def _bearer(self, token: str, caller: str) -> str:
        """The placeholder of a token with which somebody signed in; without a caller, of whoever it would be now."""
        if token.startswith(ORGANIZATION_KEY):
            key = self._keys.find("key", token_digest(token))
            return f"<key:{caller or (key.name if key is not None else 'unknown')}>"
        user = None if caller else self._users.find("token", token_digest(token))
        return self.caller(user.email if user is not None else caller)


def _without_members(text: str, in_shape: bool) -> str:
    """A text without the secrets in objects of JSON; a list or an object of secrets is covered as a whole."""
    parts, at = [], 0
    for found in (_MEMBER if '\\"' in text else _PLAIN_MEMBER).finditer(text):
        if found.start() >= at and _is_secret_member(found[2]):
            quote = f'{found[1]}"'
            end = _end_of_value(text, found.end(), quote)
            covered = f"{quote}<secret>{quote if end < len(text) else ''}"
            if in_shape and not found[1]:
                covered = _SCALAR.sub(_covered, text[found.end() : end])
            parts += [text[at : found.end()], covered]
            at = end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=4_096)
def _is_secret_member(name: str) -> bool:
    return _IS_SECRET_MEMBER.fullmatch(name) is not None


def _covered(found: re.Match[str]) -> str:
    """A key or a value of JSON; what is a value is covered by one of its kind."""
    if found["key"] or found[0] == '""':
        return found[0]
    return '"<secret>"' if found[0].startswith('"') else "0"


def _end_of_value(text: str, start: int, quote: str) -> int:
    """Where a string, a list or an object ends; one that was cut ends with the text."""
    depth, at = 0, start
    while (found := _BRACKET.search(text, at)) is not None:
        at = found.end()
        if found[0] == '"':
            at = _end_of_string(text, at, len(quote) - 1)
        else:
            depth += 1 if found[0] in "{[" else -1
        if depth <= 0:
            break
    return at if found is not None else len(text)


def _end_of_string(text: str, start: int, backslashes: int) -> int:
    """Where a string ends whose quotes are behind so many backslashes; one that was cut ends with the text."""
    at = text.find('"', start)
    while at >= 0:
        run = at
        while run > start and text[run - 1] == "\\":
            run -= 1
        if (at - run) % (2 * backslashes + 2) == backslashes:
            return at + 1
        at = text.find('"', at + 1)
    return len(text)


def is_secret(name: str) -> bool:
    """Whether what goes by this name is for nobody to read."""
    return _IS_SECRET.fullmatch(name) is not None


def is_secret_header(name: str) -> bool:
    """Whether the value of a header is for nobody to read; its name is in lower case."""
    return _SECRET_HEADER.search(name) is not None


def _shared_names(users: Table[Any]) -> frozenset[str]:
    """The names in front of the @ that several people have."""
    seen: set[str] = set()
    shared: set[str] = set()
    for user in users:
        name = user.email.partition("@")[0]
        (shared if name in seen else seen).add(name)
    return frozenset(shared)
