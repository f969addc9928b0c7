"""The package: what is in the wheel, and that it works by itself where it is installed."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from mockhoop import __version__

from .processes import Server, run

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.package


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the backend that the project names."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a new environment with the wheel in it; it borrows what the wheel depends on."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # A folder that a .pth names comes last, and no .pth in it counts: an editable install there is not followed.
    (packages,) = folder.glob("lib/python*/site-packages")
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)))
    return folder / "bin"


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["spec", "scenarios"])
def test_the_wheel_carries_every_shipped_file(wheel: Path, folder: str) -> None:
    shipped = {f"mockhoop/data/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert len(shipped) > 3
    assert shipped <= names(wheel)


def test_the_wheel_carries_the_package_and_nothing_else(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel)} == {"mockhoop", f"mockhoop-{__version__}.dist-info"}
    assert [name for name in names(wheel) if "tests" in name or "__pycache__" in name] == []


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    assert "mockhoop/py.typed" in names(wheel)


def test_the_metadata_names_the_command_and_what_is_needed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"mockhoop-{__version__}.dist-info"
        scripts = archive.read(f"{folder}/entry_points.txt").decode()
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
    assert scripts.split("\n\n") == [
        "[console_scripts]\nmockhoop = mockhoop.cli:main",
        "[pytest11]\nmockhoop = mockhoop.testing.plugin\n",
    ]
    assert (metadata["Version"], metadata["Requires-Python"]) == (__version__, ">=3.11")


def test_what_is_imported_is_what_was_installed(installed: Path, tmp_path: Path) -> None:
    code = "import mockhoop.resources as r; print(r.__file__, r.spec_dir(), r.scenarios_dir(), sep='\\n')"
    found = run("-c", code, folder=tmp_path, command=(str(installed / "python"),))
    assert found.code == 0, found.err
    assert {Path(line).is_relative_to(installed.parent) for line in found.out.splitlines()} == {True}


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[Server]:
    server = Server(folder=tmp_path, command=(str(installed / "mockhoop"),))
    yield server
    server.kill()


def test_installed_it_serves_in_an_empty_folder_without_arguments(server: Server) -> None:
    answer = server.get("/sessions?limit=20")
    assert (answer.status, len(answer.json["data"])) == (200, 20)


def test_serving_leaves_nothing_behind_in_the_folder(server: Server, tmp_path: Path) -> None:
    server.get("/sessions")
    server.stop()
    assert list(tmp_path.iterdir()) == []


def test_installed_everything_that_is_shipped_is_right(installed: Path, tmp_path: Path) -> None:
    done = run("check", folder=tmp_path, command=(str(installed / "mockhoop"),))
    assert (done.code, done.err) == (0, "")
