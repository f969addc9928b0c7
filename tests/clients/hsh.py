"""hsh, which wraps ssh and kubectl: it signs in, looks up a connection and asks for credentials (section 3)."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from .gateway import Gateway
from .jwt import decoded
from .shapes import miss, moment, uuid
from .wire import NOTHING, Reply

SECTION = "3"
CALL_SECONDS, LOGIN_SECONDS = 3.0, 10.0
"""Who is slower is taken for gone, and plain ssh runs instead."""
NEEDS_APPROVAL, SESSION_EXPIRED, FAILED = 75, 77, 1
PORT = (str, int)
SSH = {"hostname": str, "port": PORT, "username": str, "password": str, "command": str}
PROXY = {"hostname": str, "port": PORT, "proxy_token": str, "command": str}
GIVEN = {"expire_at": moment, "session_id": uuid, "has_review": bool}
CONNECTIONS = [{"name": str, "access_schema": str, "tags": ([str], None)}]


class Exit(Exception):
    """It ends, with a code and a text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass
class Hsh:
    """One installation: ``token`` is what it stored, ``cache`` the credentials that have not expired."""

    gateway: Gateway
    token: str = ""
    cache: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    async def _call(self, method: str, path: str, body: Any = NOTHING, seconds: float = CALL_SECONDS) -> Reply:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        reply = await self.gateway.wire(headers).ask(SECTION, method, path, body, seconds=seconds)
        if reply.is_success:
            reply.json  # noqa: B018  every 2xx is parsed, an empty one is an error
            self._keep(reply.headers.get("X-New-Access-Token", ""))
        return reply

    def _keep(self, rotated: str) -> None:
        if rotated.count(".") == 2:
            self.token = rotated

    async def log_in(self, email: str, password: str) -> tuple[str, int]:
        """The email and the end of the token, as ``hsh status`` shows them."""
        self.token = ""
        form = await self._call("GET", "/publicserverinfo", seconds=LOGIN_SECONDS)
        assert form.read({"auth_method": str, "setup_required": bool})["auth_method"] == "local"
        body = {"email": email, "password": password}
        reply = (await self._call("POST", "/localauth/login", body, LOGIN_SECONDS)).check()
        assert "Token" in reply.headers, f"{reply}\n[3] there is no header Token"
        self.token = reply.headers["Token"]
        _, claims = decoded(self.token)
        found = miss(claims, {"email": str, "exp": int}, "the token")
        assert not found, f"[3] POST /localauth/login\n{found}"
        return claims["email"], claims["exp"]

    async def connection(self, name: str) -> dict[str, Any]:
        """The connection of exactly this name. An envelope instead of an array crashes it."""
        found = _accepted(await self._call("GET", "/connections")).read(CONNECTIONS)
        named: list[dict[str, Any]] = [one for one in found if one["name"] == name]
        if not named:
            raise Exit(FAILED, f"connection {name} not found")
        return named[0]

    async def credentials(self, name: str, shape: dict[str, Any]) -> dict[str, Any]:
        """How to get to a connection: what ssh or kubectl is told."""
        await self.connection(name)
        path = f"/connections/{quote(name, safe='')}/credentials"
        return self._opened(name, await self._call("POST", path, {"access_duration_seconds": 3600}), shape)

    async def resume(self, name: str, session_id: str, shape: dict[str, Any]) -> dict[str, Any]:
        """The same once it was approved."""
        path = f"/connections/{quote(name, safe='')}/credentials/{session_id}"
        return self._opened(name, await self._call("POST", path, {"access_duration_seconds": 3600}), shape)

    def _opened(self, name: str, reply: Reply, shape: dict[str, Any]) -> dict[str, Any]:
        told = _accepted(reply).json
        if reply.status == 202:
            raise Exit(NEEDS_APPROVAL, f"requires approval: {told.get('review_id', '')} {told.get('session_id', '')}")
        told = reply.read({**GIVEN, "connection_credentials": shape}, 200, 201)
        credentials: dict[str, Any] = told["connection_credentials"]
        if credentials["hostname"] in ("localhost", "127.0.0.1", "::1", "0.0.0.0"):
            credentials["hostname"] = urlsplit(self.gateway.origin).hostname
        self.cache[name] = (told["expire_at"], credentials)
        return credentials


def _accepted(reply: Reply) -> Reply:
    """The answer; it ends where there is none to work with."""
    if reply.status in (401, 403):
        raise Exit(SESSION_EXPIRED, "session expired")
    if reply.status >= 400:
        raise Exit(FAILED, str(reply.json["message"]))
    return reply
