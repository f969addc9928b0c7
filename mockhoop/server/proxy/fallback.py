"""What a server does not implement, answered by the mock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mockhoop.media.kinds import JSON, media_type
from mockhoop.messages import Headers
from mockhoop.server.proxy.passage import Passage
from mockhoop.server.proxy.passing import value
from mockhoop.server.runner import Server
from mockhoop.service import Service
from mockhoop.transport import HttpTransport, Upstream

_HOST = "127.0.0.1"
_SECONDS_TO_FINISH = 1.0
_NO_SUCH_METHOD = (405, 501)


@asynccontextmanager
async def mock(service: Service) -> AsyncIterator[HttpTransport]:
    """The mock on a port of its own on this machine, and the way to it."""
    server = Server(service, _HOST, seconds_to_finish=_SECONDS_TO_FINISH)
    port = await server.start(0)
    try:
        async with HttpTransport(Upstream(base_url=f"http://{_HOST}:{port}"), anonymous=True) as transport:
            yield transport
    finally:
        await server.stop()


def may_be_missing(passage: Passage, status: int) -> bool:
    """Whether a status can mean that a server does not implement what the contract has."""
    if passage.match is None and passage.call.method != "OPTIONS":
        return False
    return status == 404 or status in _NO_SUCH_METHOD


def is_missing(passage: Passage, status: int, headers: Headers, *, breaks_contract: bool) -> bool:
    """Whether an answer says that the server has no such operation, where the contract has it.

    405 and 501 say so unless the contract declares them for the operation. A 404 is about a resource when it is JSON as
    the contract declares it, or as it does not declare it at all; routers answer with a text or with JSON of their own.
    """
    if not may_be_missing(passage, status):
        return False
    if passage.match is None:
        return True
    declared = passage.match.operation.definition.get("responses", {})
    if status in _NO_SUCH_METHOD:
        return str(status) not in declared
    if media_type(value(headers, "content-type")).kind != JSON:
        return True
    return breaks_contract and "404" in declared
