"""A progress bar for what takes longer than a second."""

import sys
from time import perf_counter
from typing import Any

import click

_PATIENCE = 1.0


class Progress:
    """Shows nothing at first; a bar on standard error once a second has gone by."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = perf_counter()
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """So much is done, out of so much."""
        if self._bar is None and perf_counter() - self._began > _PATIENCE and done < total:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)
            if done >= total:
                self._bar.__exit__(None, None, None)
                self._bar = None
