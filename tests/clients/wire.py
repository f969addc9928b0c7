"""How the clients of these tests speak HTTP: with exactly their headers, and answers that explain what they lack."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from multidict import CIMultiDictProxy
from yarl import URL

from .shapes import miss

PATIENCE = 20.0
"""Seconds of real time after which something that should happen at once has not happened."""
NOTHING: Any = object()
"""A call without a body, where null would be one."""


@dataclass(frozen=True)
class Reply:
    """An answer, with the call and the section of the sheet of clients that says who makes it."""

    section: str
    call: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    def __str__(self) -> str:
        return f"[{self.section}] {self.call} → {self.status} {self.body[:300].decode(errors='replace')}"

    @property
    def is_success(self) -> bool:
        """Whether a client that takes any 2xx takes this."""
        return 200 <= self.status < 300

    @property
    def exposed(self) -> set[str]:
        """The headers that a page from elsewhere may read."""
        told = self.headers.getall("Access-Control-Expose-Headers", [])
        return {name.strip() for names in told for name in names.split(",")}

    def check(self, *statuses: int) -> "Reply":
        """The answer itself; fails where it has none of these statuses."""
        assert self.status in (statuses or (200,)), f"{self}\nexpected {' or '.join(map(str, statuses or (200,)))}"
        return self

    @property
    def json(self) -> Any:
        """The body read as JSON; fails where it is none or is not called so (section 8)."""
        kind = self.headers.get("Content-Type", "")
        assert kind.startswith("application/json"), f"{self}\nContent-Type is {kind!r}, clients expect application/json"
        try:
            return json.loads(self.body)
        except ValueError:
            raise AssertionError(f"{self}\nthe body is no JSON") from None

    def read(self, shape: Any = object, *statuses: int) -> Any:
        """The body of an answer with one of these statuses (200), with all that the client reads in it."""
        value = self.check(*statuses).json
        found = miss(value, shape)
        assert not found, f"[{self.section}] {self.call} → {self.status}\n{found}"
        return value

    def message(self, *statuses: int) -> str:
        """The text of a refusal with one of these statuses."""
        said: str = self.read({"message": str}, *statuses)["message"]
        return said


@dataclass(frozen=True)
class Wire:
    """Calls a server with headers of one client. ``base`` is put in front of every path."""

    session: ClientSession
    base: str
    headers: Mapping[str, str]

    async def ask(
        self,
        section: str,
        method: str,
        path: str,
        body: Any = NOTHING,
        headers: Mapping[str, str] | None = None,
        seconds: float = PATIENCE,
    ) -> Reply:
        """One call; the path goes out as it is told. Redirects are not followed, as no client does (section 8)."""
        # A stream rather than bytes: aiohttp warns of bytes that are large, as some scripts are.
        data = None if body is NOTHING else BytesIO(json.dumps(body).encode())
        async with self.session.request(
            method,
            URL(self.base + path, encoded=True),
            data=data,
            headers={**self.headers, **(headers or {})},
            allow_redirects=False,
            timeout=ClientTimeout(total=seconds),
        ) as response:
            content = await response.read()
            return Reply(section, f"{method} {path}", response.status, response.headers, content)

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[ClientResponse]:
        """An answer that is read while it comes."""
        sent = {**self.headers, **(headers or {})}
        async with self.session.get(
            URL(self.base + path, encoded=True), headers=sent, timeout=ClientTimeout(total=PATIENCE)
        ) as response:
            yield response
