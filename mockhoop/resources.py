"""Where the shipped contracts and scenarios are: inside an installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _shipped(name: str) -> Path:
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def spec_dir() -> Path:
    """The folder of the shipped contracts."""
    return _shipped("spec")


def scenarios_dir() -> Path:
    """The folder of the shipped scenarios."""
    return _shipped("scenarios")
