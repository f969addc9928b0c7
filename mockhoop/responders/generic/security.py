"""Whether a call brings the credentials that a document asks for: that they are there, and that they look right."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from mockhoop.contract.operations import Operation
from mockhoop.contract.references import resolved
from mockhoop.messages import Call, Headers

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a call is not let in: 401 for credentials that are missing or malformed, 403 for scopes that they lack."""

    status: int
    detail: str
    headers: Headers


class Security:
    """The security requirements of a document's operations."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        schemes = (document.get("components") or {}).get("securitySchemes") or {}
        self._schemes = {name: resolved(document, one) for name, one in schemes.items()}
        self._usual = document.get("security") or ()

    @property
    def query_names(self) -> frozenset[str]:
        """The query parameters that carry keys."""
        named = (one for one in self._schemes.values() if one.get("type") == "apiKey" and one.get("in") == "query")
        return frozenset(str(one.get("name")) for one in named)

    def denial(self, call: Call, operation: Operation) -> Denial | None:
        """Why the call is not let in; None when one of the alternatives is met, or nothing is asked for."""
        asked: Sequence[Mapping[str, Sequence[str]]] = operation.definition.get("security", self._usual) or ()
        if not asked:
            return None
        found = []
        for requirement in asked:
            denials = [one for name, scopes in requirement.items() for one in self._lacks(call, name, scopes)]
            if not denials:
                return None
            found.append(denials)
        lacking = [one for denials in found for one in denials]
        # Who has all but the scopes is known and not allowed.
        known = next((denials for denials in found if all(one.status == 403 for one in denials)), None)
        if known is not None:
            return known[0]
        texts = dict.fromkeys(one.detail for one in lacking)
        headers = dict.fromkeys(header for one in lacking if one.status == 401 for header in one.headers)
        return Denial(401, "; or ".join(texts), tuple(headers))

    def _lacks(self, call: Call, name: str, scopes: Sequence[str]) -> Iterator[Denial]:
        scheme = self._schemes.get(name)
        if scheme is None:
            return
        kind = scheme.get("type")
        if kind == "apiKey":
            yield from _key_lacks(call, str(scheme.get("in")), str(scheme.get("name")))
        elif kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
            yield from _basic_lacks(call)
        elif kind == "http" and str(scheme.get("scheme", "")).lower() != "bearer":
            yield from _other_lacks(call, str(scheme.get("scheme")))
        elif kind in ("http", "oauth2", "openIdConnect"):
            yield from _bearer_lacks(call, scopes if kind != "http" else ())


def _denied(detail: str, challenge: str) -> Denial:
    return Denial(401, detail, (("WWW-Authenticate", challenge),))


def _key_lacks(call: Call, place: str, name: str) -> Iterator[Denial]:
    if place == "header":
        given = call.headers.get(name)
    elif place == "query":
        given = parse_qs(call.raw_query, keep_blank_values=True).get(name, [""])[0]
    else:
        pairs = (pair.strip().partition("=") for pair in call.headers.get("Cookie", "").split(";"))
        given = next((value for key, _, value in pairs if key == name), "")
    if not given:
        yield _denied(f"the {place} {name} has to carry an API key", f'ApiKey in="{place}", name="{name}"')


def _basic_lacks(call: Call) -> Iterator[Denial]:
    scheme, _, given = call.headers.get("Authorization", "").strip().partition(" ")
    try:
        pair = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        pair = b""
    if scheme.lower() != "basic" or b":" not in pair:
        text = "the header Authorization has to be Basic, with a name and a password in base64"
        yield _denied(text, 'Basic realm="mockhoop"')


def _other_lacks(call: Call, scheme: str) -> Iterator[Denial]:
    given, _, rest = call.headers.get("Authorization", "").strip().partition(" ")
    if given.lower() != scheme.lower() or not rest.strip():
        yield _denied(f"the header Authorization has to be {scheme.capitalize()} with credentials", scheme.capitalize())


def _bearer_lacks(call: Call, scopes: Sequence[str]) -> Iterator[Denial]:
    scheme, _, token = call.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        yield _denied("the header Authorization has to be Bearer with a token", "Bearer")
        return
    granted = _granted(token.strip())
    missing = [one for one in scopes if granted is not None and one not in granted]
    if missing:
        challenge = f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
        text = f"the token lacks the scope {', '.join(missing)}"
        yield Denial(403, text, (("WWW-Authenticate", challenge),))


def _granted(token: str) -> frozenset[str] | None:
    """The scopes that a token names, when it is a JWT that names some; nothing is known of other tokens."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    told = claims.get("scope", claims.get("scp")) if isinstance(claims, dict) else None
    if isinstance(told, str):
        return frozenset(told.split())
    return frozenset(map(str, told)) if isinstance(told, list) else None
