"""The control API, imported when its first call comes: a server that nobody steers starts without it."""

from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from mockhoop.server.beginnings import Beginnings
from mockhoop.server.control.calls import Ports
from mockhoop.server.control.guard import Guard
from mockhoop.service import Service

if TYPE_CHECKING:
    from mockhoop.server.control.api import ControlApi


class LateControl:
    """Stands in front of the control API. ``ports`` may be set until the first call."""

    def __init__(self, service: Service, beginnings: Beginnings, guard: Guard, ports: Ports) -> None:
        self._service = service
        self._beginnings = beginnings
        self._guard = guard
        self.ports = ports

    @cached_property
    def _api(self) -> "ControlApi":
        from mockhoop.server.control.api import ControlApi

        return ControlApi(self._service, self._beginnings, self._guard, self.ports)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        return await self._api.handle(request)

    def close(self) -> None:
        """End the feeds."""
        if "_api" in self.__dict__:
            self._api.close()
