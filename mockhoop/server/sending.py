"""Sending messages of worlds over the network, and letting happen what is due where nobody calls."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import aiohttp
from aiohttp import web

from mockhoop import __version__
from mockhoop.fixtures.messages import MESSAGES, Message
from mockhoop.server.waiting import seconds_to_next
from mockhoop.service import Service
from mockhoop.world.changes import Put
from mockhoop.world.world import World

log = logging.getLogger("mockhoop.server")

_SECONDS = 10.0
_AT_ONCE = 8
_MOST_WAITING = 10_000


class Sender:
    """Sends what the worlds of a service have to send, in their order, a few at once; nothing is sent twice."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._news = asyncio.Event()
        self._waiting: deque[tuple[World, Message]] = deque(maxlen=_MOST_WAITING)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        service.listener = self._told

    async def running(self, app: web.Application) -> AsyncIterator[None]:  # noqa: ARG002
        """Send as long as an app runs."""
        task = asyncio.create_task(self._run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if self._session is not None:
            await self._session.close()

    def _told(self, world: World, message: object) -> None:
        if isinstance(message, Message):
            self._waiting.append((world, message))
        self._news.set()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                self._settle()
                while self._waiting:
                    await self._slots.acquire()
                    tasks.create_task(self._deliver(*self._waiting.popleft()))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), self._seconds_to_next())

    def _settle(self) -> None:
        for pipeline in self._service.worlds:
            try:
                pipeline.settle()
            except Exception:
                log.exception("what was due did not happen in the world %s", pipeline.world.name)

    def _seconds_to_next(self) -> float | None:
        known = [seconds_to_next(pipeline.world, None) for pipeline in self._service.worlds]
        return min((one for one in known if one is not None), default=None)

    async def _deliver(self, world: World, message: Message) -> None:
        try:
            answered = await self._send(message)
            if answered.error:
                log.warning("%s was not delivered to %s: %s", message.name, message.url, answered.error)
            if world.table(MESSAGES).get(message.key) is message:
                world.apply([Put(MESSAGES, answered)])
        finally:
            self._slots.release()

    async def _send(self, message: Message) -> Message:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                headers={"User-Agent": f"mockhoop/{__version__}"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        try:
            async with self._session.request(
                message.method,
                message.url,
                data=message.body.encode() or None,
                headers=message.headers,
                allow_redirects=False,
            ) as response:
                return replace(message, status=response.status)
        except TimeoutError:
            return replace(message, error=f"no answer within {_SECONDS:g} seconds")
        except (aiohttp.ClientError, ValueError, OSError) as error:
            return replace(message, error=str(error) or type(error).__name__)
