"""A mockhoop that runs for one test, as its clients reach it: an address, and a control API to steer its world."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from .wire import NOTHING, Reply, Wire


@dataclass(frozen=True)
class Gateway:
    """``origin`` is what people configure in their clients, the API is below ``/api``."""

    origin: str
    session: ClientSession

    def wire(self, headers: Mapping[str, str], base: str = "/api") -> Wire:
        """Calls with these headers and no others."""
        return Wire(self.session, self.origin + base, headers)

    def browser(self, token: str = "") -> Wire:
        """Calls with a bearer token and nothing that a client would add."""
        return self.wire({"Authorization": f"Bearer {token}"} if token else {})

    async def control(self, method: str, path: str, body: Any = NOTHING) -> Any:
        """The answer of the control API, about the default world."""
        told = self.wire({"Content-Type": "application/json"}, "/__mockhoop/worlds/default")
        reply: Reply = await told.ask("control API", method, path, body)
        assert reply.is_success, str(reply)
        return json.loads(reply.body) if reply.body else None

    async def advance(self, by: str) -> None:
        """Move the world's clock forward by a duration such as ``12h``."""
        await self.control("POST", "/clock/advance", {"by": by})

    async def now(self) -> str:
        """What time it is in the world."""
        return str((await self.control("GET", "/clock"))["now"])

    async def perform(self, *actions: Mapping[str, Any]) -> None:
        """Let happen what actions of a scenario say."""
        await self.control("POST", "/scenario/perform", {"do": list(actions)})

    async def fail(self, operation: str, status: int) -> None:
        """Have an operation answer with an error from now on."""
        await self.control("POST", "/faults", {"when": {"operation": operation}, "respond": status})
