"""The reports of a verification: each has what failed and why, and nothing that is secret."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from mockhoop.journals.entry import Entry
from mockhoop.verify.outcome import LATE, Part, Report, State, Step
from mockhoop.verify.reports.data import json_report
from mockhoop.verify.reports.junit import junit_report
from mockhoop.verify.reports.page import html_report
from mockhoop.verify.reports.text import text_report
from mockhoop.verify.secrets import Cover

STARTED = "2024-08-01T12:00:00"
ENTRY = Entry(
    method="GET",
    path="/sessions",
    query="limit=2",
    request_headers=(("Authorization", "Bearer secret-token"),),
    status=200,
    response_headers=(("Content-Type", "application/json"),),
    response_body=b'{"data": "<script>alert(1)</script>\\u0000"}',
)


@pytest.fixture
def report() -> Report:
    failed = Step(
        name="it is <newest> first",
        state=State.FAILED,
        problems=("body/data/0/id: it is 1, not 2", "total \x00 & more"),
        user="erin@example.com",
        seconds=0.25,
        exchange=ENTRY,
    )
    steps = [Step(name="it works", state=State.PASSED, seconds=0.5, exchange=ENTRY), failed]
    steps.append(Step(name="it waits", state=State.SKIPPED, why="no token", calls=0))
    parts = [Part(name="a-story", title="A story", steps=steps), Part(name="other", why="it needs faults")]
    return Report(target="http://127.0.0.1/api", contract="hoop.yaml", parts=parts, seconds=1.5, notes=["a note"])


def test_the_text_tells_what_failed_and_counts_the_rest(report: Report) -> None:
    assert text_report(report).splitlines() == [
        "http://127.0.0.1/api, held against hoop.yaml",
        "note: a note",
        "a-story: 1 passed, 1 failed, 1 skipped",
        "  FAILED it is <newest> first (as erin@example.com)",
        "    GET /sessions?limit=2 -> 200",
        "    body/data/0/id: it is 1, not 2",
        "    total \x00 & more",
        "  skipped 1: no token",
        "other: left out: it needs faults",
        "1 passed, 1 failed, 1 skipped in 1.5 s",
    ]


# JUnit XML, in the shape that the schemas in use have in common

SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}
CASE = {"name", "classname", "time"}
BELOW = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "failure", "error"},
    "skipped": set(),
    "failure": set(),
    "error": set(),
}


def shape(element: ElementTree.Element) -> None:
    assert {one.tag for one in element} <= BELOW[element.tag]
    if element.tag == "testsuite":
        assert element.attrib.keys() == SUITE
        assert element[0].tag == "properties"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", element.attrib["timestamp"])
        cases = element.findall("testcase")
        assert int(element.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
    elif element.tag == "testcase":
        assert element.attrib.keys() == CASE
        assert len(element) <= 1
    elif element.tag in ("failure", "error"):
        assert element.attrib.keys() == {"message", "type"}
    for one in element:
        shape(one)


@pytest.mark.parametrize("broken_off", ["", "the server answers no longer"])
def test_junit_has_the_usual_shape_and_counts_right(report: Report, broken_off: str) -> None:
    report.broken_off = broken_off
    root = ElementTree.fromstring(junit_report(report, STARTED))
    shape(root)
    for count in ("tests", "failures", "errors", "skipped"):
        assert int(root.attrib[count]) == sum(int(suite.attrib[count]) for suite in root)


def test_junit_tells_why_something_failed_with_the_call(report: Report) -> None:
    failure = ElementTree.fromstring(junit_report(report, STARTED)).find(".//failure")
    assert failure is not None
    assert failure.attrib["message"] == "body/data/0/id: it is 1, not 2"
    assert "GET /sessions?limit=2" in str(failure.text)
    assert "\x00" not in str(failure.text)


def test_junit_says_what_was_left_out(report: Report) -> None:
    skipped = ElementTree.fromstring(junit_report(report, STARTED)).findall(".//skipped")
    assert [one.attrib["message"] for one in skipped] == ["no token", "it needs faults"]


def test_the_json_has_everything(report: Report) -> None:
    told = json.loads(json_report(report, STARTED))
    assert told["counts"] == {"passed": 1, "failed": 1, "skipped": 1}
    assert (told["exit_code"], told["calls"], told["started"]) == (1, 2, "2024-08-01T12:00:00Z")
    assert [part["left_out"] for part in told["parts"]] == [None, "it needs faults"]
    assert told["parts"][0]["steps"][1]["exchange"]["query"] == "limit=2"


class Page(HTMLParser):
    """Which elements a page has, what they refer to, whether all are closed."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.ids |= {str(given["id"])} if "id" in given else set()
        self.links |= {str(given[name]) for name in ("href", "src") if name in given}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_beside_it(report: Report) -> None:
    page = Page(html_report(report, STARTED).decode())
    assert page.open == []
    assert page.links == {"#a-story-1"}
    assert "a-story-1" in page.ids
    assert "script" not in page.tags
    assert page.tags.count("details") == 2


def test_a_report_without_failures_lists_none() -> None:
    step = Step(name="it works", state=State.PASSED)
    report = Report(target="http://h/api", contract="c", parts=[Part(name="p", steps=[step])])
    assert Page(html_report(report, STARTED).decode()).links == set()


@pytest.mark.parametrize(
    ("step", "broken_off", "code"),
    [
        (Step(name="a", state=State.PASSED), "", 0),
        (Step(name="a", state=State.SKIPPED, why="no token"), "", 0),
        (Step(name="a", state=State.SKIPPED, why=LATE), "", 1),
        (Step(name="a", state=State.FAILED), "", 1),
        (Step(name="a", state=State.FAILED), "it is gone", 2),
    ],
)
def test_the_exit_code_tells_whether_all_is_well(step: Step, broken_off: str, code: int) -> None:
    report = Report(target="t", contract="c", parts=[Part(name="p", steps=[step])], broken_off=broken_off)
    assert report.exit_code == code


# Secrets

COVER = Cover({"erin@example.com": "erins-secret", "ada@example.com": "ada"}, ["blue-tenant"])


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("by erins-secret", "by <token of erin@example.com>"),
        ("erins-secret@example.com", "erins-secret@example.com"),
        ("X: blue-tenant", "X: <secret>"),
        ("by ada, in canada", "by <token of ada@example.com>, in canada"),
        ("/download?token=abc&extension=csv", "/download?token=<token>&extension=csv"),
        ('{"download_url": "http://h/d?token=abc\\u0026extension=csv"}', None),
        ('{"password": "a\\"b", "name": "c"}', '{"password": "<secret>", "name": "c"}'),
        ('{"access_token": "abc"}', '{"access_token": "<secret>"}'),
    ],
)
def test_secrets_stand_behind_placeholders(text: str, covered: str | None) -> None:
    wanted = covered or text.replace("token=abc", "token=<token>")
    assert COVER.text(text) == wanted


def test_headers_that_let_somebody_in_are_covered() -> None:
    given = (("Authorization", "Bearer erins-secret"), ("Api-Key", "k"), ("Set-Cookie", "s=1; path=/"), ("Accept", "x"))
    assert COVER.headers(given) == (
        ("Authorization", "Bearer <token of erin@example.com>"),
        ("Api-Key", "<secret>"),
        ("Set-Cookie", "<secret>"),
        ("Accept", "x"),
    )


def test_a_long_body_is_cut_and_said_so() -> None:
    covered = COVER.entry(Entry(method="GET", path="/sessions", status=200, response_body=b"x" * 1_000_000))
    assert covered.cut
    assert len(covered.response_body) == 64 * 1024
