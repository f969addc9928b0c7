"""XML read as the value that a schema describes: text as numbers, elements as properties and items."""

from typing import Any

from mockhoop.media.shape import (
    Resolve,
    Schema,
    additional,
    from_text,
    items,
    properties,
    required,
    types,
)
from mockhoop.media.unreadable import Unreadable
from mockhoop.media.xml_names import item_name, naming, root_name, well_formed
from mockhoop.media.xml_nodes import Node, document

_SCALARS = {"string", "integer", "number", "boolean"}


def parsed(body: bytes, schema: Schema, resolve: Resolve, charset: str = "") -> Any:
    """The value of a document.

    Raises:
        Unreadable: it is no document, or its outermost element has not the name that the contract gives it.
    """
    root = document(body, charset)
    if types(schema, resolve) == {"string"}:
        return _text_or_document(root, body, schema, resolve, charset)
    name = naming(schema, resolve).name
    if name and root.name != well_formed(name):
        raise Unreadable(f"the outermost element is <{root.name[:80]}>, where the contract has <{name}>")
    return _Reader(resolve).value(root, schema)


def _text_or_document(root: Node, body: bytes, schema: Schema, resolve: Resolve, charset: str) -> str:
    """What a text is: the content of a single element, or the document itself."""
    if root.name == root_name(schema, resolve) and not root.children:
        return root.text
    return body.decode(charset or "utf-8", errors="replace")


class _Reader:
    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def value(self, node: Node, schema: Schema) -> Any:
        """The value of an element."""
        if node.nil:
            return None
        wanted = types(schema, self._resolve)
        if not wanted:
            return _untyped(node)
        structured = bool(node.children or node.attributes)
        if "object" in wanted and (structured or not wanted & (_SCALARS | {"array"})):
            return self._members(node, schema)
        if "array" in wanted and (structured or not wanted & _SCALARS):
            return [self.value(child, items(schema, self._resolve)) for child in node.children]
        return from_text(node.text, schema, self._resolve)

    def _members(self, node: Node, schema: Schema) -> dict[str, Any]:
        left: dict[str, list[Node]] = {}
        for child in node.children:
            left.setdefault(child.name, []).append(child)
        attributes = dict(node.attributes)
        members: dict[str, Any] = {}
        needed = required(schema, self._resolve)
        for key, inner in properties(schema, self._resolve).items():
            told = naming(inner, self._resolve)
            name = well_formed(told.name or key)
            if told.attribute and name in attributes:
                members[key] = from_text(attributes.pop(name), inner, self._resolve)
            elif "array" in types(inner, self._resolve):
                self._array(members, key, left, inner, key in needed)
            elif name in left:
                members[key] = self._one(left.pop(name), inner)
        others = additional(schema, self._resolve)
        members.update((key, from_text(text, others, self._resolve)) for key, text in attributes.items())
        members.update((key, self._one(nodes, others)) for key, nodes in left.items())
        return members

    def _array(
        self, members: dict[str, Any], key: str, left: dict[str, list[Node]], schema: Schema, needed: bool
    ) -> None:
        told = naming(schema, self._resolve)
        inner = items(schema, self._resolve)
        if told.wrapped:
            wrappers = left.pop(well_formed(told.name or key), None)
            if wrappers is not None:
                children = [child for wrapper in wrappers for child in wrapper.children]
                members[key] = None if wrappers[0].nil else [self.value(child, inner) for child in children]
            return
        nodes = left.pop(item_name(schema, key, self._resolve), None)
        # An array without items leaves no trace: where one must be, it is there.
        if nodes is not None or needed:
            members[key] = [self.value(node, inner) for node in nodes or ()]

    def _one(self, nodes: list[Node], schema: Schema) -> Any:
        """The value of a property: several elements of one name are an array, whatever the schema says."""
        if "array" in types(schema, self._resolve):
            return [self.value(node, items(schema, self._resolve)) for node in nodes]
        values = [self.value(node, schema) for node in nodes]
        return values[0] if len(values) == 1 else values


def _untyped(node: Node) -> Any:
    if not node.children and not node.attributes:
        return node.text
    members: dict[str, Any] = dict(node.attributes)
    found: dict[str, list[Any]] = {}
    for child in node.children:
        found.setdefault(child.name, []).append(_untyped(child))
    members.update((name, values[0] if len(values) == 1 else values) for name, values in found.items())
    return members
