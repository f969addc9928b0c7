"""The servers that the benchmark compares, each started as ``python servers.py NAME ARGUMENT``; prints its port.

``bare``: a ``web.Application`` with one handler that returns given bytes and headers. ``naive``: the same handler
behind openapi-core used as documented. mockhoop itself is started with ``mockhoop serve``.
"""

import asyncio
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from aiohttp import web
from multidict import CIMultiDict


def bare(answers: dict[str, dict[str, Any]]) -> web.Application:
    """One handler that knows its answers by path and sends them as they are."""
    known = {path: (answer["body"].encode(), CIMultiDict(answer["headers"])) for path, answer in answers.items()}

    async def handle(request: web.Request) -> web.Response:
        body, headers = known[request.raw_path]
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    return app


def naive(answers: dict[str, dict[str, Any]]) -> web.Application:
    """The bare handler, with each request validated first as openapi-core's documentation shows it."""
    from openapi_core import OpenAPI
    from openapi_core.contrib.aiohttp import AIOHTTPOpenAPIWebRequest

    from mockhoop.contract.document import load_contract, served_document
    from mockhoop.resources import spec_dir

    warnings.simplefilter("ignore", DeprecationWarning)
    document = served_document(load_contract(spec_dir() / "hoop.yaml"), "/api")
    openapi = OpenAPI.from_dict(document)
    known = {path: (answer["body"].encode(), CIMultiDict(answer["headers"])) for path, answer in answers.items()}

    async def handle(request: web.Request) -> web.Response:
        openapi.validate_request(AIOHTTPOpenAPIWebRequest(request, body=None))
        body, headers = known[request.raw_path]
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    return app


async def main(app: web.Application) -> None:
    """Serve until killed."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    make = {"bare": bare, "naive": naive}[sys.argv[1]]
    asyncio.run(main(make(json.loads(Path(sys.argv[2]).read_text()))))
