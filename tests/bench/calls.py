"""Calls that a document allows, made up, and why some cannot be."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contradictions import Contradictions

from mockhoop.contract.operations import METHODS, Operation
from mockhoop.contract.references import resolved
from mockhoop.errors import ContractError
from mockhoop.media import bodies
from mockhoop.media.kinds import XML, fitting
from mockhoop.media.kinds import media_type as parsed_media_type
from mockhoop.messages import AnyCase, Call, Reply
from mockhoop.service import Service
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible

MOST_TURNS = 8
_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_NOTHING = object()


def admits_failure(reply: Reply) -> bool:
    """Whether the server says that it cannot answer as its document wants it."""
    return reply.status == 500 and b"the contract asks for what cannot be" in reply.body


class Unaskable(Exception):
    """What a document wants of a call cannot be in one call; the text says why."""


class Caller:
    """Makes up calls that a document allows."""

    def __init__(self, service: Service) -> None:
        self._document = service.contract.document
        self._base_path = service.contract.base_path
        self._plausible = Plausible(self._document, Chance(20240725))
        self._contradictions = Contradictions(self._document)

    def request_media_types(self, operation: Operation) -> list[str]:
        """The media types that a request can have; one that is empty where it has no body."""
        return list(self._body_of(operation)) or [""]

    def call(self, operation: Operation, media_type: str = "", code: int = 0, accept: str = "") -> Call:
        """A call that is allowed; ``code`` and ``accept`` say which answer is wanted."""
        path, query, headers, cookies = self._parameters(operation)
        self._sign_in(operation, query, headers, cookies)
        body = self._written(operation, media_type or self.request_media_types(operation)[0], headers)
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        headers |= {"Prefer": f"code={code}"} if code else {}
        headers |= {"Accept": accept} if accept else {}
        return Call(operation.method, self._base_path + path, "&".join(query), AnyCase(headers), body)

    def contradiction(self, operation: Operation, media_type: str, reply: Reply | None, code: int, accept: str) -> str:
        """Why the document allows no such call, or none of the answers; empty if that is not certain."""
        if reply is None:
            body = self._body_of(operation)
            parameters = (parameter for parameter in operation.parameters if parameter.get("required"))
            declared = [*parameters, *([body[media_type or next(iter(body))]] if body else [])]
            kind = media_type
        else:
            kind = accept or reply.content_type
            declared = self._answer(operation, code or reply.status, kind)
            if admits_failure(reply):
                declared = self._answers_nearby(operation)
        schemas = [one.get("schema", {}) for one in declared if isinstance(one, Mapping)]
        look = self._contradictions
        reasons = [
            *map(look.why, schemas),
            *(map(look.shared_names, schemas) if parsed_media_type(kind).kind == XML else ()),
        ]
        return next(filter(None, reasons), "")

    def _answers_nearby(self, operation: Operation) -> list[Mapping[str, Any]]:
        """What is declared for any answer of the path: what cannot be made may be what another operation tells of."""
        item = operation.path_item
        operations = [item[method] for method in METHODS if isinstance(item.get(method), Mapping)]
        responses = [resolved(self._document, one) for each in operations for one in each.get("responses", {}).values()]
        return [one for response in responses for one in (response.get("content") or {}).values()]

    def _answer(self, operation: Operation, status: int, media_type: str) -> list[Mapping[str, Any]]:
        """What is declared for a status and a media type."""
        responses = operation.definition.get("responses", {})
        names = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        response: Mapping[str, Any] = next((responses[name] for name in names if name in responses), {})
        content = resolved(self._document, response).get("content") or {}
        key = media_type if media_type in content else fitting(content, media_type)
        return [content[key]] if key else []

    def _parameters(self, operation: Operation) -> tuple[str, list[str], dict[str, str], list[str]]:
        path, query, headers, cookies = operation.template, list[str](), dict[str, str](), list[str]()
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            value = self._value_of(operation, parameter)
            if value is _NOTHING:
                continue
            written = value if isinstance(value, Written) else serialised(parameter, value)
            if place == "path":
                path = path.replace(f"{{{name}}}", written.text or "x")
            elif place == "query":
                query += written.pairs
            elif place == "header" and name.lower() not in ("accept", "authorization", "content-type"):
                headers[name] = written.plain
            elif place == "cookie":
                cookies += written.pairs
        return path, query, headers, cookies

    def _value_of(self, operation: Operation, parameter: Mapping[str, Any]) -> Any:
        name = parameter["name"]
        for declared in parameter.get("content", {}).values():
            value = self._plausible.value(declared.get("schema", {}), operation.key, name, direction="request")
            text = json.dumps(value)
            return Written(quote(text, safe=""), text, [f"{quote(name)}={quote(text, safe='')}"])
        schema = parameter.get("schema", {"type": "string"})
        found = None
        try:
            for turn in range(MOST_TURNS):
                value = self._plausible.value(schema, operation.key, name, turn, name=name, prefer_examples=True)
                value = _without_null(value)
                if value is not None and not _is_unsayable(value):
                    return value
                found = found or value
        except ContractError:
            if parameter.get("required"):
                raise
        if found is not None and parameter.get("required"):
            raise Unaskable(f"the style of {name} does not say how lists and objects within others are written")
        return _NOTHING

    def _body_of(self, operation: Operation) -> Mapping[str, Any]:
        body = resolved(self._document, operation.definition.get("requestBody", {}))
        content: Mapping[str, Any] = body.get("content", {})
        return content

    def _written(self, operation: Operation, media_type: str, headers: dict[str, str]) -> bytes:
        if not media_type:
            return b""
        schema = self._body_of(operation)[media_type].get("schema", {})
        value = self._plausible.value(schema, operation.key, "body", direction="request")
        body = bodies.write(value, media_type, schema, lambda node: resolved(self._document, node))
        headers["Content-Type"] = body.content_type
        return body.content

    def _sign_in(self, operation: Operation, query: list[str], headers: dict[str, str], cookies: list[str]) -> None:
        """Show what the operation asks for, in the first of the ways that can be."""
        ways = operation.definition.get("security", self._document.get("security")) or [{}]
        shown = [self._shown(way) for way in ways]
        found = next((one for one in shown if len({name for name, _ in one["header"]}) == len(one["header"])), None)
        if found is None:
            raise Unaskable("one header is asked for by two schemes at once")
        query += [f"{name}={value}" for name, value in found["query"]]
        cookies += [f"{name}={value}" for name, value in found["cookie"]]
        headers |= dict(found["header"])

    def _shown(self, way: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        shown: dict[str, list[tuple[str, str]]] = {"query": [], "cookie": [], "header": []}
        for name in way:
            scheme = resolved(self._document, schemes.get(name, {}))
            told = str(scheme.get("scheme", "bearer"))
            if scheme.get("type") == "apiKey":
                place, pair = scheme["in"], (scheme["name"], "k3y")
            elif told.lower() == "basic":
                place, pair = "header", ("Authorization", f"Basic {base64.b64encode(b'ada:lovelace').decode()}")
            else:
                place, pair = "header", ("Authorization", f"{told.capitalize()} t0ken")
            # One token can do for two schemes.
            shown[place] += [] if pair in shown[place] else [pair]
        return shown


def _without_null(value: Any) -> Any:
    """The value without null in it, which no style can write."""
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if one is not None}
    return [one for one in value if one is not None] if isinstance(value, list) else value


def _is_unsayable(value: Any) -> bool:
    """Whether a value is empty or holds lists or objects within others, which no style can write."""
    if isinstance(value, Written):
        return False
    if value in ("", [], {}):
        return True
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(isinstance(part, Mapping | list) for part in parts)


@dataclass(frozen=True)
class Written:
    """The value of a parameter as text: encoded, as it is, and as ``name=value`` pairs."""

    text: str
    plain: str
    pairs: list[str]


def serialised(parameter: Mapping[str, Any], value: Any) -> Written:
    """The value in the style of its parameter."""
    place, name = parameter["in"], quote(parameter["name"], safe="[]")
    style = parameter.get("style", "form" if place in ("query", "cookie") else "simple")
    explode = parameter.get("explode", style in ("form", "deepObject"))
    if style in ("label", "matrix"):
        text = _prefixed(style, name, value, explode)
        return Written(text, text, [])
    if isinstance(value, Mapping):
        return _object(name, value, style, explode)
    if isinstance(value, list):
        texts = [_encoded(one) for one in value]
        joined = _SEPARATORS.get(style, ",").join(texts)
        pairs = [f"{name}={one}" for one in texts] if explode else [f"{name}={joined}"] if texts else []
        return Written(joined, ",".join(map(_plain, value)), pairs)
    return Written(_encoded(value), _plain(value), [f"{name}={_encoded(value)}"])


def _object(name: str, value: Mapping[str, Any], style: str, explode: bool) -> Written:
    if style == "deepObject":
        return Written("", "", [f"{name}[{quote(key)}]={_encoded(one)}" for key, one in value.items()])
    equals = "=" if explode else ","
    pairs = [f"{quote(key)}={_encoded(one)}" for key, one in value.items()]
    text = ",".join(pair.replace("=", equals, 1) for pair in pairs)
    plain = ",".join(f"{key}{equals}{_plain(one)}" for key, one in value.items())
    return Written(text, plain, pairs if explode else [f"{name}={text}"])


def _prefixed(style: str, name: str, value: Any, explode: bool) -> str:
    """A path parameter in the style ``label`` (``.a.b``) or ``matrix`` (``;name=a,b``)."""
    sign = "." if style == "label" else ";"
    begin = "" if style == "label" else f"{name}="
    if style == "label":
        value = _undotted(value)
    if isinstance(value, Mapping):
        if explode:
            return "".join(f"{sign}{quote(key)}={_encoded(one)}" for key, one in value.items())
        return f"{sign}{begin}" + ",".join(f"{quote(key)},{_encoded(one)}" for key, one in value.items())
    if isinstance(value, list):
        if explode:
            return "".join(f"{sign}{begin}{_encoded(one)}" for one in value)
        return f"{sign}{begin}" + ",".join(map(_encoded, value))
    return f"{sign}{begin}{_encoded(value)}"


def _undotted(value: Any) -> Any:
    """The value without the dots that would end it."""
    if isinstance(value, Mapping):
        return {key: _undotted(one) for key, one in value.items()}
    return list(map(_undotted, value)) if isinstance(value, list) else _plain(value).replace(".", "-")


def _encoded(value: Any) -> str:
    return quote(_plain(value), safe="")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
