"""The plan for the requests of one operation: its parameters, then its body."""

from collections.abc import Mapping
from urllib.parse import unquote

from jsonschema_path import SchemaPath
from openapi_core.validation.request.validators import BaseRequestValidator

from mockhoop.contract.query import Query
from mockhoop.contract.validation.bodies import BodyPlan
from mockhoop.contract.validation.parameters import parameter_checks
from mockhoop.contract.violations import Violation
from mockhoop.media.forms import Fields
from mockhoop.messages import Body, Call

# What a query string gives depends on nothing else, so it is remembered. Random filters fill the memory with
# what is never asked again: it is bounded in number and each entry in length, and then begun anew.
_REMEMBERED = 4096
_REMEMBERED_LENGTH = 512


class RequestPlan:
    """How to check the requests of one operation."""

    def __init__(self, validator: BaseRequestValidator, place: tuple[SchemaPath, SchemaPath]) -> None:
        operation, item = place
        checks = list(parameter_checks(validator, operation, item))
        self._query = tuple((check.name, check.may_be_absent, check) for check in checks if check.location == "query")
        self._others = tuple(check for check in checks if check.location != "query" and not check.trivial)
        self._reads_cookies = any(check.location == "cookie" for check in self._others)
        self._body = BodyPlan(validator, operation / "requestBody") if "requestBody" in operation else None
        self._remembered: dict[str, tuple[Violation, ...]] = {}

    def check(self, call: Call, path_values: Mapping[str, str], body: Body | None = None) -> tuple[Violation, ...]:
        """Every violation of the request, in stable order."""
        found = self._check_query(call.raw_query)
        if self._others:
            cookies = _cookies(call.headers) if self._reads_cookies else {}
            places = {"path": path_values, "header": call.headers, "cookie": cookies}
            found = (*found, *(v for check in self._others for v in check(places[check.location])))
        if self._body is not None:
            if body is not None:
                found = (*found, *self._body.check_read(body))
            else:
                found = (*found, *self._body.check(call.body, call.headers.get("Content-Type", "")))
        return found

    def _check_query(self, raw: str) -> tuple[Violation, ...]:
        found = self._remembered.get(raw)
        if found is None:
            values = Query(raw)
            found = tuple(
                violation
                for name, may_be_absent, check in self._query
                if not may_be_absent or name in values
                for violation in check(values)
            )
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            if len(raw) <= _REMEMBERED_LENGTH:
                self._remembered[raw] = found
        return found


def _cookies(headers: Mapping[str, str]) -> Fields:
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return Fields([(name, unquote(value)) for name, _, value in pairs if name])
