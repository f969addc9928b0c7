"""What is said of a body that cannot be read."""

from mockhoop.errors import MockhoopError

MALFORMED = "malformed"
CHARSET = "charset"
TOO_DEEP = "too-deep"
DUPLICATE_KEY = "duplicate-key"

MOST_LEVELS = 100
"""Objects, arrays and elements within each other; deeper ones are made to exhaust their reader."""


class Unreadable(MockhoopError):
    """A body is not what its media type says; the text tells what is wrong and where."""

    def __init__(self, message: str, code: str = MALFORMED) -> None:
        super().__init__(message)
        self.code = code


def too_deep(what: str) -> Unreadable:
    """What is said of a body that nests deeper than anybody needs."""
    return Unreadable(f"more than {MOST_LEVELS} {what} stand within each other", TOO_DEEP)
