"""The control API of a server that is a mockhoop: worlds of our own in it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import TracebackType
from typing import Any
from urllib.parse import quote

from mockhoop.messages import JSON
from mockhoop.transport import HttpTransport, TransportError
from mockhoop.verify.target import Target

_CONTROL = "/__mockhoop"
ADMIN = "admin"


class MockError(TransportError):
    """The control API does not do what it is asked for: it is none, or it has ``refused``."""

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused


class Mock:
    """Talks to the control API, as a context: ``async with Mock(target) as mock``.

    ``refusal`` is what a server says that is a mockhoop, but does not let us in.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self.refusal = ""
        self._transport = HttpTransport(replace(target.upstream, base_url=target.origin))

    async def __aenter__(self) -> "Mock":
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, error, traceback)

    async def version(self) -> str:
        """Which mockhoop the server is; empty where it is none, or does not let us in. Raises TransportError."""
        try:
            told = await self._call("GET", "/version")
        except MockError as error:
            self.refusal = str(error) if error.refused else ""
            return ""
        return str(told.get("version", "")) if isinstance(told, Mapping) else ""

    @asynccontextmanager
    async def world(self, name: str, text: str | None = None) -> AsyncIterator[str]:
        """A world with the text of a scenario, else with the server's own, for a while; the address of its API."""
        try:
            await self._call("PUT", f"/worlds/{quote(name)}", {} if text is None else {"text": text})
            yield f"{self._target.origin}/~{quote(name)}{self._target.base_path}"
        finally:
            with suppress(MockError):  # there is none where it could not begin
                await self._call("DELETE", f"/worlds/{quote(name)}")

    async def advance(self, world: str, nanoseconds: int) -> None:
        """Let time go by in a world."""
        await self._call("POST", f"/worlds/{quote(world)}/clock/advance", {"by": f"{nanoseconds}ns"})

    async def tokens(self, world: str) -> dict[str, str]:
        """The tokens of the people in a world, by email; under ``admin`` that of the first admin."""
        users = await self._call("GET", f"/worlds/{quote(world)}/state/users")
        known = [one for one in users if one.get("token")]
        found = {str(one["email"]): str(one["token"]) for one in known}
        admins = (one for one in known if ADMIN in one.get("groups", ()) and one.get("status", "active") == "active")
        admin = next((str(one["token"]) for one in admins), "")
        return {**found, ADMIN: admin} if admin else found

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers, sent = ((("Content-Type", JSON),), json.dumps(body).encode()) if body is not None else ((), b"")
        answer = await self._transport.send(method, _CONTROL + path, headers, sent)
        try:
            told = json.loads(answer.body or b"null")
        except ValueError:
            raise MockError(f"{self._target.origin}{_CONTROL} is no control API: it answers {answer.status}") from None
        if answer.status >= 400:
            detail = told.get("detail") if isinstance(told, dict) else None
            raise MockError(f"the control API refuses {method} {path}: {detail or told}", refused=detail is not None)
        return told
