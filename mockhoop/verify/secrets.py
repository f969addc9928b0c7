"""Secrets in what is reported: each behind a placeholder."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers

_HEADER = re.compile(r"cookie|token|secret|password|api-key|authorization", re.IGNORECASE)
_PARAMETER = re.compile(r"((?:^|[?&;]|\\u0026)[\w-]*(?:token|secret|password|api_key)=)[^&\s\"\\<]+", re.IGNORECASE)
_MEMBER = re.compile(r'("\w*(?:token|secret|password|api_?key)"\s*:\s*")(?:[^"\\]|\\.)+(?=")', re.IGNORECASE)
_LONGEST = 64 * 1024
_SHORTEST = 3  # what is shorter stands in too many words


class Cover:
    """Covers what is known to be secret, and what looks like it."""

    def __init__(self, tokens: Mapping[str, str], others: Iterable[str] = ()) -> None:
        known = {token: f"<token of {email}>" for email, token in tokens.items() if len(token) >= _SHORTEST}
        known |= {value: "<secret>" for value in others if len(value) >= _SHORTEST}
        self._known = known
        words = sorted(map(re.escape, known), key=len, reverse=True)
        self._words = re.compile(rf"(?<![\w.-])(?:{'|'.join(words)})(?![\w@-])") if words else None

    def text(self, text: str) -> str:
        """A text without secrets."""
        text = _MEMBER.sub(r"\1<secret>", _PARAMETER.sub(r"\1<token>", text))
        return text if self._words is None else self._words.sub(lambda found: self._known[found[0]], text)

    def headers(self, headers: Headers) -> Headers:
        """Headers without secrets."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def entry(self, entry: Entry) -> Entry:
        """An exchange without secrets, and without the rest of bodies that are long."""
        return replace(
            entry,
            cut=entry.cut or max(len(entry.request_body), len(entry.response_body)) > _LONGEST,
            path=_PARAMETER.sub(r"\1<token>", entry.path),
            query=_PARAMETER.sub(r"\1<token>", entry.query),
            request_headers=self.headers(entry.request_headers),
            request_body=self._body(entry.request_body),
            response_headers=self.headers(entry.response_headers),
            response_body=self._body(entry.response_body),
        )

    def _header(self, name: str, value: str) -> str:
        if not _HEADER.search(name) or name.lower().startswith("access-control-"):
            return self.text(value)
        kind, space, secret = value.partition(" ")
        if name.lower() == "authorization" and space:
            return f"{kind} {self._known.get(secret, '<secret>')}"
        return self._known.get(value, "<secret>") if value else value

    def _body(self, body: bytes) -> bytes:
        try:
            return self.text(body.decode()).encode()[:_LONGEST]
        except UnicodeDecodeError:
            return body[:_LONGEST]
