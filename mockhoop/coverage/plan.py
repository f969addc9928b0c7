"""The points of a contract, and how an exchange is held against them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.contract.references import Steps, followed
from mockhoop.coverage.messages import Messages, answers_of, request_of
from mockhoop.coverage.parameters import given, parameters_of
from mockhoop.coverage.point import OPERATION, STATUS, Point
from mockhoop.coverage.shapes import REQUEST, RESPONSE, Net
from mockhoop.coverage.transitions import name_of, transitions
from mockhoop.journals.entry import Entry, Transition

# The gateway's document names no server.
_BASES = {"hoop": "/api"}


class Plan:
    """The points of a contract; those of an operation are found when it is first asked for."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._operations: dict[str, OperationPlan] = {}
        self._nets = tuple(Net(contract.document, direction) for direction in (REQUEST, RESPONSE))
        self._transitions = {point.name: point for point in transitions(contract.profile)}

    @cached_property
    def points(self) -> Mapping[str, Point]:
        """Every point by its name: by operation in the order of the contract, then schemas, the transitions last."""
        found = [point for one in self.contract.operations for point in self.of_operation(one)]
        shared = [point for net in self._nets for point in net.shared]
        return {point.name: point for point in (*found, *shared, *self._transitions.values())}

    def of_operation(self, operation: Operation) -> tuple[Point, ...]:
        """The points of an operation."""
        return self._of(operation).points

    def hits(self, entry: Entry) -> set[str]:
        """The names of the points that an exchange exercises."""
        found = {name for one in entry.transitions if (name := self.transition(one))}
        operation, path_values = self._meant(entry)
        if operation is not None:
            self._of(operation).hit(entry, path_values, found)
        return found

    def transition(self, step: Transition) -> str:
        """The name of the point that a step in the life of a session or a review is; empty if it is none."""
        name = name_of(step)
        return name if name in self._transitions else ""

    def _of(self, operation: Operation) -> "OperationPlan":
        plan = self._operations.get(operation.key)
        if plan is None:
            plan = self._operations[operation.key] = OperationPlan(self.contract.document, operation, *self._nets)
        return plan

    def _meant(self, entry: Entry) -> tuple[Operation | None, Mapping[str, str]]:
        """The operation of an exchange, by what it says or else by its path, and the values in its path."""
        base = self.contract.base_path or _BASES.get(self.contract.profile, "")
        path = entry.path.removeprefix(base) if entry.path.startswith(f"{base}/") else entry.path
        match = self.contract.operations.match(entry.method, path)
        if match is not None and entry.operation in ("", match.operation.key):
            return match.operation, match.parameters
        return self.contract.operations.get(entry.operation), {}


class OperationPlan:
    """The points of one operation."""

    def __init__(self, document: Mapping[str, Any], operation: Operation, coming: Net, going: Net) -> None:
        key = operation.key
        at = _place(document, operation)
        self._parameters = parameters_of(document, key, at)
        self._places = frozenset(parameter.place for parameter in self._parameters)
        self._request: Messages | None = request_of(document, coming, key, at)
        self._answers = answers_of(document, going, key, at)
        self._key = key
        self.points: tuple[Point, ...] = (
            Point(OPERATION, key, key, at),
            *(point for parameter in self._parameters for point in parameter.points),
            *(self._request.points if self._request is not None else ()),
            *(
                point
                for status, answer in self._answers.by_status.items()
                for point in (Point(STATUS, f"{key}: {status}", key, answer.at), *answer.points)
            ),
            *self._answers.inside,
        )

    def hit(self, entry: Entry, path_values: Mapping[str, str], found: set[str]) -> None:
        """Add the names of the points that an exchange exercises to those that were found."""
        found.add(self._key)
        request = given(entry, path_values, self._places)
        for parameter in self._parameters:
            parameter.hits(request, found)
        if self._request is not None:
            self._request.hit(entry.request_headers, entry.request_body, found)
        status = self._answers.declared(entry.status)
        if status is not None:
            found.add(f"{self._key}: {status}")
            body = b"" if entry.method == "HEAD" else entry.response_body
            self._answers.by_status[status].hit(entry.response_headers, body, found)


def _place(document: Mapping[str, Any], operation: Operation) -> Steps:
    """Where an operation stands, behind a reference from its path too."""
    at, _ = followed(document, ("paths", operation.template), document["paths"][operation.template])
    return (*at, operation.method.lower())
