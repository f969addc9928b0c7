"""Download links: what they look like, whether they open, and what the file is called."""

from collections.abc import Mapping
from hmac import compare_digest

from mockhoop.gateway.records import DownloadLink, Refusal
from mockhoop.gateway.times import SECOND, stamp

LINK_LIFETIME = 5 * 60 * SECOND

NOT_ALLOWED = Refusal(403, "user is not allowed to download this session", repeat_status=True)
NOT_FOUND = Refusal(404, "not found", repeat_status=True)
EXPIRED = Refusal(410, "session download link expired", repeat_status=True)
UNAUTHORIZED = Refusal(401, "unauthorized", repeat_status=True)

_COPIED = ("extension", "newline", "event-time", "events")
# What would break the header or the connection; Go writes a space for a line break too.
_NOT_IN_HEADERS = str.maketrans("\r\n\0", "   ")


def link_url(origin: str, session_id: str, token: str, values: Mapping[str, str]) -> str:
    """The URL that opens once, with the request's options copied into it as they are (section 4.3).

    ``origin`` is scheme and host, to which ``/api`` is added; ``values`` are the options of the request that
    asks for the link. ``blob-type=session_input`` gives the link to the input, which has no options.
    """
    path = f"{origin}/api/sessions/{session_id}/download"
    if values.get("blob-type") == "session_input":
        return f"{path}/input?token={token}"
    options = "".join(f"&{name}={values.get(name, '')}" for name in _COPIED)
    return f"{path}?token={token}{options}"


def check_link(link: DownloadLink | None, token: str, now: int) -> Refusal | None:
    """Whether the pending link, which the caller has taken away already, opens for the token (section 5.1).

    None means yes. At the very instant of its expiry a link is still good.
    """
    if link is None:
        return NOT_FOUND
    if now > link.expires:
        return EXPIRED
    # An undecodable byte of a query stands there as a surrogate, which strict UTF-8 has no bytes for.
    if not compare_digest(token.encode(errors="surrogatepass"), link.token.encode()):
        return UNAUTHORIZED
    return None


def file_name(connection: str, session_id: str, now: int, extension: str) -> str:
    """The name of a downloaded file, stamped with the time of the download (section 5.1).

    The extension is the caller's own text; what no header can carry in it is replaced.
    """
    name = f"{connection}-{session_id}-{stamp(now)}.{extension}"
    return name.translate(_NOT_IN_HEADERS).encode(errors="replace").decode()
