"""Callbacks and webhooks: what is sent, to whom, and what is told of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from mockhoop.fixtures.messages import MESSAGES, MOST_KEPT, Message
from mockhoop.repertoire import Settings
from mockhoop.server.app import make_app
from mockhoop.service import Service, build

ORDERS = Path(__file__).parents[1] / "documents" / "orders.yaml"


@dataclass
class Receiver:
    """A server that is told things, and answers 204."""

    url: str = ""
    got: asyncio.Queue[tuple[str, str, dict[str, str], bytes]] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        """Take one message in."""
        await self.got.put((request.method, request.path_qs, dict(request.headers), await request.read()))
        return web.Response(status=204)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    taking = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", taking.take)
    server = TestServer(app)
    await server.start_server()
    taking.url = f"http://127.0.0.1:{server.port}"
    yield taking
    await server.close()


Client = TestClient[Any, Any]
Start = Callable[..., Awaitable[tuple[Client, Service]]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Serves the orders, with the text of a scenario if one is given."""
    clients: list[Client] = []

    async def started(scenario: str = "", **settings: Any) -> tuple[Client, Service]:
        file = tmp_path / "scenario.yaml"
        file.write_text(f"mockhoop: 1\n{scenario}")
        service = build(Settings(contract=ORDERS, scenarios=(str(file),), **settings))
        clients.append(TestClient(TestServer(make_app(service))))
        await clients[-1].start_server()
        return clients[-1], service

    yield started
    for client in clients:
        await client.close()


async def order(client: Client, receiver: Receiver, query: str = "") -> int:
    answer = await client.post(f"/orders{query}", json={"tell": [f"{receiver.url}/hook"]})
    assert answer.status == 201
    return int((await answer.json())["id"])


def sent(service: Service) -> list[Message]:
    return list(service.world.table(MESSAGES))


async def settled(service: Service, count: int) -> list[Message]:
    """The messages, as soon as it is known what became of so many of them."""
    news = asyncio.Event()
    with service.world.watched(news.set):
        async with asyncio.timeout(5):
            while sum(one.status is not None or one.error != "" for one in sent(service)) < count:
                news.clear()
                await news.wait()
    return sent(service)


async def perform(client: Client, *actions: dict[str, Any]) -> Any:
    answer = await client.post("/__mockhoop/worlds/default/scenario/perform", json={"do": list(actions)})
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_a_callback_goes_where_the_call_said(start: Start, receiver: Receiver) -> None:
    client, _ = await start(callbacks=True)
    own_id = await order(client, receiver)
    method, target, headers, body = await receiver.got.get()
    assert (method, target) == ("POST", f"/hook?order={own_id}")
    assert headers["X-Kind"] == "shipped"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body).keys() == {"at"}


async def test_what_became_of_a_message_is_remembered(start: Start, receiver: Receiver) -> None:
    client, service = await start(callbacks=True)
    await order(client, receiver, f"?also={receiver.url}/copy")
    messages = await settled(service, 2)
    assert [(one.name, one.method, one.status) for one in messages] == [
        ("POST /orders shipped", "POST", 204),
        ("POST /orders copied", "PUT", 204),
    ]
    listed = await (await client.get("/__mockhoop/worlds/default/state/messages")).json()
    assert [one["body"] for one in listed][1] == "a copy"


async def test_nothing_is_sent_unless_it_is_asked_for(start: Start, receiver: Receiver) -> None:
    client, service = await start()
    await order(client, receiver)
    assert sent(service) == []


async def test_a_callback_without_an_address_is_told_not_sent(start: Start, receiver: Receiver) -> None:
    client, service = await start(callbacks=True)
    await order(client, receiver)
    assert (await settled(service, 2))[1].error == "$request.query.also has no value"


async def test_a_call_that_is_refused_has_no_callback(start: Start) -> None:
    client, service = await start(callbacks=True)
    assert (await client.post("/orders", json={})).status == 422
    assert sent(service) == []


async def test_a_call_that_fails_has_no_callback(
    start: Start, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, service = await start(callbacks=True)
    monkeypatch.setattr("mockhoop.responders.generic.memory.MOST_ITEMS", 0)
    assert (await client.post("/orders", json={"tell": [receiver.url]})).status == 507
    assert sent(service) == []


async def test_an_address_that_is_none_is_not_sent_to(start: Start) -> None:
    client, service = await start(callbacks=True)
    await client.post("/orders", json={"tell": ["file:///etc/passwd"]})
    assert "is no http or https address" in sent(service)[0].error


async def test_a_receiver_that_does_not_run_is_told(start: Start, unused_tcp_port: int) -> None:
    client, service = await start()
    await perform(client, {"send": "lowStock", "to": f"http://127.0.0.1:{unused_tcp_port}/"})
    (message,) = await settled(service, 1)
    assert message.status is None
    assert message.error.startswith("Cannot connect to host")


async def test_a_webhook_is_sent_through_the_control_api(start: Start, receiver: Receiver) -> None:
    client, _ = await start()
    await perform(client, {"send": "lowStock", "to": f"{receiver.url}/stock"})
    method, target, _, body = await receiver.got.get()
    assert (method, target) == ("POST", "/stock")
    assert 0 <= json.loads(body)["left"] <= 5


async def test_a_webhook_has_the_body_that_is_told(start: Start, receiver: Receiver) -> None:
    client, _ = await start()
    await perform(client, {"send": "lowStock", "to": receiver.url, "body": {"sku": "A1", "left": 0}})
    assert json.loads((await receiver.got.get())[3]) == {"sku": "A1", "left": 0}


async def test_an_unknown_webhook_is_a_note_that_names_the_known_ones(start: Start) -> None:
    client, _ = await start()
    told = await perform(client, {"send": "noStock", "to": "http://127.0.0.1:1/"})
    assert told[0]["notes"] == ["the contract has no webhook noStock (webhooks: lowStock)"]


async def test_a_webhook_of_the_timeline_is_sent_though_nobody_calls(start: Start, receiver: Receiver) -> None:
    scenario = f"timeline: [{{after: 10ms, do: [{{send: lowStock, to: '{receiver.url}'}}]}}]"
    await start(scenario)
    async with asyncio.timeout(5):
        assert (await receiver.got.get())[0] == "POST"


async def test_a_webhook_of_a_frozen_world_waits_for_its_clock(start: Start, receiver: Receiver) -> None:
    scenario = f"clock: {{frozen: true}}\ntimeline: [{{after: 1h, do: [{{send: lowStock, to: '{receiver.url}'}}]}}]"
    client, service = await start(scenario)
    assert (await client.get("/orders")).status == 200
    assert sent(service) == []
    await client.post("/__mockhoop/worlds/default/clock/advance", json={"by": "2h"})
    assert (await receiver.got.get())[0] == "POST"


async def test_the_same_seed_sends_the_same_bytes(start: Start, receiver: Receiver) -> None:
    bodies = []
    for _ in range(2):
        client, _ = await start(seed=7)
        await perform(client, {"send": "lowStock", "to": receiver.url})
        bodies.append((await receiver.got.get())[3])
    assert bodies[0] == bodies[1]


async def test_only_the_newest_messages_are_kept(start: Start) -> None:
    client, service = await start()
    for _ in range(MOST_KEPT // 100 + 1):
        await perform(client, *[{"send": "lowStock", "to": "http://:1/"}] * 100)
    assert len(sent(service)) == MOST_KEPT


async def test_a_snapshot_keeps_messages_and_sends_none_again(start: Start, receiver: Receiver) -> None:
    client, service = await start()
    await perform(client, {"send": "lowStock", "to": receiver.url})
    await settled(service, 1)
    await client.put("/__mockhoop/worlds/default/snapshots/before")
    await client.post("/__mockhoop/worlds/default/snapshots/before/restore")
    await perform(client, {"send": "lowStock", "to": f"{receiver.url}/second"})
    await settled(service, 2)
    assert receiver.got.qsize() == 2
