"""What ``mockhoop serve`` says when it starts, and what its options do."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockhoop.resources import spec_dir

from .conftest import Serve
from .processes import READY, SESSION, Server

VIOLATIONS = "x-mockhoop-violations"
# The gateway ignores an unknown name here; the contract does not allow it.
BREAKS_THE_CONTRACT = f"/sessions/{SESSION}?event_stream=nonsense"


def test_the_start_shows_the_base_url(started: Server) -> None:
    assert f" at http://127.0.0.1:{started.port}/api\n" in started.out


def test_the_token_that_the_start_shows_signs_in(started: Server) -> None:
    shown = re.search(r"^token of \S+ \(admin\): (\S+)$", started.out, re.MULTILINE)
    assert shown is not None
    assert started.get("/sessions", token=shown[1]).status == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_curl_that_the_start_shows_works_when_pasted(started: Server) -> None:
    shown = re.search(r"^try: (curl .*)$", started.out, re.MULTILINE)
    assert shown is not None
    pasted = subprocess.run(["bash"], input=f"{shown[1]}\n", capture_output=True, text=True, check=True, timeout=60)
    assert len(json.loads(pasted.stdout)["data"]) == 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_curl_works_when_pasted_also_with_a_quote_in_the_token(serve: Serve, one_session: Path) -> None:
    one_session.write_text(one_session.read_text().replace("token: ada", """token: "a'$HOME" """))
    shown = re.search(r"^try: (curl .*)$", serve("-s", one_session).out, re.MULTILINE)
    assert shown is not None
    pasted = subprocess.run(["bash"], input=f"{shown[1]}\n", capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(pasted.stdout)["total"] == 1


def test_the_start_says_how_many_corrections_were_applied(started: Server) -> None:
    overlay = spec_dir() / "overlays" / "hoop.yaml"
    actions = len(re.findall(r"^ *- target:", overlay.read_text(), re.MULTILINE))
    assert f"{actions} corrections applied from {overlay}\n" in started.out


def test_the_ready_line_is_the_last_and_tells_programs_everything(started: Server) -> None:
    line = started.out.splitlines()[-1]
    assert line.startswith(READY)
    ready = json.loads(line.removeprefix(READY))
    url = urlsplit(ready["url"])
    assert (url.port, url.path) == (ready["port"], "/api")
    assert (ready["host"], ready["pid"], ready["token"]) == ("127.0.0.1", started.process.pid, "ada")


def test_port_0_picks_a_free_port(serve: Serve, started: Server) -> None:
    assert serve("-s", "empty").port not in (0, 8009, started.port)


def test_a_world_that_is_made_at_once_needs_no_progress_bar(started: Server) -> None:
    assert "making the world" not in started.log


def with_another_action(folder: Path, action: str) -> Path:
    """The shipped contract, its overlay longer by an action."""
    shutil.copytree(spec_dir(), folder / "spec")
    with (folder / "spec" / "overlays" / "hoop.yaml").open("a") as overlay:
        overlay.write(action)
    return folder / "spec" / "hoop.yaml"


def test_the_start_warns_of_a_correction_that_matches_nothing(serve: Serve, tmp_path: Path) -> None:
    contract = with_another_action(tmp_path, "  - target: $.paths['/gone'].get\n    remove: true\n")
    server = serve(contract, "-s", "empty")
    overlay = tmp_path / "spec" / "overlays" / "hoop.yaml"
    line = len(overlay.read_text().splitlines()) - 1
    assert f"Warning: {overlay}:{line}:13: the overlay's target $.paths['/gone'].get matches nothing" in server.log


def test_check_responses_reports_what_our_own_answers_break(serve: Serve, tmp_path: Path) -> None:
    action = "  - target: $.components.schemas['openapi.SessionList']\n    update: {required: [never_there]}\n"
    server = serve(with_another_action(tmp_path, action), "-s", "empty", "--check-responses")
    found = json.loads(server.get("/sessions").headers[VIOLATIONS])
    assert [(one["location"], one["code"]) for one in found] == [("response.body", "required")]


def test_a_call_that_breaks_the_contract_is_refused_by_default(small: Server) -> None:
    answer = small.get(BREAKS_THE_CONTRACT)
    assert (answer.status, answer.json["validation"][0]["pointer"]) == (422, "/event_stream")


def test_with_validation_report_the_call_is_answered_and_reported(serve: Serve, one_session: Path) -> None:
    answer = serve("-s", one_session, "--validation", "report").get(BREAKS_THE_CONTRACT)
    assert answer.status == 200
    assert json.loads(answer.headers[VIOLATIONS])[0]["pointer"] == "/event_stream"


def test_with_validation_off_nobody_looks(serve: Serve, one_session: Path) -> None:
    answer = serve("-s", one_session, "--validation", "off").get(BREAKS_THE_CONTRACT)
    assert (answer.status, VIOLATIONS in answer.headers) == (200, False)


def test_without_a_token_nobody_gets_in(small: Server) -> None:
    assert small.get("/sessions", token=None).status == 401


def test_no_auth_treats_everybody_as_the_admin(serve: Serve, one_session: Path) -> None:
    assert serve("-s", one_session, "--no-auth").get("/sessions", token=None).json["total"] == 1


def cors_headers(server: Server) -> set[str]:
    answers = [server.get("/sessions"), server.ask("OPTIONS", "/api/sessions"), server.ask("GET", "/api/nowhere")]
    return {name for answer in answers for name in answer.headers if name.startswith("access-control-")}


def test_the_gateways_cors_headers_are_sent(small: Server) -> None:
    assert "access-control-allow-origin" in cors_headers(small)


def test_no_cors_leaves_them_out(serve: Serve) -> None:
    assert cors_headers(serve("-s", "empty", "--no-cors")) == set()


def test_scenarios_are_layered_in_the_order_in_which_they_are_given(serve: Serve, one_session: Path) -> None:
    one_session.write_text(
        "mockhoop: 1\nsessions:\n  - {user: ada@example.com, connection: pgdemo, script: SELECT 2}\n"
    )
    assert serve("-s", "empty", "-s", one_session).get("/sessions").json["total"] == 1


def test_a_file_of_the_working_directory_does_not_hide_a_shipped_scenario(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("nonsense")
    assert serve("-s", "empty").get("/sessions").json["total"] == 0


GENERATED = """\
mockhoop: 1
seed: 1
clock: {start: 2024-07-25T15:56:35Z, frozen: true}
users: [{name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: pgdemo, type: database, subtype: postgres}]
sessions: [{generate: 20}]
"""


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    path = tmp_path / "generated.yaml"
    path.write_text(GENERATED)
    return path


def test_the_same_seed_gives_the_same_bytes_on_every_start(serve: Serve, generated: Path) -> None:
    lists = [serve("-s", generated, "--seed", "7").get("/sessions").body for _ in range(2)]
    assert lists[0] == lists[1]


def test_the_seed_on_the_command_line_wins_over_the_scenarios(serve: Serve, generated: Path) -> None:
    servers = [serve("-s", generated), serve("-s", generated, "--seed", "2")]
    ids = [{session["id"] for session in server.get("/sessions").json["data"]} for server in servers]
    assert len(ids[0]) == 20
    assert ids[0].isdisjoint(ids[1])


def test_none_generated_is_an_empty_list(serve: Serve, generated: Path) -> None:
    generated.write_text(GENERATED.replace("generate: 20", "generate: 0"))
    assert serve("-s", generated).get("/sessions").json["data"] == []


def test_the_older_contract_is_served_by_its_name(serve: Serve) -> None:
    server = serve("hoop-1.49.10", "-s", "empty")
    assert server.get("/sessions").headers["server"] == "hoopgateway/1.49.10"


def test_a_host_of_ipv6_is_shown_in_brackets(serve: Serve) -> None:
    if not Path("/proc/net/if_inet6").exists() or not Path("/proc/net/if_inet6").read_text():
        pytest.skip("needs IPv6")
    assert serve("-s", "empty", "--host", "::1").url.startswith("http://[::1]:")


def test_the_console_script_is_the_same_program(serve: Serve) -> None:
    script = shutil.which("mockhoop", path=str(Path(sys.executable).parent))
    assert script is not None
    assert serve("-s", "empty", command=(script,)).get("/sessions").status == 200
