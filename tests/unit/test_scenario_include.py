"""Scenarios that lie above others."""

from pathlib import Path

import pytest

from mockhoop.errors import SourceError
from mockhoop.scenario.loader import load_scenario, parse_scenario


def test_what_is_included_lies_below(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "below.yaml").write_text("mockhoop: 1\ntitle: below\nseed: 3\nusers: [{name: B, email: b@x}]\n")
    above = tmp_path / "above.yaml"
    above.write_text("mockhoop: 1\ninclude: [sub/below.yaml]\ntitle: above\nusers: [{name: A, email: a@x}]\n")
    loaded = load_scenario(above)
    assert (loaded.title, loaded.seed) == ("above", 3)
    assert [user.email for user in loaded.users] == ["b@x", "a@x"]  # type: ignore[union-attr]
    assert [Path(source.name).name for source in loaded.sources] == ["below.yaml", "above.yaml"]


def test_a_shipped_scenario_is_included_by_its_name() -> None:
    loaded = parse_scenario("mockhoop: 1\ninclude: [empty]\ntitle: mine\n", "mine.yaml")
    assert loaded.title == "mine"
    assert len(loaded.users) == 1


def test_what_two_files_include_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("mockhoop: 1\nusers: [{name: B, email: b@x}]\n")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("mockhoop: 1\ninclude: [people.yaml]\n")
    (tmp_path / "all.yaml").write_text("mockhoop: 1\ninclude: [one.yaml, two.yaml]\n")
    assert len(load_scenario(tmp_path / "all.yaml").users) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mockhoop: 1\ninclude: [nowhere.yaml]\n", '2:11: there is no scenario "nowhere.yaml"'),
        ("mockhoop: 1\ninclude: [defalt]\n", 'did you mean "default"?'),
        ("mockhoop: 1\ninclude: [me.yaml]\n", '2:11: "me.yaml" includes itself'),
    ],
)
def test_what_cannot_be_included_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "me.yaml"
    path.write_text(text)
    with pytest.raises(SourceError) as error:
        load_scenario(path)
    assert message in str(error.value)


def test_a_mistake_in_an_included_file_has_its_place_there(tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text("mockhoop: 1\nusers: [{name: B}]\n")
    (tmp_path / "above.yaml").write_text("mockhoop: 1\ninclude: [below.yaml]\n")
    with pytest.raises(SourceError, match=r"below.yaml:2:9: the key \"email\" is missing"):
        load_scenario(tmp_path / "above.yaml")
