"""A value held along its shape: the points that it exercises."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockhoop.coverage.shapes import Choice, Members, Shape, option_key

_DEEPEST_LOOK = 4
_REMEMBERED = 32
_IS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def walk(shape: Shape, value: Any, found: set[str]) -> None:
    """Add the points that the value exercises to those that were found."""
    waiting = [(shape, value)]
    while waiting:
        shape, value = waiting.pop()
        if shape.options:
            option = shape.options.get(value if type(value) is str else option_key(value))
            if option is not None:
                found.add(option)
        if shape.parts:
            waiting.extend([(part, value) for part in shape.parts])
        for choice in shape.choices:
            waiting.extend([(one, value) for one in chosen(choice, value)])
        if type(value) is dict:
            points, inside = _members(shape, value)
            found |= points
            waiting.extend([(one, value[name]) for name, one in inside])
        elif type(value) is list:
            waiting.extend(zip(shape.leading, value, strict=False))
            if shape.items is not None and not shape.items.plain:
                waiting.extend([(shape.items, inner) for inner in value[len(shape.leading) :]])


def _members(shape: Shape, value: Mapping[str, Any]) -> Members:
    """The points of the members of an object, and the shapes of those in which there are more.

    Objects with the same members in the same order are many: what is found of one is remembered.
    """
    names = tuple(value)
    known = shape.remembered.get(names)
    if known is None:
        own = shape.properties
        shapes = ((name, own[name][1] if name in own else shape.others) for name in names)
        known = (
            frozenset(own[name][0] for name in names if name in own),
            tuple((name, one) for name, one in shapes if one is not None and not one.plain),
        )
        if len(shape.remembered) < _REMEMBERED:
            shape.remembered[names] = known
    return known


def chosen(choice: Choice, value: Any) -> Iterable[Shape]:
    """The alternatives that a value follows, as far as that can be told."""
    if choice.by and isinstance(value, dict):
        named = choice.named.get(str(value.get(choice.by)))
        if named is not None:
            return (named,)
    fitting = [one for one in choice.alternatives if _may_be(one, value)]
    if len(fitting) > 1:
        fitting = [one for one in fitting if _fits(one, value)]
    if choice.many or len(fitting) < 2:
        return fitting
    known = [_known(one, value) for one in fitting]
    return [one for one, count in zip(fitting, known, strict=True) if count == max(known)]


def _may_be(shape: Shape, value: Any) -> bool:
    """Whether a value may be of a shape, by a glance at it alone."""
    if shape.types and not any(_is(name, value) for name in shape.types):
        return False
    if shape.options and option_key(value) not in shape.options:
        return False
    if type(value) is dict:
        if any(name not in value for name in shape.required):
            return False
        if shape.closed and any(name not in shape.properties for name in value):
            return False
    return all(_may_be(part, value) for part in shape.parts)


def _fits(shape: Shape, value: Any, deep: int = 0) -> bool:
    """Whether a value may be of a shape, by a look at what is in it too."""
    if deep > _DEEPEST_LOOK:
        return True
    if not _may_be(shape, value):
        return False
    if type(value) is dict:
        inside = ((one, value[name]) for name, (_, one) in shape.properties.items() if name in value)
        if not all(_fits(one, inner, deep + 1) for one, inner in inside):
            return False
    if type(value) is list and value and shape.items is not None and not _fits(shape.items, value[0], deep + 1):
        return False
    if not all(_fits(part, value, deep + 1) for part in shape.parts):
        return False
    return all(any(_fits(one, value, deep + 1) for one in choice.alternatives) for choice in shape.choices)


def _known(shape: Shape, value: Any) -> int:
    """How many of the members of a value a shape has a name for."""
    if not isinstance(value, dict):
        return 0
    own = sum(name in shape.properties for name in value)
    return own + sum(_known(part, value) for part in shape.parts)


def _is(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _IS.get(name, (object,)))
