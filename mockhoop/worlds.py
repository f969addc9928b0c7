"""The worlds of a service by name: made when they are first asked for, and no more of them than there is room for."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from time import monotonic

from mockhoop.errors import MockhoopError
from mockhoop.pipeline import Pipeline

DEFAULT = "default"
MOST_WORLDS = 1_000
IDLE_SECONDS = 15 * 60.0
"""So long a world is kept of which nobody asks anything, when its room is needed."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class WorldError(MockhoopError):
    """A world that cannot be had: the text says why and what to do. ``status`` is that of an answer which says so."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Worlds:
    """Finds the pipeline of each world. ``make`` makes the pipeline of a new one.

    When there is no room for one more, the one that was idle longest goes, if that was long enough.
    """

    def __init__(
        self, make: Callable[[str], Pipeline], *, most: int = MOST_WORLDS, now: Callable[[], float] = monotonic
    ) -> None:
        self._make = make
        self._most = most
        self._now = now
        self._used: OrderedDict[str, float] = OrderedDict()
        self._pipelines: dict[str, Pipeline] = {DEFAULT: make(DEFAULT)}

    @property
    def default(self) -> Pipeline:
        """The world of calls that name none."""
        return self._pipelines[DEFAULT]

    def __iter__(self) -> Iterator[Pipeline]:
        return iter(list(self._pipelines.values()))

    def __len__(self) -> int:
        return len(self._pipelines)

    def find(self, name: str) -> Pipeline | None:
        """The world of that name, if there is one."""
        return self._pipelines.get(name)

    def used(self, name: str) -> Pipeline | None:
        """The world of that name, if there is one; from now on it is the one that was used last."""
        found = self._pipelines.get(name)
        if found is not None and name != DEFAULT:
            self._used[name] = self._now()
            self._used.move_to_end(name)
        return found

    def get(self, name: str) -> Pipeline:
        """The world of that name, made now if need be.

        Raises:
            WorldError: no world can be called so, or there is no room for one more.
        """
        if name == DEFAULT:
            return self._pipelines[DEFAULT]
        found = self._pipelines.get(name)
        if found is None:
            self.check(name)
            found = self._pipelines[name] = self._make(name)
        self._used[name] = self._now()
        self._used.move_to_end(name)
        return found

    def put(self, name: str, pipeline: Pipeline) -> None:
        """Have this pipeline serve the world of that name; what went on in the one before ends.

        Raises:
            WorldError: as ``get``.
        """
        before = self._pipelines.get(name)
        if before is None:
            self.check(name)
        self._pipelines[name] = pipeline
        if name != DEFAULT:
            self._used[name] = self._now()
            self._used.move_to_end(name)
        if before is not None:
            before.world.interrupt()

    def drop(self, name: str) -> bool:
        """Forget a world, if there is one of that name; the default one begins anew instead."""
        pipeline = self._pipelines.get(name)
        if pipeline is None:
            return False
        if name == DEFAULT:
            pipeline.world.reset()
            return True
        del self._pipelines[name]
        self._used.pop(name, None)
        pipeline.world.interrupt()
        return True

    def check(self, name: str) -> None:
        """Make room for a new world of that name.

        Raises:
            WorldError: as ``get``.
        """
        if not _NAME.fullmatch(name):
            shown = name if len(name) <= 70 else f"{name[:70]}…"
            wanted = "up to 63 letters, digits, hyphens, dots and underscores, a letter or digit first"
            raise WorldError(f'no world can be called "{shown}": a name has {wanted}', 400)
        if len(self._pipelines) >= self._most:
            self._make_room()

    def _make_room(self) -> None:
        for name, used in self._used.items():
            if self._now() - used < IDLE_SECONDS:
                break
            if not self._pipelines[name].world.is_watched:
                self.drop(name)
                return
        raise WorldError(
            f"there are {len(self._pipelines)} worlds already, none of them idle for {IDLE_SECONDS / 60:.0f} minutes: "
            "remove one with DELETE /__mockhoop/worlds/<name>",
            503,
        )
