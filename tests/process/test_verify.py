"""``mockhoop verify`` as a command: what it prints, what it writes, how it ends."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import Run, Serve
from .processes import MOCKHOOP, PATIENCE, Server, eventually

TEN = """\
mockhoop: 1
include: [empty]
expect: [{name: ten sessions, call: "GET /sessions", user: ada@example.com, status: 200, body: {total: 10}}]
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(folder=tmp_path_factory.mktemp("served"))
    yield made
    made.stop()


def test_a_mock_passes_and_the_reports_say_the_same(mockhoop: Run, served: Server, tmp_path: Path) -> None:
    reports = ("--report-junit", "a.xml", "--report-json", "a.json", "--report-html", "a.html")
    done = mockhoop("verify", "--base-url", served.url, "-s", "contract-story", "--only", "scenarios", *reports)
    assert (done.code, done.err.replace("scenarios\n", "")) == (0, "")
    passed = re.search(r"^(\d+) passed in ", done.out, re.MULTILINE)
    assert passed is not None
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["counts"] == {"passed": int(passed[1]), "failed": 0, "skipped": 0}
    assert ElementTree.parse(tmp_path / "a.xml").getroot().attrib["tests"] == passed[1]
    assert f"{passed[1]} passed" in (tmp_path / "a.html").read_text()


def test_nothing_secret_is_in_a_report(mockhoop: Run, served: Server, tmp_path: Path) -> None:
    reports = ("--report-junit", "a.xml", "--report-json", "a.json", "--report-html", "a.html")
    mockhoop("verify", "--base-url", served.url, "-s", "contract-story", "--only", "scenarios", *reports)
    for name in ("a.xml", "a.json", "a.html"):
        text = (tmp_path / name).read_text()
        assert re.findall(r"Bearer (?!<|&lt;)\S+", text) == []
        assert re.findall(r"token=[0-9a-f]{8}", text) == []


def test_a_failure_ends_with_1_and_tells_where(mockhoop: Run, served: Server, tmp_path: Path) -> None:
    (tmp_path / "ten.yaml").write_text(TEN)
    done = mockhoop("verify", "--base-url", served.url, "-s", "ten.yaml", "--only", "scenarios")
    assert done.code == 1
    assert (
        "FAILED ten sessions (as ada@example.com)\n    GET /sessions -> 200\n    body/total: it is 0, not 10\n"
        in done.out
    )


def test_an_address_without_the_base_path_is_noted(mockhoop: Run, served: Server) -> None:
    origin = f"http://127.0.0.1:{served.port}"
    done = mockhoop("verify", "--base-url", origin, "-s", "documented-example", "--only", "scenarios")
    assert done.code == 1
    assert f"note: the paths of the contract are usually behind {origin}/api: is that meant?" in done.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_it_gets_the_reports_and_leaves_nothing_behind(
    served: Server, tmp_path: Path, number: signal.Signals
) -> None:
    options = ("--base-url", served.url, "--only", "contract", "--report-json", "a.json")
    process = subprocess.Popen([*MOCKHOOP, "verify", *options], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    worlds = lambda: [one["name"] for one in served.ask("GET", "/__mockhoop/worlds").json]  # noqa: E731
    eventually(lambda: len(worlds()) > 1, "a world for it")
    process.send_signal(number)
    _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told.splitlines()[-1]) == (2, "Error: it was interrupted")
    assert json.loads((tmp_path / "a.json").read_text())["broken_off"] == "it was interrupted"
    assert worlds() == ["default"]


def test_of_another_contract_calls_are_made_up_and_nothing_of_hoops_is_played(
    serve: Serve, mockhoop: Run, tmp_path: Path
) -> None:
    shop = str(Path(__file__).parents[1] / "documents" / "shop.yaml")
    options = ("--base-url", serve(shop).url, "--contract", shop, "--examples", "1", "--report-json", "a.json")
    done = mockhoop("verify", *options)
    assert done.code == 0
    assert [one["name"] for one in json.loads((tmp_path / "a.json").read_text())["parts"]] == ["contract"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    only = mockhoop("verify", *options, "--only", "scenarios")
    assert (only.code, only.out) == (2, "")
    assert "the shipped scenarios are those of Hoop's contract: name one of yours with --scenario" in only.err


def test_an_address_where_nobody_listens_ends_with_2_and_a_report(mockhoop: Run, tmp_path: Path) -> None:
    done = mockhoop("verify", "--base-url", "http://127.0.0.1:9/api", "--report-junit", "a.xml")
    assert (done.code, done.err) == (2, "Error: http://127.0.0.1:9 cannot be reached: connection refused\n")
    error = ElementTree.parse(tmp_path / "a.xml").getroot().find(".//error")
    assert error is not None
    assert "cannot be reached" in error.attrib["message"]


def test_a_report_that_cannot_be_written_ends_with_2_and_the_others_are(
    mockhoop: Run, served: Server, tmp_path: Path
) -> None:
    (tmp_path / "full.json").symlink_to("/dev/full")
    reports = ("--report-json", "full.json", "--report-html", "a.html")
    done = mockhoop("verify", "--base-url", served.url, "-s", "documented-example", "--only", "scenarios", *reports)
    assert (done.code, done.err) == (2, "Error: full.json cannot be written: no space left on device\n")
    assert " passed in " in done.out
    assert " passed" in (tmp_path / "a.html").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--base-url", "ftp://gateway"),
            '"ftp://gateway" is no address of a server, such as https://use.hoop.dev/api',
        ),
        (("-s", "contract-stry"), 'there is no scenario "contract-stry" (did you mean "contract-story"?)'),
        (("-s", "default"), 'the scenario "default" expects nothing (write calls under expect)'),
        (("--set", "conection=a"), "--set conection: no scenario gives a value called conection (known: connection, "),
        (("--user", "eva@b.c=t"), "--user eva@b.c: no scenario has a person called eva@b.c (known: ada@example.com, "),
        (
            ("--user", "erin@example.com:hunter2"),
            "--user: what is given has no = in it, or nothing in front (write --user erin@example.com=TOKEN)",
        ),
        (("--header", "Authorization hunter2"), "--header: what is given is no header"),
        (("--header", "X Tenant: hunter2"), '--header: "X Tenant: …" is no header'),
        (("--ca-file", "nowhere.pem"), "nowhere.pem is no file of certificates (PEM): no such file or directory"),
        (("--include", "GET /session"), 'the contract has no operation "GET /session" (did you mean "GET /sessions"?)'),
        (("--time-limit", "5"), "--time-limit: "),
        (("--report-html", "nowhere/a.html"), "nowhere/a.html cannot be written: there is no folder nowhere"),
    ],
)
def test_a_mistake_of_use_ends_with_2_and_says_what_to_do(
    mockhoop: Run, options: tuple[str, ...], message: str
) -> None:
    address = () if "--base-url" in options else ("--base-url", "http://127.0.0.1:9/api")
    done = mockhoop("verify", *address, *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err
    assert "hunter2" not in done.err
