"""mockhoop in tests: a server in the same process, and worlds of their own for each test."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockhoop.testing.client import WorldView
    from mockhoop.testing.embedded import Mockhoop

__all__ = ["Mockhoop", "WorldView"]


def __getattr__(name: str) -> Any:
    # Late, so that who only has the pytest plugin installed does not pay for a server.
    if name == "Mockhoop":
        from mockhoop.testing.embedded import Mockhoop

        return Mockhoop
    if name == "WorldView":
        from mockhoop.testing.client import WorldView

        return WorldView
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
