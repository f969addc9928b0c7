"""Any document's collections are remembered: what is added is listed, what is removed is gone."""

import json

import pytest

from mockhoop.errors import SourceError
from mockhoop.repertoire import Settings
from mockhoop.service import build
from mockhoop.snapshots import read, write
from mockhoop.world.changes import Restore

from .strangers import PETS, Stranger

MERGE = {"Content_Type": "application/merge-patch+json"}


def test_a_list_shows_a_page_and_tells_of_the_rest() -> None:
    found = Stranger().ask("GET", "/pets")
    assert [pet["id"] for pet in found["data"]] == [1, 2, 3]
    assert (found["total"], found["has_more"], found["next"]) == (10, True, "/v1/pets?offset=3")


def test_the_last_page_tells_that_it_is_the_last() -> None:
    found = Stranger().ask("GET", "/pets?offset=9")
    assert (len(found["data"]), found["has_more"], found["next"]) == (1, False, None)


def test_a_declared_header_tells_how_many_there_are() -> None:
    assert ("X-Total-Count", "10") in Stranger().exchange("GET", "/pets").reply.headers


def test_an_item_is_the_same_in_the_list_and_by_its_id() -> None:
    api = Stranger()
    assert all(api.ask("GET", f"/pets/{pet['id']}") == pet for pet in api.ask("GET", "/pets?limit=10")["data"])


def test_the_same_seed_gives_the_same_items_in_any_order() -> None:
    one, other = Stranger(seed=5), Stranger(seed=5)
    late = other.ask("GET", "/pets/7")
    assert one.ask("GET", "/pets") == other.ask("GET", "/pets")
    assert one.ask("GET", "/pets/7") == late
    assert Stranger(seed=6).ask("GET", "/pets/7") != late


def test_what_is_added_is_read_back_and_listed_last() -> None:
    api = Stranger()
    made = api.ask("POST", "/pets", {"name": "Rex", "status": "sold"})
    assert made["id"] == 11
    assert (made["name"], made["status"]) == ("Rex", "sold")
    assert api.ask("GET", "/pets/11") == made
    assert api.ask("GET", "/pets?limit=100")["data"][-1] == made


def test_the_answer_to_adding_says_where_the_item_is() -> None:
    assert ("Location", "/v1/pets/11") in Stranger().exchange("POST", "/pets", {"name": "Rex"}).reply.headers


def test_what_is_written_only_is_never_shown() -> None:
    assert "password" not in Stranger().ask("POST", "/pets", {"name": "Rex", "password": "secret"})


def test_a_new_item_is_made_now_and_its_id_is_the_servers_to_give() -> None:
    api = Stranger()
    made = api.ask("POST", "/pets", {"name": "Rex"})
    now = api.service.world.clock.now() // 1_000_000_000
    from datetime import datetime

    assert abs(datetime.fromisoformat(made["created_at"]).timestamp() - now) < 60
    assert api.ask("POST", "/pets", {"name": "Max"})["id"] == made["id"] + 1


def test_a_patch_changes_only_what_it_names() -> None:
    api = Stranger()
    before = api.ask("GET", "/pets/2")
    after = api.ask("PATCH", "/pets/2", {"name": "Rex", "id": 77}, **MERGE)
    assert after == {**before, "name": "Rex", "updated_at": after["updated_at"]}
    assert api.ask("GET", "/pets/2") == after


def test_what_is_removed_is_gone_from_everywhere() -> None:
    api = Stranger()
    assert api.status("DELETE", "/pets/2") == 204
    assert api.status("GET", "/pets/2") == 404
    assert api.status("DELETE", "/pets/2") == 404
    assert 2 not in [pet["id"] for pet in api.ask("GET", "/pets?limit=100")["data"]]


def test_what_was_added_and_removed_is_not_listed() -> None:
    api = Stranger()
    before = api.ask("GET", "/pets?limit=100")
    api.ask("POST", "/pets", {"name": "Rex"})
    api.status("DELETE", "/pets/11")
    assert api.ask("GET", "/pets?limit=100") == before


def test_an_id_of_something_removed_is_not_given_again() -> None:
    api = Stranger()
    api.ask("POST", "/pets", {"name": "Rex"})
    api.status("DELETE", "/pets/11")
    assert api.ask("POST", "/pets", {"name": "Max"})["id"] == 12


def test_a_filter_finds_by_a_property_of_the_items() -> None:
    found = Stranger().ask("GET", "/pets?limit=100&status=sold")
    assert {pet["status"] for pet in found["data"]} == {"sold"}
    assert found["total"] == len(found["data"]) < 10


def test_a_list_is_sorted_as_asked() -> None:
    ids = [pet["id"] for pet in Stranger().ask("GET", "/pets?limit=100&sort=-id")["data"]]
    assert ids == sorted(ids, reverse=True)


def test_a_nested_collection_belongs_to_its_parent() -> None:
    api = Stranger()
    assert {visit["pet_id"] for visit in api.ask("GET", "/pets/3/visits")} == {3}
    made = api.ask("POST", "/pets/3/visits", {"note": "hello"})
    assert made in api.ask("GET", "/pets/3/visits")
    assert made not in api.ask("GET", "/pets/4/visits")


def test_what_belongs_to_something_removed_is_gone_too() -> None:
    api = Stranger()
    api.status("DELETE", "/pets/3")
    assert api.status("GET", "/pets/3/visits") == 404
    assert api.status("POST", "/pets/3/sell") == 404


def test_an_action_on_an_item_shows_it() -> None:
    api = Stranger()
    assert api.ask("POST", "/pets/3/sell") == api.ask("GET", "/pets/3")


def test_something_of_which_there_is_only_one_is_remembered() -> None:
    api = Stranger()
    before = api.ask("GET", "/settings")["theme"]
    other = "light" if before == "dark" else "dark"
    api.ask("PUT", "/settings", {"theme": other, "size": 9})
    assert api.ask("GET", "/settings") == {"theme": other, "size": 9}


def test_an_item_that_the_contract_never_calls_missing_is_made_when_it_is_asked_for() -> None:
    api = Stranger()
    assert api.ask("GET", "/notes/anything")["title"] == "anything"
    assert api.status("DELETE", "/notes/anything") == 204
    assert api.status("GET", "/notes/anything") == 404


def test_a_call_that_breaks_the_contract_changes_nothing() -> None:
    api = Stranger()
    assert api.status("POST", "/pets", {"status": "sold"}) == 400
    assert api.ask("GET", "/pets")["total"] == 10


def test_worlds_do_not_see_one_another() -> None:
    api = Stranger()
    api.ask("POST", "/pets", {"name": "Rex"})
    other = api.service.worlds.get("other")
    assert len(other.world.table("items")) == 0


def test_a_reset_forgets_and_a_snapshot_brings_back() -> None:
    api = Stranger()
    made = api.ask("POST", "/pets", {"name": "Rex"})
    world = api.service.world
    text = write(world.snapshot(), api.service.contract)
    world.reset()
    assert api.status("GET", "/pets/11") == 404
    world.apply([Restore(read(text, api.service.repertoire, world.base))])
    assert api.ask("GET", "/pets/11") == made


def test_without_memory_nothing_is_remembered_and_everything_is_there() -> None:
    api = Stranger(memory=False)
    api.ask("POST", "/pets", {"name": "Rex"})
    assert api.status("DELETE", "/pets/1") == 204
    assert api.status("GET", "/pets/1") == 200
    assert api.status("GET", "/pets/4711") == 200


@pytest.mark.parametrize(
    ("told", "mistake"),
    [
        ("{idd: x}", "unknown key 'idd'"),
        ("{count: 0}", "count is a whole number from 1 to 10000"),
        ("{memory: 1}", "memory is true or false"),
        ("[]", "x-mockhoop is a mapping"),
    ],
)
def test_what_is_told_of_a_collection_and_cannot_be_is_refused_with_its_place(tmp_path, told, mistake) -> None:
    document = tmp_path / "pets.yaml"
    document.write_text(PETS.read_text().replace("{id: title, count: 2}", told))
    with pytest.raises(SourceError, match=mistake) as refused:
        build(Settings(contract=document)).pipeline.stage  # noqa: B018
    assert refused.value.problems[0].line > 1


def test_a_path_that_is_told_to_forget_remembers_nothing(tmp_path) -> None:
    document = tmp_path / "pets.yaml"
    document.write_text(PETS.read_text().replace("{id: title, count: 2}", "{memory: false}"))
    api = Stranger(document)
    assert api.status("DELETE", "/notes/a") == 204
    assert api.status("GET", "/notes/a") == 200


def test_a_missing_item_is_told_in_the_shape_of_the_documents_errors() -> None:
    reply = Stranger().exchange("GET", "/pets/99").reply
    assert json.loads(reply.body) == {"code": 404, "message": "there is nothing at /v1/pets/99", "details": []}


def test_an_empty_list_counts_none_in_its_header() -> None:
    api = Stranger()
    for one in api.ask("GET", "/pets?limit=100")["data"]:
        api.ask("DELETE", f"/pets/{one['id']}")
    assert dict(api.exchange("GET", "/pets").reply.headers)["X-Total-Count"] == "0"


def test_a_world_that_is_full_says_so_and_takes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.responders.generic.memory.MOST_ITEMS", 2)
    api = Stranger()
    made = [api.status("POST", "/pets", {"name": "Rex"}) for _ in range(3)]
    assert made == [201, 201, 507]
