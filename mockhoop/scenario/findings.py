"""What a look at a whole scenario finds: mistakes in values that are right by themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: the record that it is in, the path from there, what is wrong and what to do.

    ``first`` is the record that had the same name or id before, at the same path.
    """

    record: object
    path: str
    message: str
    suggestion: str = ""
    first: object | None = None
