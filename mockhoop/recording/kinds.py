"""What a recording keeps of headers, and what bodies are."""

import re

from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers

_HALVES = re.compile("[\ud800-\udfff]")
_NOT_KEPT = frozenset(
    {
        # of the connection, and of how a body is framed and packed on it
        *("connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "content-length", "content-encoding"),
        # of the moment and the machine
        *("date", "server", "via", "age", "alt-svc", "expires", "x-powered-by", "x-runtime", "x-response-time"),
        *("server-timing", "nel", "report-to", "strict-transport-security", "x-served-by", "x-cache"),
        # of how a page may be shown
        *("content-security-policy", "x-frame-options", "x-content-type-options", "x-xss-protection"),
        *("referrer-policy", "permissions-policy"),
        # of the one call
        *("x-request-id", "request-id", "x-correlation-id", "x-trace-id", "traceparent", "tracestate", "cf-ray"),
        *("x-amzn-requestid", "x-amzn-trace-id", "x-amz-cf-id", "x-amz-request-id", "x-b3-traceid"),
    }
)
# Whoever serves the answers says himself which pages may read them.
_PREFIXES = ("access-control-", "cf-", "x-mockhoop-", "x-envoy-", "x-amz-cf-", ":")


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, by its name in lower case."""
    return next((value for key, value in headers if key.lower() == name), None)


def kept_headers(headers: Headers) -> Headers:
    """The headers of an answer that belong to it wherever it is given."""
    return tuple((name, value) for name, value in headers if _is_kept(name.lower()))


def _is_kept(name: str) -> bool:
    return name not in _NOT_KEPT and not name.startswith(_PREFIXES)


def media_type(headers: Headers) -> str:
    """The media type of a body in lower case, without its parameters."""
    return (header(headers, "content-type") or "").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Whether a media type is JSON."""
    return kind == "application/json" or kind.endswith("+json")


def text_of(body: bytes) -> str | None:
    """The body as a text; None where it is none."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def is_writable(text: str) -> bool:
    """Whether a file can hold a text: JSON can have half of a surrogate pair, files cannot."""
    return not _HALVES.search(text)


def is_preflight(entry: Entry) -> bool:
    """Whether it is a browser that asks whether it may call."""
    return entry.method == "OPTIONS" and header(entry.request_headers, "access-control-request-method") is not None
