"""Files of journals: a line of JSON says what it is, then come the worlds' beginnings and the exchanges, one a line.

Lines are written as things happen, so that a file whose writer was killed is whole but for its last line. A world that
was changed from outside, not by a call, begins again: its later exchanges follow another beginning.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from mockhoop.errors import Problem, SourceError
from mockhoop.journals.entry import Beginning, Entry, Transition

MARK = "mockhoop-journal"
VERSION = 1
_SHOWN = 40
_ALWAYS_TOLD = ("method", "path", "status", "world")
_BODIES = ("request_body", "response_body")
_IN_WORDS: Mapping[Any, str] = {str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True)
class JournalFile:
    """What a file holds: beginnings and exchanges, in order.

    ``contract`` is the name of what was served, ``release`` its release, both empty where nothing is known of it;
    ``settings`` are how it was served. ``problems`` are lines that cannot be read; the others are here all the same.
    """

    name: str
    contract: str
    release: str
    lines: tuple[Beginning | Entry, ...]
    problems: tuple[Problem, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The exchanges."""
        return tuple(one for one in self.lines if isinstance(one, Entry))

    @cached_property
    def beginnings(self) -> Mapping[str, Beginning]:
        """The first beginning of each world."""
        return {one.world: one for one in reversed(self.lines) if isinstance(one, Beginning)}


class JournalWriter:
    """Writes a journal, line by line."""

    def __init__(
        self, out: TextIO, contract: str = "", release: str = "", settings: Mapping[str, Any] | None = None
    ) -> None:
        self._out = out
        head = {MARK: VERSION, "contract": contract, "release": release}
        self._line({**head, "settings": settings} if settings else head)

    def begin(self, beginning: Beginning) -> None:
        """A world as it is before the exchanges that follow."""
        self._line({"beginning": asdict(beginning)})

    def add(self, entry: Entry) -> None:
        """An exchange."""
        self._line({"exchange": as_dict(entry)})

    def _line(self, data: Mapping[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        # What a client sent need not be UTF-8; what no file can hold as it is is escaped.
        self._out.write((text if _is_unicode(text) else json.dumps(data, separators=(",", ":"))) + "\n")
        self._out.flush()


def as_dict(entry: Entry) -> dict[str, Any]:
    """An exchange as plain data: what is empty is left out, a body that is no text is base64."""
    told = asdict(entry)
    for name in _BODIES:
        told[name] = _told_body(told[name])
    return {name: value for name, value in told.items() if value or name in _ALWAYS_TOLD}


def from_dict(told: Mapping[str, Any]) -> Entry:
    """The exchange that plain data tell.

    Raises:
        ValueError: something is missing or of another kind; the text says what.
    """
    data = dict(_checked(told, Entry))
    for name in _BODIES:
        data[name] = _body(name, data.get(name, ""))
    for name in ("request_headers", "response_headers"):
        data[name] = tuple(_header(name, one) for one in _listed(data, name))
    data["transitions"] = tuple(Transition(**_checked(one, Transition)) for one in _listed(data, "transitions"))
    data["violations"] = tuple(_object(one) for one in _listed(data, "violations"))
    return Entry(**data)


def read_journal(path: Path) -> JournalFile:
    """What a file holds; a line that cannot be read is told and passed over.

    Raises:
        SourceError: the file cannot be opened, or it is no journal.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise SourceError([Problem(f"cannot be read: {(error.strerror or str(error)).lower()}", str(path))]) from None
    head, _, rest = text.partition("\n")
    about = _head(head, path)
    lines: list[Beginning | Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(rest.split("\n"), 2):
        if not line.strip():
            continue
        try:
            lines.append(_read_line(line))
        except (ValueError, RecursionError) as error:
            problems.append(_problem(path, number, line, error))
    settings = about.get("settings")
    return JournalFile(
        str(path),
        str(about.get("contract", "")),
        str(about.get("release", "")),
        tuple(lines),
        tuple(problems),
        settings if isinstance(settings, dict) else {},
    )


def read_journals(paths: Iterable[Path]) -> list[JournalFile]:
    """What several files hold.

    Raises:
        SourceError: files that cannot be read, all of them.
    """
    found: list[JournalFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read_journal(path))
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(problems)
    return found


def _head(line: str, path: Path) -> Mapping[str, Any]:
    try:
        about = json.loads(line)
    except (ValueError, RecursionError):
        about = None
    if not isinstance(about, dict) or MARK not in about:
        hint = f'the first line of a journal is {{"{MARK}": {VERSION}, …}}; `mockhoop serve --journal FILE` writes one'
        raise SourceError([Problem("this is no journal", str(path), 1, 1, suggestion=hint)])
    if about[MARK] != VERSION:
        told = f"this is a journal of version {json.dumps(about[MARK])}, and {VERSION} is what can be read here"
        raise SourceError([Problem(told, str(path), 1, 1)])
    return about


def _read_line(line: str) -> Beginning | Entry:
    told = json.loads(line)
    if isinstance(told, dict) and told.keys() == {"beginning"}:
        return Beginning(**_checked(told["beginning"], Beginning))
    if isinstance(told, dict) and told.keys() == {"exchange"}:
        return from_dict(told["exchange"])
    raise ValueError("it has neither a beginning nor an exchange")


def _checked(told: Any, kind: Any) -> Mapping[str, Any]:
    """The fields of a record, of which all plain ones are of their types, and none is missing or unknown."""
    known, data = {one.name: one for one in fields(kind)}, _object(told)
    unknown = data.keys() - known.keys()
    if unknown:
        raise ValueError(f"there is no {min(unknown)} in such a line")
    for name, value in data.items():
        wanted = known[name].type
        if wanted in _IN_WORDS and type(value) is not wanted:
            raise ValueError(f"{name}: expected {_IN_WORDS[wanted]}, not {_shown(value)}")
    try:
        kind(**data)
    except TypeError as error:  # the text of Python says which fields are missing
        raise ValueError(str(error).partition("() ")[2] or str(error)) from None
    return data


def _object(told: Any) -> dict[str, Any]:
    if isinstance(told, dict):
        return told
    raise ValueError(f"expected an object, not {_shown(told)}")


def _listed(data: Mapping[str, Any], name: str) -> list[Any]:
    told = data.get(name, [])
    if not isinstance(told, list):
        raise ValueError(f"{name}: expected a list, not {_shown(told)}")
    return told


def _header(name: str, told: Any) -> tuple[str, str]:
    if not (isinstance(told, list) and len(told) == 2 and all(isinstance(part, str) for part in told)):
        raise ValueError(f"{name}: expected pairs of a name and a value, not {_shown(told)}")
    return told[0], told[1]


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN]


def _problem(path: Path, number: int, line: str, error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return Problem("the line goes too deep to be read", str(path), number, 1)
    if not isinstance(error, json.JSONDecodeError):
        return Problem(f"this is no line of a journal: {error}", str(path), number, 1)
    if not line.rstrip().endswith("}"):
        hint = "its writer was stopped; the other lines are read"
        return Problem("the line is cut off", str(path), number, 1, suggestion=hint)
    return Problem(f"this is no JSON: {error.msg.lower()}", str(path), number, error.colno)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told_body(body: bytes) -> str | Mapping[str, str]:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _body(name: str, told: Any) -> bytes:
    if isinstance(told, str):
        return told.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(told["base64"], validate=True)
    except (ValueError, TypeError, LookupError):
        raise ValueError(f'{name}: expected a text or {{"base64": …}}, not {_shown(told)}') from None
