"""A server in the middle: passes calls on to a mockhoop, and does something wrong on the way."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

_HOP = {"content-length", "transfer-encoding", "connection", "date", "server", "keep-alive"}


@dataclass(frozen=True)
class Asked:
    """A call on its way: ``path`` is that behind the API's base path, ``front`` what stands before."""

    method: str
    front: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def by(self, token: str) -> "Asked":
        """The same call by somebody else."""
        return replace(self, headers={**self.headers, "Authorization": f"Bearer {token}"})

    def without(self, name: str) -> "Asked":
        """The same call without a query parameter."""
        return replace(self, query={key: value for key, value in self.query.items() if key != name})


@dataclass(frozen=True)
class Answered:
    """An answer on its way back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def having(self, body: Any) -> "Answered":
        """The same answer with another body."""
        return replace(self, body=json.dumps(body).encode())


Send = Callable[[Asked], Awaitable[Answered]]
Tamper = Callable[[Asked, Send], Awaitable[Answered]]


async def honest(asked: Asked, send: Send) -> Answered:
    """Does nothing wrong."""
    return await send(asked)


@asynccontextmanager
async def in_between(server: str, tamper: Tamper, *, control: bool = True) -> AsyncIterator[str]:
    """A server that tampers with calls of the API of another; its address. The control API is left alone, or closed."""

    async def passed_on(request: web.Request) -> web.Response:
        if request.path.startswith("/__mockhoop") and not control:
            return web.Response(status=404, text="404 page not found")
        front, api, path = request.path.partition("/api")
        asked = Asked(
            request.method,
            front + api,
            path,
            dict(parse_qsl(request.query_string, keep_blank_values=True)),
            {name: value for name, value in request.headers.items() if name not in ("Host", "Content-Length")},
            await request.read(),
        )
        mine = api and not front.startswith("/__mockhoop")
        answer = await (tamper(asked, send) if mine else send(asked))
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def send(asked: Asked) -> Answered:
        query = f"?{urlencode(asked.query)}" if asked.query else ""
        url = f"{server}{asked.front}{asked.path}{query}"
        async with client.request(asked.method, url, headers=asked.headers, data=asked.body or None) as response:
            headers = {name: value for name, value in response.headers.items() if name.lower() not in _HOP}
            return Answered(response.status, headers, await response.read())

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", passed_on)
    runner = web.AppRunner(app, access_log=None)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
