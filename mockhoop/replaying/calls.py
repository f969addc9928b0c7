"""Calls as statements of a test: what goes with them, and what later ones take from their answers."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mockhoop.exchange import Exchange
from mockhoop.gateway.access import bearer_token
from mockhoop.gateway.facets import USERS
from mockhoop.gateway.records import User
from mockhoop.journals.entry import Entry
from mockhoop.replaying.carrying import in_path, in_query, replaced
from mockhoop.replaying.python import Name, Spread, argument, assigned, called, interpolated, text
from mockhoop.replaying.variables import Variable, is_json
from mockhoop.world.world import World

_MARKED = re.compile(r"(\x00[0-9]+\x00)")


class CallCode:
    """Writes the calls of a test, with names for what is from earlier answers."""

    def __init__(self, variables: Sequence[Variable], world: World) -> None:
        self._variables = variables
        self._world = world

    def call(self, entry: Entry, exchange: Exchange) -> Iterator[str]:
        """The statements that make a call."""
        call = exchange.call
        arguments = ["hoop", text(call.method), self._target(call.raw_path, call.raw_query)]
        headers = self._headers(entry, exchange)
        if isinstance(headers, dict) and headers:
            yield assigned("headers", headers)
            arguments.append("headers")
        elif headers:
            arguments.append(str(headers))
        if call.body:
            body = self._body(call.body)
            if isinstance(body, dict | list):
                yield assigned("body", body)
                body = Name("json.dumps(body)")
            arguments.append(argument(body) if headers else f"body={argument(body)}")
        yield called("answer = ask", arguments)

    def _target(self, path: str, query: str) -> str:
        """A path and query, with names for what is from earlier answers."""
        marks = {str(one.value): f"\0{place}\0" for place, one in enumerate(self._variables)}

        def marked(value: str) -> str:
            return marks.get(value, value)

        whole = in_path(path, marked) + (f"?{in_query(query, marked)}" if query else "")
        parts = (part for part in _MARKED.split(whole) if part)
        return interpolated(
            Name(self._variables[int(part.strip("\0"))].name) if part.startswith("\0") else part for part in parts
        )

    def _headers(self, entry: Entry, exchange: Exchange) -> "dict[str, Any] | Name":
        """What goes with a call: the headers of a person alone, or all by name."""
        user = self._user(entry, exchange)
        told: dict[str, Any] = {}
        for name, value in exchange.call.headers.items():
            if name.lower() == "authorization":
                if not user:
                    told[name] = self._authorization(value)
            else:
                told[name] = value
        person = Name(f"hoop.headers({text(user)})") if user else None
        if person is not None and not told:
            return person
        return {**({Spread(person): None} if person is not None else {}), **told}

    def _user(self, entry: Entry, exchange: Exchange) -> str:
        """Whose standing token a call has."""
        token = bearer_token(exchange.call.headers.get("Authorization"))
        user: User | None = next((one for one in self._world.table(USERS) if token and one.token == token), None)
        if user is None or user.status != "active":
            return ""
        told = re.search(r"<token:([^>]+)>", dict(entry.request_headers).get("Authorization", ""))
        return told[1] if told is not None else user.email

    def _authorization(self, value: str) -> str:
        known = {str(one.value): one.name for one in self._variables}
        token = bearer_token(value)
        return Name(f'f"Bearer {{{known[token]}}}"') if token in known else value

    def _body(self, body: bytes) -> Any:
        if is_json(body):
            return replaced(json.loads(body), {one.value: Name(one.name) for one in self._variables})
        try:
            return Name(f"{text(body.decode())}.encode()") if not body.isascii() else Name(text(body.decode()))
        except UnicodeDecodeError:
            return Name(repr(body))

    def taken(self, number: int) -> Iterator[str]:
        """What later calls need of an answer."""
        for one in self._variables:
            if one.source == number:
                yield from _statements_of(one)


def _statements_of(variable: Variable) -> Iterator[str]:
    """How a value is taken out of an answer."""
    if variable.header:
        place = f"answer.headers[{text(variable.header)}]"
    else:
        place = f"json.loads(answer.body){''.join(f'[{argument(step)}]' for step in variable.pointer)}"
    if variable.parameter:
        yield f"    link = {place}"
        place = f"parse_qs(urlsplit(link).query)[{text(variable.parameter)}][0]"
    yield f"    {variable.name} = {place}"
