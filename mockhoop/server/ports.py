"""Ports of their own for worlds."""

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

    async def open(self, world: str, port: int) -> int:
        """Listen on a port for a world, 0 for a free one; a world that has one already keeps it.

        Raises:
            Refused: it cannot be listened on.
        """
        known = self.of(world)
        if known is not None and port in (0, known):
            return known
        if len(self._adapter.ports) >= MOST_PORTS:
            raise Refused(409, f"{MOST_PORTS} worlds have a port already; reach this one as /~{world}/ instead")
        before = {address[1] for address in self._runner.addresses}
        try:
            await web.TCPSite(self._runner, self._host, port).start()
        except OSError as error:
            raise Refused(409, f"cannot listen on port {port}: {error.strerror or error}; 0 takes a free one") from None
        opened = next(address[1] for address in self._runner.addresses if address[1] not in before)
        self._adapter.ports[opened] = world
        return int(opened)

    def of(self, world: str) -> int | None:
        """The port of a world, if it has one."""
        return next((port for port, name in self._adapter.ports.items() if name == world), None)
