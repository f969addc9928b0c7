"""What can go wrong, as one tree.

MockhoopError
├── UsageError          a mistake of the person who started us: exit code 2, no traceback
│   └── SourceError     mistakes in files, each with its place
└── ContractError       a contract that cannot be served
"""

from dataclasses import dataclass


class MockhoopError(Exception):
    """Anything that mockhoop reports on purpose."""


class UsageError(MockhoopError):
    """What was asked for cannot be done; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: what is wrong, where, and what to do.

    ``line`` and ``column`` count from 1; 0 means that the place is not known. ``pointer`` is a JSON pointer.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.suggestion})" if self.suggestion else text


class SourceError(UsageError):
    """Mistakes in files that were read: all of them, in the order of their places."""

    def __init__(self, problems: "list[Problem] | tuple[Problem, ...]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ContractError(UsageError):
    """A contract that cannot be served."""
