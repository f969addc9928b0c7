"""Imports point down only, and each third-party library has one importer (see mockhoop/README.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mockhoop"

# What each part may import of the others. A part is a package or a module directly in mockhoop/.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "resources": set(),
    "messages": set(),
    "source": {"errors"},
    "journals": {"errors", "messages"},
    "transport": {"__init__", "errors", "messages"},
    "values": {"errors"},
    "media": {"errors", "messages"},
    "contract": {"errors", "media", "messages", "source", "values"},
    "gateway": {"errors", "messages", "values"},
    "world": {"errors", "values"},
    "fixtures": {"errors", "contract", "values", "world"},
    "scenario": {"errors", "messages", "resources", "source", "values", "gateway", "world", "fixtures"},
    "responders": {
        "errors",
        "fixtures",
        "media",
        "messages",
        "source",
        "values",
        "contract",
        "gateway",
        "world",
        "scenario",
    },
    "exchange": {"messages", "contract", "responders", "world"},
    "unfolding": {"exchange", "responders", "scenario", "world"},
    "stage": {"contract", "responders", "unfolding"},
    "staging": {"contract", "fixtures", "gateway", "responders", "stage", "values"},
    "pipeline": {"exchange", "messages", "contract", "gateway", "responders", "scenario", "stage", "world"},
    "worlds": {"errors", "pipeline"},
    "repertoire": {
        "errors",
        "resources",
        "values",
        "contract",
        "gateway",
        "world",
        "scenario",
        "stage",
        "staging",
        "pipeline",
    },
    "codec": {"errors", "gateway", "scenario"},
    "recall": {
        "codec",
        "contract",
        "exchange",
        "gateway",
        "journals",
        "messages",
        "pipeline",
        "scenario",
        "world",
    },
    "proof": {
        "contract",
        "errors",
        "exchange",
        "gateway",
        "messages",
        "pipeline",
        "repertoire",
        "responders",
        "scenario",
        "stage",
        "world",
    },
    "snapshots": {"codec", "contract", "errors", "fixtures", "gateway", "repertoire", "scenario", "source", "world"},
    "service": {
        "contract",
        "gateway",
        "messages",
        "pipeline",
        "repertoire",
        "responders",
        "scenario",
        "world",
        "worlds",
    },
    "coverage": {"contract", "errors", "journals", "media", "messages", "resources", "source"},
    "diff": {"contract", "errors", "gateway", "journals", "media", "messages", "source"},
    "recording": {"contract", "errors", "gateway", "journals", "messages", "recall", "scenario", "source"},
    "replaying": {
        "contract",
        "errors",
        "exchange",
        "gateway",
        "journals",
        "messages",
        "pipeline",
        "recall",
        "repertoire",
        "scenario",
        "service",
        "snapshots",
        "world",
    },
    "verify": {"contract", "errors", "gateway", "journals", "messages", "scenario", "source", "transport", "values"},
    "server": {
        "__init__",
        "codec",
        "coverage",
        "journals",
        "recording",
        "transport",
        "errors",
        "recall",
        "resources",
        "responders",
        "scenario",
        "snapshots",
        "source",
        "media",
        "messages",
        "contract",
        "gateway",
        "world",
        "exchange",
        "fixtures",
        "stage",
        "pipeline",
        "worlds",
        "repertoire",
        "service",
    },
    "cli": {
        "__init__",
        "coverage",
        "diff",
        "errors",
        "journals",
        "messages",
        "recording",
        "replaying",
        "transport",
        "verify",
        "resources",
        "responders",
        "source",
        "contract",
        "scenario",
        "pipeline",
        "proof",
        "repertoire",
        "server",
        "service",
    },
    "testing": {"cli", "coverage", "errors", "journals", "pipeline", "repertoire", "server", "service"},
    "__init__": set(),
    "__main__": {"cli"},
}

# Who may import a library: a package with a slash at its end, or a module.
IMPORTERS: dict[str, str | tuple[str, ...]] = {
    "yaml": "source",
    "faker": "values/",
    "openapi_core": "contract/validation/",
    "jsonschema": "contract/validation/explanations.py",
    "jsonschema_path": "contract/validation/",
    "jsonschema_rs": "contract/grammar.py",
    "jsonpath": ("contract/overlay.py", "contract/patching.py"),
    "orjson": ("gateway/wire.py", "media/json_text.py", "media/round_trip.py"),
    "jwt": "gateway/tokens.py",
    "cryptography": "gateway/tokens.py",
    "pyroaring": "world/table/",
    "aiohttp": ("server/", "transport.py"),
    "multidict": ("server/", "transport.py"),
    "yarl": ("server/", "transport.py"),
    "schemathesis": "verify/",
    "uvloop": "server/",
    "structlog": "server/renderers.py",
    "pytest": "testing/plugin.py",
    "watchfiles": "server/watching.py",
    "click": "cli/",
}

IMPURE = {"asyncio", "socket", "subprocess", "os", "time", "random", "threading", "pathlib", "io"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.relative_to(PACKAGE).parts[:1])


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            yield str(node.module)


def part_of(module: str) -> str:
    steps = module.split(".")
    return steps[1] if len(steps) > 1 else "__init__"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_only_what_is_below_it(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[part] | {part}
    wrong = {name for name in imported(path) if name.split(".")[0] == "mockhoop" and part_of(name) not in allowed}
    assert wrong == set()


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_library_is_imported_in_one_place_only(path: Path) -> None:
    wrong = {
        name
        for name in imported(path)
        if (home := IMPORTERS.get(name.split(".")[0])) and not name_of(path).startswith(home)
    }
    assert wrong == set()


@pytest.mark.parametrize("path", [path for path in modules() if path.parent.name == "gateway"], ids=name_of)
def test_the_gateways_rules_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert {name for name in imported(path) if name.split(".")[0] in IMPURE} == set()
    assert [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)] == []


def test_every_dependency_has_an_importer() -> None:
    used = {name.split(".")[0] for path in modules() for name in imported(path)}
    assert IMPORTERS.keys() <= used
