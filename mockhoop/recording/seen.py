"""One exchange as a scenario can tell it: the call, who called, what was sent, what was answered; secrets disguised."""

import json
import re
from dataclasses import dataclass
from typing import Any

from mockhoop.gateway.access import bearer_token
from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers
from mockhoop.recording import secrets
from mockhoop.recording.disguise import WILD, Disguise
from mockhoop.recording.hosts import Hosts
from mockhoop.recording.kinds import header, is_json, is_writable, kept_headers, media_type, text_of
from mockhoop.recording.people import API_KEY, BEARER, People
from mockhoop.recording.secrets import Secret
from mockhoop.scenario.answers import ANY, CallKey, call_key
from mockhoop.source.limits import height

Condition = tuple[str, str]
"""A header of a call, and the pattern for its value."""

DEEPEST = 40
"""How many mappings and lists are inside one another in what is written as data."""
_PATTERN = re.compile(r"([*?\[])")
_WILDS = re.compile(f"{WILD}+")


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered, as it is written: a body that is a text has ``${origin}`` in it."""

    status: int
    headers: Headers
    body: str | bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """An exchange. ``caller`` is the header that tells who called, None for nobody in particular.

    ``sent`` is the body of the call as a pattern, None where it cannot be told apart from others.
    """

    call: str
    key: CallKey
    caller: Condition | None
    sent: Any
    told: Told


class Seeing:
    """Makes exchanges into what a scenario can tell. All are met before the first one is told.

    ``sent`` are headers that the server got beside those of the clients; an answer may repeat them.
    """

    def __init__(self, hosts: Hosts, people: People, base_path: str, sent: Headers = ()) -> None:
        self.disguise = Disguise()
        self._hosts = hosts
        self._people = people
        self._base_path = base_path
        for token, person in people.by_token.items():
            self.disguise.meet(Secret(0, len(token), token, BEARER), person.token)
        for key, mask in people.api_keys.items():
            self.disguise.meet(Secret(0, len(key), key, f"header {API_KEY}"), mask)
        for name, value in sent:
            for one in secrets.in_header(name, value):
                self.disguise.meet(one)

    def meet(self, entry: Entry) -> None:
        """Take note of the secrets of an exchange."""
        asked = [
            *secrets.in_path(entry.path),
            *secrets.in_query(entry.query),
            *(one for name, value in entry.request_headers for one in secrets.in_header(name, value)),
            *_in_body(entry.request_body, entry.request_headers),
        ]
        answered = [
            *(one for name, value in entry.response_headers for one in secrets.in_header(name, value)),
            *_in_body(entry.response_body, entry.response_headers),
        ]
        for one in asked:
            self.disguise.meet(one)
        for one in answered:
            self.disguise.meet(one, given=True)

    def see(self, entry: Entry, operation: str) -> Seen:
        """The exchange as a scenario tells it; ``operation`` is what it is called in the list of redactions."""
        where = operation or "other calls"
        path = entry.path.removeprefix(self._base_path) if entry.path.startswith(f"{self._base_path}/") else entry.path
        path = self.disguise.answer(path, secrets.in_path(path), f"the path of {where}")
        query = self._query(entry.query, f"the query of {where}")
        target = f"{path}?{query}" if query else path
        return Seen(
            f"{entry.method} {target}",
            call_key(entry.method, path, query),
            self._caller(entry),
            self._sent(entry, f"requests of {where}"),
            self._told(entry, f"answers of {where}"),
        )

    def _query(self, query: str, where: str) -> str:
        if not query:
            return ""
        disguised = self.disguise.asked(query, secrets.in_query(query), where)
        parts = []
        for part in disguised.split("&"):
            name, equals, _ = part.partition("=")
            is_open = equals and (WILD in part or self._hosts.is_in(part))
            parts.append(f"{name}={ANY}" if is_open else part)
        return "&".join(parts)

    def _caller(self, entry: Entry) -> Condition | None:
        headers = entry.request_headers
        authorization = header(headers, "authorization")
        if authorization:
            self._note("Authorization", authorization)
            token = bearer_token(authorization)
            if token in self._people.by_token:
                return "Authorization", f"Bearer {self._people.by_token[str(token)].token}"
            return "Authorization", f"{authorization.split(' ', 1)[0]} {ANY}"
        key = header(headers, "api-key")
        if key in self._people.api_keys:
            self._note(API_KEY, str(key))
            return API_KEY, self._people.api_keys[str(key)]
        for cookie in secrets.in_header("Cookie", header(headers, "cookie") or ""):
            mask = self.disguise.known(cookie.value)
            if mask is not None and self.disguise.is_told(cookie.value):
                return "Cookie", f"*{cookie.what.partition(' ')[2]}={mask}*"
        return None

    def _note(self, name: str, value: str) -> None:
        """Count a header that is told by another value."""
        self.disguise.answer(value, secrets.in_header(name, value), f"the header {name} of requests")

    def _sent(self, entry: Entry, where: str) -> Any:
        """The body of a call as a pattern."""
        kind = media_type(entry.request_headers)
        text = text_of(entry.request_body)
        if text is None or kind.startswith("multipart/"):  # its boundary is never the same
            return None
        found = _in_body(entry.request_body, entry.request_headers)
        text = self._hosts.asked(self.disguise.asked(text, found, where), WILD)
        if is_json(kind) or text.lstrip()[:1] in ("{", "["):
            try:
                value = json.loads(text, parse_constant=_no_number)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict | list) and height(value) <= DEEPEST and is_writable(_all_of(value)):
                return _as_pattern(value)
        return _as_pattern(text)

    def _told(self, entry: Entry, where: str) -> Told:
        headers = tuple(
            (name, self._hosts.answer(self.disguise.answer(value, secrets.in_header(name, value), where)))
            for name, value in kept_headers(entry.response_headers)
        )
        text = text_of(entry.response_body)
        if text is None:
            return Told(entry.status, headers, entry.response_body)
        found = _in_body(entry.response_body, entry.response_headers)
        return Told(entry.status, headers, self._hosts.answer(self.disguise.answer(text, found, where)))


def _in_body(body: bytes, headers: Headers) -> list[Secret]:
    text = text_of(body) if body else None
    if text is None:
        return []
    # A gateway reads JSON whatever it is called; a form begins with a name.
    return secrets.in_body(text, is_json=is_json(media_type(headers)) or text.lstrip()[:1] in ("{", "["))


def _as_pattern(value: Any) -> Any:
    """A value whose texts stand for themselves, but for what only the client knows."""
    if isinstance(value, str):
        return _WILDS.sub(ANY, _PATTERN.sub(r"[\1]", value))
    if isinstance(value, dict):
        return {key: _as_pattern(one) for key, one in value.items()}
    return [_as_pattern(one) for one in value] if isinstance(value, list) else value


def _all_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
