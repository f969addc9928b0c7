"""HAR files (1.2), as browsers export them: read as far as they go, also where they are cut off."""

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from mockhoop.contract.operations import Operations
from mockhoop.errors import Problem, SourceError, UsageError
from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*")
_SAFE = "/%:@!$&'()*+,;=-._~?[]"
_NOT_MODIFIED = 304
_SHOWN = 5


@dataclass(slots=True)
class HarFile:
    """What is in a HAR file: each exchange with the address that was called.

    ``left_out`` counts what could not be used, by why not; ``problem`` says that the file is cut off.
    """

    entries: list[tuple[str, Entry]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    problem: Problem | None = None


class _Unusable(ValueError):
    """An entry that cannot be used; the text says why, in words that follow upon a number of calls."""


def read_har(path: Path) -> HarFile:
    """What a file holds.

    Raises:
        SourceError: it cannot be read, or is no HAR file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise SourceError([Problem(f"cannot be read: {(error.strerror or str(error)).lower()}", str(path))]) from None
    found = HarFile()
    for told in _told(text, path, found):
        try:
            found.entries.append(_entry(told))
        except _Unusable as why:
            found.left_out[str(why)] += 1
        except (LookupError, TypeError, ValueError, AttributeError):
            found.left_out["not told as HAR has it"] += 1
    return found


def of_api(har: HarFile, operations: Operations, base_path: str, base_url: str = "") -> tuple[str, list[Entry]]:
    """The address of an API, and the exchanges with it; ``base_path`` is where the contract has it.

    Without an address, it is the one at which most calls mean operations of the contract.

    Raises:
        UsageError: no call is one of the API's; the text says which addresses were called.
    """
    base = base_url.rstrip("/") or _likely_base(har, operations, base_path)
    own = [(url, entry) for url, entry in har.entries if base and _is_below(url, base)]
    if not own:
        what = f"no call goes to {base}" if base else "no call is one of the contract's API"
        hint = "say with --base-url where the API is, such as https://use.hoop.dev/api"
        raise UsageError(f"{what} ({_called(har)}; {hint})")
    other = len(har.entries) - len(own)
    if other:
        har.left_out["not of the API"] += other
    cut = len(urlsplit(base).path.rstrip("/"))
    return base, [replace(entry, path=base_path + entry.path[cut:]) for _, entry in own]


def _told(text: str, path: Path, found: HarFile) -> Iterator[Any]:
    """The entries, as far as they can be read; that the file is cut off is noted."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _salvaged(text, path, found)
        return
    log = whole.get("log") if isinstance(whole, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise _no_har(path)
    yield from log["entries"]


def _salvaged(text: str, path: Path, found: HarFile) -> Iterator[Any]:
    start = _ENTRIES.search(text)
    if start is None:
        raise _no_har(path)
    decoder, at, count = json.JSONDecoder(), start.end(), 0
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        try:
            told, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        count += 1
        yield told
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    read = "1 entry before that is read" if count == 1 else f"{count} entries before that are read"
    found.problem = Problem("the file is cut off or broken here", str(path), line, column, suggestion=read)


def _no_har(path: Path) -> SourceError:
    hint = 'it has {"log": {"entries": […]}}; a browser saves one from the network panel of its developer tools'
    return SourceError([Problem("this is no HAR file", str(path), suggestion=hint)])


def _entry(told: Mapping[str, Any]) -> tuple[str, Entry]:
    request, response = told["request"], told["response"]
    parts = urlsplit(str(request["url"]))
    parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])  # names and passwords say nothing of where it is
    if parts.scheme not in ("http", "https"):
        raise _Unusable("not made over HTTP")
    status = int(response["status"])
    if status == 0:
        raise _Unusable("without an answer")
    body = _content(response.get("content") or {}, status)
    if status == _NOT_MODIFIED and body:
        status = 200  # a browser shows what it had
    asked = _headers(request.get("headers", ()))
    if not any(name.lower() == "host" for name, _ in asked):
        asked = (("Host", parts.netloc), *asked)
    return parts.geturl(), Entry(
        method=str(request["method"]).upper(),
        path=quote(parts.path or "/", safe=_SAFE),
        query=quote(parts.query, safe=_SAFE),
        request_headers=asked,
        request_body=_posted(request.get("postData") or {}),
        status=status,
        response_headers=_typed(_headers(response.get("headers", ())), response.get("content") or {}),
        response_body=body,
        at=str(told.get("startedDateTime", "")),
    )


def _headers(told: Iterable[Mapping[str, Any]]) -> Headers:
    """Headers without those that HTTP/2 has in the place of the first line."""
    pairs = ((_text(one["name"]), _text(one["value"])) for one in told)
    return tuple(pair for pair in pairs if not pair[0].startswith(":"))


def _text(told: object) -> str:
    """A text without halves of surrogate pairs, which no header and no file can have."""
    return str(told).encode("utf-8", "replace").decode()


def _typed(headers: Headers, content: Mapping[str, Any]) -> Headers:
    """The headers with the media type of the content, where they were left out."""
    kind = str(content.get("mimeType") or "")
    has_one = any(name.lower() == "content-type" for name, _ in headers)
    return headers if has_one or not kind or kind == "x-unknown" else (*headers, ("Content-Type", kind))


def _content(content: Mapping[str, Any], status: int) -> bytes:
    text = content.get("text")
    if text is None:
        if content.get("size", 0) > 0 and status != _NOT_MODIFIED:
            raise _Unusable("with an answer whose body is not in the file")
        return b""
    if content.get("encoding") != "base64":
        return str(text).encode("utf-8", "replace")
    return _unpacked(str(text), "with an answer whose body is no base64")


def _unpacked(text: str, why_not: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise _Unusable(why_not) from None


def _posted(told: Mapping[str, Any]) -> bytes:
    text = told.get("text")
    if text:
        if told.get("encoding") == "base64":
            return _unpacked(str(text), "with a body that is no base64")
        return str(text).encode("utf-8", "replace")
    pairs = [(str(one["name"]), str(one.get("value", ""))) for one in told.get("params") or ()]
    return urlencode(pairs).encode() if pairs else b""


def _likely_base(har: HarFile, operations: Operations, base_path: str) -> str:
    """The address at which most calls mean operations; of several the one that was called first."""
    counts: Counter[str] = Counter()
    for url, entry in har.entries:
        for base, inside in _bases(url, base_path):
            if operations.match(entry.method, inside) is not None:
                counts[base] += 1
    return max(counts, key=lambda base: counts[base], default="")


def _bases(url: str, base_path: str) -> Iterator[tuple[str, str]]:
    """Where an API could be whose calls have this address, each with the path of the call inside of it."""
    parts = urlsplit(url)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path
    if not base_path:
        yield origin, path
        return
    at = path.find(f"{base_path}/")
    while at >= 0:
        end = at + len(base_path)
        yield origin + path[:end], path[end:]
        at = path.find(f"{base_path}/", at + 1)


def _is_below(url: str, base: str) -> bool:
    return url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?")


def _called(har: HarFile) -> str:
    hosts = Counter("://".join(urlsplit(url)[:2]) for url, _ in har.entries)
    some = ", ".join(f"{host} ({count})" for host, count in hosts.most_common(_SHOWN))
    return f"called were: {some}" if some else "the file has no calls that can be used"
