"""Using download links: once, in time, with the right token, and what is in the file (sections 5.1, 5.2 and 12)."""

from typing import Any

import pytest

NOT_FOUND = (404, b'{"message":"not found","status":404}')
EXPIRED = (410, b'{"message":"session download link expired","status":410}')
UNAUTHORIZED = (401, b'{"message":"unauthorized","status":401}')
MINUTE = 60 * 10**9


def path(number: int) -> str:
    return f"/sessions/00000000-0000-4000-8000-0000000000{number:02}/download"


def token(number: int) -> str:
    return f"{number:02}" * 32


async def download(gateway: Any, number: int, query: str = "extension=txt", *, with_token: int = 0) -> Any:
    """A file of a session that has a pending link; ``with_token`` takes the token of another one."""
    return await gateway.get(f"{path(number)}?token={token(with_token or number)}&{query}", token=None)


async def outcome(gateway: Any, number: int, with_token: int = 0) -> Any:
    answer = await download(gateway, number, with_token=with_token)
    return answer.status, b"" if answer.status == 200 else answer.body


# Links


async def test_a_link_works_once(api: Any) -> None:
    gateway = await api("downloads")
    assert [await outcome(gateway, 1), await outcome(gateway, 1)] == [(200, b""), NOT_FOUND]


async def test_a_wrong_token_uses_the_link_up(api: Any) -> None:
    gateway = await api("downloads")
    wrong = await outcome(gateway, 5, with_token=6)
    assert [wrong, await outcome(gateway, 5), await outcome(gateway, 6)] == [UNAUTHORIZED, NOT_FOUND, (200, b"")]


@pytest.mark.parametrize("query", ["", "?token=", "?token=0101", "?token=%00", "?token=%ff", "?Token=" + "01" * 32])
async def test_so_does_no_token_or_part_of_it(api: Any, query: str) -> None:
    gateway = await api("downloads", validation="report")
    first = await gateway.get(path(1) + query, token=None)
    assert [(first.status, first.body), await outcome(gateway, 1)] == [UNAUTHORIZED, NOT_FOUND]


async def test_a_token_in_capitals_is_another_one(api: Any) -> None:
    gateway = await api("downloads")
    link = (await gateway.get(f"{path(10).removesuffix('/download')}?extension=txt")).json["download_url"]
    target, _, rest = link.partition("/api")[2].partition("token=")
    shouted = f"{target}token={rest[:64].upper()}{rest[64:]}"
    assert (await gateway.get(shouted, token=None)).status == 401


async def test_an_expired_link_says_so_once(api: Any) -> None:
    gateway = await api("downloads")
    assert [await outcome(gateway, 3), await outcome(gateway, 3)] == [EXPIRED, NOT_FOUND]


async def test_expiry_is_told_before_a_wrong_token(api: Any) -> None:
    assert await outcome(await api("downloads"), 3, with_token=1) == EXPIRED


@pytest.mark.parametrize(("later", "expected"), [(5 * MINUTE, (200, b"")), (5 * MINUTE + 1, EXPIRED)])
async def test_a_link_works_for_five_minutes_to_the_nanosecond(api: Any, later: int, expected: Any) -> None:
    gateway = await api("downloads")
    gateway.service.world.clock.advance(later)
    assert await outcome(gateway, 1) == expected


async def test_at_the_very_instant_of_its_expiry_a_link_works(api: Any) -> None:
    assert await outcome(await api("downloads"), 2) == (200, b"")


async def test_without_a_pending_link_nothing_is_found(api: Any) -> None:
    assert await outcome(await api("downloads"), 4) == NOT_FOUND


@pytest.mark.parametrize("session", ["nonsense", "11111111-1111-4111-8111-111111111111", "%00", "%FF"])
async def test_an_id_that_nobody_has_is_not_found_whatever_it_looks_like(api: Any, session: str) -> None:
    answer = await (await api("downloads")).get(f"/sessions/{session}/download?token=x", token=None)
    assert (answer.status, answer.body) == NOT_FOUND


async def test_head_uses_the_link_up(api: Any) -> None:
    gateway = await api("downloads")
    head = await gateway.request("HEAD", f"/api{path(1)}?token={token(1)}&extension=txt", token=None)
    assert (head.status, head.body, head.headers["Accept-Length"]) == (200, b"", "6")
    assert await outcome(gateway, 1) == NOT_FOUND


async def test_a_new_link_takes_the_place_of_the_old_one_and_the_old_one_burns_it(api: Any) -> None:
    gateway = await api("downloads")
    session = path(1).removesuffix("/download")
    links = [
        (await gateway.get(f"{session}?extension=txt&{more}", user)).json["download_url"].partition("/api")[2]
        for user, more in (("john", ""), ("ada", "blob-type=session_input"))
    ]
    statuses = [(await gateway.get(link, token=None)).status for link in links]
    assert statuses == [401, 404]


async def test_the_newest_link_works(api: Any) -> None:
    gateway = await api("downloads")
    session = path(1).removesuffix("/download")
    link = ""
    for user in ("john", "ada", "otto"):
        link = (await gateway.get(f"{session}?extension=txt", user)).json["download_url"].partition("/api")[2]
    assert (await gateway.get(link, token=None)).body == b"hello\n"


async def test_the_token_of_either_kind_opens_the_other(api: Any) -> None:
    gateway = await api("downloads")
    answer = await gateway.get(f"{path(1)}/input?token={token(1)}", token=None)
    assert (answer.status, answer.body) == (200, b"echo hello")
    assert await outcome(gateway, 1) == NOT_FOUND


@pytest.mark.parametrize("signed_in_as", [None, "ada", "dora", "nobody"])
async def test_whoever_has_the_link_may_use_it(api: Any, signed_in_as: str | None) -> None:
    answer = await (await api("downloads")).get(f"{path(1)}?token={token(1)}&extension=txt", signed_in_as)
    assert answer.status == 200


async def test_a_world_of_its_own_does_not_notice_what_is_used_up_in_another(api: Any) -> None:
    one, other = await api("downloads"), await api("downloads")
    assert [await outcome(one, 1), await outcome(other, 1)] == [(200, b""), (200, b"")]


# Headers


async def test_the_headers_of_a_file(api: Any) -> None:
    answer = await download(await api("downloads"), 10, "extension=csv")
    name = "bash-00000000-0000-4000-8000-000000000010-20240801-120000.csv"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["Accept-Length"] == str(len(answer.body)) == "66"
    assert "Cache-Control" not in answer.headers


async def test_a_file_is_stamped_with_the_time_of_the_download(api: Any) -> None:
    gateway = await api("downloads")
    gateway.service.world.clock.advance(61 * 10**9 + 999_999_999)
    answer = await download(gateway, 10)
    assert answer.headers["Content-Disposition"].endswith("-20240801-120101.txt")


@pytest.mark.parametrize(
    ("extension", "end"), [("", "."), ("tar.gz", ".tar.gz"), ("a%20b", ".a b"), ("a%0D%0AX-Evil:1", ".a  X-Evil:1")]
)
async def test_any_extension_ends_the_name_and_none_breaks_the_header(api: Any, extension: str, end: str) -> None:
    answer = await download(await api("downloads"), 10, f"extension={extension}")
    assert answer.headers["Content-Disposition"].endswith(f"-20240801-120000{end}")
    assert "X-Evil" not in answer.headers


# Contents

TABS = b'id\tname\tcity\n1\tAnn, B.\tBonn\n2\t"Bo"\t\n'
PARTS = [b"ls", b"report.txt\n", b"secret.txt\n", b"ls: cannot open directory: Permission denied"]


@pytest.mark.parametrize(
    ("number", "query", "expected"),
    [
        pytest.param(10, "extension=txt", b"".join(PARTS[1:]), id="output and errors"),
        pytest.param(10, "", b"".join(PARTS[1:]), id="no extension"),
        pytest.param(10, "extension=txt&events=i", PARTS[0], id="input"),
        pytest.param(10, "extension=txt&events=e", PARTS[3], id="errors"),
        pytest.param(10, "extension=txt&events=e,i,o", b"".join(PARTS), id="all, in stored order"),
        pytest.param(10, "extension=txt&events=x,i,b", PARTS[0], id="unknown kinds are dropped"),
        pytest.param(10, "extension=txt&events=I,%20o", b"".join(PARTS[1:]), id="nothing left is output and errors"),
        pytest.param(10, "extension=txt&events=", b"".join(PARTS[1:]), id="no kinds"),
        pytest.param(10, "extension=txt&events=i&events=o", PARTS[0], id="the first list counts"),
        pytest.param(10, "extension=txt&newline=1&events=i,e", PARTS[0] + b"\n" + PARTS[3] + b"\n", id="line breaks"),
        pytest.param(16, "extension=txt&newline=1", b"a\nb\nc\n", id="line break after each event"),
        pytest.param(16, "extension=txt&newline=true", b"abc", id="only 1 asks for line breaks"),
        pytest.param(16, "extension=txt&new_line=1", b"abc", id="the documented name is not read"),
        pytest.param(
            10,
            "extension=txt&event-time=1&newline=1&events=o,e",
            b"2024-08-01T10:50:00Z report.txt\n\n2024-08-01T10:50:01Z secret.txt\n\n2024-08-01T10:51:01Z "
            + PARTS[3]
            + b"\n",
            id="times in whole seconds, cut off",
        ),
        pytest.param(15, "extension=txt", TABS, id="tabs"),
        pytest.param(15, "extension=csv", TABS.replace(b"\t", b","), id="tabs as commas, nothing quoted"),
        pytest.param(15, "extension=my-csv", TABS.replace(b"\t", b","), id="ends in csv"),
        pytest.param(15, "extension=CSV", TABS, id="csv in capitals"),
        pytest.param(15, "extension=csvx", TABS, id="does not end in csv"),
        pytest.param(11, "extension=txt", b"", id="empty recording"),
        pytest.param(11, "extension=json", b"null", id="empty recording as JSON"),
        pytest.param(12, "extension=txt", b"", id="no recording"),
        pytest.param(12, "extension=json", b"", id="no recording as JSON"),
        pytest.param(13, "extension=txt", b"", id="only input"),
        pytest.param(13, "extension=json", b"null", id="only input as JSON"),
        pytest.param(17, "extension=txt", b"\x1b[0;34mbin\x1b[0m  \x1b[1;32mrun\x1b[0m\n", id="colours"),
        pytest.param(18, "extension=png", b"\xff\xd8\xff\xe0\x00\x10JFIF\n", id="bytes as they are"),
        pytest.param(23, "extension=bin", b"\0\0\0\0", id="NUL bytes"),
        pytest.param(24, "extension=txt", b"Microsoft Windows\r\n\r\n", id="Windows line breaks"),
        pytest.param(27, "extension=txt&events=b", b"", id="bitmaps are never in a file"),
        pytest.param(
            16,
            "extension=json",
            b'[{"stream":"a","time":"2024-08-01T10:44:00Z","type":"o"},'
            b'{"stream":"b","time":"2024-08-01T10:44:00Z","type":"o"},'
            b'{"stream":"c","time":"2024-08-01T10:44:00Z","type":"o"}]',
            id="JSON",
        ),
        pytest.param(
            16,
            "extension=ndjson&newline=1&event-time=1&events=i",
            b'[{"stream":"printf abc","time":"2024-08-01T10:44:00Z","type":"i"}]',
            id="ends in json, other options do not matter",
        ),
        pytest.param(
            21,
            "extension=json",
            rb'[{"stream":"\u003ca href=\"?x=1\u0026y=2\"\u003eR\u0026D\u003c/a\u003e\u2028\n",'
            b'"time":"2024-08-01T10:39:00Z","type":"o"}]',
            id="markup in JSON is escaped",
        ),
        pytest.param(
            18,
            "extension=json",
            rb'[{"stream":"\ufffd\ufffd\ufffd\ufffd\u0000\u0010JFIF","time":"2024-08-01T10:42:00Z","type":"o"},'
            rb'{"stream":"\n","time":"2024-08-01T10:42:00Z","type":"o"}]',
            id="bytes that are no text are replaced in JSON",
        ),
    ],
)
async def test_a_file_has_what_was_asked_for(api: Any, number: int, query: str, expected: bytes) -> None:
    gateway = await api("downloads", validation="report")
    answer = await download(gateway, number, query)
    assert (answer.status, answer.body) == (200, expected)
    assert answer.headers["Accept-Length"] == str(len(expected))


async def test_a_character_that_was_cut_in_two_is_whole_in_a_file_and_broken_in_json(api: Any) -> None:
    gateway = await api("downloads")
    assert (await download(gateway, 19)).body.decode() == "café€\n"
    broken = (await (await api("downloads")).get(f"{path(19)}?token={token(19)}&extension=json", token=None)).json
    assert "€" not in "".join(event["stream"] for event in broken)


async def test_a_long_file_arrives_whole(api: Any) -> None:
    body = (await download(await api("downloads"), 28)).body
    assert len(body) > 65536
    assert len(set(body.split(b"\n"))) == 2


# The input


async def input_of(gateway: Any, number: int) -> Any:
    return await gateway.get(f"{path(number)}/input?token={token(number)}", token=None)


async def test_the_input_is_a_text_file_whatever_was_asked_for(api: Any) -> None:
    gateway = await api("downloads")
    answer = await gateway.get(f"{path(25)}/input?token={token(25)}&extension=csv&newline=1", token=None)
    assert answer.body.decode() == 'SELECT 1;\n-- "two"\tüber\nSELECT 2;\n'
    assert answer.headers["Content-Disposition"].endswith("-20240801-120000.txt")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Accept-Length"] == str(len(answer.body))


async def test_an_empty_input_is_an_empty_file(api: Any) -> None:
    answer = await input_of(await api("downloads"), 12)
    assert (answer.status, answer.body, answer.headers["Accept-Length"]) == (200, b"", "0")


async def test_the_link_to_an_input_works_once_too(api: Any) -> None:
    gateway = await api("downloads")
    assert [(await input_of(gateway, 25)).status, (await input_of(gateway, 25)).status] == [200, 404]


async def test_an_expired_link_to_an_input_says_so(api: Any) -> None:
    answer = await input_of(await api("downloads"), 3)
    assert (answer.status, answer.body) == EXPIRED
