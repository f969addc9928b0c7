"""Two schemas, held against each other: what the values lose and gain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.diff.changes import ANY, Effect, Felt, Steps
from mockhoop.diff.keywords import Turn, shown, turned
from mockhoop.diff.shapes import KINDS, At, Shape, shape


@dataclass(frozen=True, slots=True)
class Found:
    """A change within a schema; ``steps`` lead to the value that is meant."""

    code: str
    effect: Effect
    message: str
    steps: Steps
    felt: Felt
    old: str
    new: str


_Key = tuple[str, str, bool]


class Schemas:
    """Compares schemas of two documents. What a client sends and what it is given are two directions."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self.old_document = old
        self.new_document = new
        self._known: dict[_Key, tuple[Found, ...]] = {}
        self._begun: dict[_Key, None] = {}
        self._met_again = False

    def compare(self, old: At, new: At, *, sent: bool) -> tuple[Found, ...]:
        """What has changed; ``sent`` says that clients send such values, else they are given them."""
        before, after = shape(self.old_document, old), shape(self.new_document, new)
        key = (before.pointer, after.pointer, sent)
        if key in self._begun:
            self._met_again = True
            return ()  # a schema that contains itself has no more changes than it has
        known = self._known.get(key)
        if known is None:
            whole = dict(self._known) if not self._begun else None
            self._begun[key] = None
            known = tuple(_Pair(self, before, after, sent).changes())
            del self._begun[key]
            if whole is not None and self._met_again:
                # What stands in a ring was not followed around it: who begins there finds more.
                self._known, self._met_again = whole, False
            self._known[key] = known
        return known


@dataclass(frozen=True, slots=True)
class _Pair:
    schemas: Schemas
    old: Shape
    new: Shape
    sent: bool

    def changes(self) -> Iterator[Found]:
        if self.old.nothing != self.new.nothing:
            yield self._turn("schema", Turn.FEWER if self.new.nothing else Turn.MORE, _nothing(self.new))
            return
        yield from self._kinds()
        yield from self._allowed()
        for one in turned(self.old.keywords, self.new.keywords):
            yield self._turn(one.code, one.turn, one.message, grave=one.grave)
        yield from self._notices()
        if self.old.kinds & self.new.kinds & {"object"}:
            yield from self._properties()
        if self.old.items is not None and self.new.items is not None:
            yield from self._below(self.old.items, self.new.items, ANY)
        yield from self._alternatives()

    def _kinds(self) -> Iterator[Found]:
        old, new = self.old.kinds, self.new.kinds
        if old == new:
            return
        turn = Turn.FEWER if new < old else Turn.MORE if old < new else Turn.OTHER
        if old ^ new == {"null"}:
            yield self._turn("schema-null", turn, "it may be null now" if "null" in new else "it is never null now")
        else:
            yield self._turn("schema-type", turn, f"it is {_listed(new)} now, not {_listed(old)}")

    def _allowed(self) -> Iterator[Found]:
        old, new = self.old.allowed, self.new.allowed
        if old is None and new is None:
            return
        if old is None or new is None:
            turn = Turn.FEWER if old is None else Turn.MORE
            bound = f"it is one of {shown(list(new))} now" if new is not None else "it may be any value now"
            yield self._turn("schema-enum", turn, bound, grave=old is None)
            return
        gone = [value for value in old if value not in new]
        come = [value for value in new if value not in old]
        for value in gone:
            yield self._turn("enum-value-removed", Turn.FEWER, f"{shown(value)} is gone")
        for value in come:
            yield self._turn("enum-value-added", Turn.MORE, f"{shown(value)} is new", grave=False)

    def _notices(self) -> Iterator[Found]:
        old, new = self.old.keywords, self.new.keywords
        if new.get("deprecated") and not old.get("deprecated"):
            yield self._found("deprecated", Effect.HARMLESS, "it is deprecated now")
        if self.sent and old.get("default") != new.get("default"):
            message = f"its default is {shown(new.get('default'))} now, not {shown(old.get('default'))}"
            yield self._found("default", Effect.MAY_BREAK, message, felt=Felt.BY_LACK)

    def _properties(self) -> Iterator[Found]:
        old, new = self.old, self.new
        known = {*old.properties, *old.required}
        for name in (*old.properties, *(name for name in new.properties if name not in old.properties)):
            if name not in new.properties:
                yield from self._property_gone(name)
            elif name not in known:
                yield from self._property_new(name)
            elif name in old.properties and not self._is_skipped(name):
                yield from self._below(old.properties[name], new.properties[name], name)
        for name in sorted(known | new.required):
            if name in known or name not in new.properties:
                yield from self._demand(name)
        yield from self._additional()

    def _is_one_way(self, schema: Any) -> bool:
        """Whether clients have nothing to do with a property: they do not send what they only read, and vice versa."""
        word = "readOnly" if self.sent else "writeOnly"
        return isinstance(schema, Mapping) and schema.get(word) is True

    def _property_gone(self, name: str) -> Iterator[Found]:
        if self._is_one_way(self.old.properties[name].schema):
            return
        pointer = self.old.properties[name].pointer
        if self.sent:
            refused = self.new.additional is False
            message = "it is refused now" if refused else "it is not looked at any more"
            effect = Effect.BREAKS if refused else Effect.MAY_BREAK
            yield self._found("property-removed", effect, message, (name,), Felt.BY_USE, pointer)
        else:
            effect = Effect.BREAKS if name in self.old.required else Effect.MAY_BREAK
            yield self._found("property-removed", effect, "it is gone", (name,), Felt.BY_USE, pointer)

    def _property_new(self, name: str) -> Iterator[Found]:
        pointer = self.new.properties[name].pointer
        demanded = self.sent and name in self.new.required and not self._is_one_way(self.new.properties[name].schema)
        effect, felt = (Effect.BREAKS, Felt.BY_LACK) if demanded else (Effect.HARMLESS, Felt.BY_NOBODY)
        message = "it is new, and it has to be sent" if demanded else "it is new"
        yield self._found("property-added", effect, message, (name,), felt, new=pointer)

    def _demand(self, name: str) -> Iterator[Found]:
        was, is_now = name in self.old.required, name in self.new.required
        if was == is_now or self._is_skipped(name) or self._is_gone(name):
            return
        places = _pointer(self.old, name), _pointer(self.new, name)
        if is_now:
            effect, felt = (Effect.BREAKS, Felt.BY_LACK) if self.sent else (Effect.HARMLESS, Felt.BY_NOBODY)
            told = "it has to be sent now" if self.sent else "it is always there now"
            yield self._found("property-required", effect, told, (name,), felt, *places)
        else:
            effect, felt = (Effect.HARMLESS, Felt.BY_NOBODY) if self.sent else (Effect.BREAKS, Felt.BY_USE)
            told = "it may be left out now" if self.sent else "it may be missing now"
            yield self._found("property-optional", effect, told, (name,), felt, *places)

    def _is_skipped(self, name: str) -> bool:
        old, new = self.old.properties.get(name), self.new.properties.get(name)
        return all(one is not None and self._is_one_way(one.schema) for one in (old, new))

    def _is_gone(self, name: str) -> bool:
        return name in self.old.properties and name not in self.new.properties

    def _additional(self) -> Iterator[Found]:
        old, new = self.old.additional, self.new.additional
        if isinstance(old, At) and isinstance(new, At):
            yield from self._below(old, new, ANY)
        elif old is not False and new is False:
            yield self._turn("additional-properties", Turn.FEWER, "it has no other properties now", grave=self.sent)
        elif old is False and new is not False:
            yield self._found("additional-properties", Effect.HARMLESS, "it may have other properties now")
        elif isinstance(old, At) and new is True and old.schema not in ({}, True):
            yield self._turn(
                "additional-properties", Turn.MORE, "its other properties may be anything now", grave=False
            )
        elif old is True and isinstance(new, At) and new.schema not in ({}, True):
            yield self._turn("additional-properties", Turn.FEWER, "its other properties have a schema now", grave=False)

    def _alternatives(self) -> Iterator[Found]:
        old, new = self.old.alternatives, self.new.alternatives
        if not old and not new:
            return
        if not old or not new:
            turn = Turn.OTHER
            yield self._turn("alternatives", turn, f"it {'is one of several now' if new else 'is of one kind now'}")
            return
        pairs, gone, come = _paired(self._named(old, new=False), self._named(new, new=True))
        for one, other in pairs:
            yield from self.schemas.compare(one, other, sent=self.sent)
        for name, _ in gone:
            yield self._turn("alternative-removed", Turn.FEWER, f"the alternative {name} is gone")
        for name, _ in come:
            yield self._turn("alternative-added", Turn.MORE, f"the alternative {name} is new")

    def _named(self, alternatives: list[At], *, new: bool) -> list[tuple[str, At]]:
        document = self.schemas.new_document if new else self.schemas.old_document
        named: dict[str, At] = {}
        for place, one in enumerate(alternatives):
            made = shape(document, one)
            alone = _listed(made.kinds) if made.kinds != KINDS and not made.properties else str(place)
            name = made.name or str(made.keywords.get("title") or alone)
            named[name if name not in named else f"{name} ({place})"] = one
        return list(named.items())

    def _below(self, old: At, new: At, step: str) -> Iterator[Found]:
        for one in self.schemas.compare(old, new, sent=self.sent):
            yield Found(one.code, one.effect, one.message, (step, *one.steps), one.felt, one.old, one.new)

    def _turn(self, code: str, turn: Turn, message: str, *, grave: bool = True) -> Found:
        """What fewer values mean for who sends them, and more values for who is given them."""
        if turn is (Turn.MORE if self.sent else Turn.FEWER):
            return self._found(code, Effect.HARMLESS, message)
        effect = Effect.BREAKS if grave or self.sent else Effect.MAY_BREAK
        return self._found(code, effect, message, felt=Felt.BY_VALUE if self.sent else Felt.BY_USE)

    def _found(
        self,
        code: str,
        effect: Effect,
        message: str,
        steps: Steps = (),
        felt: Felt = Felt.BY_NOBODY,
        old: str | None = None,
        new: str | None = None,
    ) -> Found:
        if old is None and new is None:
            old, new = self.old.pointer, self.new.pointer
        return Found(code, effect, message, steps, felt, old or "", new or "")


def _paired(
    old: list[tuple[str, At]], new: list[tuple[str, At]]
) -> tuple[list[tuple[At, At]], list[tuple[str, At]], list[tuple[str, At]]]:
    """Alternatives of the same name, those that are gone, and those that have come."""
    names = dict(new)
    pairs = [(at, names[name]) for name, at in old if name in names]
    known = dict(old)
    return pairs, [one for one in old if one[0] not in names], [one for one in new if one[0] not in known]


def _pointer(one: Shape, name: str) -> str:
    return one.properties[name].pointer if name in one.properties else one.pointer


def _nothing(new: Shape) -> str:
    return "nothing is allowed here now" if new.nothing else "something is allowed here now"


def _listed(kinds: frozenset[str]) -> str:
    shown_kinds = kinds - {"integer"} if "number" in kinds else kinds
    return "anything" if kinds == KINDS else " or ".join(sorted(shown_kinds)) or "nothing"
