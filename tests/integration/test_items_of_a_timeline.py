"""What a scenario does to what any document's server remembers."""

from pathlib import Path

import pytest

from .strangers import Stranger


def pets(tmp_path: Path, *actions: str) -> Stranger:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"mockhoop: 1\ntimeline: [{{name: now, after: 0s, do: [{', '.join(actions)}]}}]\n")
    return Stranger(scenarios=(str(file),))


def notes(api: Stranger) -> list[str]:
    fired = api.service.pipeline.stage.unfolding.trigger(api.service.world, "now")
    return [note for one in fired for note in one.notes]


def test_a_world_begins_with_the_items_that_are_put_at_its_start(tmp_path: Path) -> None:
    api = pets(tmp_path, "{item: /pets/977, fields: {name: Rex}}")
    assert api.ask("GET", "/pets/977")["name"] == "Rex"


def test_an_item_that_is_there_keeps_what_is_not_told(tmp_path: Path) -> None:
    before = Stranger().ask("GET", "/pets/1")
    assert pets(tmp_path, "{item: /pets/1, fields: {name: Rex}}").ask("GET", "/pets/1") == {**before, "name": "Rex"}


def test_an_item_that_is_put_is_in_the_list(tmp_path: Path) -> None:
    api = pets(tmp_path, "{remove_item: '/pets/*'}", "{item: /pets/977}")
    assert [one["id"] for one in api.ask("GET", "/pets")["data"]] == [977]


def test_an_item_that_is_removed_is_missing(tmp_path: Path) -> None:
    assert pets(tmp_path, "{remove_item: /pets/1}").status("GET", "/pets/1") == 404


def test_a_star_removes_all_items(tmp_path: Path) -> None:
    assert pets(tmp_path, "{remove_item: '/pets/*'}").ask("GET", "/pets")["data"] == []


@pytest.mark.parametrize(
    ("action", "note"),
    [
        ("{item: /planets/1}", "no item is remembered at /planets/1"),
        ("{remove_item: /pets/977}", "there is nothing at /pets/977"),
        ("{item: /pets/1, fields: {name: 12}}", "the contract does not allow name at /pets/1 as told"),
        ("{restart: true}", "this action is about sessions of the gateway"),
    ],
)
def test_what_cannot_be_done_is_a_note(tmp_path: Path, action: str, note: str) -> None:
    api = Stranger(scenarios=(str(_told(tmp_path, action)),))
    assert notes(api)[0].startswith(note)


def _told(tmp_path: Path, action: str) -> Path:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"mockhoop: 1\nsessions: []\ntimeline: [{{name: now, told: true, do: [{action}]}}]\n")
    return file
