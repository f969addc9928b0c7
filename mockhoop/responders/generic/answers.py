"""The answers that a document declares, with bodies out of its examples and schemas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockhoop.contract.operations import Operation
from mockhoop.contract.references import resolved
from mockhoop.errors import ContractError
from mockhoop.gateway.wire import dumps
from mockhoop.media.bodies import write
from mockhoop.messages import Headers, Reply
from mockhoop.responders.generic.accept import chosen
from mockhoop.responders.generic.problems import as_reply
from mockhoop.responders.generic.refusals import shaped
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible

RESPONSE = "response"
MADE = object()
"""In the place of a value: it is made of the contract's examples and schemas."""

_MOST_SEEDS = 16
# Headers that the server itself writes, or that would say of a body what is not so.
_NOT_MADE = frozenset(
    (
        *("connection", "content-encoding", "content-length", "content-type", "date"),
        *("keep-alive", "server", "trailer", "transfer-encoding"),
    )
)


class NotAcceptable(LookupError):
    """None of the media types that an answer can have is acceptable; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How an answer's body is to be made: with which example, without examples, of which seed."""

    example: str | None = None
    dynamic: bool | None = None
    seed: int | None = None


_PLAIN = Taste()


class Answers:
    """Makes the answers that a document declares. With ``dynamic`` its examples are passed over."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, *, dynamic: bool = False) -> None:
        self.plausible = plausible
        self._document = document
        self._dynamic = dynamic
        self._seeded: dict[int, Plausible] = {}

    def declared(self, operation: Operation, status: int) -> Mapping[str, Any] | None:
        """What the contract has for a status, in a range or for everything else; None when it has nothing."""
        responses = operation.definition.get("responses") or {}
        for name in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if name in responses:
                found: Mapping[str, Any] = responses[name]
                return found
        return None

    def success(self, operation: Operation) -> tuple[int, Mapping[str, Any]]:
        """The first success; without one, what the contract has for everything else, or else its first answer."""
        responses = {
            name: one
            for name, one in (operation.definition.get("responses") or {}).items()
            if name == "default" or name[:1].isdigit()
        }
        for first in "23":
            for status in sorted(responses):
                if status.startswith(first):
                    return _number(status), responses[status]
        if "default" in responses or not responses:
            return 200, responses.get("default", {})
        status = min(responses)
        return _number(status), responses[status]

    def reply(
        self,
        operation: Operation,
        status: int,
        response: Mapping[str, Any],
        key: Sequence[str],
        accept: str = "",
        *,
        value: Any = MADE,
        taste: Taste = _PLAIN,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The answer, in the media type that suits its caller best.

        ``key`` is what the answer is for: the same key gives the same answer. ``value`` stands in the place of what
        would be made, ``headers`` in that of those that would be.

        Raises:
            NotAcceptable: the caller takes none of its media types.
            LookupError: there is no example of that name; the text says which there are.
            ContractError: the schema allows nothing, or nothing that can be made.
        """
        content = response.get("content") or {}
        plausible = self.plausible if taste.seed is None else self._of_seed(taste.seed)
        made = tuple(self._headers(response.get("headers") or {}, plausible, (operation.key, *key), headers or {}))
        if not content:
            if taste.example is not None:
                raise LookupError(f"there is no example {taste.example!r}: the status {status} has no content")
            return Reply(status, headers=made)
        media_type = chosen(accept, tuple(content))
        if taste.example is not None and taste.example not in self._examples(content.get(media_type) or {}):
            media_type = next((one for one in content if taste.example in self._examples(content[one])), media_type)
        if media_type is None:
            raise NotAcceptable(f"this answer can be had as {', '.join(content)}")
        declared = content[media_type] or {}
        schema = declared.get("schema", declared.get("itemSchema"))
        if value is MADE:
            value = self._value(status, declared, schema, plausible, (operation.key, *key), taste)
        body = write(value, media_type, schema, self._resolve)
        return Reply(status, body.content, body.content_type, made)

    def refusal(
        self,
        operation: Operation,
        statuses: Sequence[int],
        problem: Mapping[str, Any],
        accept: str = "",
        headers: Headers = (),
    ) -> Reply:
        """A refusal in the shape that the contract declares for the first of the statuses that it knows.

        Where it knows none of them, it is the problem document, with its own status.
        """
        responses = operation.definition.get("responses") or {}
        exact = next((one for one in statuses if str(one) in responses), None)
        status = statuses[0] if exact is None else exact
        response = self.declared(operation, status)
        problem = {**problem, "status": status}
        if response is None:
            return as_reply(problem, headers)
        content = response.get("content") or {}
        media_type = chosen(accept, tuple(content)) or next(iter(content), None)
        if media_type is None:
            return Reply(status, headers=headers)
        schema = (content[media_type] or {}).get("schema")
        try:
            value = shaped(schema, problem, self.plausible, (operation.key, str(status)))
            told = dict(headers)
            reply = self.reply(
                operation, status, {**response, "content": {media_type: content[media_type]}}, (str(status),),
                value=value, headers=told,
            )  # fmt: skip
        except ContractError:
            return as_reply(problem, headers)
        known = {name.lower() for name, _ in reply.headers}
        more = tuple((name, text) for name, text in headers if name.lower() not in known)
        return Reply(status, reply.body, reply.content_type, (*reply.headers, *more))

    def resolve(self, node: Any) -> Any:
        """What a chain of references in the document ends at."""
        return self._resolve(node)

    def _resolve(self, node: Any) -> Any:
        try:
            return resolved(self._document, node)
        except LookupError:
            return {}

    def _of_seed(self, seed: int) -> Plausible:
        if seed not in self._seeded:
            if len(self._seeded) >= _MOST_SEEDS:
                self._seeded.clear()
            self._seeded[seed] = Plausible(self._document, Chance(seed))
        return self._seeded[seed]

    def _examples(self, declared: Mapping[str, Any] | None) -> dict[str, Any]:
        given = ((declared or {}).get("examples") or {}).items()
        found = {name: self._resolve(one) for name, one in given}
        return {name: one["value"] for name, one in found.items() if isinstance(one, Mapping) and "value" in one}

    def _value(
        self,
        status: int,
        declared: Mapping[str, Any],
        schema: Any,
        plausible: Plausible,
        key: tuple[str, ...],
        taste: Taste,
    ) -> Any:
        examples = self._examples(declared)
        if taste.example is not None:
            if taste.example not in examples:
                known = ", ".join(examples) or "none"
                text = f"there is no example {taste.example!r} of the status {status} (known examples: {known})"
                raise LookupError(text)
            return examples[taste.example]
        dynamic = (self._dynamic or taste.seed is not None) if taste.dynamic is None else taste.dynamic
        if not dynamic:
            for value in (*([declared["example"]] if "example" in declared else ()), *examples.values()):
                if schema is None or plausible.fits(schema, value, direction=RESPONSE):
                    return value
        made = {"type": "string"} if schema is None else schema
        return plausible.value(made, *key, prefer_examples=not dynamic, direction=RESPONSE)

    def _headers(
        self, declared: Mapping[str, Any], plausible: Plausible, key: tuple[str, ...], told: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The declared headers, and those that are told beside them."""
        left = {name.lower(): (name, text) for name, text in told.items()}
        for name, header in declared.items():
            header = self._resolve(header)
            if name.lower() in _NOT_MADE or not isinstance(header, Mapping):
                continue
            if name.lower() in left:
                yield name, left.pop(name.lower())[1]
                continue
            content: Any = next(iter((header.get("content") or {}).values()), {})
            schema = header.get("schema", (content or {}).get("schema", {"type": "string"}))
            if "example" in header:
                value = header["example"]
            else:
                value = plausible.value(schema, *key, name, name=name, prefer_examples=not self._dynamic)
            yield name, _in_one_line(value)
        yield from left.values()


def _in_one_line(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_in_one_line, value))
    text = value if isinstance(value, str) else dumps(value).decode()
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _number(status: str) -> int:
    return int(status.upper().replace("X", "0"))
