"""A proxy in front of a server, and a client that sees every byte of its answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mockhoop.journals.entry import Entry
from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.server.proxy.run import Running, proxying
from mockhoop.service import Service, build
from mockhoop.transport import Answer, HttpTransport, Upstream

HOOP = spec_dir() / "hoop.yaml"
THINGS = """\
openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: /v1}]
paths:
  /things:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        "200":
          description: all
          headers: {X-Total: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
  /things/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "404":
          description: none
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}
  /file:
    get: {responses: {"200": {description: bytes, content: {application/octet-stream: {}}}}}
    put:
      requestBody: {content: {application/octet-stream: {}}}
      responses: {"204": {description: stored}}
  /events:
    get: {responses: {"200": {description: news, content: {text/event-stream: {}}}, "405": {description: not now}}}
components:
  schemas:
    Error: {type: object, required: [message], properties: {message: {type: string}}}
    Thing:
      type: object
      required: [name]
      properties: {name: {type: string}, password: {type: string, minLength: 20}}
"""


@dataclass
class Proxied:
    """A proxy that runs, and what it was told of."""

    running: Running
    entries: list[Entry]
    client: HttpTransport

    async def ask(self, method: str, target: str, headers: Any = (), body: bytes = b"") -> Answer:
        """The answer to a call through the proxy."""
        return await self.client.send(method, target, tuple(headers), body)

    async def get(self, target: str, *headers: tuple[str, str]) -> Answer:
        """The answer to GET through the proxy."""
        return await self.ask("GET", target, headers)


def header(answer: Answer, name: str) -> str | None:
    """The value of a header, if it is there."""
    return next((value for key, value in answer.headers if key.lower() == name.lower()), None)


def violations(answer: Answer) -> list[str]:
    """What the header tells of: where and which rule."""
    told = json.loads(header(answer, "X-Mockhoop-Violations") or "[]")
    return [f"{one['location']} {one['pointer']} {one['code']}".replace("  ", " ") for one in told]


def broken(entry: Entry) -> list[str]:
    """What an entry tells of, in the same way."""
    return [f"{one['location']} {one['pointer']} {one['code']}".replace("  ", " ") for one in entry.violations]


@lru_cache(maxsize=16)
def service_of(contract: Path, validation: str = "report") -> Service:
    """A service in whose world nothing happens."""
    return build(Settings(contract=contract, scenarios=("empty",), validation=Validation(validation)))


@asynccontextmanager
async def proxied(
    url: str, contract: Path = HOOP, *, validation: str = "report", service: Service | None = None, **told: Any
) -> AsyncIterator[Proxied]:
    """A proxy in front of a server; more is told to ``proxying`` or, of the server, to ``Upstream``."""
    entries: list[Entry] = []
    of_upstream = {name: told.pop(name) for name in ("headers", "seconds", "ca_file", "verify_tls") if name in told}
    upstream = Upstream(base_url=url, **of_upstream)
    async with proxying(
        service or service_of(contract, validation), upstream, observers=[entries.append], **told
    ) as on:
        origin = f"http://127.0.0.1:{on.port}"
        async with HttpTransport(Upstream(base_url=origin), anonymous=True) as client:
            yield Proxied(on, entries, client)
