"""aiohttp's messages in, calls out; replies in, aiohttp's responses out."""

import json
import logging
from collections.abc import Callable
from time import perf_counter

from aiohttp import hdrs, web
from multidict import CIMultiDict

from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.gateway.times import http_date
from mockhoop.messages import Call, Reply
from mockhoop.pipeline import Exchange, Pipeline

log = logging.getLogger("mockhoop.server")

Observer = Callable[[Exchange, float], None]
"""Is told of each exchange and of the seconds that it took."""

VIOLATIONS_HEADER = "X-Mockhoop-Violations"
# Clients refuse header fields of more than 8 kB; what does not fit is counted.
_HEADER_ROOM = 6000

_OUR_FAULT = Reply(500, b'{"message":"mockhoop failed on this request; its log says why"}', "application/json")


class Adapter:
    """The one handler of the app."""

    def __init__(self, pipeline: Pipeline, observe: Observer | None = None) -> None:
        self._pipeline = pipeline
        self._observe = observe
        self._standing = CIMultiDict(pipeline.profile.standing_headers())
        self._templates: dict[str, CIMultiDict[str]] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        began = perf_counter()
        exchange = self._answer(await _call(request))
        response = self._response(exchange)
        if self._observe is not None:
            self._observe(exchange, perf_counter() - began)
        return response

    def _answer(self, call: Call) -> Exchange:
        try:
            return self._pipeline.answer(call)
        except Exception:
            log.exception("no answer to %s %s", call.method, call.raw_path)
            return Exchange(call, _OUR_FAULT)

    def _response(self, exchange: Exchange) -> web.Response:
        reply = exchange.reply
        headers = self._template(reply.content_type)
        clock = self._pipeline.world.clock
        if reply.plain or reply.headers or exchange.violations or clock.virtual:
            headers = CIMultiDict(() if reply.plain else headers)
            if reply.plain and reply.content_type:
                headers[hdrs.CONTENT_TYPE] = reply.content_type
            headers.extend(reply.headers)
            if exchange.violations:
                headers[VIOLATIONS_HEADER] = header_value(exchange.violations)
            if clock.virtual:
                headers[hdrs.DATE] = http_date(clock.now())
        return web.Response(status=reply.status, body=reply.body or None, headers=headers)

    def _template(self, content_type: str) -> CIMultiDict[str]:
        """The standing headers with this content type, made once: they are the same on every response."""
        template = self._templates.get(content_type)
        if template is None:
            template = self._templates[content_type] = CIMultiDict(self._standing)
            if content_type:
                template[hdrs.CONTENT_TYPE] = content_type
        return template


async def _call(request: web.Request) -> Call:
    target = request.raw_path
    if not target.startswith("/"):
        target = request.rel_url.raw_path_qs  # absolute form, as proxies send it
    path, _, query = target.partition("#")[0].partition("?")
    body = await request.read() if request.body_exists else b""
    return Call(request.method, path, query, request.headers, body, request.scheme)


def header_value(violations: tuple[Violation, ...]) -> str:
    """All violations as a JSON list that fits into one header field."""
    listed = as_dicts(violations)
    for count in range(len(listed), -1, -1):
        shown = listed[:count] if count == len(listed) else [*listed[:count], {"more": len(listed) - count}]
        text = json.dumps(shown, separators=(",", ":"))
        if len(text) <= _HEADER_ROOM:
            break
    return text
