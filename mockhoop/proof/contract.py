"""What a scenario says of operations and answers, held against a contract."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.messages import JSON, Reply
from mockhoop.responders.scripted import scripted
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.script_model import Expectation, Fault, Matching


def held_against(scenario: Scenario, contract: Contract, base_path: str) -> Iterator[Finding]:
    """Operations and parameters that the contract does not have, and answers that it does not allow."""
    matchings = [entry.when for entry in scenario.timeline if entry.when is not None]
    for matching in (*matchings, *(fault.when for fault in scenario.faults)):
        yield from _matching(matching, contract)
    for fault in scenario.faults:
        yield from _answer(fault, contract)
    for expectation in scenario.expect:
        yield from _expectation(expectation, contract, base_path)


def _matching(matching: Matching, contract: Contract) -> Iterator[Finding]:
    if matching.operation is None:
        return
    operation = contract.operations.get(matching.operation)
    if operation is None:
        keys = [one.key for one in contract.operations]
        hint = nearest(matching.operation, keys) or "mockhoop routes lists the operations"
        yield Finding(matching, "operation", f'the contract has no operation "{matching.operation}"', hint)
        return
    declared = [one["name"] for one in operation.parameters if one["in"] == "query"]
    for name in matching.query or {}:
        if name not in declared:
            hint = nearest(name, declared) or f"its parameters: {', '.join(declared) or 'none'}"
            yield Finding(matching, f"query/{name}", f"{operation.key} has no query parameter {name}", hint)


def _answer(fault: Fault, contract: Contract) -> Iterator[Finding]:
    """An answer with a status that the operation declares has to be such an answer; others are what faults are for."""
    operation = contract.operations.get(fault.when.operation or "")
    if fault.respond is None or fault.respond.body is None or operation is None:
        return
    if not _declares(operation, fault.respond.status):
        return
    reply = scripted(fault.respond)
    if reply.content_type == JSON:
        reply = _as_declared(operation, reply)
    found = contract.validator.response(operation, reply)
    if found:
        broken = "; ".join(f"{one.pointer} {one.message}".strip() for one in found)
        message = f"the contract does not allow this as answer to {operation.key}: {broken}"
        yield Finding(fault.respond, "body", message, "write what the contract declares, or take another status")


def _declares(operation: Operation, status: int) -> bool:
    responses: Mapping[str, Any] = operation.definition.get("responses", {})
    return bool(responses.get(str(status), {}).get("content"))


def _as_declared(operation: Operation, reply: Reply) -> Reply:
    """The reply with the media type that the contract has for it: what matters here is its body."""
    content = operation.definition["responses"][str(reply.status)]["content"]
    return Reply(reply.status, reply.body, next(iter(content)))


def _expectation(expectation: Expectation, contract: Contract, base_path: str) -> Iterator[Finding]:
    method, _, target = expectation.call.partition(" ")
    path = target.partition("?")[0].removeprefix(base_path)
    if target.startswith("${"):
        return  # a link that is kept from an answer
    if contract.operations.match(method, path) is None and expectation.status != 404:
        keys = [one.key for one in contract.operations]
        hint = nearest(f"{method} {path}", keys) or "mockhoop routes lists the operations"
        yield Finding(expectation, "call", f"the contract has no operation for {method} {path}", hint)
