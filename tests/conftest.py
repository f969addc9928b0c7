"""What tests over the whole app share: services in fresh worlds, clients that speak HTTP, answers that were checked.

Every response that a test causes is validated against the contract; one that breaks it fails the test at its end.
"""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from aiohttp.test_utils import TestClient
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from mockhoop.contract.document import load_contract
from mockhoop.exchange import Exchange, Waiting
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.server.app import make_app
from mockhoop.service import Service, build
from mockhoop.worlds import Worlds

# The time of an example says more of the machine than of the code; the same examples every time say more of the code.
hypothesis.settings.register_profile("mockhoop", deadline=None, derandomize=True)
hypothesis.settings.load_profile("mockhoop")

CONTRACTS = {"hoop": "hoop.yaml", "1.49.10": "hoop-1.49.10.yaml"}
HOST = "gateway.test:8009"

ServiceFactory = Callable[..., Service]
ApiFactory = Callable[..., Awaitable["Api"]]
Ask = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    """A response: ``headers`` looks names up without regard to case, ``body`` is as it was on the wire."""

    status: int
    headers: CIMultiDict[str] | CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON, objects with their keys in the order of the wire."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The text of an error; fails where the body has not the gateway's shape (section 1.5)."""
        body = self.json
        assert body.keys() - {"status", "validation"} == {"message"}
        return str(body["message"])

    @property
    def violations(self) -> list[Any]:
        """What the header about broken rules lists; empty without the header."""
        return list(json.loads(self.headers.get("X-Mockhoop-Violations", "[]")))

    @property
    def ids(self) -> list[str]:
        """The ids of the sessions in a list."""
        assert self.status == 200, self.body
        return [session["id"] for session in self.json["data"]]


class Api:
    """A client of a service, over HTTP. It speaks as Ada, the admin, unless told otherwise."""

    def __init__(self, client: TestClient[Any, Any], service: Service) -> None:
        self.client = client
        self.service = service

    async def get(self, target: str, token: str | None = "ada", **headers: str) -> Answer:
        """GET; ``target`` is the path behind ``/api`` with its query, sent as it stands."""
        return await self.request("GET", f"/api{target}", token, headers)

    async def session(self, session_id: str, query: str = "", token: str = "ada") -> Any:
        """The JSON of one session that can be opened."""
        answer = await self.get(f"/sessions/{session_id}?{query}", token)
        assert answer.status == 200, answer.body
        return answer.json

    async def request(
        self, method: str, target: str, token: str | None = "ada", headers: dict[str, str] | None = None
    ) -> Answer:
        """Any method and target, without following redirects."""
        sent = dict(headers or {}) | (as_user(token) if token else {})
        url = URL(f"{self.client.make_url('/')}".rstrip("/") + target, encoded=True)
        async with self.client.session.request(method, url, headers=sent, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())


def as_user(token: str) -> dict[str, str]:
    """The header with which the user of this token signs in."""
    return {"Authorization": f"Bearer {token}"}


@lru_cache(maxsize=32)
def _built(settings: Settings) -> Service:
    return build(settings)


def _in_fresh_worlds(service: Service, watch: Callable[[Exchange], None]) -> Service:
    """The service with worlds of its own over the shared base; ``watch`` is told of each exchange."""

    def watched(outcome: Exchange | Waiting) -> Exchange | Waiting:
        if isinstance(outcome, Exchange):
            watch(outcome)
        return outcome

    def make(name: str) -> Pipeline:
        pipeline = service.make(name)

        def answer(call: Call) -> Exchange | Waiting:
            return watched(type(pipeline).answer(pipeline, call))

        def resume(waiting: Waiting) -> Exchange | Waiting:
            return watched(type(pipeline).resume(pipeline, waiting))

        pipeline.answer = answer  # type: ignore[method-assign]
        pipeline.resume = resume  # type: ignore[method-assign]
        return pipeline

    fresh = copy.copy(service)
    fresh.worlds = Worlds(make)
    return fresh


@pytest.fixture
def mistakes() -> Iterator[list[str]]:
    """What the servers of a test did wrong while it ran; anything in it fails the test at its end."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def service(mistakes: list[str]) -> ServiceFactory:
    """Makes services: ``service("downloads", contract="1.49.10", validation="report")``.

    The scenario is a shipped one, by name, or a file. More settings are those of ``mockhoop.service.Settings``.
    """

    def check(exchange: Exchange) -> None:
        broken = [found for found in exchange.violations if found.location.startswith("response.")]
        mistakes.extend(f"{exchange.call.method} {exchange.call.raw_path}: {found}" for found in broken)

    def make(*scenarios: object, contract: str | Path = "hoop", validation: str = "enforce", **more: Any) -> Service:
        settings = Settings(
            contract=spec_dir() / CONTRACTS.get(str(contract), contract),
            scenarios=tuple(map(str, scenarios)) or ("default",),
            validation=Validation(validation),
            **{"check_responses": True, **more},
        )
        return _in_fresh_worlds(_built(settings), check)

    return make


@pytest.fixture
def ask() -> Ask:
    """``ask(service(…), "/sessions?limit=1", "john")``: as ``Api.get``, without a socket, for hundreds of calls."""

    def get(service: Service, target: str, token: str | None = "ada", method: str = "GET") -> Answer:
        path, _, query = target.partition("?")
        headers = CIMultiDict({"Host": HOST, **(as_user(token) if token else {})})
        reply = service.pipeline.answer(Call(method, f"/api{path}", query, headers)).reply
        shown = CIMultiDict(reply.headers)
        if reply.content_type:
            shown["Content-Type"] = reply.content_type
        return Answer(reply.status, shown, reply.body)

    return get


@pytest.fixture
def hoop_document(tmp_path: Path) -> Callable[..., Path]:
    """Makes a changed copy of a shipped contract, corrections included: ``hoop_document(change, "1.49.10")``.

    ``change`` is called with the document as plain data and alters it.
    """

    def make(change: Callable[[dict[str, Any]], object], contract: str = "hoop") -> Path:
        document = copy.deepcopy(dict(load_contract(spec_dir() / CONTRACTS[contract]).document))
        change(document)
        path = tmp_path / "contract.json"
        path.write_text(json.dumps(document))
        return path

    return make


@pytest.fixture
async def no_task_is_left() -> AsyncIterator[None]:
    """Fails the test if tasks are running when its clients and servers are closed."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, left


@pytest.fixture
async def api(no_task_is_left: None, mistakes: list[str], aiohttp_client: Any, service: ServiceFactory) -> ApiFactory:
    """Starts servers and gives a client of each: ``await api("pagination")``, with the settings of ``service``.

    A server that fails, with an exception where an answer should be, fails the test.
    """

    def check(exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:
        if exchange.reply.status == 500 and not exchange.operation:
            mistakes.append(f"{exchange.call.method} {exchange.call.raw_path} failed; the log says why")

    async def start(*scenarios: object, **settings: Any) -> Api:
        made = service(*scenarios, **settings)
        return Api(await aiohttp_client(make_app(made, observers=[check])), made)

    return start
