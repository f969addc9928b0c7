"""What schemathesis cannot guess: ids of sessions that exist, tokens of links that are fresh, calls worth making."""

import http.client
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from zlib import crc32

from schemathesis import Case

from mockhoop.gateway.facets import CONNECTIONS, SESSIONS, USERS
from mockhoop.gateway.sessions import session_id
from mockhoop.responders.hoop.reviews import find_reviewed
from mockhoop.world.world import World

from .belongings import EXISTING, ITEMS, PROVOKING, TELLING, THINGS, Belongings
from .deviations import (
    DECIDING,
    DOWNLOADS,
    EXEC,
    KILL,
    LISTS,
    METADATA,
    NEW,
    PROVISION,
    STREAM,
    UNKNOWN_ID,
    WINDOW,
    Deviation,
)
from .deviations import SESSIONS as OPENING

ADMIN = {"Authorization": "Bearer ada"}
KEY = {"Authorization": "Bearer hpk_campaign"}

# The times of the world are in its answers, and schemathesis learns from answers: the clock stands still. The
# contract's own examples name the connection ``bash`` and the user ``johnwick@bad.org``.
SURROUNDINGS = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
api_keys:
  - {name: campaign, key: hpk_campaign, groups: [admin]}
users:
  - {name: John Example, email: johnwick@bad.org, groups: [engineering], password: a-password-for-tests}
connections:
  - {name: bash, type: custom, subtype: bash}
  - {name: reviewed, type: custom, subtype: bash, reviewers: [sre], force_approve_groups: [admin]}
executions:
  - {when: {script: "sleep *"}, takes: 70s}
  - {when: {script: "exit *"}, exit_code: 3}
"""

Values = Mapping[str, str]


def surroundings(contract: str) -> str:
    """The scenario beside the default one; the older contract has nothing to tell items of."""
    return SURROUNDINGS + (ITEMS if contract == "hoop.yaml" else "")


RENDERINGS: tuple[Values, ...] = (
    {},
    {"event_stream": "utf8"},
    {"event_stream": "base64"},
    {"event_stream": "raw-queries"},
)
FORMATS: tuple[Values, ...] = (
    {"extension": "txt", "newline": "1", "event-time": "1"},
    {"extension": "csv"},
    {"extension": "json"},
)
SCRIPTS = ("uptime", "sleep 70", "exit 3")
# Sessions that are made for one call, by what the call that makes them tells beside the usual.
FRESH: Mapping[str, Mapping[str, Any]] = {
    "fresh pending": {"approved_reviewers": []},
    "fresh approved": {},
    "fresh access": {"access_duration_sec": 600},
    "fresh unforced": {"approved_reviewers": [], "connection": "bash-prod"},
    "fresh window": {"approved_reviewers": [], "time_window": WINDOW},
}
WANTED: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(DECIDING, ("fresh pending", "fresh approved", "fresh access", "fresh unforced")),
    EXEC: ("fresh approved",),
    KILL: ("fresh pending", "fresh approved"),
    METADATA: ("fresh approved",),
}
CALLS = 24  # that show much, of an operation that changes something


class Supplier:
    """Supplies one campaign; ``expected`` are its deviations."""

    def __init__(self, url: str, world: World, expected: Sequence[Deviation]) -> None:
        self._address = urlsplit(url)
        self._world = world
        sessions = list(world.table(SESSIONS))
        self._count = len(sessions)
        self._some = [session.id for session in sessions[::12]]
        self._done = [session.id for session in sessions if session.status == "done"][::12]
        self._reviews = [text for one in sessions if one.review for text in (one.id, one.review.id)][::3]
        self._connections = ["bash", "reviewed", *(connection.name for connection in world.table(CONNECTIONS))]
        self._users = ["ada@example.com", *(user.email for user in world.table(USERS))]
        self._expected = expected
        self._belongings = Belongings(self._ask_as_admin)
        self._made = count()

    def complete(self, case: Case[Any]) -> None:
        """Give a case ids that exist and a body that means something; a part of what was generated stays."""
        if case.meta is not None and case.meta.generation.mode.is_positive and isinstance(case.body, dict):
            case.body = self._body(case.operation.label, case.body)
        if self._belongings.names(case.operation.label):
            self._name_what_exists(case)
        else:
            for name in case.path_parameters:
                self._supply_id(case, name)
        if case.operation.label == "GET /connections" and case.query and _chance(repr(case.query)) % 3 == 0:
            case.query["subtype"] = "x"  # too short for a filter
        token = case.query.get("token")
        if case.operation.label in DOWNLOADS and isinstance(token, str):
            fresh = self._token_of_a_fresh_link(str(case.path_parameters["session_id"]))
            # Every third token stays wrong while the right one is pending.
            if fresh and len(token) % 3 < 2:
                case.query["token"] = fresh

    def _name_what_exists(self, case: Case[Any]) -> None:
        """Of the calls on something beside sessions most are to find it."""
        values = case.path_parameters
        if EXISTING in values.values() or (case.meta is not None and _chance(f"{values} {case.body!r}") % 8):
            self._belongings.name_all(case.operation.label, values)

    def _supply_id(self, case: Case[Any], name: str) -> None:
        values, label = case.path_parameters, case.operation.label
        text = str(values[name])
        chance = _chance(f"{text} {case.body!r}")
        if text in FRESH:
            values[name] = self._fresh(text)
        elif label == STREAM and self._goes_on(text):
            values[name] = self._done[chance % len(self._done)]
        elif case.meta is not None and chance % 8 and self._session(text) is None:
            values[name] = self._offered(label, chance // 8)

    def _offered(self, label: str, chance: int) -> str:
        wanted = WANTED.get(label)
        if wanted is not None:
            return self._fresh(wanted[chance % len(wanted)])
        known = self._reviews if "/reviews/" in label else self._done if label == STREAM else self._some
        offered = (*known, known[0].upper(), f"{{{known[0]}}}", UNKNOWN_ID)
        return offered[chance % len(offered)]

    def _goes_on(self, text: str) -> bool:
        """Whether there is such a session and it is not over: the stream of events would never end."""
        session = self._session(text)
        return session is not None and session.status != "done"

    def _session(self, text: str) -> Any:
        key = session_id(text)
        return None if key is None else find_reviewed(self._world, key)

    def _body(self, label: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """The body with names that exist and a time window that is one, and now and then without."""
        body = dict(told)
        chance = _chance(repr(told))
        if label in (NEW, PROVISION):
            body["connection"] = "nowhere" if chance % 8 == 1 else self._connections[chance // 24 % 4]
        if label == PROVISION and body.get("user_email"):
            body["user_email"] = "nobody@example.com" if chance % 8 == 2 else self._users[chance // 24 % 4]
        method, path = label.split()
        if method == "POST" and path in THINGS and chance % 4:
            named = THINGS[path].body(self._belongings.fresh_name())
            body |= {key: named[key] for key in body.keys() & named.keys() & {"name", "email", "subject", "git_url"}}
        if label == "POST /plugins" and chance % 8 == 1:
            body["priority"] = 2**63
        if label in DECIDING and chance % 3 == 0:
            body["force_review"] = True
        if isinstance(body.get("time_window"), dict) and chance % 2:
            body["time_window"] = WINDOW
        return body

    def _fresh(self, kind: str) -> str:
        """A session of the admin's that was made for this call."""
        script = SCRIPTS[next(self._made) % len(SCRIPTS)]
        body = {"user_email": "ada@example.com", "connection": "reviewed", "script": script, **FRESH[kind]}
        status, answer = self._ask("POST", "/sessions/provision", KEY, json.dumps(body))
        assert status == 202, answer
        return str(answer["session_id"])

    def _token_of_a_fresh_link(self, text: str) -> str:
        status, answer = self._ask("GET", f"/sessions/{quote(text, safe='%')}?extension=txt", ADMIN)
        return dict(parse_qsl(urlsplit(answer["download_url"]).query))["token"] if status == 200 else ""

    def _ask_as_admin(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        return self._ask(method, target, ADMIN, None if body is None else json.dumps(body))

    def _ask(self, method: str, target: str, headers: Values, body: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port or 80)
        try:
            connection.request(method, f"{self._address.path}{target}", body, dict(headers))
            response = connection.getresponse()
            return response.status, json.loads(response.read() or "null")
        finally:
            connection.close()

    def examples(self, operation: Any) -> Iterator[Case[Any]]:
        """Calls that show much, and those that provoke the deviations which nothing generated is sure to meet."""
        for values, body in (
            *self._changing(operation.label),
            *((told, None) for told in self._telling(operation.label)),
            *self._finding(operation.label),
        ):
            yield _case(operation, values, body)
        for deviation in self._expected:
            if operation.label in deviation.operations and (deviation.example or deviation.body):
                yield _case(operation, deviation.example, deviation.body)

    def _finding(self, operation: str) -> Iterator[tuple[Values, Any]]:
        """Calls on what there is beside sessions."""
        method, path = operation.split()
        values = dict.fromkeys(re.findall("{(.*?)}", path), EXISTING) if self._belongings.names(operation) else {}
        kind = path if method == "POST" else path.rpartition("/{")[0]
        if operation in PROVOKING:
            yield {}, {**THINGS[kind].body(self._belongings.fresh_name()), **PROVOKING[operation]}
        if kind in THINGS and method in ("POST", "PUT") and path.count("{") == (method == "PUT"):
            yield values, THINGS[kind].body(self._belongings.fresh_name())
        elif operation in TELLING:
            yield values, TELLING[operation]
        elif values:
            yield values, None

    def _telling(self, operation: str) -> Iterator[Values]:
        if operation in LISTS:
            for offset in range(0, self._count, 100):
                yield {"limit": "100", "offset": str(offset)}
        elif operation == "GET /search":
            yield {"term": "bash"}
        elif operation == "GET /reviews":
            yield from ({} for _ in range(CALLS))
        elif operation == "GET /reviews/{id}":
            yield from ({"id": text} for text in self._reviews[:CALLS])
        elif operation == STREAM:
            yield from ({"session_id": text} for text in (self._done * CALLS)[:CALLS])
        if operation in DOWNLOADS:
            yield {"session_id": self._some[0], "token": "no"}  # a wrong one while another is right
        for text in self._some:
            if operation in OPENING:
                for rendering in RENDERINGS:
                    yield {"session_id": text, "expand": "event_stream,session_input", **rendering}
            elif operation.endswith("/download"):
                for form in FORMATS:
                    yield {"session_id": text, "token": "", **form}
            elif operation.endswith("/download/input"):
                yield {"session_id": text, "token": ""}
            elif operation.endswith("/result/stream"):
                yield {"session_id": text, "newline": "1", "events": "i,o,e"}

    def _changing(self, operation: str) -> Iterator[tuple[Values, Any]]:
        """Calls of the operations that change something, each with a session of its own."""
        name = "id" if operation.endswith("{id}") else "session_id"
        for number in range(CALLS):
            script, one = SCRIPTS[number % len(SCRIPTS)], number % 2
            if operation in DECIDING:
                kind, status = (("fresh pending", "APPROVED"), ("fresh access", "revoked"))[one]
                yield {name: kind}, {"status": status, "force_review": number % 4 < 2}
            elif operation == METADATA:
                yield {name: "fresh approved"}, {"metadata": {"number": number}}
            elif operation in WANTED:
                yield {name: WANTED[operation][one % len(WANTED[operation])]}, None
            elif operation == NEW:
                yield {}, {"connection": self._connections[one], "script": script, "metadata": {"number": number}}
            elif operation == PROVISION:
                told = {"connection": self._connections[one], "script": script, "access_duration_sec": 600 * one}
                yield {}, {"user_email": self._users[one], **told, "approved_reviewers": [] if number % 4 else None}


def _chance(text: str) -> int:
    return crc32(text.encode(errors="surrogatepass"))


def _case(operation: Any, values: Values, body: Any) -> Case[Any]:
    path = {name: value for name, value in values.items() if f"{{{name}}}" in operation.path}
    query = {name: value for name, value in values.items() if name not in (*path, "id", "session_id")}
    sent = {} if body is None else {"body": body, "media_type": "application/json"}
    return operation.Case(path_parameters=path, query=query, **sent)  # type: ignore[no-any-return]
