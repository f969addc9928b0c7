"""The table of what changed between releases (sections 0, 9 and 9.2)."""

import pytest

from mockhoop.gateway.releases import Feature, Release

SEED = Release(1, 49, 10)
HEAD = Release(1, 148, 0)


def test_a_release_is_read_from_its_three_numbers() -> None:
    assert Release.parse("1.49.10") == Release(1, 49, 10)


def test_a_release_is_shown_as_it_is_written() -> None:
    assert str(Release.parse("1.148.0")) == "1.148.0"


@pytest.mark.parametrize("text", ["", "1.49", "1.49.10.1", "v1.49.10", "1.49.x", " 1.49.10", "1.49.10\n", "١.٢.٣"])
def test_anything_but_three_numbers_is_no_release(text: str) -> None:
    with pytest.raises(ValueError, match="is not a release"):
        Release.parse(text)


def test_releases_compare_by_number_and_not_by_text() -> None:
    assert Release.parse("1.9.0") < Release.parse("1.49.2") < Release.parse("1.49.10") < Release.parse("1.144.0")


@pytest.mark.parametrize(
    ("feature", "last_without", "first_with"),
    [
        (Feature.BATCH_FILTER, "1.47.9", "1.48.0"),
        (Feature.JIRA_FILTER, "1.48.1", "1.48.2"),
        (Feature.SCRIPT_ALWAYS, "1.51.0", "1.51.1"),
        (Feature.CORRELATION_FILTER, "1.58.9", "1.59.0"),
        (Feature.EXPOSE_HEADERS, "1.59.9", "1.60.0"),
        (Feature.STRICT_PAGING, "1.143.9", "1.144.0"),
        (Feature.COUNT_MODES, "1.143.9", "1.144.0"),
        (Feature.PREFIXED_DATE_ERROR, "1.143.9", "1.144.0"),
    ],
    ids=lambda value: value.name if isinstance(value, Feature) else value,
)
def test_a_feature_begins_with_its_release(feature: Feature, last_without: str, first_with: str) -> None:
    """Section 9."""
    assert [Release.parse(text).has(feature) for text in (last_without, first_with)] == [False, True]


def test_the_current_release_has_every_feature_that_did_not_end() -> None:
    assert {feature for feature in Feature if not HEAD.has(feature)} == {Feature.DOWNLOAD_500_STATUS}


def test_the_seed_release_has_what_came_before_it() -> None:
    """Sections 9 and 9.2."""
    has = {feature for feature in Feature if SEED.has(feature)}
    assert has == {Feature.BATCH_FILTER, Feature.JIRA_FILTER, Feature.DOWNLOAD_500_STATUS}


def test_a_feature_that_ended_is_gone_from_its_last_release_on() -> None:
    """Section 9.2: known of 1.49.10, gone today."""
    had = [Release.parse(text).has(Feature.DOWNLOAD_500_STATUS) for text in ("1.0.0", "1.49.10", "1.50.0")]
    assert had == [True, True, False]


def test_no_two_features_are_the_same_member() -> None:
    """An enum makes members of equal value one; two features of one release must stay two."""
    assert len(Feature) == len(Feature.__members__)
