"""Exchanges without their secrets: nobody here knows whose tokens they are, so all are covered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockhoop.exchange import Exchange
from mockhoop.journals.entry import Entry
from mockhoop.messages import Call, Headers
from mockhoop.recall.masking import Mask, is_secret
from mockhoop.recording.secrets import forms, in_header
from mockhoop.server.proxy.passing import value
from mockhoop.source.places import split_pointer
from mockhoop.world.world import World

LONGEST_BODY = 1024 * 1024
"""Bytes of a body that are written down."""

_SECRET = "<secret>"  # noqa: S105 - it stands for one


class Cover:
    """Covers the secrets of exchanges; ``sent`` are headers that the server got beside those of its clients."""

    def __init__(self, world: World, sent: Headers = ()) -> None:
        self._mask = Mask(world)
        self._sent = sent

    def __call__(self, entry: Entry) -> Entry:
        """The exchange as it may be written down; what a header of its own told as a secret stands nowhere else."""
        known = self._known(entry)
        asked = self._body(entry.request_body, entry.request_headers)
        said = self._body(entry.response_body, entry.response_headers)
        shorter = len(entry.request_body) > LONGEST_BODY or len(entry.response_body) > LONGEST_BODY
        return replace(
            entry,
            path=_without(known, self._mask.text(entry.path)),
            query=_without(known, self._mask.query(entry.path, entry.query)),
            request_headers=self._headers(entry.request_headers, known),
            request_body=_without_bytes(known, asked or b""),
            response_headers=self._headers(entry.response_headers, known),
            response_body=_without_bytes(known, said or b""),
            violations=tuple(self._violation(one, known) for one in entry.violations),
            cut=entry.cut or shorter or asked is None or said is None,
        )

    def _known(self, entry: Entry) -> list[str]:
        """What headers tell as a secret, in all forms in which a server may repeat it."""
        headers = (*self._sent, *entry.request_headers, *entry.response_headers)
        found = (one for name, text in headers for one in in_header(name, text) if one.is_everywhere)
        return sorted({form for one in found for form in forms(one.value)}, key=len, reverse=True)

    def _headers(self, headers: Headers, known: list[str]) -> Headers:
        covered = self._mask.pairs(Exchange(Call("", "")), headers)
        return tuple((name, _without(known, text)) for name, text in covered)

    def _body(self, body: bytes, headers: Headers) -> bytes | None:
        """A body as it may be written down; None for one in which secrets cannot be found, as it is compressed."""
        if not body:
            return body
        if value(headers, "content-encoding") not in ("", "identity"):
            return None
        return self._mask.content(body[:LONGEST_BODY], whole=len(body) <= LONGEST_BODY)

    def _violation(self, violation: Mapping[str, Any], known: list[str]) -> Mapping[str, Any]:
        """A violation repeats the value that is at fault."""
        if any(map(is_secret, split_pointer(str(violation["pointer"])))):
            return {**violation, "message": f"{_SECRET} is not as the contract has it"}
        return {**violation, "message": _without(known, self._mask.text(str(violation["message"])))}


def _without(known: list[str], text: str) -> str:
    for one in known:
        text = text.replace(one, _SECRET)
    return text


def _without_bytes(known: list[str], body: bytes) -> bytes:
    for one in known:
        body = body.replace(one.encode(errors="surrogateescape"), _SECRET.encode())
    return body
