"""The shipped stories from a client's side: each goes as its description says, and nobody sleeps."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from mockhoop.server.app import make_app

ONE = "/sessions/00000000-0000-4000-8000-000000000001"
TWO = "/sessions/00000000-0000-4000-8000-000000000002"


class Client:
    """A client of one story, which speaks as Erin unless told otherwise."""

    def __init__(self, server: Any, made: Any) -> None:
        self.server = server
        self.made = made
        self.session = aiohttp.ClientSession()

    async def get(self, path: str, token: str = "erin", method: str = "GET", **more: Any) -> tuple[int, Any]:
        """The status and the body, read as JSON where it is."""
        headers = {"Authorization": f"Bearer {token}"}
        url = path if path.startswith("http") else self.server.make_url(f"/api{path}")
        async with self.session.request(method, url, headers=headers, **more) as response:
            body = await response.read()
            try:
                return response.status, json.loads(body)
            except ValueError:
                return response.status, body

    def advance(self, seconds: float) -> list[str]:
        """What happens in the next seconds."""
        pipeline = self.made.pipeline
        at = pipeline.world.clock.now() + int(seconds * 10**9)
        fired = pipeline.stage.unfolding.set_clock(pipeline.world, at=at, frozen=True, speed=1.0)
        return [one.rule for one in fired]


@pytest.fixture
async def story(aiohttp_server: Any, service: Any) -> AsyncIterator[Callable[[str], Awaitable[Client]]]:
    started: list[Client] = []

    async def start(name: str) -> Client:
        made = service(name)
        started.append(Client(await aiohttp_server(make_app(made)), made))
        return started[-1]

    yield start
    for client in started:
        await client.session.close()


async def test_polling_for_approval(story: Any) -> None:
    client = await story("polling-for-approval")
    seen = [(await client.get(ONE))[1]["status"] for _ in range(6)]
    assert seen == ["open"] * 4 + ["ready"] * 2
    assert (await client.get(f"{ONE}/exec", method="POST"))[1]["output_status"] == "success"


async def test_approval_too_late(story: Any) -> None:
    client = await story("approval-too-late")
    assert client.advance(45 * 60) == ["at last"]
    assert (await client.get(ONE))[1]["status"] == "ready"
    status, body = await client.get(f"{ONE}/exec", method="POST")
    assert (status, body["message"]) == (403, "execution not allowed outside the time window 11:00 to 12:30 UTC")


async def test_link_expires(story: Any) -> None:
    client = await story("link-expires")
    link = (await client.get(f"{ONE}?extension=csv"))[1]["download_url"]
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(link)
    assert (await client.get(link))[0] == 404
    link = (await client.get(f"{ONE}?extension=csv"))[1]["download_url"]
    status, file = await client.get(link)
    assert (status, file.splitlines()[:2]) == (200, [b"id,total", b"1,10"])
    link = (await client.get(f"{ONE}?extension=csv"))[1]["download_url"]
    client.advance(61)
    assert (await client.get(link))[0] == 410


async def test_flaky_list(story: Any) -> None:
    client = await story("flaky-list")
    pages = [(await client.get(f"/sessions?limit=20&offset={offset}", "ada"))[0] for offset in (0, 20, 40, 40, 40)]
    assert pages == [200, 200, 500, 500, 200]


async def test_list_changes(story: Any) -> None:
    client = await story("list-changes")
    pages = [(await client.get(f"/sessions?limit=20&offset={offset}", "ada"))[1]["data"] for offset in (0, 20, 40)]
    ids = [[session["id"] for session in page] for page in pages]
    assert ids[0][-2:] == ids[1][:2]
    everything = {one for page in ids for one in page}
    assert len(everything) == 49  # two came that are on none of these pages, and one was skipped or seen twice


async def test_reviewer_leaves(story: Any) -> None:
    client = await story("reviewer-leaves")
    assert (await client.get("/sessions", "dora"))[1]["total"] == 1
    await client.get(f"{ONE}/review", "dora", "PUT", json={"status": "APPROVED"})
    assert (await client.get("/sessions", "dora"))[1]["total"] == 0
    assert (await client.get(f"{ONE}/review", "dora", "PUT", json={"status": "APPROVED"}))[0] == 400


async def test_access_revoked(story: Any) -> None:
    client = await story("access-revoked")
    assert client.advance(600) == ["revoked"]
    session = (await client.get(ONE))[1]
    assert (session["status"], session["review"]["status"], session["end_date"]) == ("done", "REVOKED", None)


async def test_clock_skew(story: Any) -> None:
    client = await story("clock-skew")
    async with client.session.get(client.server.make_url("/api/sessions")) as response:
        assert response.headers["Date"] == "Tue, 31 Dec 2019 23:59:30 GMT"
    link = (await client.get(f"{ONE}?extension=txt"))[1]
    assert link["expire_at"] == "2020-01-01T00:04:30Z"
    assert await client.get(link["download_url"]) == (200, b"done")


async def test_slow_stream(story: Any) -> None:
    client = await story("slow-stream")
    headers = {"Authorization": "Bearer erin"}
    async with client.session.get(client.server.make_url(f"/api{ONE}/stream"), headers=headers) as stream:
        assert await stream.content.readuntil(b"\n\n") == b": connected\n\n"
        heard = []
        for seconds in (5, 31, 4, 80):
            client.advance(seconds)
            heard.append((await stream.content.readuntil(b"\n\n")).split(b"\n")[0])
        assert heard == [b"event: event", b": keepalive", b"event: event", b"event: session_end"]
    async with client.session.get(client.server.make_url(f"/api{TWO}/stream"), headers=headers) as stream:
        assert await stream.content.readuntil(b"\n\n") == b": connected\n\n"
        client.advance(3600)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(stream.content.read(1), 0.05)


async def test_gateway_restart(story: Any) -> None:
    client = await story("gateway-restart")
    assert client.advance(300) == ["stops"]
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(ONE)
    assert client.advance(20) == ["starts"]
    assert await client.get(ONE) == (502, b"bad gateway")
    assert client.advance(10) == ["ready"]
    assert (await client.get(ONE))[1]["review"]["status"] == "APPROVED"
    assert (await client.get(f"{ONE}/download?token=from-before"))[0] == 404


async def test_rate_limited(story: Any) -> None:
    client = await story("rate-limited")
    assert [(await client.get("/sessions"))[0] for _ in range(6)] == [200] * 5 + [429]
    assert (await client.get("/sessions", "ada"))[0] == 200
    client.advance(60)
    assert (await client.get("/sessions"))[0] == 200


async def test_credentials_expire(story: Any) -> None:
    client = await story("credentials-expire")
    assert [(await client.get("/sessions", "ada"))[0] for _ in range(4)] == [200, 200, 401, 200]
    assert (await client.get("/sessions"))[0] == 200
    client.advance(3600)
    assert (await client.get("/sessions"))[0] == 401


async def test_unreliable_network(story: Any) -> None:
    async def outcomes() -> list[str]:
        client = await story("unreliable-network")
        seen = []
        for _ in range(60):
            try:
                seen.append("empty" if (await client.get("/sessions?limit=3", "ada"))[1] == b"" else "ok")
            except aiohttp.ClientError as error:
                seen.append(type(error).__name__)
        return seen

    first = await outcomes()
    assert {"ok", "empty", "ClientPayloadError"} <= set(first)
    assert first == await outcomes()
