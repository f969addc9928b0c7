"""Download links (sections 4.3, 5.1 and 5.2)."""

import pytest

from mockhoop.gateway.downloads import LINK_LIFETIME, NOT_ALLOWED, check_link, file_name, link_url
from mockhoop.gateway.records import DownloadLink, Refusal
from mockhoop.gateway.times import SECOND

ORIGIN = "https://use.hoop.dev"
ID = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
TOKEN = "ab" * 32
NOW = 1_721_922_995 * SECOND  # 2024-07-25T15:56:35Z
LINK = DownloadLink(ID, TOKEN, NOW + LINK_LIFETIME)
PATH = f"{ORIGIN}/api/sessions/{ID}/download"


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({"extension": "csv"}, "&extension=csv&newline=&event-time=&events="),
        (
            {"events": "o,e", "event-time": "1", "newline": "1", "extension": "txt"},
            "&extension=txt&newline=1&event-time=1&events=o,e",
        ),
        ({"extension": "a b&c=é%"}, "&extension=a b&c=é%&newline=&event-time=&events="),
        (
            {"extension": "txt", "new_line": "1", "token": "x", "blob-type": "other"},
            "&extension=txt&newline=&event-time=&events=",
        ),
        ({}, "&extension=&newline=&event-time=&events="),
    ],
    ids=["one option", "all options", "raw values", "others ignored", "none"],
)
def test_a_link_has_every_option_in_order_as_it_was_given(values: dict[str, str], query: str) -> None:
    """Section 4.3."""
    assert link_url(ORIGIN, ID, TOKEN, values) == f"{PATH}?token={TOKEN}{query}"


def test_a_link_to_the_input_has_the_token_only() -> None:
    """Section 4.3."""
    values = {"blob-type": "session_input", "extension": "txt", "newline": "1"}
    assert link_url(ORIGIN, ID, TOKEN, values) == f"{PATH}/input?token={TOKEN}"


def test_a_link_lives_five_minutes() -> None:
    """Section 4.3."""
    assert LINK_LIFETIME == 300 * SECOND


def test_who_may_not_download_is_told_with_the_status() -> None:
    """Section 4.3."""
    assert Refusal(403, "user is not allowed to download this session", repeat_status=True) == NOT_ALLOWED


def test_the_right_token_opens_the_link() -> None:
    """Section 5.1."""
    assert check_link(LINK, TOKEN, NOW) is None


NOT_FOUND = Refusal(404, "not found", repeat_status=True)
EXPIRED = Refusal(410, "session download link expired", repeat_status=True)
UNAUTHORIZED = Refusal(401, "unauthorized", repeat_status=True)
LATE = LINK.expires + 1


@pytest.mark.parametrize(
    ("link", "token", "now", "refusal"),
    [
        (None, TOKEN, NOW, NOT_FOUND),
        (None, "", LATE, NOT_FOUND),
        (LINK, TOKEN, LATE, EXPIRED),
        (LINK, "wrong", LATE, EXPIRED),
        (LINK, "", NOW, UNAUTHORIZED),
        (LINK, TOKEN[:-1], NOW, UNAUTHORIZED),
        (LINK, TOKEN.upper(), NOW, UNAUTHORIZED),
        (LINK, "é", NOW, UNAUTHORIZED),
        (LINK, "\udcff", NOW, UNAUTHORIZED),
    ],
    ids=[
        "none pending",
        "none pending comes first",
        "expired",
        "expiry before token",
        "no token",
        "short token",
        "upper case",
        "not ASCII",
        "not UTF-8",
    ],
)
def test_a_link_that_does_not_open_says_why(link: DownloadLink | None, token: str, now: int, refusal: Refusal) -> None:
    """Section 5.1: pending, then expiry, then the token; the status stands in the body too (section 1.5)."""
    assert check_link(link, token, now) == refusal


@pytest.mark.parametrize(("late", "refusal"), [(0, None), (1, EXPIRED)], ids=["at", "a nanosecond after"])
def test_a_link_is_good_up_to_the_instant_of_its_expiry(late: int, refusal: Refusal | None) -> None:
    """Section 5.1 leaves the instant itself open."""
    assert check_link(LINK, TOKEN, LINK.expires + late) == refusal


@pytest.mark.parametrize(
    ("extension", "end"),
    [
        ("csv", "csv"),
        ("", ""),
        ("tar.gz", "tar.gz"),
        ("../é x", "../é x"),
        ("a\r\nX-Evil: 1\0", "a  X-Evil: 1 "),
        ("\udcff", "?"),
    ],
    ids=["usual", "empty ends with a dot", "two dots", "verbatim", "no line break", "no undecodable byte"],
)
def test_a_file_is_named_after_connection_session_and_second(extension: str, end: str) -> None:
    """Section 5.1."""
    assert file_name("pgdemo", ID, NOW, extension) == f"pgdemo-{ID}-20240725-155635.{end}"
