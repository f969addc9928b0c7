"""The validator of a contract, which keeps a plan for each operation that it has met."""

from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator, V31RequestValidator, V31ResponseValidator
from openapi_core.validation.request.validators import BaseRequestValidator
from openapi_core.validation.response.validators import BaseResponseValidator

from mockhoop.contract.formats import FORMATS
from mockhoop.contract.operations import Operation
from mockhoop.contract.readable import one_way, readable
from mockhoop.contract.validation.requests import RequestPlan
from mockhoop.contract.validation.responses import ResponsePlan
from mockhoop.contract.violations import Violation
from mockhoop.messages import Body, Call, Reply


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
        self, operation: Operation, call: Call, path_values: Mapping[str, str], body: Body | None = None
    ) -> tuple[Violation, ...]:
        """Every violation of a request, in the order of the contract's parameters, the body last.

        ``body`` is for servers that read bodies in a way of their own: what they read, and as which media type.
        """
        plan = self._request_plans.get(operation.key)
        if plan is None:
            plan = self._request_plans[operation.key] = RequestPlan(self._requests, _place(self._spec, operation))
        return plan.check(call, path_values, body)

    def response(self, operation: Operation, reply: Reply, *, head: bool = False) -> tuple[Violation, ...]:
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
    # What separates the steps of a path there may not be in any of them; "#" stands in paths of many documents.
    return SchemaPath.from_dict(dict(document), separator="\0", resolved_cache_maxsize=65536)


def _place(spec: SchemaPath, operation: Operation) -> tuple[SchemaPath, SchemaPath]:
    item = spec / "paths" / operation.template
    return item / operation.method.lower(), item


def _validator_classes(version: str) -> tuple[type[BaseRequestValidator], type[BaseResponseValidator]]:
    if version.startswith("3.0"):
        return V30RequestValidator, V30ResponseValidator
    return V31RequestValidator, V31ResponseValidator
