"""How a schema's ``xml`` objects name the elements and attributes of XML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.media.shape import Resolve, Schema, items, parts, reference_name

XSI = "http://www.w3.org/2001/XMLSchema-instance"

# The letters that every reader of XML takes in names.
_LETTERS = (
    r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0391-\u03a1\u03a3-\u03ce"
    r"\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e-\u0481\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NO_NAME = re.compile(rf"[^{_LETTERS}0-9.-]")
_NO_START = re.compile(r"[0-9.-]")


@dataclass(frozen=True, slots=True)
class Naming:
    """What the ``xml`` object of one schema says; empty where it says nothing."""

    name: str = ""
    prefix: str = ""
    namespace: str = ""
    attribute: bool = False
    wrapped: bool = False


def naming(schema: Schema, resolve: Resolve) -> Naming:
    """What a schema says of its name, beside a reference or behind it."""
    told: dict[str, Any] = {}
    beside = [schema] if isinstance(schema, Mapping) else []
    for part in (*beside, *parts(schema, resolve)):
        if isinstance(part.get("xml"), Mapping):
            told = {**part["xml"], **told}
    # Since 3.2 nodeType says what wrapped and attribute did.
    node = told.get("nodeType")
    return Naming(
        name=str(told.get("name") or ""),
        prefix=str(told.get("prefix") or ""),
        namespace=str(told.get("namespace") or ""),
        attribute=told.get("attribute") is True or node == "attribute",
        wrapped=told.get("wrapped") is True or node == "element",
    )


def well_formed(name: str) -> str:
    """The name, with ``_`` for what may not stand in the name of an element."""
    name = _NO_NAME.sub("_", name)
    return f"_{name}" if not name or _NO_START.match(name) else name


def root_name(schema: Schema, resolve: Resolve) -> str:
    """The name of a document's outermost element."""
    return well_formed(naming(schema, resolve).name or reference_name(schema) or "root")


def item_name(array: Schema, outer: str, resolve: Resolve) -> str:
    """The name of an array's items: their own, else that of the array."""
    return well_formed(naming(items(array, resolve), resolve).name or outer)


def listed_item_name(array: Schema, resolve: Resolve) -> str:
    """The name of the items of an array that is itself a document or an item."""
    inner = items(array, resolve)
    return well_formed(naming(inner, resolve).name or reference_name(inner) or "item")
