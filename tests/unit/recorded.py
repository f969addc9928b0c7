"""Exchanges for the tests of recordings, what is recorded of them, and a client of what was recorded."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from mockhoop.contract.document import load_contract
from mockhoop.exchange import Exchange
from mockhoop.journals.entry import Entry
from mockhoop.messages import AnyCase, Call, Headers
from mockhoop.pipeline import Pipeline
from mockhoop.recording.recorder import Recorder, Recording
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import Loaded, parse_scenario
from mockhoop.world.world import World

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
REPERTOIRE = Repertoire(Settings(contract=CONTRACT.path), CONTRACT, parse_scenario("mockhoop: 1", "empty.yaml"))
SERVER = "https://gateway.acme.test/api"
TOKEN = "an-own-token-of-john-1234"


def entry(
    call: str,
    body: object = "",
    *,
    status: int = 200,
    token: str | None = None,
    sent: object = b"",
    asked: Headers = (),
    headers: Headers = (),
) -> Entry:
    """An exchange: ``entry("GET /sessions?limit=1", {"total": 0})``; a body that is no bytes and no text is JSON."""
    method, _, target = call.partition(" ")
    path, _, query = target.partition("?")
    signed_in = (("Authorization", f"Bearer {token}"),) if token is not None else ()
    kinds = {bytes: "application/octet-stream", str: "text/plain; charset=utf-8"}
    kind = kinds.get(type(body), "application/json")
    said = _bytes(body)
    typed = not said or any(name.lower() == "content-type" for name, _ in headers)
    return Entry(
        method=method,
        path=f"/api{path}",
        query=query,
        request_headers=(("Host", "127.0.0.1:8011"), *signed_in, *asked),
        request_body=_bytes(sent),
        status=status,
        response_headers=headers if typed else (*headers, ("Content-Type", kind)),
        response_body=said,
        responder="upstream",
    )


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    return (
        body.encode("utf-8", "surrogatepass")
        if isinstance(body, str)
        else json.dumps(body, separators=(",", ":")).encode()
    )


def recording(*entries: Entry, base_url: str = SERVER) -> Recording:
    """What is recorded of exchanges."""
    recorder = Recorder(CONTRACT, base_url, "mockhoop serve --scenario recorded.yaml")
    for one in entries:
        recorder.add(one)
    return recorder.recording()


def scenario(*entries: Entry) -> Loaded:
    """The scenario that is recorded of exchanges."""
    return parse_scenario(recording(*entries).text, "recorded.yaml")


def answers(*entries: Entry) -> list[Any]:
    """The answers that are recorded of exchanges, as they are written."""
    data = scenario(*entries).sources[0].data
    return list(data["answers"])


class Client:
    """Makes calls in a world of what was recorded."""

    def __init__(self, text: str) -> None:
        base = REPERTOIRE.base(parse_scenario(text, "recorded.yaml"))
        self.pipeline = Pipeline(REPERTOIRE.stage(base.chance), World(base))

    def call(self, told: Entry, headers: Iterable[tuple[str, str]] | None = None) -> Exchange:
        """Make the call of an exchange, with other headers if they are given."""
        given = AnyCase(dict(told.request_headers if headers is None else headers) | {"Host": "mock.test"})
        outcome = self.pipeline.answer(Call(told.method, told.path, told.query, given, told.request_body))
        assert isinstance(outcome, Exchange)
        return outcome

    def replies(self, entries: Sequence[Entry]) -> list[tuple[int, str, bytes]]:
        """What all the calls are answered, one after the other, by whoever the recording has for them."""
        found = [self.call(one) for one in entries]
        assert {one.responder for one in found} <= {"recorded"}
        return [(one.reply.status, one.reply.content_type, one.reply.body) for one in found]
