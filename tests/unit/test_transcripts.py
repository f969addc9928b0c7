"""Transcripts look like what the connection produces, and are the same for the same seed."""

import re
import unicodedata
from itertools import pairwise
from struct import unpack_from

import pytest

from mockhoop.values.chance import Chance
from mockhoop.values.transcripts import VARIANTS, Transcript, transcript
from mockhoop.values.transcripts.pgwire import bind, data_row, error, parse, query, row_description

SUBTYPES = (
    *("postgres", "mysql", "mssql", "oracledb", "mongodb", "dynamodb", "cloudwatch", "bash", "custom"),
    *("command-line", "ssh", "kubernetes", "k8s", "ruby-on-rails", "rails-console", "python", "nodejs"),
    *("application", "httpproxy", "tcp", "", "never-heard-of"),
)
VERBS = ("exec", "connect")
CHANCE = Chance(1)


def variants(subtype: str, verb: str = "exec", seed: int = 1) -> list[Transcript]:
    return [transcript(Chance(seed), subtype, verb, variant) for variant in range(VARIANTS)]


def said(one: Transcript, kinds: str = "oe") -> bytes:
    return b"".join(payload for _, kind, payload in one.events if kind in kinds)


def outputs(subtype: str, verb: str = "exec") -> list[str]:
    return [said(one, "o").decode(errors="replace") for one in variants(subtype, verb)]


EACH = [pytest.param(s, v, id=f"{s or 'none'}-{v}") for s in SUBTYPES for v in VERBS]


# What holds for all of them.


def test_there_are_at_least_twelve_variants() -> None:
    assert VARIANTS >= 12


@pytest.mark.parametrize(("subtype", "verb"), EACH)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_two_variants_say_the_same(subtype: str, verb: str, seed: int) -> None:
    told = {(one.script, said(one, "ioe")) for one in variants(subtype, verb, seed)}
    assert len(told) == VARIANTS


@pytest.mark.parametrize(("subtype", "verb"), EACH)
def test_events_are_in_the_order_of_time_and_not_empty(subtype: str, verb: str) -> None:
    for one in variants(subtype, verb):
        times = [seconds for seconds, _, _ in one.events]
        assert all(isinstance(seconds, float) for seconds in times)
        assert times[0] > 0
        assert all(before < after for before, after in pairwise(times))
        assert all(payload for _, _, payload in one.events)


@pytest.mark.parametrize(("subtype", "verb"), EACH)
def test_an_error_text_closes_exactly_the_failed_ones(subtype: str, verb: str) -> None:
    for one in variants(subtype, verb):
        kinds = "".join(kind for _, kind, _ in one.events)
        assert re.fullmatch("[io]+e" if one.exit_code else "[io]+", kinds)


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_an_executed_script_is_the_one_input(subtype: str) -> None:
    for one in variants(subtype):
        seconds, kind, payload = one.events[0]
        assert (kind, payload.decode()) == ("i", one.script)
        assert seconds < 0.1
        assert all(kind != "i" for _, kind, _ in one.events[1:])


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_a_script_has_no_control_characters_that_cannot_be_stored(subtype: str) -> None:
    for one in variants(subtype):
        assert one.script
        odd = {c for c in one.script if unicodedata.category(c) == "Cc"}
        assert odd <= set("\b\f\n\r\t")


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_a_conversation_takes_turns_over_a_minute_or_more(subtype: str) -> None:
    made = variants(subtype, "connect")
    assert all(one.script == "" for one in made)
    for one in made:
        kinds = "".join(kind for _, kind, _ in one.events)
        assert len(re.findall("io", kinds)) >= 1
    assert sum(one.events[-1][0] > 60 for one in made) > VARIANTS // 2


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_some_executions_fail_but_most_do_not(subtype: str) -> None:
    failed = sum(one.exit_code != 0 for one in variants(subtype))
    assert 0 < failed < VARIANTS // 2


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_some_executions_print_nothing(subtype: str) -> None:
    assert any(len(one.events) == 1 for one in variants(subtype))


@pytest.mark.parametrize("subtype", sorted(set(SUBTYPES) - {"cloudwatch", "dynamodb"}))
def test_some_output_is_not_ascii(subtype: str) -> None:
    assert any(not text.isascii() for text in outputs(subtype))


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_some_output_is_long(subtype: str) -> None:
    assert max(text.count("\n") for text in outputs(subtype)) >= 200


@pytest.mark.parametrize("subtype", ["postgres", "mysql", "mssql", "mongodb", "kubernetes", "bash"])
def test_some_output_has_about_twenty_kilobytes(subtype: str) -> None:
    assert 15_000 < max(len(said(one)) for one in variants(subtype)) < 60_000


def test_a_transcript_does_not_depend_on_what_was_made_before() -> None:
    places = [(s, v, i) for s in SUBTYPES[:6] for v in VERBS for i in (0, 7, 13)]
    forwards = {place: transcript(Chance(90), *place) for place in places}
    _forget()
    assert {place: transcript(Chance(90), *place) for place in reversed(places)} == forwards


def _forget() -> None:
    from mockhoop.values import transcripts

    transcripts._transcript.cache_clear()


def test_another_seed_gives_another_transcript() -> None:
    assert len({transcript(Chance(seed), "mysql", "exec", 0).script for seed in range(9)}) > 6


def test_variants_start_over() -> None:
    assert transcript(CHANCE, "bash", "exec", VARIANTS + 3) == transcript(CHANCE, "bash", "exec", 3)


def test_only_conversations_with_postgres_are_wire_protocol() -> None:
    wired = {(s, v) for s in SUBTYPES for v in VERBS if any(one.wire_protocol for one in variants(s, v))}
    assert wired == {("postgres", "connect")}


# What each kind of connection prints.


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def marks(line: str, mark: str) -> list[int]:
    """The columns of the screen at which the mark stands."""
    return [width(line[: found.start()]) for found in re.finditer(re.escape(mark), line)]


def test_psql_aligns_its_columns() -> None:
    tables = [text.splitlines() for text in outputs("postgres") if re.match(r".*\n-+(\+-+)+\n", text)]
    assert len(tables) >= 5
    for heading, line, *rows in tables:
        footer = next(i for i, row in enumerate(rows) if row.startswith("("))
        assert rows[footer] == ("(1 row)" if footer == 1 else f"({footer} rows)")
        for row in (heading, *rows[:footer]):
            assert marks(row, "|") == marks(line, "+")


def test_psql_prints_tabs_without_alignment() -> None:
    assert sum(bool(re.match(r"(\w+\t)+\w+\n", text)) for text in outputs("postgres")) >= 5


def test_psql_says_where_the_mistake_is() -> None:
    mistakes = [text for text in outputs("postgres") if text.startswith("ERROR:  syntax")]
    assert mistakes
    for text in mistakes:
        _, line, caret, *_ = text.split("\n")
        assert line[caret.index("^") :].startswith("SELCT")


def test_mysql_draws_borders_and_prints_batches() -> None:
    drawn = [text.splitlines() for text in outputs("mysql") if text.startswith("+--")]
    assert drawn
    for table in drawn:
        assert table[0] == table[2] == table[-1]
        assert all(marks(row, "|") == marks(table[0], "+") for row in table[3:-1])
    assert any(re.match(r"(\w+\t)+\w+\n\d+\t", text) for text in outputs("mysql"))


def test_sqlcmd_underlines_its_columns() -> None:
    tables = [
        text.replace("\r", "").split("\n") for text in outputs("mssql") if re.search(r"^-+( -+)+\r?$", text, re.M)
    ]
    assert len(tables) >= 5
    for heading, line, *rows in tables:
        end = rows.index("")
        assert re.fullmatch(r"\(\d+ rows? affected\)", rows[end + 1])
        assert all(width(row) == width(line) for row in (heading, *rows[:end]))


@pytest.mark.parametrize(
    ("subtype", "form"),
    [
        ("mssql", r"\(\d+ rows affected\)\r\n"),
        ("oracledb", r"\nCITY +ORDERS +TOTAL"),
        ("oracledb", r"\d rows selected\."),
        ("mongodb", r'^\{ "_id" : ObjectId\("[0-9a-f]{24}"\), "name" : '),
        ("mongodb", r"MongoServerError\[Unauthorized\]"),
        ("dynamodb", r'"ScannedCount": \d+'),
        ("bash", r"^total \d+\n[d-][rwx-]{9} "),
        ("bash", r"Filesystem +Size +Used"),
        ("bash", r"\x1b\[33m[0-9a-f]{7}\x1b\[0m "),
        ("bash", r"command not found"),
        ("bash", r"\r +10% \[##  "),
        ("bash", r"\r\n"),
        ("bash", r"[^\n]\Z"),
        ("bash", "\t"),
        ("bash", "\ufffd"),
        ("custom", r"你好"),
        ("kubernetes", r"^NAME +READY +STATUS +RESTARTS +AGE\n"),
        ("kubernetes", r"Error from server \(NotFound\)"),
        ("ruby-on-rails", r"=> \d+\n"),
        ("python", r"Traceback \(most recent call last\)"),
        ("nodejs", r"\x1b\[33m"),
    ],
)
def test_output_looks_like_its_client(subtype: str, form: str) -> None:
    assert any(re.search(form, text, re.MULTILINE if form.startswith("^") else 0) for text in outputs(subtype))


def test_kubectl_aligns_its_columns() -> None:
    tables = [text.splitlines() for text in outputs("kubernetes") if text.startswith("NAME ")]
    assert tables
    for heading, *rows in tables:
        starts = [found.start() for found in re.finditer(r"(?<= )\S", heading)]
        assert all(row[start - 1] == " " != row[start] for row in rows for start in starts)


def test_exit_codes_are_those_of_the_agent() -> None:
    codes = {one.exit_code for subtype in SUBTYPES for one in variants(subtype)}
    assert {0, 1, 2, 3, 127} <= codes


def test_a_script_that_sleeps_takes_its_time() -> None:
    sleeping = [one for one in variants("postgres") if "pg_sleep" in one.script]
    assert sleeping
    for one in sleeping:
        found = re.search(r"pg_sleep\((\d+)\)", one.script)
        assert found
        assert one.events[-1][0] >= int(found[1])


def test_scripts_have_quotes_tabs_lines_and_accents() -> None:
    scripts = [one.script for one in variants("postgres")]
    for sign in ("''", '"', "\t", "\n", "\r\n", "ü"):
        assert any(sign in script for script in scripts), sign


@pytest.mark.parametrize(
    ("subtype", "prompt"),
    [("mysql", "mysql> "), ("mongodb", "shop> "), ("ruby-on-rails", "irb(main):001> "), ("ssh", ":~$ ")],
)
def test_a_console_prompts_for_the_next_input(subtype: str, prompt: str) -> None:
    for one in variants(subtype, "connect"):
        answers = [p.decode() for _, kind, p in one.events if kind == "o"]
        assert all(text.endswith(prompt) for text in answers[:-1])


def test_a_terminal_echoes_what_is_typed() -> None:
    for one in variants("ssh", "connect"):
        for (_, kind, typed), (_, _, shown) in pairwise(one.events):
            if kind == "i":
                assert shown.startswith(typed.split(b"\r")[0] + b"\r\n")


def test_http_messages_tell_the_length_of_their_bodies() -> None:
    for one in variants("httpproxy", "connect"):
        for _, _, payload in one.events:
            head, _, body = payload.partition(b"\r\n\r\n")
            found = re.search(rb"Content-Length: (\d+)", head)
            if not payload.startswith(b"read tcp") and not payload.startswith(b"session killed"):
                assert re.match(rb"(GET|POST|DELETE) /\S* HTTP/1.1\r\n|HTTP/1.1 \d{3} ", head)
                assert len(body) == (int(found[1]) if found else 0)


# PostgreSQL's wire protocol.


def messages(payload: bytes) -> list[tuple[str, bytes]]:
    """Cut a payload into messages: type and body. Lengths that are wrong do not come out even."""
    found = []
    while payload:
        (length,) = unpack_from("!i", payload, 1)
        assert 4 <= length < len(payload)
        found.append((chr(payload[0]), payload[5 : length + 1]))
        payload = payload[length + 1 :]
    return found


def spoken(kind: str) -> list[tuple[str, bytes]]:
    made = variants("postgres", "connect")
    return [m for one in made for _, k, payload in one.events if k == kind for m in messages(payload)]


def test_the_frontend_speaks_with_all_its_messages() -> None:
    assert {letter for letter, _ in spoken("i")} == set("pQPBDESX")


def test_the_backend_speaks_with_all_its_messages() -> None:
    assert {letter for letter, _ in spoken("o")} == set("RSKZTDCE12")


def test_every_input_is_one_message() -> None:
    for one in variants("postgres", "connect"):
        assert all(len(messages(payload)) == 1 for _, kind, payload in one.events if kind == "i")


def test_every_conversation_has_a_query() -> None:
    for one in variants("postgres", "connect"):
        assert any(payload[:1] == b"Q" for _, kind, payload in one.events if kind == "i")


def test_queries_end_with_one_nul() -> None:
    queries = [body for letter, body in spoken("i") if letter == "Q"]
    assert all(body.endswith(b"\0") and body.count(b"\0") == 1 for body in queries)


def test_prepared_statements_name_their_parameters() -> None:
    for body in (body for letter, body in spoken("i") if letter == "P"):
        name, sql, parameters = body.split(b"\0", 2)
        assert (name, parameters) == (b"", b"\0\0")
        assert "Größe" in sql.decode()
        assert b"$1" in sql


def test_rows_have_as_many_values_as_there_are_columns() -> None:
    columns = 0
    for letter, body in spoken("o"):
        if letter == "T":
            (columns,) = unpack_from("!h", body)
        if letter == "D":
            values = row_values(body)
            assert len(values) == columns > 0


def row_values(body: bytes) -> list[bytes | None]:
    (count,), place, values = unpack_from("!h", body), 2, list[bytes | None]()
    for _ in range(count):
        (length,) = unpack_from("!i", body, place)
        place += 4
        values.append(None if length < 0 else body[place : place + length])
        place += max(0, length)
    assert place == len(body)
    return values


def test_every_answer_ends_ready_for_the_next_query() -> None:
    for one in variants("postgres", "connect"):
        for _, kind, payload in one.events:
            if kind == "o":
                assert messages(payload)[-1] in (("Z", b"I"), ("Z", b"T"))


@pytest.mark.parametrize(
    ("packet", "wanted"),
    [
        (query("SELECT 1"), b"Q\0\0\0\rSELECT 1\0"),
        (parse("SELECT $1", "s"), b"P\0\0\0\x12s\0SELECT $1\0\0\0"),
        (bind(["é"]), b"B\0\0\0\x12\0\0\0\0\0\x01\0\0\0\x02\xc3\xa9\0\0"),
        (
            data_row((1, None, True, "x")),
            b"D\0\0\0\x19\0\x04\0\0\0\x011\xff\xff\xff\xff\0\0\0\x01t\0\0\0\x01x",
        ),
        (error("42P01", "no"), b"E\0\0\0\x22SERROR\0VERROR\0C42P01\0Mno\0P15\0\0"),
        (
            row_description(("id",), (1,)),
            b"T\0\0\0\x1b\0\x01id\0\0\0\x40\x10\0\x01\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0",
        ),
    ],
    ids=["query", "parse", "bind", "row", "error", "columns"],
)
def test_a_message_has_its_bytes(packet: bytes, wanted: bytes) -> None:
    assert packet == wanted
