"""Secrets in the place of their placeholders: those that a fresh world knows, or has given out itself."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl

from mockhoop.exchange import Exchange
from mockhoop.gateway.codes import code_of
from mockhoop.gateway.facets import API_KEYS, LINKS, SERVICE_ACCOUNTS, USERS, token_digest
from mockhoop.gateway.records import ApiKey, DownloadLink, ServiceAccount, User
from mockhoop.gateway.tokens import claimed_email
from mockhoop.journals.entry import Entry
from mockhoop.messages import AnyCase, Call
from mockhoop.recall.masking import Mask
from mockhoop.world.world import World

SECRET = base64.b64encode(b"<secret>").decode()
"""In the place of a secret that nobody needs to know; it is good base64, as secrets of connections are."""
_WRONG = base64.b64encode(b"<wrong>").decode()
_NOBODYS = "a.token.of.nobody"
_CREDENTIALS = f"Basic {base64.b64encode(b'mockhoop:mockhoop').decode()}"
_PLACEHOLDER = re.compile(r"<(token|key|link|code):([^>]+)>")
_SIGNED = re.compile(r"ey[\w-]+\.[\w-]+\.[\w-]+")
_KEY = re.compile(rb"hpk_[\w-]+")
_LOGIN = "/localauth/login"
_REFUSED = (401, 403)


class Filling:
    """Fills in what the journal of a world has masked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._given: dict[str, str] = {}
        self._fillers: Mapping[str, Callable[[str], str | None]] = {
            "token": self._token,
            "key": self._key,
            "link": self._link,
        }

    def call(self, entry: Entry) -> Call:
        """The call that an entry tells."""
        return Call(
            entry.method,
            entry.path,
            self._query(entry),
            _by_name((name, self._header(name.lower(), value)) for name, value in entry.request_headers),
            self._body(entry),
            entry.prefix,
        )

    def learn(self, exchange: Exchange) -> None:
        """Keep the tokens and keys that an answer has given out."""
        reply, mask = exchange.reply, Mask(self._world)
        for _, value in reply.headers:
            for token in _SIGNED.findall(value):
                self._given[mask.caller(claimed_email(token))] = token
        keys = self._world.table(API_KEYS)
        for found in set(_KEY.findall(reply.body)):
            key: ApiKey | None = keys.find("key", token_digest(found.decode()))
            if key is not None:
                self._given[f"<key:{key.name}>"] = found.decode()

    def _header(self, name: str, value: str) -> str:
        if value == "<credentials>":
            return _CREDENTIALS
        if value == "<api-key>":
            return getattr(self._world.settings, "api_key", "") or value
        return self._text(value) if name == "authorization" else value

    def _query(self, entry: Entry) -> str:
        # A token that was refused was not the one that the link has.
        if entry.status in _REFUSED and "<link:" in entry.query:
            return entry.query
        told = dict(parse_qsl(entry.query)) if "<code:" in entry.query else {}
        if "state" in told:
            chance, state = self._world.chance, told["state"]
            return _PLACEHOLDER.sub(lambda found: code_of(chance, state, found[2]), entry.query)
        return self._text(entry.query)

    def _body(self, entry: Entry) -> bytes:
        body = entry.request_body
        if b"<secret>" not in body:
            return body
        known = SECRET
        if entry.path.endswith(_LOGIN):  # who was not let in had another password
            known = (self._password(body) or SECRET) if entry.status < 300 else _WRONG
        return body.replace(b'"<secret>"', json.dumps(known).encode())

    def _password(self, body: bytes) -> str:
        """The password with which somebody has signed in."""
        try:
            email = json.loads(body)["email"]
        except (ValueError, LookupError, TypeError):
            return ""
        user: User | None = self._world.table(USERS).find("email", str(email))
        return user.password if user is not None else ""

    def _text(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._filled, text) if "<" in text else text

    def _filled(self, found: re.Match[str]) -> str:
        filler = self._fillers.get(found[1])
        known = filler(found[2]) if filler is not None else None
        return known or (_NOBODYS if found[1] in ("token", "key") else found[0])

    def _token(self, name: str) -> str | None:
        given = self._given.get(f"<token:{name}>")
        if given is not None:
            return given
        people: Iterable[User] = self._world.table(USERS)
        accounts: Iterable[ServiceAccount] = self._world.table(SERVICE_ACCOUNTS)
        known = [*((one.email, one.token) for one in people), *((one.subject, one.token) for one in accounts)]
        return next((token for told, token in known if token and name in (told, told.partition("@")[0])), None)

    def _key(self, name: str) -> str | None:
        key: ApiKey | None = self._world.table(API_KEYS).find("name", name)
        return self._given.get(f"<key:{name}>") or (key.key if key is not None else None)

    def _link(self, session: str) -> str | None:
        link: DownloadLink | None = self._world.table(LINKS).get(session)
        return link.token if link is not None else None


def _by_name(headers: Iterable[tuple[str, str]]) -> AnyCase:
    """Headers by name; of several with one name the first counts, as it does for a server."""
    found: dict[str, str] = {}
    for name, value in headers:
        found.setdefault(name, value)
    return AnyCase(found)
