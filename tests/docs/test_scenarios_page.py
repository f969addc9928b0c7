"""The page about the scenario language: its tables and links, and its examples against the JSON Schema."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockhoop.scenario.reference import missing, written
from mockhoop.scenario.schema import json_schema, records
from mockhoop.source import parse_source

PAGE = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text()
EXAMPLES = re.findall(r"^```yaml(?: fragment)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def table(names: str) -> str:
    """What is written for some records between the lines that ask for it."""
    page = f"Before.\n<!-- table of {names} -->\nold\n<!-- end -->\nBehind.\n"
    before, _, rest = written(page).partition(f"<!-- table of {names} -->\n")
    made, _, behind = rest.partition("<!-- end -->")
    assert (before, behind) == ("Before.\n", "\nBehind.\n")
    return made


def test_a_table_tells_what_may_be_written_what_must_be_and_what_holds_otherwise() -> None:
    assert table("Execution").splitlines()[:6] == [
        "What comes of running a script.",
        "",
        '| <a id="execution"></a>Execution | Value | |',
        "|---|---|---|",
        "| `when` | [fitting](#fitting) | Which scripts are meant; when left out, all. |",
        "| `takes` | duration | How long it runs. When left out, `120ms`. |",
    ]
    assert "| `user` | text or `null`, required |" in table("Session")
    assert "| `events` | list of [event](#event) or `null` |" in table("Session")
    assert "| `type` | `onetime`, `jit` |" in table("Review")


def test_what_two_records_have_in_common_stands_in_one_table() -> None:
    assert "`nth`" in table("Occasion")
    assert "[matching](#matching)" in table("Occasion")
    assert "`caller`" not in table("Occasion")
    assert "`caller`" in table("Matching")


def test_records_that_belong_together_have_one_table() -> None:
    fields = re.findall(r"^\| (.*?) \|", table("Finish Remove"), re.MULTILINE)
    assert fields == ["Field", "`finish`", "&nbsp;· `exit_code`", "`remove`"]
    assert "**End a session, as its script would end it.**" in table("Finish Remove")


def test_a_record_without_a_table_is_missed() -> None:
    names = [record.__name__ for record in records()]
    assert len(names) > 40
    assert missing("") == names
    assert missing("<!-- table of Scenario Clock -->\n<!-- end -->\n") == [
        name for name in names if name not in ("Scenario", "Clock")
    ]


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    places = {heading.lower().replace(" ", "-") for heading in headings} | set(re.findall(r'<a id="(.*?)">', PAGE))
    links = set(re.findall(r"\]\(#(.*?)\)", PAGE))
    assert links
    assert links - places == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition("\n")[0])
def test_every_example_fits_the_schema(example: str) -> None:
    data: Any = parse_source(example, "page.yaml").data or {}
    record = "Scenario"
    if "review" in data:
        record, data = "Review", data["review"]
    else:
        data = {"mockhoop": 1, **data}
    schema = {"$ref": f"#/$defs/{record}", "$defs": json_schema()["$defs"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
