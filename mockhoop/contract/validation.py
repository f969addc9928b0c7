"""Validation by openapi-core, compiled: one plan for each operation, made of openapi-core's own parts.

Used as documented, openapi-core resolves the document anew for each request, which takes milliseconds. A plan
does that once. What is checked, in which order and with which result stays openapi-core's.
"""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from jsonschema.exceptions import ValidationError as SchemaError
from jsonschema.exceptions import best_match
from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator, V31RequestValidator, V31ResponseValidator
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.schema.parameters import get_style_and_explode
from openapi_core.templating.media_types.exceptions import MediaTypeFinderError, MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseFinderError
from openapi_core.templating.responses.finders import ResponseFinder
from openapi_core.validation.request.exceptions import MissingParameterError, ParameterValidationError
from openapi_core.validation.request.validators import BaseRequestValidator
from openapi_core.validation.response.validators import BaseResponseValidator
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_core.validation.validators import BaseValidator

from mockhoop.contract.formats import FORMATS
from mockhoop.contract.operations import Operation
from mockhoop.contract.query import Query
from mockhoop.contract.readable import one_way, readable
from mockhoop.contract.references import DanglingReference, resolved
from mockhoop.contract.violations import Violation, pointer, shortened
from mockhoop.media import forms, json_text, kinds
from mockhoop.media.bodies import reader
from mockhoop.media.kinds import fitting, media_type
from mockhoop.media.shape import types
from mockhoop.media.unreadable import TOO_DEEP, Unreadable
from mockhoop.messages import Call, Reply

Violations = tuple[Violation, ...]
_NONE: Violations = ()

# What a query string gives depends on nothing else, so it is remembered. Random filters fill the memory with
# what is never asked again: it is bounded in number and each entry in length, and then begun anew.
_REMEMBERED = 4096
_REMEMBERED_LENGTH = 512


class Validator:
    """Checks requests and responses of one contract's document against it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        document = readable(document)
        coming, going = one_way(document, "readOnly"), one_way(document, "writeOnly")
        spec = _spec(coming)
        self._going = spec if going is coming else _spec(going)
        request_class, response_class = _validator_classes(str(document["openapi"]))
        self._spec = spec
        self._requests = request_class(spec, extra_format_validators=FORMATS)
        self._responses = response_class(self._going, extra_format_validators=FORMATS)
        self._request_plans: dict[str, RequestPlan] = {}
        self._response_plans: dict[tuple[str, int], ResponsePlan] = {}

    def request(
        self, operation: Operation, call: Call, path_values: Mapping[str, str], body: tuple[bytes, str] | None = None
    ) -> Violations:
        """Every violation of a request, in the order of the contract's parameters, the body last.

        ``body`` is for servers that read bodies in a way of their own: what they read, and as which media type.
        """
        plan = self._request_plans.get(operation.key)
        if plan is None:
            plan = self._request_plans[operation.key] = RequestPlan(self._requests, _place(self._spec, operation))
        return plan.check(call, path_values, body)

    def response(self, operation: Operation, reply: Reply, *, head: bool = False) -> Violations:
        """Every violation of a response; the answer to HEAD has no body to look at."""
        key = (operation.key, reply.status)
        plan = self._response_plans.get(key)
        if plan is None:
            plan = ResponsePlan(self._responses, _place(self._going, operation), reply.status)
            self._response_plans[key] = plan
        return plan.check(reply, head=head)

    def compile(self, operations: Iterable[Operation]) -> None:
        """Make the plans for requests now, so that no request waits for its own."""
        for operation in operations:
            if operation.key not in self._request_plans:
                self._request_plans[operation.key] = RequestPlan(self._requests, _place(self._spec, operation))


def _spec(document: Mapping[str, Any]) -> SchemaPath:
    return SchemaPath.from_dict(dict(document), resolved_cache_maxsize=65536)


def _place(spec: SchemaPath, operation: Operation) -> tuple[SchemaPath, SchemaPath]:
    item = spec / "paths" / operation.template
    return item / operation.method.lower(), item


def _validator_classes(version: str) -> tuple[type[BaseRequestValidator], type[BaseResponseValidator]]:
    if version.startswith("3.0"):
        return V30RequestValidator, V30ResponseValidator
    return V31RequestValidator, V31ResponseValidator


class RequestPlan:
    """How to check the requests of one operation."""

    def __init__(self, validator: BaseRequestValidator, place: tuple[SchemaPath, SchemaPath]) -> None:
        operation, item = place
        checks = list(_parameter_checks(validator, operation, item))
        self._query = tuple(check for check in checks if check.location == "query")
        self._others = tuple(check for check in checks if check.location != "query" and not check.trivial)
        self._order = {id(check): number for number, check in enumerate(checks)}
        self._body = BodyPlan(validator, operation / "requestBody") if "requestBody" in operation else None
        self._remembered: dict[str, Violations] = {}

    def check(self, call: Call, path_values: Mapping[str, str], body: tuple[bytes, str] | None = None) -> Violations:
        """Every violation of the request, in stable order."""
        found = self._check_query(call.raw_query)
        if self._others:
            places = {"path": path_values, "header": call.headers, "cookie": _cookies(call.headers)}
            found = (*found, *(v for check in self._others for v in check(places[check.location])))
        if self._body is not None:
            if body is not None:
                found = (*found, *self._body.check(*body, as_read=True))
            else:
                found = (*found, *self._body.check(call.body, call.headers.get("Content-Type", "")))
        return found

    def _check_query(self, raw: str) -> Violations:
        found = self._remembered.get(raw)
        if found is None:
            values = Query(raw)
            found = tuple(violation for check in self._query for violation in check(values))
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            if len(raw) <= _REMEMBERED_LENGTH:
                self._remembered[raw] = found
        return found


@dataclass(slots=True)
class ParameterCheck:
    """One parameter: where it stands, and how its value is read and checked."""

    name: str
    location: str
    trivial: bool
    read_and_check: Callable[[Mapping[str, Any]], None]

    def __call__(self, values: Mapping[str, Any]) -> Violations:
        try:
            self.read_and_check(values)
        except Exception as error:
            # Not only its own errors: openapi-core stumbles over some malformed values, such as deep=1&deep[a]=1.
            return tuple(_explained(error, self.location, self.name))
        return _NONE


class _Missing(Exception):
    """A required parameter is not there."""


_LIBRARY_ERRORS = (_Missing, InvalidSchemaValue, CastError, DeserializeError, ParameterValidationError)


_NO_PARAMETERS = ("accept", "authorization", "content-type")


def _parameter_checks(
    validator: BaseRequestValidator, operation: SchemaPath, item: SchemaPath
) -> Iterator[ParameterCheck]:
    seen = set()
    for holder in (operation, item):
        for parameter in holder.get("parameters", SchemaPath.from_dict({})):
            name, location = (parameter / "name").read_str(), (parameter / "in").read_str()
            # These headers are not parameters, whatever a document says (OpenAPI, Parameter Object).
            is_other = location == "header" and name.lower() in _NO_PARAMETERS
            if (name, location) not in seen and not is_other:
                seen.add((name, location))
                yield _parameter_check(validator, parameter, name, location)


def _parameter_check(
    validator: BaseRequestValidator, parameter: SchemaPath, name: str, location: str
) -> ParameterCheck:
    style, _ = get_style_and_explode(parameter)
    if "content" in parameter or style == "deepObject":
        # Names and media types that only the whole request shows: openapi-core's own flow reads these.
        return ParameterCheck(name, location, False, _documented_flow(validator, parameter))
    schema = (parameter / "schema").read_value()
    trivial = location == "path" and schema == {"type": "string"}
    return ParameterCheck(name, location, trivial, _compiled_flow(validator, parameter, name, location))


def _documented_flow(validator: BaseRequestValidator, parameter: SchemaPath) -> Callable[[Mapping[str, Any]], None]:
    location = (parameter / "in").read_str()

    def check(values: Mapping[str, Any]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                validator._get_parameter(RequestParameters(**{location: values}), parameter)
            except MissingParameterError as error:
                if (parameter / "required").read_bool(default=False):
                    raise _Missing from error

    return check


def _compiled_flow(
    validator: BaseRequestValidator, parameter: SchemaPath, name: str, location: str
) -> Callable[[Mapping[str, Any]], None]:
    style, explode = get_style_and_explode(parameter)
    schema = parameter / "schema"
    reader = validator.style_deserializers_factory.create(validator.spec, schema, style, explode, name=name)
    checker = _schema_checker(validator, schema)
    required = (parameter / "required").read_bool(default=False)
    refuses_empty = location == "query" and not (parameter / "allowEmptyValue").read_bool(default=False)
    has_default = "default" in schema
    default = (schema / "default").read_value() if has_default else None

    placed = _placed(name, location, style, explode, list(_property_names(schema)))

    def check(values: Mapping[str, Any]) -> None:
        if not refuses_empty and location == "query" and values.get(name) == "":
            return
        try:
            value = reader.deserialize(values if placed is None else placed(values))
        except KeyError as error:
            if has_default:
                checker(default)
            elif required:
                raise _Missing from error
            return
        if refuses_empty and value == "":
            raise EmptyQueryParameterValue(name)
        checker(value)

    return check


_Placed = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _placed(name: str, location: str, style: str, explode: bool, properties: list[str]) -> _Placed | None:
    """How values are put where openapi-core looks for those of a style; None where they are already there."""
    if location == "path" and style in _MARKS:
        key = f"{_MARKS[style]}{name}{'*' if explode else ''}"
        return lambda values: {key: values[name]}
    if style == "spaceDelimited":
        return lambda values: {name: values[name].replace(" ", "%20")}
    if location == "query" and style == "form" and explode and properties:

        def gathered(values: Mapping[str, Any]) -> Mapping[str, Any]:
            found = [f"{one}={values[one]}" for one in properties if one in values]
            return {name: "&".join(found)} if found else {}

        return gathered
    return None


def _property_names(schema: SchemaPath) -> Iterator[str]:
    if "properties" in schema and schema.get("type") is not None and (schema / "type").read_value() == "object":
        yield from (schema / "properties").str_keys()


_MARKS = {"label": ".", "matrix": ";"}


def _schema_checker(validator: BaseValidator, schema: SchemaPath) -> Callable[[Any], None]:
    made = validator.schema_validators_factory.create(
        validator.spec, schema, extra_format_validators=validator.extra_format_validators
    )
    check: Callable[[Any], None] = made.validate
    return check


_Flow = tuple[Callable[[bytes], Any], Callable[[Any], None] | None]


class BodyPlan:
    """How to check a body: its media type decides how it is read and which schema it is held against."""

    def __init__(self, validator: BaseValidator, holder: SchemaPath) -> None:
        self._validator = validator
        self._content = holder / "content"
        self._required = (holder / "required").read_bool(default=False)
        self._by_type: dict[tuple[str, bool], _Flow] = {}

    def check(self, body: bytes, content_type: str, location: str = "body", *, as_read: bool = False) -> Violations:
        """Every violation of the body; no body at all is one only where one is required.

        With ``as_read`` it is what a server made of a body: how its JSON is written was the server's to judge.
        """
        if not body:
            return (Violation(location, "", "required", "a body is required"),) if self._required else _NONE
        try:
            read, check = self._for(content_type, as_read)
            value = read(body)
            if check is not None:
                check(value)
        except Unreadable as error:
            return (Violation(location, "", error.code, shortened(str(error))),)
        except RecursionError:
            return (Violation(location, "", TOO_DEEP, "nests too deep to be held against the contract"),)
        except (MediaTypeFinderError, ValueError) as error:
            return (Violation(location, "", "media-type", shortened(str(error))),)
        except Exception as error:
            return tuple(_explained(error, location))
        return _NONE

    def _for(self, content_type: str, as_read: bool) -> _Flow:
        key = (content_type, as_read)
        flow = self._by_type.get(key)
        if flow is None:
            flow = self._flow(content_type)
            media = media_type(content_type)
            if media.kind == kinds.JSON and as_read:
                flow = (_json_as_read, flow[1])
            elif media.kind == kinds.JSON and not isinstance(self._validator, BaseRequestValidator):
                # Our own answers may nest as deep as what they tell of.
                flow = (partial(json_text.parsed, charset=media.charset, any_depth=True), flow[1])
            if len(self._by_type) < 64:  # clients choose this text: multipart has a new boundary each time
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
        schema_validator = self._validator.schema_validators_factory.create(
            self._validator.spec, schema, extra_format_validators=self._validator.extra_format_validators
        )
        if kind == kinds.FORM:
            return self._form_reader(schema, schema_validator, declared), schema_validator.validate
        if kind == _TEXT_FOR_RANGE:
            return bytes, schema_validator.validate
        shape = schema.read_value()
        encoding = (declared / "encoding").read_value() if "encoding" in declared else None
        return (
            reader(content_type, shape, self._resolve, encoding),
            _held(schema_validator.validate, kind, shape, self._resolve),
        )

    def _kind(self, declared: str, content_type: str) -> str:
        kind = media_type(content_type).kind
        # The text that a request sends for a range is bytes to openapi-core, and no text at all.
        is_range = declared.endswith("*") and isinstance(self._validator, BaseRequestValidator)
        return _TEXT_FOR_RANGE if kind in (kinds.TEXT, kinds.CSV) and is_range else kind

    def _form_reader(
        self, schema: SchemaPath, schema_validator: SchemaValidator, declared: SchemaPath
    ) -> Callable[[bytes], Any]:
        """A form's fields have styles like parameters, which openapi-core reads."""
        made = self._validator.media_type_deserializers_factory.create(
            self._validator.spec,
            _FORM,
            schema=schema,
            schema_validator=schema_validator,
            encoding=declared.get("encoding") if "encoding" in declared else None,
            extra_media_type_deserializers=_FieldReaders(),
        )
        return made.deserialize

    def _resolve(self, node: Any) -> Any:
        try:
            return resolved(self._validator.spec.read_value(), node)
        except DanglingReference:
            return {}


_TEXT_FOR_RANGE = "text for a range"
_FORM = "application/x-www-form-urlencoded"
_SCALARS = {"string", "integer", "number", "boolean"}


class _FieldReaders(dict[str, Callable[..., Any]]):
    """How openapi-core reads a form, and the fields of it that are JSON: as strictly as bodies are read."""

    def __contains__(self, name: object) -> bool:
        return media_type(str(name)).kind in (kinds.FORM, kinds.JSON)

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return _form_fields if media_type(name).kind == kinds.FORM else _json_field


def _json_as_read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Unreadable(f"malformed JSON: {error}") from None


def _form_fields(body: bytes, **_: str) -> Mapping[str, Any]:
    return forms.fields(body)


def _json_field(text: str | bytes, **_: str) -> Any:
    return json_text.parsed_text(text) if isinstance(text, str) else json_text.parsed(text)


def _held(
    check: Callable[[Any], None], kind: str, schema: Any, resolve: Callable[[Any], Any]
) -> Callable[[Any], None] | None:
    """How a body of a kind is held against its schema: whole, item by item, or not at all."""
    allowed = types(schema, resolve)
    if kind in (kinds.LINES, kinds.SEQUENCE):
        # Where the schema is that of a single value, each line is one.
        return check if not allowed or "array" in allowed else _for_each(check)
    if kind == kinds.EVENTS:
        return check if allowed == {"array"} else None
    if kind in (kinds.TEXT, kinds.CSV):
        return check if not allowed or allowed & _SCALARS else None
    if kind == kinds.BINARY:
        return check if "string" in allowed and not forms.is_binary(schema, resolve) else None
    if kind == kinds.MULTIPART and "array" not in allowed:
        return lambda value: check(value) if isinstance(value, dict) else None
    return check


def _for_each(check: Callable[[Any], None]) -> Callable[[Any], None]:
    def check_items(values: list[Any]) -> None:
        for number, value in enumerate(values):
            try:
                check(value)
            except InvalidSchemaValue as error:
                for problem in _schema_errors(error):
                    problem.relative_path.appendleft(number)
                raise

    return check_items


class ResponsePlan:
    """How to check the responses of one operation with one status."""

    def __init__(self, validator: BaseResponseValidator, place: tuple[SchemaPath, SchemaPath], status: int) -> None:
        self._status = status
        self._declared = True
        self._body: BodyPlan | None = None
        self._headers: tuple[tuple[str, bool, Callable[[Mapping[str, Any]], None]], ...] = ()
        try:
            response = ResponseFinder(place[0] / "responses").find(str(status))
        except ResponseFinderError:
            self._declared = False
            return
        if "content" in response and list((response / "content").str_keys()):
            self._body = BodyPlan(validator, response)
        if "headers" in response:
            self._headers = tuple(_header_checks(validator, response / "headers"))

    def check(self, reply: Reply, *, head: bool) -> Violations:
        """Every violation of the response, the body's first."""
        if not self._declared:
            text = f"the contract declares no answer with status {self._status}"
            return (Violation("response.status", "", "status", text),)
        found: Violations = _NONE
        if self._body is not None and not head:
            if reply.body:
                found = self._body.check(reply.body, reply.content_type, "response.body")
            elif not reply.content_type or "json" in reply.content_type:
                # An empty file or text is a body too, though openapi-core calls it missing.
                found = (Violation("response.body", "", "required", "the contract declares a body"),)
        values = dict(reply.headers)
        for name, required, check in self._headers:
            try:
                check(values)
            except KeyError:
                if required:
                    found += (Violation("response.header", pointer(name), "required", f"{name} is missing"),)
            except _LIBRARY_ERRORS as error:
                found += tuple(_explained(error, "response.header", name))
        return found


def _header_checks(
    validator: BaseResponseValidator, headers: SchemaPath
) -> Iterator[tuple[str, bool, Callable[[Mapping[str, Any]], None]]]:
    for name, header in headers.str_items():
        if name.lower() == "content-type":
            continue

        def check(values: Mapping[str, Any], name: str = name, header: SchemaPath = header) -> None:
            validator._get_param_or_header_and_schema(header, values, name=name)

        yield name, (header / "required").read_bool(default=False), check


def _cookies(headers: Mapping[str, str]) -> Mapping[str, str]:
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}


def _explained(error: Exception, location: str, *at: str) -> Iterator[Violation]:
    """What an error of openapi-core means, as violations in a stable order."""
    cause = error.__cause__ if isinstance(error, ParameterValidationError) and error.__cause__ else error
    if isinstance(cause, InvalidSchemaValue):
        problems = [best_match([problem]) or problem for problem in _schema_errors(cause)]
        for problem in sorted(problems, key=lambda found: [str(part) for part in found.absolute_path]):
            yield Violation(
                location, pointer(*at, *problem.absolute_path), str(problem.validator), shortened(problem.message)
            )
    elif isinstance(cause, _Missing):
        yield Violation(location, pointer(*at), "required", f"the {location} parameter {at[0]} is required")
    elif isinstance(cause, EmptyQueryParameterValue):
        yield Violation(location, pointer(*at), "empty", f"{at[0]} must not be empty")
    elif isinstance(cause, CastError):
        text = f"{cause.value!r} is not of type {cause.type!r}"
        yield Violation(location, pointer(*at), "type", shortened(text))
    else:
        # What these errors say of themselves may fail: not every value that they name is bytes.
        form = getattr(cause, "mimetype", None) or "the contract describes it"
        yield Violation(location, pointer(*at), "malformed", f"cannot be read as {form}")


def _schema_errors(error: InvalidSchemaValue) -> Iterator[SchemaError]:
    for problem in error.schema_errors:
        if isinstance(problem, SchemaError):
            yield problem
