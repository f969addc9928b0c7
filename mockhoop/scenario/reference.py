"""The reference page of the scenario language: a table for each record, made of the model."""

import re
from typing import Any, get_args

from mockhoop.scenario.kinds import OneOf
from mockhoop.scenario.reader import entries_of
from mockhoop.scenario.schema import records

_TABLE = re.compile(r"(<!-- table of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(record: Any) -> str:
    """The fields of a record as a Markdown table."""
    rows = [
        f"| `{entry.key}` | {'required: ' if entry.required else ''}{_sentence(entry.doc, entry.required)}"
        f"{_options(entry.type)} |"
        for entry in entries_of(record).values()
    ]
    return "\n".join(["| Field | |", "|---|---|", *rows, ""])


def _sentence(doc: str, lower: bool) -> str:
    text = doc.rstrip(".").replace("|", "\\|").replace("\n", "\\n").replace("<", "&lt;")
    return text[0].lower() + text[1:] if lower else text


def _options(wanted: Any) -> str:
    """The words of which a field is one."""
    for part in get_args(wanted):
        if isinstance(part, OneOf):
            return f" ({', '.join(f'`{option}`' for option in part.options)})"
        found = _options(part)
        if found:
            return found
    return ""


def written(page: str) -> str:
    """A page with its tables as the model has them; they stand between ``<!-- table of X -->`` and ``<!-- end -->``."""
    by_name = {record.__name__: record for record in records()}
    return _TABLE.sub(lambda found: f"{found[1]}{table(by_name[found[2]])}{found[3]}", page)


def missing(page: str) -> list[str]:
    """The records that have no table on a page."""
    there = {name for _, name, _ in _TABLE.findall(page)}
    return [record.__name__ for record in records() if record.__name__ not in there]
