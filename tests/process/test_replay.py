"""``mockhoop serve --journal``, ``mockhoop replay`` and ``mockhoop minimise`` as commands."""

from pathlib import Path

import pytest

from .conftest import Serve
from .processes import ONE_SESSION, SESSION, Finished, Server, eventually, run

PETS = Path(__file__).parents[1] / "integration" / "pets.yaml"
NOTHING = "00000000-0000-4000-8000-000000000009"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The journal of a server that was asked for a session, twice, and for one that is not there, and was killed."""
    folder = tmp_path_factory.mktemp("kept")
    path = folder / "said.jsonl"
    (folder / "one.yaml").write_text(ONE_SESSION)
    server = Server("-s", "./one.yaml", "--journal", path, folder=folder)
    try:
        for session in (SESSION, SESSION, NOTHING):
            server.get(f"/sessions/{session}")
        eventually(lambda: path.read_text().count('{"exchange"') == 3, "three exchanges in the file")
    finally:
        server.kill()
    return path.read_text()


@pytest.fixture
def said(kept: str, tmp_path: Path) -> Path:
    path = tmp_path / "said.jsonl"
    path.write_text(kept)
    return path


def last(finished: Finished) -> str:
    return finished.out.splitlines()[-1]


def test_a_journal_is_played_again_and_all_is_the_same(said: Path, tmp_path: Path) -> None:
    done = run("replay", said, folder=tmp_path)
    assert (done.code, done.out, done.err) == (0, "3 exchanges played: none answered otherwise\n", "")


def test_an_answer_that_was_another_one_is_found(said: Path, tmp_path: Path) -> None:
    said.write_text(said.read_text().replace('"status":404', '"status":410'))
    done = run("replay", said, folder=tmp_path)
    assert (done.code, done.out) == (
        1,
        f"3. GET /api/sessions/{NOTHING} by ada@example.com → 410\n"
        "  status: it was 410, now it is 404\n"
        "3 exchanges played: 1 answered otherwise\n",
    )


def test_of_a_broken_file_what_can_be_read_is_played(said: Path, tmp_path: Path) -> None:
    lines = said.read_text().splitlines()
    said.write_text("\n".join([*lines[:3], "what is this?", *lines[3:-1], lines[-1][:50]]))
    done = run("replay", said, folder=tmp_path)
    assert (done.code, done.out) == (0, "2 exchanges played: none answered otherwise\n")
    assert done.err.splitlines() == [
        f"Warning: {said}:4:1: the line is cut off (its writer was stopped; the other lines are read)",
        f"Warning: {said}:6:1: the line is cut off (its writer was stopped; the other lines are read)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: no such file or directory"),
        ('{"log": {}}', "this is no journal"),
        ('{"mockhoop-journal": 1}\n', "there is no exchange in this journal"),
        ('{"mockhoop-journal": 1, "contract": "nothing"}\n{"exchange": {"method": "GET", "path": "/", "status": 1}}',
         'is of another contract: there is no contract "nothing"'),
        ('{"mockhoop-journal": 1, "contract": "gone.yaml"}\n{"exchange": {"method": "GET", "path": "/", "status": 1}}',
         "gone.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_told(text: str | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    if text is not None:
        path.write_text(text)
    done = run("replay", path, folder=tmp_path)
    assert done.code == 2
    assert done.err.startswith("Error: ")
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_world_that_is_not_in_the_journal_is_told(said: Path, tmp_path: Path) -> None:
    done = run("replay", said, "--world", "mine", folder=tmp_path)
    assert (done.code, done.err) == (2, f"Error: {said}: there is no world 'mine' in this journal (worlds: default)\n")


def test_a_journal_is_played_against_another_contract_as_far_as_that_goes(said: Path, tmp_path: Path) -> None:
    done = run("replay", said, "--contract", "hoop-1.49.10", folder=tmp_path)
    assert done.code == 1
    assert "the snapshot is of a world of hoop 1.148.0, and hoop-1.49.10 1.49.10 is served here" in done.err
    assert last(done).startswith("3 exchanges played: ")


def test_the_journal_of_any_document_is_played_again_and_cut_down(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "pets.jsonl"
    server = serve(PETS, "--journal", path)
    base = "/" + server.url.split("/", 3)[3]
    asked = {"headers": {"Content-Type": "application/json"}, "token": None}
    made = [
        server.ask("POST", f"{base}/pets", body=b'{"name": "%b"}' % name, **asked).json for name in (b"Rex", b"Tom")
    ]
    assert server.ask("DELETE", f"{base}/pets/{made[1]['id']}", None).status == 204
    assert [server.get(f"/pets/{pet['id']}").status for pet in made] == [200, 404]
    server.stop()
    done = run("replay", path, folder=tmp_path)
    assert (done.code, done.out, done.err) == (0, "5 exchanges played: none answered otherwise\n", "")
    done = run("minimise", path, "-f", "status=404", folder=tmp_path)
    assert done.code == 0
    assert "    with Mockhoop(" in done.out


def test_a_test_is_written(said: Path, tmp_path: Path) -> None:
    done = run("minimise", said, "--number", 3, "-o", "test_it.py", folder=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-2:] == [
        f"3. GET /api/sessions/{NOTHING} by ada@example.com → 404",
        "test_it.py: 1 of 3 calls, found in 4 trials",
    ]
    assert "    assert answer.status == 404\n" in (tmp_path / "test_it.py").read_text()


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["-f", "status=418"], 1, "status=418: no answer shows it when the calls are made one after the other"),
        (["-n", 9], 2, "there is no exchange 9 (the last one is 3)"),
        (["-n", 1, "-f", "status=404"], 2, "give --failure or --number, not both"),
        (["-f", "colour"], 2, "'colour' names no failure; write status=5??"),
        (["-f", "status=404", "-o", "no/such.py"], 2, "no/such.py: cannot be written: no such file or directory"),
    ],
)
def test_what_cannot_be_cut_down_is_told(said: Path, tmp_path: Path, options: list[str], code: int, told: str) -> None:
    done = run("minimise", said, *options, folder=tmp_path)
    assert done.code == code
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_journal_that_cannot_be_written_is_told_before_anything_is_served(tmp_path: Path) -> None:
    done = run("serve", "-p", "0", "--journal", "no/such.jsonl", folder=tmp_path)
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "Error: the journal no/such.jsonl cannot be written: no such file or directory",
    )
