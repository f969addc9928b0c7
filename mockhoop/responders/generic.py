"""Answers any operation out of its schema: the first success that the contract declares, with plausible values."""

from collections.abc import Mapping
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.values.plausible import Plausible


class GenericResponder:
    """Decides every call that nobody else decides. It remembers nothing between calls."""

    name = "generic"

    def __init__(self, contract: Contract, plausible: Plausible) -> None:
        self._contract = contract
        self._plausible = plausible

    def serves(self, key: str) -> bool:  # noqa: ARG002 - the last in the row serves everything
        """Every operation."""
        return True

    def decide(self, question: Question) -> Decision:
        """The same answer for the same operation and path, with the contract's first success status."""
        status, response = _first_success(question.operation.definition.get("responses", {}))
        content = response.get("content", {})
        media_type = next((name for name in content if name.split(";")[0].endswith("json")), "")
        if not media_type:
            return Decision(Reply(status))
        key = (question.operation.key, *question.path_values.values())
        value = self._plausible.value(content[media_type].get("schema", {}), *key)
        return Decision(Reply(status, dumps(value), media_type if "*" not in media_type else JSON))


def _first_success(responses: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    for status in sorted(responses):
        if status.startswith("2"):
            return int(status.replace("X", "0")), responses[status]
    return 200, responses.get("default", {})
