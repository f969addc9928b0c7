"""``mockhoop check`` and ``mockhoop routes``, and the command line itself."""

import re
import sys
from pathlib import Path

import pytest

from mockhoop import __version__
from mockhoop.contract.document import load_contract
from mockhoop.resources import scenarios_dir, spec_dir

from .conftest import Run
from .processes import ONE_SESSION

CONTRACT = """\
openapi: 3.0.3
info: {title: A shop, version: '1'}
paths:
  /items:
    get: {responses: {'200': {description: Some.}}}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(ONE_SESSION)
    (tmp_path / "shop.yaml").write_text(CONTRACT)
    (tmp_path / "bad.yaml").write_text("mockhoop: 1\nsede: 1\n")
    (tmp_path / "worse.yaml").write_text("mockhoop: 1\nsede: 1\nusers: 3\n")
    (tmp_path / "bad-shop.yaml").write_text(CONTRACT.replace("title: A shop, ", "title: [], "))
    (tmp_path / "no-hoop.yaml").write_text(CONTRACT + "x-mockhoop: {profile: hoop, release: 1.148.0}\n")


def test_check_finds_nothing_wrong_with_what_is_shipped(mockhoop: Run) -> None:
    done = mockhoop("check")
    shipped = [*sorted(spec_dir().glob("*.yaml")), *sorted(scenarios_dir().glob("*.yaml"))]
    assert (done.code, done.err) == (0, "")
    assert [line.partition(" (")[0] for line in done.out.splitlines()] == [f"{path}: ok" for path in shipped]
    assert f"{scenarios_dir() / 'empty.yaml'}: ok (3 answers, 0 steps, 0 states)" in done.out


def test_check_takes_contracts_and_scenarios_alike(mockhoop: Run) -> None:
    done = mockhoop("check", "good.yaml", "shop.yaml")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"good.yaml: ok \(.*\)\nshop.yaml: ok\n", done.out)


@pytest.mark.parametrize(
    ("file", "count", "first"),
    [
        ("bad.yaml", "1 mistake", 'bad.yaml:2:1: unknown key "sede" (did you mean "seed"?)'),
        ("worse.yaml", "2 mistakes", 'worse.yaml:2:1: unknown key "sede" (did you mean "seed"?)'),
        ("bad-shop.yaml", "1 mistake", "bad-shop.yaml:2:15: a list is not a text"),
        ("no-hoop.yaml", "1 mistake", "no-hoop.yaml: the profile hoop needs the schema"),
    ],
)
def test_check_ends_with_1_and_tells_every_mistake(mockhoop: Run, file: str, count: str, first: str) -> None:
    done = mockhoop("check", file)
    assert (done.code, done.out) == (1, f"{file}: {count}\n")
    assert done.err.startswith(first)


def test_check_goes_on_after_a_file_with_mistakes(mockhoop: Run) -> None:
    done = mockhoop("check", "bad.yaml", "good.yaml")
    assert done.code == 1
    assert done.out.startswith("bad.yaml: 1 mistake\ngood.yaml: ok (")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("missing.yaml", "Error: missing.yaml: no such file or directory\n"),
        (".", "Error: .: is a directory\n"),
    ],
)
def test_check_ends_with_2_when_a_file_cannot_be_read(mockhoop: Run, file: str, said: str) -> None:
    done = mockhoop("check", file, "bad.yaml")
    assert (done.code, done.err.startswith(said)) == (2, True)


def test_check_counts_a_correction_that_matches_nothing(mockhoop: Run, tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    overlay = tmp_path / "overlays" / "shop.yaml"
    overlay.write_text("overlay: 1.0.0\nactions:\n  - target: $.paths['/gone']\n    remove: true\n")
    done = mockhoop("check", "shop.yaml")
    assert (done.code, done.out) == (1, "shop.yaml: 1 mistake\n")
    assert done.err.startswith("overlays/shop.yaml:3:13: the overlay's target $.paths['/gone'] matches nothing")


def test_check_warns_of_what_is_odd_and_finds_no_mistake_in_it(mockhoop: Run, tmp_path: Path) -> None:
    header = "{X: {schema: {type: integer}, example: a}}"
    odd = f"  /odd: {{get: {{responses: {{'200': {{description: Odd., headers: {header}}}}}}}}}\n"
    (tmp_path / "odd.yaml").write_text(CONTRACT + odd)
    done = mockhoop("check", "odd.yaml")
    assert (done.code, done.out) == (0, "odd.yaml: ok\n")
    assert re.fullmatch(r"Warning: odd\.yaml:6:\d+: .*the example .* is not of type integer.*\n", done.err)


def test_routes_lists_each_operation_and_who_answers_it(mockhoop: Run) -> None:
    done = mockhoop("routes")
    assert done.code == 0
    listed = [re.split(r"  +", line, maxsplit=2) for line in done.out.splitlines()]
    contract = load_contract(spec_dir() / "hoop.yaml")
    assert [line[0] for line in listed] == [operation.key for operation in contract.operations]
    assert {line[1] for line in listed} == {"hoop", "memory", "generic"}
    assert ["GET /sessions", "hoop"] in listed


def test_routes_takes_any_contract(mockhoop: Run) -> None:
    done = mockhoop("routes", "shop.yaml")
    assert (done.code, done.out) == (0, "GET /items  generic\n")


def test_routes_refuses_what_is_no_contract(mockhoop: Run) -> None:
    done = mockhoop("routes", "good.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: good.yaml:1:1: not an OpenAPI 3 document")


def test_help_lists_the_commands(mockhoop: Run) -> None:
    done = mockhoop("--help")
    assert done.code == 0
    for command in ("serve", "check", "routes"):
        assert f"\n  {command} " in done.out


@pytest.mark.parametrize("command", ["serve", "check", "routes"])
def test_each_command_has_its_own_help(mockhoop: Run, command: str) -> None:
    done = mockhoop(command, "--help")
    assert (done.code, done.out.startswith(f"Usage: mockhoop {command} ")) == (0, True)


def test_the_version_is_that_of_the_package(mockhoop: Run) -> None:
    assert mockhoop("--version").out == f"mockhoop, version {__version__}\n"


def test_a_misspelt_command_is_told_with_a_suggestion(mockhoop: Run) -> None:
    done = mockhoop("serv")
    assert (done.code, "there is no command 'serv'. Did you mean 'serve'?" in done.err) == (2, True)


def test_an_unknown_command_is_told_with_those_that_there_are(mockhoop: Run) -> None:
    done = mockhoop("dance")
    known = "serve, mock, check, routes, verify, proxy, record, coverage, diff, replay, minimise, gallery, schema"
    assert (done.code, f"Commands: {known}." in " ".join(done.err.split())) == (2, True)


SLOW_TO_IMPORT = {"aiohttp", "faker", "openapi_core", "openapi_spec_validator", "yaml", "jsonpath", "structlog"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["serve", "--help"]], ids=" ".join)
def test_help_imports_nothing_that_is_slow(mockhoop: Run, arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from mockhoop.cli import main\n"
        "try: main(prog_name='mockhoop')\n"
        "except SystemExit: print('\\n' + ' '.join(sys.modules))"
    )
    modules = set(mockhoop(command=(sys.executable, "-c", code)).out.splitlines()[-1].split())
    assert "mockhoop.cli" in modules
    assert modules & SLOW_TO_IMPORT == set()
