"""Answers on their way back to the client."""

from aiohttp import hdrs, web
from multidict import CIMultiDict

from mockhoop.contract.violations import Violation
from mockhoop.messages import Headers, Reply
from mockhoop.responders.decision import Profile
from mockhoop.server.adapter import header_value
from mockhoop.server.proxy.passage import MOCK, PROXY
from mockhoop.server.proxy.passing import ANSWERED_BY
from mockhoop.transport import Opened

_ADDED = (hdrs.CONTENT_TYPE, hdrs.SERVER)
"""What aiohttp says where nobody else does."""


class Passed(web.StreamResponse):
    """An answer with the status and the headers of the server's, and none that it does not have."""

    def __init__(self, opened: Opened, headers: Headers) -> None:
        super().__init__(status=opened.status, reason=opened.reason or None, headers=CIMultiDict(headers))
        self._said = {name.lower() for name, _ in headers}

    def leave_out_what_was_not_said(self) -> None:
        """Take back what aiohttp has added; the date stays, as HTTP wants one."""
        for name in _ADDED:
            if name.lower() not in self._said:
                self.headers.popall(name, None)


async def as_it_was_said(request: web.Request, response: web.StreamResponse) -> None:  # noqa: ARG001
    """Have answers go out without the additions of aiohttp; it calls this just before their heads are written."""
    if isinstance(response, Passed):
        response.leave_out_what_was_not_said()
    elif response.headers.get(hdrs.SERVER, "").startswith("Python/"):
        del response.headers[hdrs.SERVER]


def marks(profile: Profile, violations: tuple[Violation, ...], answered_by: str) -> Headers:
    """The headers that the proxy puts on an answer: what the exchange breaks, and who answered if not the server."""
    found: Headers = ()
    if violations:
        found = ((profile.violations_header, header_value(profile.listed(violations))),)
    return (*found, (ANSWERED_BY, answered_by)) if answered_by in (MOCK, PROXY) else found


def with_marks(headers: Headers, marks: Headers) -> Headers:
    """Headers with ours in the place of those that have the same names."""
    ours = {name.lower() for name, _ in marks}
    return (*((name, text) for name, text in headers if name.lower() not in ours), *marks)


def headers_of(profile: Profile, reply: Reply) -> Headers:
    """The headers of an answer of our own, in the shape of the server's."""
    standing = () if reply.plain else profile.standing_headers()
    said = (*reply.headers, *(((hdrs.CONTENT_TYPE, reply.content_type),) if reply.content_type else ()))
    return with_marks(standing, said)
