"""The journal of a world in a test: what was asked, and assertions that explain what they miss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockhoop.testing.http import ControlClient, ControlError


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call with its answer. ``view`` is all that the control API tells of it."""

    view: Mapping[str, Any]

    @property
    def method(self) -> str:
        """The method of the call."""
        return str(self.view["request"]["method"])

    @property
    def path(self) -> str:
        """The path of the call with its query, as it was sent."""
        request = self.view["request"]
        return f"{request['path']}?{request['query']}" if request["query"] else str(request["path"])

    @property
    def operation(self) -> str:
        """The operation of the contract, or "" where there is none."""
        return str(self.view["operation"])

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.view["response"]["status"])

    @property
    def caller(self) -> str:
        """The email of who called."""
        return str(self.view["caller"])

    def __str__(self) -> str:
        parts = [f"{self.view['number']}. {self.method} {self.path} → {self.status}"]
        if self.caller:
            parts.append(f"by {self.caller}")
        if self.view["rules"]:
            parts.append(f"with {', '.join(self.view['rules'])}")
        if self.view["violations"]:
            parts.append(
                "breaking " + "; ".join(f"{one['location']}{one['pointer']}" for one in self.view["violations"])
            )
        return " ".join(parts)


class JournalView:
    """The last exchanges of a world, oldest first.

    Conditions are those of a scenario's ``when`` (operation, path, method, query, headers, body, caller, session), and
    status, responder, refused, unmatched.
    """

    def __init__(self, client: ControlClient, world: str) -> None:
        self._client = client
        self._path = ("worlds", world, "journal")

    def __iter__(self) -> Iterator[Exchange]:
        return (Exchange(view) for view in self._client.call("GET", *self._path)["exchanges"])

    def __len__(self) -> int:
        return int(self._client.call("GET", *self._path)["kept"])

    def find(self, operation: str | None = None, **conditions: Any) -> list[Exchange]:
        """The exchanges that meet all conditions."""
        found = self._client.call("POST", *self._path, "search", body=_wanted(operation, conditions))
        return [Exchange(view) for view in found["exchanges"]]

    def count(self, operation: str | None = None, **conditions: Any) -> int:
        """How many exchanges meet all conditions."""
        return len(self.find(operation, **conditions))

    def wait(
        self, operation: str | None = None, *, times: int = 1, seconds: float = 5, **conditions: Any
    ) -> list[Exchange]:
        """Wait until so many exchanges meet all conditions.

        Raises:
            AssertionError: they do not come in time (seconds of real time); the text names the nearest.
        """
        body = {**_wanted(operation, conditions), "count": times, "seconds": seconds}
        try:
            found = self._client.call("POST", *self._path, "wait", body=body)
        except ControlError as error:
            if error.status != 408:
                raise
            raise AssertionError(f"{error.problem['detail']}{_nearest(error.problem['nearest'])}") from None
        return [Exchange(view) for view in found["exchanges"]]

    def assert_called(
        self, operation: str | None = None, *, times: int | None = None, **conditions: Any
    ) -> list[Exchange]:
        """That exchanges meet all conditions: at least one, or so many.

        Raises:
            AssertionError: the text names the exchanges that come nearest, and the conditions that they miss.
        """
        found = self.find(operation, **conditions)
        if len(found) == times or (times is None and found):
            return found
        wanted = _wanted(operation, conditions)
        expected = "at least one call" if times is None else f"{times} call{'s' if times != 1 else ''}"
        lines = "".join(f"\n  {one}" for one in found)
        nearest = _nearest(self._client.call("POST", *self._path, "nearest", body=wanted)) if not found else ""
        raise AssertionError(f"expected {expected} with {_told(wanted)}, found {len(found)}{lines}{nearest}")

    def assert_not_called(self, operation: str | None = None, **conditions: Any) -> None:
        """That no exchange meets all conditions. Raises AssertionError with those that do."""
        self.assert_called(operation, times=0, **conditions)

    def assert_order(self, *operations: str) -> None:
        """That calls of these operations came in this order, whatever came between.

        Raises:
            AssertionError: the text has the order in which they came.
        """
        came = [one.operation for one in self]
        rest = iter(came)
        if not all(operation in rest for operation in operations):
            raise AssertionError(f"expected in this order: {', '.join(operations)}; they came as: {', '.join(came)}")

    def clear(self) -> None:
        """Forget the exchanges."""
        self._client.call("DELETE", *self._path)

    def save(self, path: str | Path) -> None:
        """Write the exchanges, and how the world was before them, into a file for ``mockhoop replay``.

        Raises:
            ControlError: so much was said that how the world was before is not known any more.
        """
        Path(path).write_text(self._client.call("GET", *self._path, "export"), encoding="utf-8")

    def text(self) -> str:
        """The exchanges, each in a line."""
        return "\n".join(map(str, self))


def _wanted(operation: str | None, conditions: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {**conditions} if operation is None else {"operation": operation, **conditions}
    if isinstance(wanted.get("status"), int):
        wanted["status"] = str(wanted["status"])
    return wanted


def _told(wanted: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in wanted.items()) or "anything"


def _nearest(nearest: list[Any]) -> str:
    if not nearest:
        return "\nnothing was called"
    lines = ["", "nearest:"]
    for one in nearest:
        lines.append(f"  {Exchange(one['exchange'])}")
        lines += [
            f"    {miss['condition']}: wanted {miss['wanted']}, found {miss['found'] or 'nothing'}"
            for miss in one["misses"]
        ]
    return "\n".join(lines)
