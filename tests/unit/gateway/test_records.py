"""A record with other values is a new record."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway.records import Review, ReviewGroup, changed

GROUP = ReviewGroup(id="7", group="dba")
REVIEW = Review(id="1", type="onetime", status="PENDING", created_at=5, groups=(GROUP,))
values = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["PENDING", "APPROVED"]),
        "revoke_at": st.none() | st.integers(),
        "groups": st.just(()),
        "id": st.text(max_size=3),
    },
)


@given(values)
def test_a_changed_record_is_what_the_standard_library_makes_of_it(told: dict[str, object]) -> None:
    assert changed(REVIEW, **told) == replace(REVIEW, **told)  # type: ignore[arg-type]


def test_the_record_itself_stays_as_it_is() -> None:
    before = replace(GROUP)
    assert changed(GROUP, status="APPROVED") is not GROUP
    assert before == GROUP


def test_a_value_that_the_record_does_not_have_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="stauts"):
        changed(GROUP, stauts="APPROVED")
