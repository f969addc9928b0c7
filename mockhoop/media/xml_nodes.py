"""XML read as plain nodes, in bounded depth and without any declarations of a document type."""

from dataclasses import dataclass, field
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate, XMLParserType

from mockhoop.media.charset import codec, decoded
from mockhoop.media.unreadable import CHARSET, MOST_LEVELS, Unreadable, too_deep
from mockhoop.media.xml_names import XSI

_UNKNOWN_ENCODING = "unknown encoding"


@dataclass(slots=True)
class Node:
    """An element: names without their namespaces, and the text that stands directly in it."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    nil: bool = False

    @property
    def text(self) -> str:
        """All text that is not within a child."""
        return "".join(self.pieces)


def document(body: bytes, charset: str = "") -> Node:
    """The outermost element of a document; a named character set wins over what the document says of itself.

    Raises:
        Unreadable: it is not well-formed, nests too deep, or declares a document type.
    """
    if charset:
        body = decoded(body, charset).encode(errors="replace")
    parser = ParserCreate("utf-8" if charset else None, namespace_separator=" ")
    parser.buffer_text = True
    builder = _Builder(parser)
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise _explained(error) from None
    except (LookupError, ValueError) as error:
        raise Unreadable(f"not XML in a character set that is known: {error}", CHARSET) from None
    assert builder.root is not None  # expat refuses a document without an element
    return builder.root


def is_document(text: str) -> bool:
    """Whether a text is a document already."""
    try:
        document(text.encode(errors="replace"), codec(""))
    except Unreadable:
        return False
    return True


class _Builder:
    def __init__(self, parser: XMLParserType) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        # Entities can be made to grow beyond all bounds; without declarations there are none.
        parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MOST_LEVELS:
            raise too_deep("elements")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items() if not _of_xsi(key)})
        node.nil = attributes.get(f"{XSI} nil", "").strip() in ("true", "1")
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def _doctype(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise Unreadable(f"declarations of a document type are not read (line {line})")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _of_xsi(name: str) -> bool:
    return name.startswith(f"{XSI} ")


def _explained(error: ExpatError) -> Unreadable:
    reason = ErrorString(error.code) or "unreadable"
    code = CHARSET if reason == _UNKNOWN_ENCODING else "malformed"
    return Unreadable(f"not well-formed XML: {reason} at line {error.lineno} column {error.offset + 1}", code)
