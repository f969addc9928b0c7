"""Two versions of an operation, held against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.diff.changes import Change, Effect, Felt, Place, Steps
from mockhoop.diff.keywords import shown
from mockhoop.diff.parts import (
    Key,
    is_covered,
    names_in_path,
    parameters,
    part,
    resolved_part,
    responses,
    schema_of,
    security,
    style,
)
from mockhoop.diff.schemas import Schemas
from mockhoop.diff.shapes import At
from mockhoop.source import join_pointer


class Operations:
    """Compares the operations that two contracts have in common."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old = old
        self.new = new
        self.schemas = Schemas(old.document, new.document)

    def compare(self, old: Operation, new: Operation) -> Iterator[Change]:
        """What has changed in an operation."""
        pair = _Pair(self, old, new)
        yield from pair.notices()
        yield from pair.security()
        yield from pair.parameters()
        yield from pair.body()
        yield from pair.responses()


@dataclass(frozen=True, slots=True)
class _Pair:
    all: Operations
    old: Operation
    new: Operation

    def notices(self) -> Iterator[Change]:
        if self.new.definition.get("deprecated") and not self.old.definition.get("deprecated"):
            yield self._change("operation-deprecated", Effect.HARMLESS, "it is deprecated now")

    def security(self) -> Iterator[Change]:
        old, new = security(self.all.old, self.old), security(self.all.new, self.new)
        if {} in old and {} not in new:
            yield self._change("security-required", Effect.BREAKS, "it wants credentials now", Felt.BY_LACK, "header")
        gone = [one for one in old if one and one not in new]
        if gone and new and {} not in new:
            told = ", ".join(_shown_security(one) for one in gone)
            yield self._change("security-removed", Effect.BREAKS, f"credentials no longer do: {told}", Felt.BY_CALL)
        for one in new:
            if one and one not in old and {} not in old:
                told = f"credentials do as well: {_shown_security(one)}"
                yield self._change("security-added", Effect.HARMLESS, told)

    def parameters(self) -> Iterator[Change]:
        path_names = names_in_path(self.new)
        old = parameters(self.all.old, self.old, path_names)
        new = parameters(self.all.new, self.new, path_names)
        for key, at in old.items():
            if key in new:
                yield from self._parameter(key, at, new[key])
            elif key[1] != "path":
                yield self._of_parameter(
                    key, "parameter-removed", Effect.MAY_BREAK, "it is not looked at any more", Felt.BY_USE, at.pointer
                )
        for key, at in new.items():
            if key in old or key[1] == "path":
                continue
            if at.schema.get("required"):
                told = "it is new, and it has to be sent"
                yield self._of_parameter(key, "parameter-added", Effect.BREAKS, told, Felt.BY_LACK, new=at.pointer)
            else:
                yield self._of_parameter(key, "parameter-added", Effect.HARMLESS, "it is new", new=at.pointer)

    def _parameter(self, key: Key, old: At, new: At) -> Iterator[Change]:
        was, is_now = bool(old.schema.get("required")), bool(new.schema.get("required"))
        if was != is_now:
            effect, felt, word, told = _demand(is_now=is_now)
            yield self._of_parameter(key, f"parameter-{word}", effect, f"it {told}", felt, old.pointer, new.pointer)
        if new.schema.get("deprecated") and not old.schema.get("deprecated"):
            yield self._of_parameter(key, "deprecated", Effect.HARMLESS, "it is deprecated now")
        before, after = style(old.schema), style(new.schema)
        for word in before:
            if before[word] != after[word]:
                told = f"{word} is {shown(after[word])} now, not {shown(before[word])}"
                yield self._of_parameter(
                    key, "parameter-style", Effect.BREAKS, told, Felt.BY_USE, old.pointer, new.pointer
                )
        yield from self._of_schemas(schema_of(old), schema_of(new), Place(self.old.key, key[1], steps=(key[0],)))

    def body(self) -> Iterator[Change]:
        old = part(self.all.old, self.old, "requestBody")
        new = part(self.all.new, self.new, "requestBody")
        was, is_now = bool(old.schema.get("required")), bool(new.schema.get("required"))
        if not old.schema and new.schema:
            told = "it takes a body now, which has to be sent" if is_now else "it takes a body now"
            effect, felt, *_ = _demand(is_now=is_now)
            yield self._change("body-added", effect, told, felt, "body", new=new.pointer)
        elif old.schema and not new.schema:
            told = "its body is not looked at any more"
            yield self._change("body-removed", Effect.MAY_BREAK, told, Felt.BY_USE, "body", old=old.pointer)
        elif was != is_now:
            effect, felt, word, told = _demand(is_now=is_now)
            text = f"its body {told}"
            yield self._change(f"body-{word}", effect, text, felt, "body", old=old.pointer, new=new.pointer)
        if old.schema and new.schema:
            yield from self._contents(old, new, Place(self.old.key, "body"))

    def responses(self) -> Iterator[Change]:
        old, new = responses(self.all.old, self.old), responses(self.all.new, self.new)
        for status, at in old.items():
            if status in new:
                place = Place(self.old.key, "response.body", status)
                yield from self._contents(at, new[status], place)
                yield from self._headers(at, new[status], status)
            elif not is_covered(status, new):
                effect = Effect.BREAKS if status.startswith("2") else Effect.MAY_BREAK
                place = Place(self.old.key, "response.status", status)
                told = f"the answer {status} is gone"
                yield Change("response-removed", effect, told, (place,), Felt.BY_USE, at.pointer)
        for status, at in new.items():
            if status not in old:
                place = Place(self.old.key, "response.status", status)
                told = f"it may be answered with {status} now"
                yield Change("response-added", Effect.HARMLESS, told, (place,), new=at.pointer)

    def _contents(self, old: At, new: At, place: Place) -> Iterator[Change]:
        before, after = old.schema.get("content", {}), new.schema.get("content", {})
        for name, told in before.items():
            pointer = join_pointer(old.pointer, "content", name)
            if name not in after:
                what = "sent" if place.location == "body" else "given"
                text = f"it is not {what} as {name} any more"
                location = place.location.replace("body", "media-type")
                at = Place(place.operation, location, place.status, (name,))
                yield Change("media-type-removed", Effect.BREAKS, text, (at,), Felt.BY_USE, pointer)
                continue
            yield from self._of_schemas(
                At(join_pointer(pointer, "schema"), told.get("schema", {})),
                At(join_pointer(new.pointer, "content", name, "schema"), after[name].get("schema", {})),
                place,
            )
        for name in after:
            if before and name not in before:
                text, pointer = f"it may be {name} as well", join_pointer(new.pointer, "content", name)
                yield Change("media-type-added", Effect.HARMLESS, text, (place,), new=pointer)

    def _headers(self, old: At, new: At, status: str) -> Iterator[Change]:
        before, after = old.schema.get("headers", {}), new.schema.get("headers", {})
        known = {name.lower(): name for name in after}
        held = {name.lower() for name in before}
        for name in (name for name in after if name.lower() not in held):
            place = Place(self.old.key, "response.header", status, (name,))
            pointer = join_pointer(new.pointer, "headers", name)
            yield Change("header-added", Effect.HARMLESS, "it is new", (place,), new=pointer)
        for name, told in before.items():
            place = Place(self.old.key, "response.header", status, (name,))
            was = resolved_part(self.all.old, join_pointer(old.pointer, "headers", name), told)
            if name.lower() not in known:
                effect = Effect.BREAKS if was.schema.get("required") else Effect.MAY_BREAK
                yield Change("header-removed", effect, "it is gone", (place,), Felt.BY_USE, was.pointer)
                continue
            other = known[name.lower()]
            is_now = resolved_part(self.all.new, join_pointer(new.pointer, "headers", other), after[other])
            if was.schema.get("required") and not is_now.schema.get("required"):
                text = "it may be missing now"
                yield Change("header-optional", Effect.BREAKS, text, (place,), Felt.BY_USE, was.pointer, is_now.pointer)
            yield from self._of_schemas(schema_of(was), schema_of(is_now), place)

    def _of_schemas(self, old: At, new: At, place: Place) -> Iterator[Change]:
        sent = not place.location.startswith("response.")
        for one in self.all.schemas.compare(old, new, sent=sent):
            at = Place(place.operation, place.location, place.status, (*place.steps, *one.steps))
            yield Change(one.code, one.effect, one.message, (at,), one.felt, one.old, one.new)

    def _of_parameter(
        self,
        key: Key,
        code: str,
        effect: Effect,
        message: str,
        felt: Felt = Felt.BY_NOBODY,
        old: str = "",
        new: str = "",
    ) -> Change:
        place = Place(self.old.key, key[1], steps=(key[0],))
        return Change(code, effect, message, (place,), felt, old, new)

    def _change(
        self,
        code: str,
        effect: Effect,
        message: str,
        felt: Felt = Felt.BY_NOBODY,
        location: str = "",
        old: str | None = None,
        new: str | None = None,
    ) -> Change:
        steps: Steps = ("Authorization",) if location == "header" else ()
        if old is None and new is None:
            old, new = self.old.pointer, self.new.pointer
        return Change(code, effect, message, (Place(self.old.key, location, steps=steps),), felt, old or "", new or "")


def _demand(*, is_now: bool) -> tuple[Effect, Felt, str, str]:
    """What becomes of clients when something has to be sent now, or no longer has to; and how that is told."""
    if is_now:
        return Effect.BREAKS, Felt.BY_LACK, "required", "has to be sent now"
    return Effect.HARMLESS, Felt.BY_NOBODY, "optional", "may be left out now"


def _shown_security(one: Mapping[str, Any]) -> str:
    return " and ".join(f"{name} ({', '.join(scopes)})" if scopes else name for name, scopes in one.items())
