"""The parts of the proxy by themselves: what is counted, what is kept of a body, and what is covered of an exchange."""

import gzip
import zlib
from typing import Any

import pytest

from mockhoop.journals.entry import Entry
from mockhoop.messages import Call
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.server.proxy.copies import Copy
from mockhoop.server.proxy.covering import LONGEST_BODY, Cover
from mockhoop.server.proxy.passage import Passage
from mockhoop.server.proxy.summary import Tally
from mockhoop.server.proxy.witness import Witness
from mockhoop.service import build
from mockhoop.world.world import World


def violation(pointer: str = "/limit", **more: str) -> dict[str, str]:
    return {
        "location": "query",
        "pointer": pointer,
        "severity": "error",
        "code": "type",
        "message": "'x' is not of type 'integer'",
        **more,
    }


def entry(*violations: dict[str, str], **more: Any) -> Entry:
    told = {"method": "GET", "path": "/api/sessions", "operation": "GET /sessions", "status": 200, "at": "noon"}
    return Entry(**{**told, "violations": violations, **more})


def tally(*entries: Entry) -> Tally:
    made = Tally()
    for one in entries:
        made(one)
    return made


def test_violations_of_one_kind_are_told_together_with_the_first_of_them() -> None:
    later = entry(violation(message="'y' is not of type 'integer'"), path="/api/sessions/", at="later")
    assert tally(entry(violation()), later).text(9).splitlines() == [
        "2 calls to 1 of 9 operations",
        "the contract was broken in 1 way:",
        "  GET /sessions: query /limit type",
        "      'x' is not of type 'integer'",
        "      2 times, first at noon by GET /api/sessions",
    ]


def test_the_items_of_a_list_break_the_contract_in_one_way() -> None:
    made = tally(entry(*(violation(f"/data/{number}/id") for number in range(100))))
    assert [(one.pointer, one.count) for one in made.broken.values()] == [("/data/*/id", 100)]


def test_errors_come_before_doubts() -> None:
    made = tally(entry(violation("/a", severity="warning"), violation("/b")))
    kinds = [line.strip() for line in made.text(1).splitlines() if line.startswith("  GET")]
    assert kinds == ["GET /sessions: query /b type", "GET /sessions: query /a type (doubtful)"]


@pytest.mark.parametrize(
    ("severity", "strict", "failed"), [("error", False, True), ("warning", False, False), ("warning", True, True)]
)
def test_a_doubt_is_a_failure_only_for_who_is_strict(severity: str, strict: bool, failed: bool) -> None:
    assert tally(entry(violation(severity=severity))).failed(strict=strict) is failed


def test_kinds_of_violations_are_kept_apart_up_to_a_number() -> None:
    made = tally(entry(*(violation(f"/name{number}") for number in range(1500))))
    assert (len(made.broken), made.more) == (1000, 500)
    assert made.text(1).endswith("and 500 times in more ways than are kept apart")


def test_a_failure_is_one_even_where_there_is_no_room_for_it() -> None:
    doubts = [violation(f"/name{number}", severity="warning") for number in range(1500)]
    assert [tally(entry(*doubts, *more)).failed() for more in ((), (violation("/limit"),))] == [False, True]


def test_who_answered_is_counted() -> None:
    made = tally(*(entry(responder=one) for one in ("upstream", "mock", "proxy", "proxy")))
    assert made.text(3).splitlines() == [
        "4 calls to 1 of 3 operations, 1 answered by the mock, 2 answered by the proxy itself",
        "nothing broke the contract",
    ]


def copy(*pieces: bytes, most: int = 100) -> Copy:
    made = Copy(most)
    for piece in pieces:
        made.add(piece)
    return made


def test_a_copy_has_the_first_bytes_and_knows_the_size_of_all() -> None:
    made = copy(b"abc", b"defg", most=5)
    assert (made.content, made.size, made.whole) == (b"abcde", 7, False)


def test_a_copy_of_exactly_as_much_as_there_is_room_for_is_whole() -> None:
    made = copy(b"abc", b"de", b"", most=5)
    assert (made.content, made.whole) == (b"abcde", True)


def without_wrapping(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("X-GZip", gzip.compress), ("deflate", zlib.compress), ("deflate", without_wrapping)],
)
def test_a_compressed_body_is_read_without_the_headers_of_its_wire(encoding: str, pack: Any) -> None:
    headers = (("Content-Encoding", encoding), ("Content-Length", "9"), ("ETag", "1"))
    reading = copy(pack(b"hello")).read(headers)
    assert (reading.content, reading.headers, reading.whole, reading.encoding) == (b"hello", (("ETag", "1"),), True, "")


def test_what_unpacks_to_more_than_there_is_room_for_is_cut() -> None:
    reading = copy(gzip.compress(b"x" * 1_000_000), most=2_000).read((("Content-Encoding", "gzip"),))
    assert (len(reading.content), reading.whole) == (2_000, False)


@pytest.mark.parametrize(
    ("encoding", "content"), [("br", b"abc"), ("gzip, br", b"abc"), ("gzip", b"this was never packed")]
)
def test_what_cannot_be_unpacked_is_left_as_it_is(encoding: str, content: bytes) -> None:
    reading = copy(content).read((("Content-Encoding", encoding),))
    assert (reading.content, reading.headers) == (content, (("Content-Encoding", encoding),))
    assert reading.encoding != ""


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_a_body_that_is_not_compressed_is_what_it_is(encoding: str) -> None:
    assert copy(b"abc").read((("Content-Encoding", encoding),)).content == b"abc"


@pytest.fixture(scope="module")
def world() -> World:
    return build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=("empty",))).world


def test_nothing_secret_is_left_in_what_is_covered(world: World) -> None:
    secret = "s3cr3t"
    told = entry(
        query=f"access_token={secret}&a=1",
        request_headers=(("Authorization", f"Bearer {secret}"), ("Cookie", secret), ("Api-Key", secret), ("A", "1")),
        request_body=f'{{"password": "{secret}", "a": 1}}'.encode(),
        response_headers=(("Set-Cookie", secret), ("Set-Cookie", secret), ("Location", f"/x?token={secret}")),
        response_body=f"token={secret}&b=2".encode(),
    )
    covered = Cover(world)(told)
    assert secret not in repr(covered)
    assert (covered.query, dict(covered.request_headers)["A"]) == ("access_token=<token>&a=1", "1")
    assert [name for name, _ in covered.response_headers] == ["Set-Cookie", "Set-Cookie", "Location"]


@pytest.mark.parametrize(
    "told",
    [
        {"request_headers": (("Authorization", "Bearer s3cr3t-word"),)},
        {"request_headers": (("Cookie", "a=1; b=s3cr3t-word"),)},
        {"response_headers": (("Set-Cookie", "b=s3cr3t-word; HttpOnly"),)},
    ],
    ids=str,
)
def test_a_secret_of_a_header_that_is_repeated_elsewhere_is_covered_there(world: World, told: dict[str, Any]) -> None:
    message = {"location": "query", "pointer": "/a", "severity": "error", "code": "type", "message": "'s3cr3t-word'"}
    said = b'{"you": "sent s3cr3t-word"}'
    made = entry(path="/s3cr3t-word", query="a=s3cr3t-word", response_body=said, violations=(message,), **told)
    covered = Cover(world)(made)
    assert "s3cr3t" not in repr(covered)
    assert covered.response_body == b'{"you": "sent <secret>"}'


def test_a_secret_is_covered_also_as_it_stands_in_a_url(world: World) -> None:
    told = entry(request_headers=(("Cookie", "a=s3cr3t/word+1"),), response_body=b"/login?next=s3cr3t%2Fword%2B1")
    assert Cover(world)(told).response_body == b"/login?next=<secret>"


def test_what_the_proxy_itself_sends_as_a_secret_is_covered(world: World) -> None:
    cover = Cover(world, (("X-Api-Key", "s3cr3t-word"),))
    assert cover(entry(response_body=b"no key s3cr3t-word")).response_body == b"no key <secret>"


def test_a_word_that_is_no_likely_secret_stays_elsewhere(world: World) -> None:
    told = entry(request_headers=(("Authorization", "Bearer ada"),), response_body=b"canada")
    assert Cover(world)(told).response_body == b"canada"


def test_a_body_that_is_no_text_is_covered_byte_by_byte(world: World) -> None:
    body = b'\xff\xfe{"password": "s3cr3t"}\x00'
    assert Cover(world)(entry(response_body=body)).response_body == b'\xff\xfe{"password": "<secret>"}\x00'


def test_a_long_body_is_cut_where_it_is_covered(world: World) -> None:
    covered = Cover(world)(entry(response_body=b"x" * (LONGEST_BODY + 1)))
    assert (len(covered.response_body), covered.cut) == (LONGEST_BODY, True)


class FullDisk:
    """A journal that cannot be written any more."""

    def __init__(self) -> None:
        self.tried = 0

    def add(self, entry: Entry) -> None:
        self.tried += 1
        raise OSError(28, "No space left on device")


def test_a_journal_that_cannot_be_written_ends_and_all_else_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    journal, told = FullDisk(), list[Entry]()
    witness = Witness(world, None, journal, [told.append])  # type: ignore[arg-type]
    for _ in range(2):
        witness(Passage(call=Call("GET", "/"), headers=(), at=0, asked=Copy(1), answer=Copy(1), status=200))
    assert (journal.tried, [one.number for one in told], witness.tally.calls) == (1, [1, 2], 2)
    assert caplog.messages == ["the journal ends here, as it cannot be written: No space left on device"]
