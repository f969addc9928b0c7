"""The plan for a body: its media type decides how it is read and which schema it is held against."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.templating.media_types.exceptions import MediaTypeFinderError, MediaTypeNotFound
from openapi_core.validation.request.validators import BaseRequestValidator
from openapi_core.validation.validators import BaseValidator

from mockhoop.contract.references import DanglingReference, resolved
from mockhoop.contract.validation.explanations import explained
from mockhoop.contract.validation.schemas import Hold, held, holding
from mockhoop.contract.violations import Violation, shortened
from mockhoop.media import kinds
from mockhoop.media.bodies import reader
from mockhoop.media.kinds import fitting, media_type
from mockhoop.media.round_trip import parsed_again
from mockhoop.media.unreadable import TOO_DEEP, Unreadable
from mockhoop.messages import Body, ReadBody

_Flow = tuple[Callable[[bytes], Any], Hold | None]


_TEXT_FOR_RANGE = "text for a range"
_REMEMBERED = 64


class BodyPlan:
    """How to check a body: its media type decides how it is read and which schema it is held against."""

    def __init__(self, validator: BaseValidator, holder: SchemaPath) -> None:
        self._validator = validator
        self._content = holder / "content"
        self._required = (holder / "required").read_bool(default=False)
        self._by_type: dict[tuple[str, bool], _Flow] = {}

    def check(self, body: bytes, content_type: str, location: str = "body") -> tuple[Violation, ...]:
        """Every violation of the body; no body at all is one only where one is required."""
        if not body:
            return (Violation(location, "", "required", "a body is required"),) if self._required else ()
        return self._held(body, content_type, location, as_read=False)

    def check_read(self, body: Body) -> tuple[Violation, ...]:
        """Every violation of what a server made of a body: how its JSON is written was the server's to judge."""
        if isinstance(body, ReadBody):
            return self._held(body.value, body.content_type, "body", as_read=True)
        content, content_type = body
        return self._held(content, content_type, "body", as_read=True) if content else self.check(content, content_type)

    def _held(self, body: Any, content_type: str, location: str, *, as_read: bool) -> tuple[Violation, ...]:
        try:
            read, hold = self._for(content_type, as_read)
            value = read(body)
            if hold is not None:
                hold(value)
        except Unreadable as error:
            return (Violation(location, "", error.code, shortened(str(error))),)
        except RecursionError:
            return (Violation(location, "", TOO_DEEP, "nests too deep to be held against the contract"),)
        except (MediaTypeFinderError, ValueError) as error:
            return (Violation(location, "", "media-type", shortened(str(error))),)
        except Exception as error:
            return tuple(explained(error, location))
        return ()

    def _for(self, content_type: str, as_read: bool) -> _Flow:
        key = (content_type, as_read)
        flow = self._by_type.get(key)
        if flow is None:
            flow = self._flow(content_type)
            media = media_type(content_type)
            if media.kind == kinds.JSON and as_read:
                flow = (_json_as_read, flow[1])
            elif media.kind == kinds.JSON and not self._of_requests:
                # Our own answers may nest as deep as what they tell of.
                flow = (partial(parsed_again, charset=media.charset), flow[1])
            if len(self._by_type) < _REMEMBERED:  # clients choose this text: multipart has a new boundary each time
                self._by_type[key] = flow
        return flow

    def _flow(self, content_type: str) -> _Flow:
        key = fitting(self._content.str_keys(), content_type)
        if key is None:
            raise MediaTypeNotFound(content_type, list(self._content.str_keys()))
        declared = self._content / key
        kind = self._kind(key, content_type)
        schema = declared.get("schema")
        if schema is None:
            return reader(content_type, None, self._resolve), None
        hold = holding(self._validator, schema)
        if kind == _TEXT_FOR_RANGE:
            return bytes, hold
        shape = schema.read_value()
        encoding = (declared / "encoding").read_value() if "encoding" in declared else None
        return (
            reader(content_type, shape, self._resolve, encoding),
            held(hold, kind, shape, self._resolve),
        )

    def _kind(self, declared: str, content_type: str) -> str:
        kind = media_type(content_type).kind
        # The text that a request sends for a range is bytes to openapi-core, and no text at all.
        is_range = declared.endswith("*") and self._of_requests
        return _TEXT_FOR_RANGE if kind in (kinds.TEXT, kinds.CSV) and is_range else kind

    @property
    def _of_requests(self) -> bool:
        return isinstance(self._validator, BaseRequestValidator)

    def _resolve(self, node: Any) -> Any:
        try:
            return resolved(self._validator.spec.read_value(), node)
        except DanglingReference:
            return {}


def _json_as_read(body: Any) -> Any:
    if not isinstance(body, bytes):
        return body
    try:
        return json.loads(body)
    except ValueError as error:
        raise Unreadable(f"malformed JSON: {error}") from None
