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

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class _Layer:
    """One file of a scenario, and the reader that knows where in it each record was read."""

    source: Source
    scenario: Scenario
    reader: Reader


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises SourceError with all mistakes in it."""
    return load_scenarios([path])


def load_scenarios(paths: Sequence[Path]) -> Scenario:
    """One scenario out of several files, laid over one another; out of none, an empty one.

    Lists grow from file to file; of a single value the last file that has it decides. Raises SourceError with
    all mistakes in all files.
    """
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            sources.append(read_source(path))
        except SourceError as error:
            problems += error.problems
    return _scenario(sources, problems, [str(path) for path in paths])


def parse_scenario(text: str | bytes, name: str) -> Scenario:
    """The scenario in a text; ``name`` stands for the file in messages. Raises SourceError."""
    return _scenario([parse_source(text, name)], [], [name])


def shipped_scenarios() -> dict[str, Path]:
    """The scenarios that come with mockhoop, by name."""
    files = (path for path in scenarios_dir().iterdir() if path.suffix in _SUFFIXES)
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


def _scenario(sources: Sequence[Source], problems: list[Problem], names: Sequence[str]) -> Scenario:
    layers: list[_Layer] = []
    for source in sources:
        reader = Reader(source)
        scenario = reader.read(Scenario)
        problems += reader.problems
        if scenario is not None:
            layers.append(_Layer(source, scenario, reader))
    merged = Scenario(mockhoop=LANGUAGE_VERSION)
    for layer in layers:
        merged = _laid_over(merged, layer.scenario, layer.source.data)
    problems += _problems(check_scenario(merged, _names(layers)), layers)
    if problems:
        raise SourceError(sorted(problems, key=lambda one: (names.index(one.file), one.line, one.column)))
    return merged


def _laid_over(lower: T, upper: T, written: Mapping[str, Any]) -> T:
    """Two records as one: lists joined, and of the rest what is written in the upper one."""
    changes: dict[str, Any] = {}
    for one in fields(lower):  # type: ignore[arg-type]
        if one.name not in written:
            continue
        below, above = getattr(lower, one.name), getattr(upper, one.name)
        if isinstance(above, tuple):
            changes[one.name] = below + above
        elif is_dataclass(above) and isinstance(written[one.name], dict):
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
        return source, f"{pointer}/{path}"

    for finding in findings:
        source, pointer = place(finding.record, finding.path)
        suggestion = finding.suggestion
        if finding.first is not None:
            other, at = place(finding.first, finding.path)
            suggestion = f"it is first used in {other.name}:{other.place(at)[0]}; {suggestion}"
        yield source.problem(pointer, finding.message, suggestion)
