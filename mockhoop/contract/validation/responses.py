"""The plan for the responses of one operation with one status: the body, then the headers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema_path import SchemaPath
from openapi_core.templating.responses.exceptions import ResponseFinderError
from openapi_core.templating.responses.finders import ResponseFinder
from openapi_core.validation.response.validators import BaseResponseValidator

from mockhoop.contract.validation.bodies import BodyPlan
from mockhoop.contract.validation.explanations import LIBRARY_ERRORS, explained
from mockhoop.contract.violations import Violation, pointer
from mockhoop.messages import Reply


class _HeaderCheck(NamedTuple):
    name: str
    required: bool
    read_and_check: Callable[[Mapping[str, Any]], Any]


class ResponsePlan:
    """How to check the responses of one operation with one status."""

    def __init__(self, validator: BaseResponseValidator, place: tuple[SchemaPath, SchemaPath], status: int) -> None:
        self._status = status
        self._declared = True
        self._body: BodyPlan | None = None
        self._headers: tuple[_HeaderCheck, ...] = ()
        try:
            response = ResponseFinder(place[0] / "responses").find(str(status))
        except ResponseFinderError:
            self._declared = False
            return
        if "content" in response and list((response / "content").str_keys()):
            self._body = BodyPlan(validator, response)
        if "headers" in response:
            self._headers = tuple(_header_checks(validator, response / "headers"))

    def check(self, reply: Reply, *, head: bool) -> tuple[Violation, ...]:
        """Every violation of the response, the body's first."""
        if not self._declared:
            text = f"the contract declares no answer with status {self._status}"
            return (Violation("response.status", "", "status", text),)
        found = () if head else self._check_body(reply)
        return (*found, *self._check_headers(reply)) if self._headers else found

    def _check_body(self, reply: Reply) -> tuple[Violation, ...]:
        if self._body is None:
            return ()
        if reply.body:
            return self._body.check(reply.body, reply.content_type, "response.body")
        if not reply.content_type or "json" in reply.content_type:
            # An empty file or text is a body too, though openapi-core calls it missing.
            return (Violation("response.body", "", "required", "the contract declares a body"),)
        return ()

    def _check_headers(self, reply: Reply) -> Iterator[Violation]:
        values = dict(reply.headers)
        for name, required, read_and_check in self._headers:
            try:
                read_and_check(values)
            except KeyError:
                if required:
                    yield Violation("response.header", pointer(name), "required", f"{name} is missing")
            except LIBRARY_ERRORS as error:
                yield from explained(error, "response.header", name)


def _header_checks(validator: BaseResponseValidator, headers: SchemaPath) -> Iterator[_HeaderCheck]:
    for name, header in headers.str_items():
        if name.lower() == "content-type":
            continue

        def read_and_check(values: Mapping[str, Any], name: str = name, header: SchemaPath = header) -> None:
            validator._get_param_or_header_and_schema(header, values, name=name)

        yield _HeaderCheck(name, (header / "required").read_bool(default=False), read_and_check)
