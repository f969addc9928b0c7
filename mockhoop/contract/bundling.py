"""Making one document of all the files that it refers to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockhoop.contract.anchors import DYNAMIC, anchors, dynamic_references
from mockhoop.contract.drafting import Draft
from mockhoop.contract.opening import ForbiddenReferenceError, Opened, identity, leads_to, open_reference
from mockhoop.contract.references import FILES, Reference, references
from mockhoop.contract.sources import Sources
from mockhoop.contract.violations import pointer, shortened
from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source

MOST_FILES = 1000
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file with the number under which a document keeps it; the main one has none. References are rewritten."""

    opened: Opened
    number: str
    draft: Draft

    @property
    def data(self) -> Any:
        """What is in it."""
        return self.draft.document


class Bundle:
    """The files that references lead to, each read once."""

    def __init__(self, *, allow_remote: bool = False) -> None:
        self.files: list[BundledFile] = []
        self._allow_remote = allow_remote
        self._numbers: dict[str, str] = {}
        self._problems: list[Problem] = []
        self._changes: list[tuple[Draft, Reference, str]] = []
        self._anchors: dict[str, dict[str, str]] = {}

    def add(self, opened: Opened, *, main: bool = False) -> BundledFile:
        """Take a document in; what it refers to is for ``follow`` to find."""
        number = "" if main else str(1 + sum(bool(file.number) for file in self.files))
        file = BundledFile(opened, number, Draft(opened.source.data))
        self._numbers[identity(opened.location)] = number
        self.files.append(file)
        return file

    def follow(self) -> None:
        """Read all that is referred to, and what that refers to; then rewrite the references.

        Raises:
            SourceError: files that cannot be read, references that may not be followed.
        """
        for file in self.files:  # which grows meanwhile
            self._follow(file)
        if self._problems:
            raise SourceError(list(dict.fromkeys(self._problems)))
        for draft, reference, text in self._changes:
            holder, key = draft.at(reference.at[:-1]), reference.at[-1]
            if key == DYNAMIC:
                key = "$ref"
                del holder[DYNAMIC]
            holder[key] = text

    def contents(self) -> dict[str, Any]:
        """The content of all files but the main one, by number."""
        return {file.number: file.data for file in self.files if file.number}

    def paths(self) -> tuple[Path, ...]:
        """The local files."""
        return tuple(Path(file.opened.location) for file in self.files if not file.opened.remote)

    def places(self, main: Source) -> Sources:
        """Where everything stands, once the files are under their key of the main document."""
        sources = Sources(main)
        for file in self.files:
            if file.number:
                sources.add((FILES, file.number), file.opened.source)
        return sources

    def _follow(self, file: BundledFile) -> None:
        known: dict[str, str | None] = {"": file.number}
        for reference in references(file.opened.source.data):
            if reference.named and not _is_reference(reference.text):
                text = _by_name(file, reference.text)
            else:
                address, _, fragment = reference.text.partition("#")
                if address not in known:
                    known[address] = self._number(file.opened, address, reference)
                text = self._inside(known[address], fragment)
            if text is not None and text != reference.text:
                self._changes.append((file.draft, reference, text))

        for at, text in dynamic_references(file.data) if DYNAMIC in file.opened.source.text else ():
            told = self._inside(file.number, text.partition("#")[2])
            if told is not None:
                self._changes.append((file.draft, Reference((*at, DYNAMIC), text), told))

    def _inside(self, number: str | None, fragment: str) -> str | None:
        """The reference to a place in a file, which may be told by the name of a schema there."""
        if number is not None and fragment and not fragment.startswith("/"):
            if number not in self._anchors:
                data = next(file.opened.source.data for file in self.files if file.number == number)
                self._anchors[number] = anchors(data)
            fragment = self._anchors[number].get(fragment, fragment)
        return _inside(number, fragment)

    def _number(self, opened: Opened, address: str, reference: Reference) -> str | None:
        """The number of the file at an address, which is read if need be; None if it cannot be had."""
        try:
            location = leads_to(opened, address, allow_remote=self._allow_remote)
            known = self._numbers.get(identity(location))
            if known is not None:
                return known
            if len(self.files) >= MOST_FILES:
                raise ForbiddenReferenceError(f"leads to one more file than {MOST_FILES}", "bring them together")
            opened_there = open_reference(opened, location, allow_remote=self._allow_remote)
            known = self._numbers.get(identity(opened_there.location)) or self.add(opened_there).number
            self._numbers[identity(location)] = known
            return known
        except ForbiddenReferenceError as error:
            self._problems.append(_problem(opened, reference, str(error), error.advice))
        except SourceError as error:
            self._problems.extend(_unreadable(opened, reference, error))
        return None


def bundled(main: Opened, *, allow_remote: bool = False) -> tuple[dict[str, Any], Sources, tuple[Path, ...]]:
    """The document with all the files that it refers to; where everything in it stands; the local files.

    Raises:
        SourceError: files that cannot be read, references that may not be followed.
    """
    bundle = Bundle(allow_remote=allow_remote)
    document = bundle.add(main, main=True)
    bundle.follow()
    files = bundle.contents()
    whole = {**document.data, FILES: files} if files else document.data
    return whole, bundle.places(main.source), bundle.paths()


def _inside(number: str | None, fragment: str) -> str | None:
    if number is None:
        return None
    return f"#/{FILES}/{number}{fragment}" if number else f"#{fragment}"


def _is_reference(text: str) -> bool:
    return "#" in text or "/" in text or text.endswith(_SUFFIXES)


def _by_name(file: BundledFile, name: str) -> str | None:
    """The schema that a discriminator means by its name alone; the main document's are found by it anyway."""
    data = file.data
    components = data.get("components") if isinstance(data, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    known = bool(file.number) and isinstance(schemas, dict) and name in schemas
    return _inside(file.number, "/components/schemas/" + name) if known else None


def _problem(opened: Opened, reference: Reference, said: str, advice: str) -> Problem:
    text = f"the reference {shortened(reference.text)} {said}"
    return opened.source.problem(pointer(*reference.at), text, advice)


def _unreadable(opened: Opened, reference: Reference, error: SourceError) -> Iterator[Problem]:
    """What keeps a file from being read: its own mistakes, or that it is not there, told at the reference to it."""
    for problem in error.problems:
        if problem.line:
            yield problem
        else:
            yield _problem(opened, reference, f"leads to {problem.file}: {problem.message}", problem.suggestion)
