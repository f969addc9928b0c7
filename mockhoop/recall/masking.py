"""Secrets of an exchange, each behind a placeholder that is the same wherever it stands."""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from mockhoop.exchange import Exchange
from mockhoop.gateway.access import API_KEY, ORGANIZATION_KEY, bearer_token
from mockhoop.gateway.facets import USERS
from mockhoop.world.table import Table
from mockhoop.world.world import World

_LINK = re.compile(r"(sessions/([^/?\s\"]+)/download(?:/input)?\?token=)[^&\s\"\\]*")
_TOKEN = re.compile(r"((?:^|[?&]|\\u0026)(?:__)?token=)(?!<)[^&\s\"\\]*")
_MEMBER = re.compile(
    r'("(?:password|secret|token|key|api_?key|access_token|refresh_token|client_secret)"\s*:\s*)"(?:[^"\\]|\\.)*"',
    re.IGNORECASE,
)
_SECRET_HEADERS = {"cookie", "set-cookie", "token", "x-new-access-token", "proxy-authorization"}


_DOWNLOAD = re.compile(r"sessions/([^/]+)/download")
_SECRET_PARAMETERS = {"token", "__token"}


def masked(query: str, cover: str) -> str:
    """A query string with the values of secrets covered, however their names are encoded."""
    if "oken" not in query and "%" not in query:
        return query
    parts = (part.partition("=") for part in query.split("&"))
    return "&".join(
        f"{name}={cover}" if equals and unquote_plus(name) in _SECRET_PARAMETERS else f"{name}{equals}{value}"
        for name, equals, value in parts
    )


class Mask:
    """Covers the secrets of the exchanges of one world."""

    def __init__(self, world: World) -> None:
        users = world.tables().get(USERS)
        self._shared: frozenset[str] = users.derived(_shared_names) if users is not None else frozenset()

    def headers(self, exchange: Exchange, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Headers by name."""
        return {name: self._header(exchange, name.lower(), value) for name, value in headers}

    def query(self, path: str, query: str) -> str:
        """A query string; a download token is told by the session that its path names."""
        link = _DOWNLOAD.search(path)
        return masked(query, f"<link:{link[1]}>" if link else "<token>")

    def text(self, text: str) -> str:
        """A text with URLs and JSON in it."""
        text = _LINK.sub(lambda found: f"{found[1]}<link:{found[2]}>", text)
        text = _TOKEN.sub(r"\1<token>", text)
        return _MEMBER.sub(r'\1"<secret>"', text)

    def body(self, body: bytes) -> str | Mapping[str, str]:
        """A body as text, or as base64 where it is none."""
        try:
            return self.text(body.decode())
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(body).decode()}

    def caller(self, caller: str) -> str:
        """The placeholder of a caller's token: by the name in front of the @, where only one person has it."""
        if not caller:
            return "<token:unknown>"
        name = caller.partition("@")[0]
        return f"<token:{caller if name in self._shared else name}>"

    def _header(self, exchange: Exchange, name: str, value: str) -> str:
        if name == "api-key":
            return "<api-key>" if exchange.caller == API_KEY else "<api-key:unknown>"
        if name == "authorization":
            token = bearer_token(value)
            if token is None:
                return "<credentials>"
            if token.startswith(ORGANIZATION_KEY):
                return f"Bearer <key:{exchange.caller or 'unknown'}>"
            return f"Bearer {self.caller(exchange.caller)}"
        return f"<{name}>" if name in _SECRET_HEADERS else self.text(value)


def _shared_names(users: Table[Any]) -> frozenset[str]:
    """The names in front of the @ that several people have."""
    seen: set[str] = set()
    shared: set[str] = set()
    for user in users:
        name = user.email.partition("@")[0]
        (shared if name in seen else seen).add(name)
    return frozenset(shared)
