"""The aiohttp application around a pipeline."""

from aiohttp import hdrs, web

from mockhoop.pipeline import Pipeline
from mockhoop.server.adapter import Adapter, Observer

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a request body; a longer one is answered with 413."""

PIPELINE = web.AppKey("pipeline", Pipeline)
ADAPTER = web.AppKey("adapter", Adapter)


def make_app(pipeline: Pipeline, *, observe: Observer | None = None) -> web.Application:
    """An app that answers every path and method through the pipeline."""
    app = web.Application(client_max_size=MAX_BODY)
    app[PIPELINE] = pipeline
    app[ADAPTER] = adapter = Adapter(pipeline, observe)
    app.router.add_route("*", "/{path:(?s:.*)}", adapter.handle)
    app.on_shutdown.append(adapter.close)
    app.on_response_prepare.append(_leave_out_the_servers_name)
    return app


async def _leave_out_the_servers_name(request: web.Request, response: web.StreamResponse) -> None:  # noqa: ARG001
    # aiohttp names itself where we do not name a server: on the redirects that come before the gateway's headers.
    if response.headers.get(hdrs.SERVER, "").startswith("Python/"):
        del response.headers[hdrs.SERVER]
