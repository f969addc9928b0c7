"""Loads scenarios: files in, one checked ``Scenario`` out, or every mistake with its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from mockhoop.errors import Problem, SourceError, UsageError
from mockhoop.resources import scenarios_dir
from mockhoop.scenario.checks import Names, check_scenario
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.model import LANGUAGE_VERSION, Scenario
from mockhoop.scenario.reader import Reader
from mockhoop.source import Source, parse_source, read_source

T = TypeVar("T")

SCHEMA_FILE = "scenario.schema.json"
"""The JSON Schema of the language, which lies beside the shipped scenarios."""
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class _Layer:
    """One file of a scenario, and the reader that knows where in it each record was read."""

    source: Source
    scenario: Scenario
    reader: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Scenario):
    """A scenario with the documents that it was read from, each above those before it."""

    sources: tuple[Source, ...] = ()
    layers: tuple["_Layer", ...] = ()


def located(loaded: Loaded, findings: Iterable[Finding]) -> list[Problem]:
    """Mistakes that were found in a scenario later, with their places in its documents."""
    return sorted(_problems(findings, loaded.layers), key=lambda one: (one.file, one.line, one.column))


def load_scenario(path: Path) -> Loaded:
    """The scenario in a file. Raises SourceError with all mistakes in it."""
    return load_scenarios([path])


def load_scenarios(paths: Sequence[Path]) -> Loaded:
    """One scenario out of several files, laid over one another; out of none, an empty one.

    Lists grow from file to file; of a single value the last file that has it decides. What a file includes lies below
    it. Raises SourceError with all mistakes in all files.
    """
    reading = _Reading()
    for path in paths:
        reading.read(path)
    return _scenario(reading.sources, reading.problems, reading.names)


def parse_scenario(text: str | bytes, name: str) -> Loaded:
    """The scenario in a text; ``name`` stands for the file in messages. It may include shipped scenarios only.

    Raises:
        SourceError: with all mistakes.
    """
    reading = _Reading()
    reading.names.append(name)
    reading.add(parse_source(text, name), None)
    return _scenario(reading.sources, reading.problems, reading.names)


def reload_scenario(sources: Sequence[Source]) -> Loaded:
    """The scenario of documents that were read before, in the order of ``Loaded.sources``. Raises SourceError."""
    return _scenario(sources, [], [source.name for source in sources])


class _Reading:
    """The documents that were read so far, those that are included before those that include them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.sources: list[Source] = []
        self.problems: list[Problem] = []
        self._open: list[Path] = []
        self._included: set[Path] = set()

    def read(self, path: Path) -> None:
        """Read a file with all that it includes."""
        self._open.append(path.resolve())
        self.names.append(str(path))
        try:
            self.add(read_source(path), path.parent)
        except SourceError as error:
            self.problems += error.problems
        finally:
            self._open.pop()

    def add(self, source: Source, folder: Path | None) -> None:
        """Add a document that lies in a folder, or in none, above what it includes."""
        included = source.data.get("include") if isinstance(source.data, dict) else None
        for place, name in enumerate(included if isinstance(included, list) else ()):
            if isinstance(name, str) and name:
                self._include(name, folder, source, f"/include/{place}")
        self.sources.append(source)

    def _include(self, name: str, folder: Path | None, source: Source, pointer: str) -> None:
        shipped = shipped_scenarios() if scenarios_dir().is_dir() else {}
        path = shipped.get(name) or (folder / name if folder is not None else None)
        if path is None or not path.is_file():
            known = f"shipped scenarios: {', '.join(shipped) or 'none'}; or a path from this file"
            self.problems.append(
                source.problem(pointer, f'there is no scenario "{name}"', nearest(name, shipped) or known)
            )
        elif path.resolve() in self._open:
            self.problems.append(source.problem(pointer, f'"{name}" includes itself', "remove one of the two"))
        elif path.resolve() not in self._included:  # what two files include is there once
            self._included.add(path.resolve())
            self.read(path)


def shipped_scenarios() -> dict[str, Path]:
    """The scenarios that come with mockhoop, by name."""
    files = (path for path in scenarios_dir().iterdir() if path.suffix in _SUFFIXES and path.name != SCHEMA_FILE)
    return {path.stem: path for path in sorted(files)}


def resolve_scenario(name_or_path: str) -> Path:
    """The file of a scenario: a shipped one by its name, any other by its path.

    No file of the working directory hides a shipped scenario: ``default`` is always ours, ``./default`` the
    file. Raises UsageError with the names that there are.
    """
    shipped = shipped_scenarios() if scenarios_dir().is_dir() else {}
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.is_file():
        return path
    known = ", ".join(shipped) or "none"
    hint = nearest(name_or_path, shipped) or f"shipped scenarios: {known}; or give the path of a file"
    raise UsageError(f'there is no scenario "{name_or_path}" ({hint})')


def _scenario(sources: Sequence[Source], found: Sequence[Problem], names: Sequence[str]) -> Loaded:
    problems = list(found)
    layers: list[_Layer] = []
    for source in sources:
        reader = Reader(source)
        scenario = reader.read(Scenario)
        problems += reader.problems
        if scenario is not None:
            layers.append(_Layer(source, scenario, reader))
    merged = Loaded(mockhoop=LANGUAGE_VERSION, sources=tuple(sources), layers=tuple(layers))
    for layer in layers:
        merged = _laid_over(merged, layer.scenario, layer.source.data)
    problems += _problems(check_scenario(merged, _names(layers)), layers)
    if problems:
        raise SourceError(sorted(problems, key=lambda one: (names.index(one.file), one.line, one.column)))
    return merged


def _laid_over(lower: T, upper: Any, written: Mapping[str, Any]) -> T:
    """Two records as one: lists joined, and of the rest what is written in the upper one."""
    changes: dict[str, Any] = {}
    for one in fields(upper):
        if one.name not in written:
            continue
        below, above = getattr(lower, one.name), getattr(upper, one.name)
        if isinstance(above, tuple):
            changes[one.name] = below + above
        elif is_dataclass(above) and below is not None and isinstance(written[one.name], dict):
            changes[one.name] = _laid_over(below, above, written[one.name])
        else:
            changes[one.name] = above
    return replace(lower, **changes)  # type: ignore[type-var]


def _names(layers: Iterable[_Layer]) -> Names:
    """What is named in the files, also in entries with mistakes: one mistake should not make others."""
    found: dict[str, set[str]] = {"users": set(), "connections": set(), "sessions": set()}
    anybody = False
    for layer in layers:
        anybody = anybody or bool(layer.source.data.get("users"))
        for section, key in (("users", "email"), ("connections", "name"), ("sessions", "id")):
            entries = layer.source.data.get(section)
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and isinstance(entry.get(key), str):
                    found[section].add(entry[key])
    sessions = (session.lower() for session in found["sessions"])
    return Names(frozenset(found["users"]), frozenset(found["connections"]), frozenset(sessions), anybody)


def _problems(findings: Iterable[Finding], layers: Sequence[_Layer]) -> Iterator[Problem]:
    def place(record: object, path: str) -> tuple[Source, str]:
        pointers = ((layer.source, layer.reader.pointer(record)) for layer in layers)
        source, pointer = next((source, pointer) for source, pointer in pointers if pointer is not None)
        return source, f"{pointer}/{path}" if path else pointer

    for finding in findings:
        source, pointer = place(finding.record, finding.path)
        suggestion = finding.suggestion
        if finding.first is not None:
            other, at = place(finding.first, finding.path)
            suggestion = f"it is first used in {other.name}:{other.place(at)[0]}; {suggestion}"
        yield source.problem(pointer, finding.message, suggestion)
