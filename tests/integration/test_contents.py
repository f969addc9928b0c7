"""Contents that are no objects: what is put at a path is what is got there."""

from pathlib import Path

import pytest

from mockhoop.snapshots import read, write
from mockhoop.world.changes import Restore

from .strangers import Stranger

UPLOADS = Path(__file__).parents[1] / "documents" / "uploads.yaml"
BYTES = b"\x00\xff\x10 not text"


@pytest.fixture
def api() -> Stranger:
    return Stranger(UPLOADS, base="/api")


def put(api: Stranger, name: str, content: bytes) -> int:
    return api.exchange("PUT", f"/blobs/{name}", content, Content_Type="application/octet-stream").reply.status


def got(api: Stranger, name: str) -> tuple[int, bytes, str]:
    reply = api.exchange("GET", f"/blobs/{name}").reply
    return reply.status, reply.body, reply.content_type


def test_what_was_put_is_given_back_to_the_byte(api: Stranger) -> None:
    assert put(api, "one", BYTES) == 204
    assert got(api, "one") == (200, BYTES, "application/octet-stream")


def test_other_contents_are_not_touched(api: Stranger) -> None:
    before = got(api, "two")
    put(api, "one", BYTES)
    assert got(api, "two") == before


def test_what_is_put_last_counts(api: Stranger) -> None:
    put(api, "one", BYTES)
    put(api, "one", b"other")
    assert got(api, "one")[1] == b"other"


def test_contents_are_in_snapshots(api: Stranger) -> None:
    put(api, "one", BYTES)
    world = api.service.world
    text = write(world.snapshot(), api.service.contract)
    put(api, "one", b"other")
    world.apply([Restore(read(text, api.service.repertoire, world.base))])
    assert got(api, "one")[1] == BYTES


def test_a_world_that_is_full_takes_no_more_contents(api: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.responders.generic.contents.MOST_ITEMS", 1)
    assert [put(api, "one", BYTES), put(api, "two", BYTES)] == [204, 507]
