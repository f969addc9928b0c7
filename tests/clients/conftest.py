"""Real servers on real sockets, and the clients that are pointed at them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, DummyCookieJar

from .gateway import Gateway

Start = Callable[..., Awaitable[Gateway]]
HERE = Path(__file__).parent
# What aiohttp would add by itself, and the clients that are played here do not send.
_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


@pytest.fixture
async def start(api: Any) -> AsyncIterator[Start]:
    """Starts servers: ``await start()`` in the default world, ``await start("week")`` with a scenario of this folder.

    They refuse what breaks the contract, as mockhoop does unless told otherwise, and an answer of theirs that breaks it
    fails the test.
    """
    async with ClientSession(skip_auto_headers=_OWN_HEADERS, cookie_jar=DummyCookieJar()) as session:

        async def begin(*scenarios: str, **settings: Any) -> Gateway:
            files = (HERE / "scenarios" / f"{name}.yaml" for name in scenarios)
            told = [path if path.exists() else name for path, name in zip(files, scenarios, strict=True)]
            served = await api(*told, **settings)
            return Gateway(str(served.client.make_url("/")).rstrip("/"), session)

        yield begin


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    """A server in the world that it starts with when nothing is told."""
    return await start()
