"""Which world a request means: by its path, a header, its host or the port that it came in on."""

from collections.abc import Mapping
from typing import NamedTuple

from mockhoop.worlds import DEFAULT

WORLD_HEADER = "X-Mockhoop-World"
PATH_MARK = "/~"
_LOCAL = ".localhost"


class Address(NamedTuple):
    """The world that is meant, the path and query behind what names it, and the prefix of links that lead back."""

    world: str
    target: str
    prefix: str


def address(target: str, headers: Mapping[str, str], port_world: str | None = None) -> Address:
    """Read the world from ``/~world/…``, else the header, else ``world.localhost``, else the port's, else the default.

    A link that leads back needs the prefix where the caller's host alone would not lead to the same world.
    """
    if target.startswith(PATH_MARK):
        name, slash, rest = target[len(PATH_MARK) :].partition("/")
        name, mark, query = name.partition("?")
        return Address(name, f"/{rest}" if slash else f"/{mark}{query}", f"{PATH_MARK}{name}")
    named = headers.get(WORLD_HEADER)
    if named:
        return Address(named, target, prefix_of(named))
    host = headers.get("Host", "")
    if "." in host and _LOCAL in host.lower():
        name = host.partition(":")[0].lower()
        if name.endswith(_LOCAL) and name != _LOCAL:
            return Address(name.removesuffix(_LOCAL), target, "")
    return Address(port_world or DEFAULT, target, "")


def prefix_of(world: str) -> str:
    """What leads to a world in front of a path, whatever the host and the port."""
    return "" if world == DEFAULT else f"{PATH_MARK}{world}"
