"""Values written as XML, named as a schema's ``xml`` objects say."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from mockhoop.media.charset import UTF8, codec, encoded
from mockhoop.media.shape import Resolve, Schema, additional, items, properties, text_of
from mockhoop.media.xml_names import XSI, Naming, item_name, listed_item_name, naming, root_name, well_formed
from mockhoop.media.xml_nodes import is_document

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The namespaces that an element stands in, by prefix: what is declared once holds for all that is within.
_Scope = dict[str, str]


def written(value: Any, schema: Schema, resolve: Resolve, charset: str = "") -> bytes:
    """The value as a document; a text that is one already stays as it is."""
    if isinstance(value, str) and value.lstrip().startswith("<") and is_document(value):
        return encoded(value, charset, "xmlcharrefreplace")
    root = Element("root")
    _Writer(resolve).fill(root, root_name(schema, resolve), value, schema, {})
    # As it stands a carriage return would be read as the end of a line.
    text = tostring(root, encoding="unicode").replace("\r", "&#13;")
    name = codec(charset) if charset else UTF8
    return encoded(f'<?xml version="1.0" encoding="{name.upper()}"?>\n{text}', name, "xmlcharrefreplace")


class _Writer:
    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def fill(self, element: Element, name: str, value: Any, schema: Schema, outer: _Scope) -> None:
        """Give an element its name, its namespace and what is in it."""
        scope = dict(outer)
        element.tag = _qualified(element, name, naming(schema, self._resolve), scope)
        self._content(element, value, schema, scope)

    def _content(self, element: Element, value: Any, schema: Schema, scope: _Scope) -> None:
        if value is None:
            element.set("xmlns:xsi", XSI)
            element.set("xsi:nil", "true")
        elif isinstance(value, Mapping):
            self._members(element, value, schema, scope)
        elif isinstance(value, list | tuple):
            self._items(element, listed_item_name(schema, self._resolve), value, schema, scope)
        else:
            element.text = _characters(value)

    def _members(self, element: Element, value: Mapping[str, Any], schema: Schema, scope: _Scope) -> None:
        declared = properties(schema, self._resolve)
        for key, part in value.items():
            inner = declared[key] if key in declared else additional(schema, self._resolve)
            told = naming(inner, self._resolve)
            name = well_formed(told.name or str(key))
            if isinstance(part, list | tuple):
                self._array(element, str(key), name, part, inner, scope)
            elif told.attribute and not isinstance(part, Mapping):
                if part is not None:
                    element.set(_qualified(element, name, told, scope, attribute=True), _characters(part))
            else:
                self.fill(SubElement(element, name), name, part, inner, scope)

    def _array(self, element: Element, key: str, name: str, value: Any, schema: Schema, scope: _Scope) -> None:
        if not naming(schema, self._resolve).wrapped:
            # The array itself leaves no trace, and so its own name does not count.
            self._items(element, item_name(schema, key, self._resolve), value, schema, scope)
            return
        wrapper = SubElement(element, name)
        inner = dict(scope)
        wrapper.tag = _qualified(wrapper, name, naming(schema, self._resolve), inner)
        self._items(wrapper, item_name(schema, name, self._resolve), value, schema, inner)

    def _items(self, element: Element, name: str, value: Any, schema: Schema, scope: _Scope) -> None:
        inner = items(schema, self._resolve)
        for item in value:
            self.fill(SubElement(element, name), name, item, inner, scope)


def _qualified(element: Element, name: str, told: Naming, scope: _Scope, *, attribute: bool = False) -> str:
    """The name with its prefix; declares the namespace where it does not hold yet."""
    prefix = well_formed(told.prefix) if told.prefix else ""
    if attribute and not prefix:
        return name  # attributes without a prefix stand in no namespace
    if told.namespace and scope.get(prefix) != told.namespace:
        scope[prefix] = told.namespace
        element.set(f"xmlns:{prefix}" if prefix else "xmlns", _characters(told.namespace))
    # A prefix that nothing declares would make the document unreadable.
    return f"{prefix}:{name}" if prefix and prefix in scope else name


def _characters(value: Any) -> str:
    return _NO_CHARACTER.sub("\ufffd", text_of(value))
