"""Who called: each token is somebody's, and an answer to that person tells who."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mockhoop.gateway.access import ADMIN_GROUP, bearer_token
from mockhoop.journals.entry import Entry
from mockhoop.recording.kinds import header, is_writable

_ABOUT_ONESELF = re.compile(r"/(?:userinfo|self|me|whoami|profile|current[-_]?user)/?\Z", re.IGNORECASE)
BEARER = "bearer token"
API_KEY = "Api-Key"


@dataclass(slots=True)
class Person:
    """Somebody who called: as the recording tells it, and the token by which a client can be this person."""

    token: str
    name: str
    email: str
    groups: tuple[str, ...] = ()
    known: bool = False


@dataclass(slots=True)
class People:
    """The people by their real tokens, in the order in which they called first."""

    by_token: dict[str, Person] = field(default_factory=dict)
    api_keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "People":
        """Those who called in some exchanges. Several tokens of one email are one person's."""
        told: dict[str, dict[str, Any]] = {}
        keys: dict[str, str] = {}
        for entry in entries:
            token = bearer_token(header(entry.request_headers, "authorization"))
            if token:
                told.setdefault(token, {}).update(_about(entry))
            key = header(entry.request_headers, "api-key")
            if key:
                keys.setdefault(key, f"recorded-api-key-{len(keys) + 1}")
        people = cls(api_keys=keys)
        by_email: dict[str, Person] = {}
        for token, about in told.items():
            email = about.get("email", "")
            person = by_email.get(email)
            if person is None:
                person = _person(len(set(map(id, people.by_token.values()))) + 1, about)
                by_email[email or person.email] = person
            people.by_token[token] = person
        return people

    def everybody(self) -> list[Person]:
        """All of them, each once."""
        return list({person.token: person for person in self.by_token.values()}.values())


def _person(number: int, about: dict[str, Any]) -> Person:
    name, email = about.get("name") or "", about.get("email") or ""
    anonymous = f"caller-{number}"
    groups = [one for one in about.get("groups") or () if _is_text(one) and one]
    if about.get("role") == ADMIN_GROUP and ADMIN_GROUP not in groups:
        groups.append(ADMIN_GROUP)
    return Person(
        f"recorded-token-{number}", name or email or anonymous, email or anonymous, tuple(groups), known=bool(email)
    )


def _about(entry: Entry) -> dict[str, Any]:
    """What an answer tells its caller about the caller."""
    if entry.method != "GET" or entry.status != 200 or not _ABOUT_ONESELF.search(entry.path):
        return {}
    try:
        told = json.loads(entry.response_body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict) or not _is_text(told.get("email")):
        return {}
    texts = {name: told[name] for name in ("email", "name", "role") if _is_text(told.get(name))}
    return {**texts, "groups": told["groups"]} if isinstance(told.get("groups"), list) else texts


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_writable(value)
