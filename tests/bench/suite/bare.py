"""The servers that set the measure: ``python bare.py KIND PORT FILE`` answers with what the file holds.

They run in the same event loop as mockhoop.
``bare`` is a ``web.Application`` with one handler that returns given bytes and headers. ``naive`` is the same handler
behind openapi-core used as documented.
"""

import asyncio
import json
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from mockhoop.server import loops

Handler = Callable[[web.Request], Awaitable[web.Response]]


def bare(answer: dict[str, Any], link: dict[str, Any] | None) -> Handler:
    """A handler that sends its answer as it is, and another one to links, where a case has them."""
    status, body, headers = answer["status"], answer["body"].encode(), CIMultiDict(answer["headers"])

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers=headers)

    async def handle_body(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=body, headers=headers)

    if link is None:
        return handle_body if answer["takes_body"] else handle
    linked = bare(link, None)

    async def handle_link(request: web.Request) -> web.Response:
        return await (linked if "/download" in request.raw_path else handle)(request)

    return handle_link


def naive(answer: dict[str, Any], link: dict[str, Any] | None) -> Handler:
    """The bare handler, with each request validated first as openapi-core's documentation shows it."""
    from openapi_core import OpenAPI
    from openapi_core.contrib.aiohttp import AIOHTTPOpenAPIWebRequest

    from mockhoop.contract.document import load_contract, served_document
    from mockhoop.resources import spec_dir

    warnings.simplefilter("ignore", DeprecationWarning)
    openapi = OpenAPI.from_dict(served_document(load_contract(spec_dir() / "hoop.yaml"), "/api"))
    send = bare(answer, link)

    async def handle(request: web.Request) -> web.Response:
        openapi.validate_request(AIOHTTPOpenAPIWebRequest(request, body=None))
        return await send(request)

    return handle


async def main(handle: Handler, port: int) -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    kind, port, file = sys.argv[1:]
    loops.run(main({"bare": bare, "naive": naive}[kind](**json.loads(Path(file).read_text())), int(port)))
