"""Contents that are no objects, such as pictures and texts: what is put at a path is what is got there."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mockhoop.contract.operations import Operation
from mockhoop.fixtures.items import ITEMS, MOST_ITEMS, Item, key_of
from mockhoop.media.kinds import BINARY, CSV, TEXT, media_type
from mockhoop.messages import Reply
from mockhoop.responders.decision import Decision, Question, Responder
from mockhoop.responders.generic.answers import Answers
from mockhoop.responders.generic.problems import details, full
from mockhoop.world.changes import Put

_KINDS = (BINARY, TEXT, CSV)


class Contents:
    """Decides as other responders do, and remembers what is put at paths that give contents back."""

    name = "memory"

    def __init__(self, operations: Iterable[Operation], others: Sequence[Responder], answers: Answers) -> None:
        self._answers = answers
        self._inner = {
            operation.key: next(one for one in others if one.serves(operation.key))
            for operation in _with_contents(operations, answers)
        }

    def serves(self, key: str) -> bool:
        """Operations on contents."""
        return key in self._inner

    def decide(self, question: Question) -> Decision:
        """What the other responder makes of it, with the contents that are remembered."""
        decision = self._inner[question.operation.key].decide(question)
        if not 200 <= decision.reply.status < 300:
            return decision
        path = _path(question)
        if question.operation.method in ("PUT", "POST"):
            if len(question.world.table(ITEMS)) >= MOST_ITEMS:
                return Decision(full(), refused=True)
            told = question.call.headers.get("Content-Type", "application/octet-stream")
            value = {"type": told, "base64": base64.b64encode(question.call.body).decode()}
            return replace(decision, changes=(*decision.changes, Put(ITEMS, Item(path, "", value))))
        if question.operation.method == "DELETE":
            return replace(decision, changes=(*decision.changes, Put(ITEMS, Item(path, "", gone=True))))
        known: Item | None = question.world.table(ITEMS).get(key_of(path, ""))
        if known is None:
            return decision
        return replace(decision, reply=self._gone(question) if known.gone else _given(decision.reply, known.value))

    def _gone(self, question: Question) -> Reply:
        body = details(404, f"there is nothing at {question.call.path}", "NOT_FOUND")
        return self._answers.refusal(question.operation, (404, 410), body, question.call.headers.get("Accept", ""))


def _given(reply: Reply, value: Mapping[str, Any]) -> Reply:
    return replace(reply, body=base64.b64decode(value["base64"]), content_type=value["type"])


def _path(question: Question) -> str:
    steps = question.operation.template.split("/")
    values = question.path_values
    return "/".join(quote(values.get(one[1:-1], one), safe="") if one.startswith("{") else one for one in steps)


def _with_contents(operations: Iterable[Operation], answers: Answers) -> Iterator[Operation]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.template, {})[operation.method] = operation
    for methods in by_path.values():
        given = _types(_success(methods["GET"])) if "GET" in methods else set()
        puts = [methods[name] for name in ("PUT", "POST") if name in methods]
        taken = [one for one in puts if given & _types(answers.resolve(one.definition.get("requestBody") or {}))]
        if taken:
            yield from (*taken, methods["GET"], *([methods["DELETE"]] if "DELETE" in methods else ()))


def _success(operation: Operation) -> Mapping[str, Any]:
    responses = operation.definition.get("responses") or {}
    return next((responses[status] for status in sorted(responses) if status.startswith("2")), {})


def _types(holder: Mapping[str, Any]) -> set[str]:
    """The media types of contents that are no objects."""
    found = (media_type(name) for name in holder.get("content") or {})
    return {one.essence for one in found if one.kind in _KINDS}
