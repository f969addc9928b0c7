"""A third-party connector that reads the lists of connections and of sessions (section 4)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .gateway import Gateway
from .shapes import miss
from .wire import Reply

SECTION = "4"
CONNECTION = {
    "name": str,
    "type": str,
    "subtype": (str, None),
    "status": str,
    "agent_id": (str, None),
    "resource_name": (str, None),
}
SESSION = {"id": str, "connection": str, "status": str, "user": str}


class Refused(Exception):
    """It was refused, or does not understand; the text is what it shows."""


@dataclass
class Connector:
    """Reads with the token that it was given."""

    gateway: Gateway
    token: str

    async def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        reply = await self.gateway.wire(headers).ask(SECTION, "GET", path)
        if not reply.is_success:
            raise Refused(_text(reply))
        return reply.json

    async def check_credentials(self) -> str:
        """Who the token belongs to."""
        told = await self._get("/userinfo")
        subject = told.get("subject") or told.get("sub")
        if not isinstance(subject, str):
            raise Refused("Invalid Hoop userinfo response")
        return subject

    async def connections(self, **filters: str) -> list[dict[str, Any]]:
        """The connections, out of whichever shape they come in."""
        path = f"/connections?{urlencode(filters)}"
        told = await self._get(path)
        rows = told if isinstance(told, list) else told.get("data", told.get("connections"))
        return _read(path, rows, CONNECTION)

    async def sessions(self, **filters: str) -> list[dict[str, Any]]:
        """The sessions."""
        path = f"/sessions?{urlencode(filters)}"
        return _read(path, (await self._get(path)).get("data"), SESSION)


def _read(path: str, rows: Any, shape: dict[str, Any]) -> list[dict[str, Any]]:
    found = miss(rows, [shape], "the rows")
    assert not found, f"[{SECTION}] GET {path}\n{found}"
    listed: list[dict[str, Any]] = rows
    return listed


def _text(reply: Reply) -> str:
    """The text of an error: message, then error, then detail."""
    body = reply.json
    return next((str(body[name]) for name in ("message", "error", "detail") if body.get(name)), "")
