"""Who may use the control API: callers on this machine, or those who know the token."""

from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from mockhoop.gateway.access import bearer_token
from mockhoop.server.control.calls import Refused


class Guard:
    """Lets calls in or says why not. With a token every call needs it; without, callers on this machine are let in.

    ``hosts`` are names under which the server may be called beside those of the loopback interface and the address at
    which a call came in: who is lured to a page elsewhere must not be able to reach it from there.
    """

    def __init__(self, token: str = "", hosts: frozenset[str] = frozenset()) -> None:
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)

    def check(self, peer: str | None, headers: Mapping[str, str], own: str | None = None) -> None:
        """Raises Refused where the caller is not let in; ``own`` is the address at which the call came in."""
        self._check_names(headers, own)
        if self._token:
            given = bearer_token(headers.get("Authorization")) or ""
            if not compare_digest(given.encode(errors="surrogatepass"), self._token.encode(errors="surrogatepass")):
                detail = "the control API wants its token: Authorization: Bearer <the control token>"
                raise Refused(401, detail, headers=(("WWW-Authenticate", "Bearer"),))
        elif not _is_loopback(peer):
            raise Refused(403, "the control API answers callers on this machine only; set a control token for others")

    def _check_names(self, headers: Mapping[str, str], own: str | None) -> None:
        host = headers.get("Host", "")
        if not self._is_ours(host, own):
            raise Refused(403, f"the control API is not reached as {host!r}; call it as localhost or by its address")
        origin = headers.get("Origin")
        if origin is not None and not self._is_ours(_netloc(origin), own):
            raise Refused(403, f"pages of {origin!r} may not use the control API")

    def _is_ours(self, netloc: str, own: str | None) -> bool:
        try:
            name = urlsplit(f"//{netloc}").hostname or ""
        except ValueError:
            return False
        known = name == "localhost" or name.endswith(".localhost") or name in self._hosts
        return known or _is_loopback(name) or (own is not None and name == own.lower())


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_loopback(address: str | None) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
