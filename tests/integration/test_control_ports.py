"""Ports of their own for worlds: opened, kept, changed and closed by the control API."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectorError, ClientSession

from mockhoop.server import ports
from mockhoop.server.runner import Server

HOST = "127.0.0.1"


class Client:
    """Speaks to a server at its ports."""

    def __init__(self, session: ClientSession, port: int) -> None:
        self._session = session
        self._port = port

    async def put(self, world: str, **told: Any) -> tuple[int, Any]:
        """Begin a world: the status and what is said of it."""
        url = f"http://{HOST}:{self._port}/__mockhoop/worlds/{world}"
        async with self._session.put(url, json=told) as response:
            return response.status, await response.json()

    async def control(self, method: str, path: str) -> tuple[int, Any]:
        """Any other call of the control API."""
        async with self._session.request(method, f"http://{HOST}:{self._port}/__mockhoop{path}") as response:
            return response.status, await response.json() if response.content_length else None

    async def total(self, port: int) -> int:
        """How many sessions the world at a port has."""
        headers = {"Authorization": "Bearer ada"}
        async with self._session.get(f"http://{HOST}:{port}/api/sessions", headers=headers) as response:
            return int((await response.json())["total"])


@pytest.fixture
async def client(service: Any) -> AsyncIterator[Client]:
    server = Server(service("empty"), HOST, seconds_to_finish=1)
    port = await server.start(0)
    async with ClientSession() as session:
        yield Client(session, port)
    await server.stop()


async def is_closed(client: Client, port: int) -> bool:
    try:
        await client.total(port)
    except ClientConnectorError:
        return True
    return False


async def test_a_world_is_reached_at_its_own_port(client: Client) -> None:
    status, world = await client.put("many", scenario="pagination", port=0)
    assert status == 201
    assert await client.total(world["port"]) > 50
    assert (await client.control("GET", "/worlds/many"))[1]["exchanges"] == 1
    assert (await client.control("GET", "/worlds/default"))[1]["port"] is None


async def test_a_world_that_begins_anew_keeps_its_port(client: Client) -> None:
    _, first = await client.put("mine", scenario="pagination", port=0)
    for told in ({"port": 0}, {}, {"port": first["port"]}):
        assert (await client.put("mine", scenario="pagination", **told))[1]["port"] == first["port"]
    assert await client.total(first["port"]) > 50


async def test_another_port_takes_the_place_of_the_one_before(client: Client) -> None:
    _, first = await client.put("mine", scenario="pagination", port=0)
    with socket.socket() as free:
        free.bind((HOST, 0))
        other = free.getsockname()[1]
    _, second = await client.put("mine", scenario="pagination", port=other)
    assert second["port"] == other
    assert await client.total(other) > 50
    assert await is_closed(client, first["port"])


async def test_a_world_that_is_forgotten_leaves_its_port(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "MOST_PORTS", 1)
    for _ in range(3):  # there would be no room for a second one
        status, world = await client.put("short", port=0)
        assert status == 201
        assert (await client.control("DELETE", "/worlds/short"))[0] == 204
        assert await is_closed(client, world["port"])


async def test_a_port_that_cannot_be_had_leaves_the_world_as_it_was(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, world = await client.put("mine", scenario="pagination", port=0)
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        status, problem = await client.put("mine", scenario="empty", port=taken.getsockname()[1])
        assert (status, "0 takes a free one" in problem["detail"]) == (409, True)
        assert (await client.put("new", port=taken.getsockname()[1]))[0] == 409
    assert await client.total(world["port"]) > 50
    assert [one["name"] for one in (await client.control("GET", "/worlds"))[1]] == ["default", "mine"]
    monkeypatch.setattr(ports, "MOST_PORTS", 1)
    status, problem = await client.put("new", port=0)
    assert (status, "/~new/" in problem["detail"]) == (409, True)
