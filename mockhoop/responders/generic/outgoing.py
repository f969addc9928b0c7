"""What a document has its server send: callbacks after a call, webhooks when somebody wants them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from mockhoop.contract.operations import METHODS, Operation
from mockhoop.errors import ContractError
from mockhoop.fixtures.messages import Message, number_of_next, posted
from mockhoop.media.bodies import write
from mockhoop.responders.decision import Decision, Question, Responder
from mockhoop.responders.generic.answers import MADE, Answers
from mockhoop.responders.generic.expressions import NoValue, Said
from mockhoop.values.plausible.keywords import Schema
from mockhoop.world.changes import Change
from mockhoop.world.world import World

_REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that a document describes. ``to`` is the address that it goes to, with runtime expressions."""

    name: str
    method: str
    to: str
    definition: Mapping[str, Any]


class Outgoing:
    """Makes the messages that a document describes."""

    def __init__(self, document: Mapping[str, Any], answers: Answers) -> None:
        self._answers = answers
        self.webhooks = {
            name: tuple(self._planned(name, item, ""))
            for name, item in (document.get("webhooks") or {}).items()
            if isinstance(item, Mapping)
        }

    def callbacks(self, operation: Operation) -> tuple[Planned, ...]:
        """What follows a call of an operation."""
        planned: list[Planned] = []
        for name, one in (operation.definition.get("callbacks") or {}).items():
            for to, item in self._answers.resolve(one).items():
                if not to.startswith("x-"):
                    planned += self._planned(f"{operation.key} {name}", item, to)
        return tuple(planned)

    def message(self, world: World, planned: Planned, url: str, key: Sequence[str], body: Any = MADE) -> Message:
        """The message to an address, with a body that is made or told; with an error when there is no such one."""
        number = number_of_next(world)
        message = Message(number, planned.name, planned.method, url)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            return replace(message, error=f'"{url}" is no http or https address')
        try:
            parameters = tuple(self._parameters(planned))
            content, headers = self._body(planned, key, body)
        except ContractError as error:
            return replace(message, error=f"the contract asks for what cannot be: {error}")
        query = "&".join(f"{quote(name)}={quote(text)}" for kind, name, text in parameters if kind == "query")
        if query:
            url += f"{'&' if '?' in url else '?'}{query}"
        headers |= {name: text for kind, name, text in parameters if kind == "header"}
        return replace(message, url=url, headers=headers, body=content)

    def _planned(self, name: str, item: Any, to: str) -> Iterator[Planned]:
        item = self._answers.resolve(item)
        for method in METHODS:
            definition = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(definition, Mapping):
                more = [*definition.get("parameters", ()), *item.get("parameters", ())]
                yield Planned(name, method.upper(), to, {**definition, "parameters": more})

    def _body(self, planned: Planned, key: Sequence[str], value: Any) -> tuple[str, dict[str, str]]:
        request = self._answers.resolve(planned.definition.get("requestBody") or {})
        content = request.get("content") or ({"application/json": {}} if value is not MADE else {})
        if not content:
            return "", {}
        media_type = next((one for one in content if "json" in one), next(iter(content)))
        declared = content[media_type] or {}
        schema: Schema = declared.get("schema")
        if value is MADE:
            value = declared.get("example", MADE)
        if value is MADE:
            value = self._answers.plausible.value(
                {} if schema is None else schema, planned.name, *key, direction=_REQUEST
            )  # fmt: skip
        body = write(value, media_type, schema, self._answers.resolve)
        return body.content.decode("utf-8", "replace"), {"Content-Type": body.content_type}

    def _parameters(self, planned: Planned) -> Iterator[tuple[str, str, str]]:
        """The required parameters: where each stands, its name and its value as text."""
        for parameter in map(self._answers.resolve, planned.definition.get("parameters", ())):
            name = parameter["name"]
            if parameter.get("required") and parameter["in"] in ("header", "query"):
                schema = parameter.get("schema", {"type": "string"})
                value = parameter.get("example", self._answers.plausible.value(schema, planned.name, name, name=name))
                text = value if isinstance(value, str) else write(value, "application/json", schema, dict).content
                yield parameter["in"], name, text if isinstance(text, str) else text.decode()


class Calling:
    """Decides one operation as another responder does, and sends what the document has follow a successful call."""

    def __init__(self, key: str, inner: Responder, outgoing: Outgoing, planned: tuple[Planned, ...]) -> None:
        self._key = key
        self._inner = inner
        self._outgoing = outgoing
        self._planned = planned

    @property
    def name(self) -> str:
        """That of the other responder."""
        return self._inner.name

    def serves(self, key: str) -> bool:
        """The one operation."""
        return key == self._key

    def decide(self, question: Question) -> Decision:
        """The other one's decision, with what is sent."""
        decision = self._inner.decide(question)
        if decision.refused or not 200 <= decision.reply.status < 300:
            return decision
        return replace(decision, changes=(*decision.changes, *self._sent(question, decision)))

    def _sent(self, question: Question, decision: Decision) -> Iterator[Change]:
        said = Said(question.call, question.path_values, decision.reply)
        first = number_of_next(question.world)
        for number, planned in enumerate(self._planned, first):
            try:
                url = said.filled(planned.to)
            except NoValue as error:
                message = Message(number, planned.name, planned.method, planned.to, error=str(error))
            else:
                made = self._outgoing.message(question.world, planned, url, (str(number),))
                message = replace(made, number=number)
            yield from posted(question.world, message)
