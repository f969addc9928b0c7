"""YAML that is written reads back as the same data, by our own strict reader."""

from hypothesis import given
from hypothesis import strategies as st

from mockhoop.source import parse_source
from mockhoop.source.yaml_writer import to_yaml

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
HARD = st.sampled_from(
    ["on", "18:00", "012", "1e3", "0o17", "0x1F", "2024-01-01", "null", "~", "", " a", "a ", "a\n", "\na", "a\n\nb\n\n",
     "- a", "#", "a: b", "?", "=", "<<", ".inf", "a\tb", "\r\n", "\x85", "\u2028", "\ufeff", "\x00", "yes", "+.5", "|"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | HARD
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | HARD, inner, max_size=4), max_leaves=12
)


@given(DATA)
def test_what_is_written_reads_back(data: object) -> None:
    again = parse_source(to_yaml({"data": data}), "written.yaml").data["data"]
    assert again == data
    assert repr(again) == repr(data)


def test_a_text_of_several_lines_stands_as_it_is() -> None:
    assert to_yaml({"script": "SELECT 1\nFROM a\n"}) == "script: |\n  SELECT 1\n  FROM a\n"
