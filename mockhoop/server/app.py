"""The aiohttp application around a service."""

from collections.abc import Sequence

from aiohttp import hdrs, web

from mockhoop.server.adapter import Adapter, Observer
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.control.calls import PREFIX, NoPorts, Ports
from mockhoop.server.control.guard import Guard
from mockhoop.server.control.late import LateControl
from mockhoop.server.sending import Sender
from mockhoop.service import Service

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a request body; a longer one is answered with 413."""

SERVICE = web.AppKey("service", Service)
ADAPTER = web.AppKey("adapter", Adapter)
CONTROL = web.AppKey("control", LateControl)


def make_app(
    service: Service,
    *,
    observers: Sequence[Observer] = (),
    beginnings: Beginnings | None = None,
    guard: Guard | None = None,
    ports: Ports | None = None,
) -> web.Application:
    """An app that answers every path and method out of the worlds of the service, and the control API beside them."""
    app = web.Application(client_max_size=MAX_BODY)
    app[SERVICE] = service
    beginnings = beginnings or Beginnings()
    app[ADAPTER] = adapter = Adapter(service.worlds, beginnings, observers)
    app[CONTROL] = control = LateControl(service, beginnings, guard or Guard(), ports or NoPorts())
    app.router.add_route("*", PREFIX + "/{path:(?s:.*)}", control.handle)
    app.router.add_route("*", "/{path:(?s:.*)}", adapter.handle)
    app.cleanup_ctx.append(Sender(service).running)
    app.on_shutdown.append(_close)
    app.on_response_prepare.append(_leave_out_the_servers_name)
    return app


async def _close(app: web.Application) -> None:
    app[ADAPTER].close()
    app[CONTROL].close()


async def _leave_out_the_servers_name(request: web.Request, response: web.StreamResponse) -> None:  # noqa: ARG001
    # aiohttp names itself where we do not name a server: on the redirects that come before the gateway's headers.
    if response.headers.get(hdrs.SERVER, "").startswith("Python/"):
        del response.headers[hdrs.SERVER]
