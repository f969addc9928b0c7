"""Runtime expressions of OpenAPI, such as ``{$request.body#/callbackUrl}``: values out of a call and its reply."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockhoop.errors import MockhoopError
from mockhoop.gateway.wire import dumps
from mockhoop.media.bodies import Unreadable, read
from mockhoop.messages import AnyCase, Call, Reply

_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")


class NoValue(MockhoopError):
    """An expression to which a call or its reply gives no value; the text says which."""


@dataclass(frozen=True, slots=True)
class Said:
    """A call with its reply."""

    call: Call
    path_values: Mapping[str, str]
    reply: Reply

    def filled(self, template: str) -> str:
        """The text with the value of each expression in its place; it may as well be one expression.

        Raises:
            NoValue: an expression has no value here.
        """
        if template.startswith("$"):
            return self._value(template)
        return _EMBEDDED.sub(lambda found: self._value(found[1]), template)

    def _value(self, expression: str) -> str:
        whole: Mapping[str, Callable[[], str]] = {
            "$url": lambda: f"{self.call.origin}{self.call.raw_path}" + f"?{self.call.raw_query}".rstrip("?"),
            "$method": lambda: self.call.method,
            "$statusCode": lambda: str(self.reply.status),
        }
        if expression in whole:
            return whole[expression]()
        side, _, source = expression.partition(".")
        kind, _, name = source.partition(".") if not source.startswith("body") else ("body", "", source[4:])
        found = self._part(side, kind, name)
        if found is None:
            raise NoValue(f"{expression} has no value")
        return found if isinstance(found, str) else dumps(found).decode()

    def _part(self, side: str, kind: str, name: str) -> Any:
        match side, kind:
            case "$request", "header":
                return self.call.headers.get(name)
            case "$request", "query":
                return dict(reversed(parse_qsl(self.call.raw_query, keep_blank_values=True))).get(name)
            case "$request", "path":
                return self.path_values.get(name)
            case "$request", "body":
                return _at(self.call.body, self.call.headers.get("Content-Type", ""), name)
            case "$response", "header":
                return AnyCase(dict(self.reply.headers)).get(name)
            case "$response", "body":
                return _at(self.reply.body, self.reply.content_type, name)
        return None


def _at(body: bytes, content_type: str, fragment: str) -> Any:
    """What a JSON pointer such as ``#/a/0`` leads to in a body; the whole body without one."""
    try:
        value = read(body, content_type, None, lambda node: node)
    except (Unreadable, RecursionError, ValueError):
        return None
    for step in fragment.removeprefix("#").split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
