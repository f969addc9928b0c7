"""A query string is read as the standard library reads it."""

from urllib.parse import parse_qsl

from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.contract.query import Query

pieces = st.sampled_from(["a", "b", "=", "&", "%", "+", "%41", "%C3%A9", "%ff", "%zz", "é", ";", " ", "\ud800"])


@given(st.lists(pieces, max_size=12).map("".join))
@example("")
@example("a&a=&=b&a=2&a=3")
def test_every_pair_is_read_as_the_standard_library_reads_it(raw: str) -> None:
    pairs = parse_qsl(raw, keep_blank_values=True)
    query = Query(raw)
    assert dict(query) == dict(reversed(pairs))
    assert {name: query.getlist(name) for name in query} == {
        name: [value for known, value in pairs if known == name] for name, _ in pairs
    }
    assert list(query) == list(dict(pairs))
