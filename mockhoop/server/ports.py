"""Ports of their own for worlds."""

import asyncio

from aiohttp import web

from mockhoop.server.adapter import Adapter
from mockhoop.server.control.calls import Refused

MOST_PORTS = 200


class WorldPorts:
    """Listens on more ports of the same host, each for one world."""

    def __init__(self, runner: web.AppRunner, adapter: Adapter, host: str) -> None:
        self._runner = runner
        self._adapter = adapter
        self._host = host
        self._sites: dict[str, tuple[int, web.TCPSite]] = {}
        self._opening = asyncio.Lock()

    async def open(self, world: str, port: int) -> int:
        """Listen on a port for a world, 0 for a free one; it keeps the one that it has unless another is asked for.

        Raises:
            Refused: it cannot be listened on.
        """
        async with self._opening:
            known = self.of(world)
            if known is not None and port in (0, known):
                return known
            if known is None and len(self._sites) >= MOST_PORTS:
                raise Refused(409, f"{MOST_PORTS} worlds have a port already; reach this one as /~{world}/ instead")
            opened, site = await self._listen(port)
            await self.close(world)
            self._sites[world] = opened, site
            self._adapter.ports[opened] = world
            return opened

    async def close(self, world: str) -> None:
        """Listen no longer on the port of a world, if it has one."""
        port, site = self._sites.pop(world, (0, None))
        if site is not None:
            del self._adapter.ports[port]
            await site.stop()

    def of(self, world: str) -> int | None:
        """The port of a world, if it has one."""
        return self._sites[world][0] if world in self._sites else None

    async def _listen(self, port: int) -> tuple[int, web.TCPSite]:
        before = {address[1] for address in self._runner.addresses}
        site = web.TCPSite(self._runner, self._host, port)
        try:
            await site.start()
        except OSError as error:
            await site.stop()
            raise Refused(409, f"cannot listen on port {port}: {error.strerror or error}; 0 takes a free one") from None
        return next(int(address[1]) for address in self._runner.addresses if address[1] not in before), site
