"""Telling what a document is that is no OpenAPI 3 document, and what to do about it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source

_NO_OPENAPI = "not an OpenAPI 3 document"
_FIRST_LINE = "its first line is usually openapi: 3.0.3"


class _Kind(NamedTuple):
    fits: Callable[[Mapping[str, Any]], bool]
    message: str
    advice: str


_KINDS = (
    _Kind(lambda data: "mockhoop" in data, _NO_OPENAPI, "it is a scenario, which is given with --scenario"),
    _Kind(
        lambda data: "swagger" in data,
        f"{_NO_OPENAPI}: it is Swagger 2.0",
        "convert it, for example with npx swagger2openapi or on converter.swagger.io",
    ),
    _Kind(
        lambda data: "asyncapi" in data,
        f"{_NO_OPENAPI}: it is AsyncAPI, which describes messages instead of an HTTP API",
        "give the OpenAPI document of the service",
    ),
    _Kind(
        lambda data: (
            isinstance(data.get("info"), Mapping)
            and ("_postman_id" in data["info"] or "postman.com" in str(data["info"].get("schema", "")).lower())
        ),
        f"{_NO_OPENAPI}: it is a Postman collection",
        "convert it, for example with npx postman-to-openapi",
    ),
    _Kind(
        lambda data: "overlay" in data,
        f"{_NO_OPENAPI}: it is an overlay, which corrects one",
        "put it into the folder overlays beside the document, under the same name",
    ),
    _Kind(
        lambda data: "openapi" in data,
        f"{_NO_OPENAPI}: its version is another one",
        "versions 3.0 and 3.1 are known",
    ),
    _Kind(
        lambda data: "$schema" in data and "paths" not in data,
        f"{_NO_OPENAPI}: it is a JSON Schema",
        "give the document whose paths refer to it",
    ),
)


def refuse_what_is_no_openapi(source: Source) -> None:
    """Refuse anything but an OpenAPI 3 document, in one sentence that says what it is.

    Raises:
        SourceError: what it is and what to do.
    """
    data = source.data
    if not source.text.strip():
        raise SourceError([source.problem("", f"{_NO_OPENAPI}: the file is empty", _FIRST_LINE)])
    if not isinstance(data, Mapping):
        raise SourceError([source.problem("", _NO_OPENAPI, _FIRST_LINE)])
    if str(data.get("openapi", "")).startswith("3."):
        return
    kind = next((kind for kind in _KINDS if kind.fits(data)), _Kind(bool, _NO_OPENAPI, _FIRST_LINE))
    raise SourceError([source.problem("", kind.message, kind.advice)])


def refuse_html(text: bytes, name: str) -> None:
    """Refuse a web page, of which no reader of YAML has anything helpful to say.

    Raises:
        SourceError: that it is one, and what to do.
    """
    begin = text.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if begin.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        advice = "give the address of the document that the page shows, often ending in openapi.json"
        raise SourceError([Problem(f"{_NO_OPENAPI}: it is a web page (HTML)", name, 1, 1, suggestion=advice)])
    if begin.startswith(b"<"):
        raise SourceError([Problem(f"{_NO_OPENAPI}: it is XML", name, 1, 1, suggestion=_FIRST_LINE)])
