"""What the gateway's HTTP layer does around its routes (sections 1.2 and 1.3 of the behaviour sheet)."""

from html import escape

from mockhoop.gateway.releases import Feature, Release
from mockhoop.messages import Call, Headers, Reply

API_PREFIX = "/api"
OWN_HEADERS = "X-Mockhoop-Violations, Preference-Applied"
"""Our own headers are exposed to browsers as well, which the gateway has no need to do."""

_ALLOWED_HEADERS = "Content-Type, Authorization, accept, origin, user-client, X-Mockhoop-World, Prefer"
_SECURITY: Headers = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    (
        "Content-Security-Policy",
        "default-src self; script-src * 'unsafe-inline' 'unsafe-eval'; style-src * 'unsafe-inline'; "
        "img-src * data:; font-src * data:; connect-src *; frame-src *",
    ),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin"),
    (
        "Permissions-Policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
        "payment=(), usb=()",
    ),
    ("X-XSS-Protection", "1; mode=block"),
)


def standing_headers(release: Release, *, cors: bool) -> Headers:
    """The headers on every response of the API."""
    return (("Server", f"hoopgateway/{release}"), *(_cors(release) if cors else ()), *_SECURITY)


def _cors(release: Release) -> Headers:
    exposed = OWN_HEADERS
    if release.has(Feature.EXPOSE_HEADERS):
        exposed = f"X-New-Access-Token, X-Set-Cookie, {OWN_HEADERS}"
    return (
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
        ("Access-Control-Expose-Headers", exposed),
        ("Access-Control-Allow-Methods", "POST, OPTIONS, GET, PUT, DELETE, PATCH"),
    )


PREFLIGHT = Reply(204)
"""``OPTIONS`` on anything, known or not."""

_NO_ROUTE = Reply(404, b"404 page not found", "text/plain")
_NO_PAGE = Reply(404)


def no_route(call: Call) -> Reply:
    """A path or method that the gateway does not have: text under the API's prefix, nothing elsewhere."""
    return _NO_ROUTE if call.raw_path.startswith(API_PREFIX) else _NO_PAGE


def without_slash(call: Call) -> Reply:
    """The redirect from a known route with a slash at its end to the route itself."""
    prefix = call.headers.get("X-Forwarded-Prefix", "").rstrip("/")
    location = prefix + call.prefix + call.raw_path.rstrip("/") + (f"?{call.raw_query}" if call.raw_query else "")
    if call.method != "GET":
        content_type = "text/html; charset=utf-8" if call.method == "HEAD" else ""
        return Reply(307, b"", content_type, (("Location", location),), plain=True)
    body = f'<a href="{escape(location)}">Moved Permanently</a>.\n\n'.encode()
    return Reply(301, body, "text/html; charset=utf-8", (("Location", location),), plain=True)
