"""A world as a test sees it: its addresses, its people, its clock, faults, journal, state and snapshots."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from mockhoop.testing.http import ControlClient
from mockhoop.testing.journal import JournalView


class ClockView:
    """The clock of a world. Times are texts in RFC 3339."""

    def __init__(self, client: ControlClient, world: str) -> None:
        self._client = client
        self._path = ("worlds", world, "clock")

    @property
    def now(self) -> str:
        """What time it is."""
        return str(self._client.call("GET", *self._path)["now"])

    def advance(self, by: str) -> list[dict[str, Any]]:
        """Move the clock forward by a duration such as ``1h30m``; what happened on the way, in order."""
        return list(self._client.call("POST", *self._path, "advance", body={"by": by})["fired"])

    def freeze(self) -> None:
        """Have time stand still."""
        self._client.call("PATCH", *self._path, body={"frozen": True})

    def release(self) -> None:
        """Have time go on."""
        self._client.call("PATCH", *self._path, body={"frozen": False})

    def set(self, at: str | datetime) -> list[dict[str, Any]]:
        """Have the clock show a time; what happened on the way there, if it is later."""
        text = at.isoformat() if isinstance(at, datetime) else at
        return list(self._client.call("PATCH", *self._path, body={"at": text})["fired"])

    def speed(self, times: float) -> None:
        """Have so many seconds go by in a real one."""
        self._client.call("PATCH", *self._path, body={"speed": times})


class FaultsView:
    """What goes wrong in a world."""

    def __init__(self, client: ControlClient, world: str) -> None:
        self._client = client
        self._path = ("worlds", world, "faults")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._client.call("GET", *self._path))

    def add(self, operation: str | None = None, **told: Any) -> str:
        """Add a fault with the fields that it has in a scenario; its name.

        ``operation``, and every field of ``when``, may be given by itself: ``add("GET /sessions", respond=503)``.
        """
        when = {**told.pop("when", {})}
        if operation is not None:
            when["operation"] = operation
        when.update({name: told.pop(name) for name in _CONDITIONS if name in told})
        body = {**told, "when": when} if when else told
        return str(self._client.call("POST", *self._path, body=body)["name"])

    def remove(self, name: str) -> None:
        """Remove a fault."""
        self._client.call("DELETE", *self._path, name)

    def clear(self) -> None:
        """Remove all faults."""
        self._client.call("DELETE", *self._path)


_CONDITIONS = ("path", "method", "query", "headers", "body", "caller", "session")


class StateView:
    """What a world holds: ``state["sessions"]`` is a table."""

    def __init__(self, client: ControlClient, world: str) -> None:
        self._client = client
        self._path = ("worlds", world, "state")

    def __getitem__(self, table: str) -> "TableView":
        return TableView(self._client, (*self._path, table))

    @property
    def sessions(self) -> "TableView":
        """The sessions by id."""
        return self["sessions"]

    @property
    def users(self) -> "TableView":
        """The users by subject, which is the email unless the scenario says otherwise."""
        return self["users"]

    @property
    def connections(self) -> "TableView":
        """The connections by name."""
        return self["connections"]


class TableView:
    """Records by key, as plain data."""

    def __init__(self, client: ControlClient, path: tuple[str, ...]) -> None:
        self._client = client
        self._path = path

    def __iter__(self) -> Iterator[Any]:
        return iter(self._client.call("GET", *self._path))

    def __getitem__(self, key: str) -> Any:
        return self._client.call("GET", *self._path, key)

    def __setitem__(self, key: str, record: Any) -> None:
        self._client.call("PUT", *self._path, key, body=record)

    def __delitem__(self, key: str) -> None:
        self._client.call("DELETE", *self._path, key)

    def change(self, key: str, **fields: Any) -> Any:
        """Change some fields of a record; the whole of it after that."""
        return self._client.call("PATCH", *self._path, key, body=fields)


class SnapshotsView:
    """A world at other moments."""

    def __init__(self, client: ControlClient, world: str) -> None:
        self._client = client
        self._path = ("worlds", world, "snapshots")

    def __iter__(self) -> Iterator[str]:
        return (one["name"] for one in self._client.call("GET", *self._path))

    def save(self, name: str) -> None:
        """Save the world as it is."""
        self._client.call("POST", *self._path, body={"name": name})

    def restore(self, name: str) -> None:
        """Have the world be as it was then."""
        self._client.call("POST", *self._path, name, "restore")

    def export(self, name: str) -> str:
        """A snapshot as a file."""
        return str(self._client.call("GET", *self._path, name))

    def take_in(self, name: str, text: str) -> None:
        """Take in a snapshot from the text of a file."""
        self._client.call("PUT", *self._path, name, text=text)


class WorldView:
    """One world of a server. ``url`` is its address, ``api_url`` that of its API."""

    def __init__(self, client: ControlClient, name: str) -> None:
        self.name = name
        self._client = client
        self.url = f"http://{client.host}:{client.port}/~{name}"
        self.api_url = f"{self.url}/api"
        self.clock = ClockView(client, name)
        self.faults = FaultsView(client, name)
        self.journal = JournalView(client, name)
        self.state = StateView(client, name)
        self.snapshots = SnapshotsView(client, name)

    def begin(self, scenario: str | Path | None = None, seed: int | None = None, validation: str | None = None) -> None:
        """Have the world begin anew, with a scenario: a shipped one by name, a file, or YAML; else the server's."""
        told: dict[str, Any] = {"seed": seed, "validation": validation, **_scenario(scenario)}
        body = {name: value for name, value in told.items() if value is not None}
        self._client.call("PUT", "worlds", self.name, body=body)

    def scenario(self, scenario: str | Path, seed: int | None = None) -> None:
        """Load another scenario: a shipped one by name, a file, or YAML. The world begins anew."""
        self.begin(scenario, seed)

    def token(self, user: str = "admin") -> str:
        """The bearer token of a user: by email, by the name in front of its @, or the first of a group.

        Raises:
            LookupError: there is nobody like that; the text says who there is.
        """
        users = [one for one in self.state.users if one.get("status", "active") == "active" and one.get("token")]
        tests = (
            lambda one: one["email"] == user,
            lambda one: one["email"].partition("@")[0] == user,
            lambda one: user in one.get("groups", ()),
            lambda one: one["token"] == user,
        )
        for test in tests:
            for one in users:
                if test(one):
                    return str(one["token"])
        raise LookupError(f"there is no user {user!r} (users: {', '.join(one['email'] for one in users) or 'none'})")

    def headers(self, user: str = "admin") -> dict[str, str]:
        """The headers with which a user signs in."""
        return {"Authorization": f"Bearer {self.token(user)}"}

    def trigger(self, entry: str) -> list[dict[str, Any]]:
        """Let an entry of the timeline happen; what came of it."""
        return list(self._client.call("POST", "worlds", self.name, "scenario", "trigger", body={"entry": entry}))

    def perform(self, *actions: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Carry out actions, each as in a scenario: ``perform({"approve": id})``; what came of it."""
        body = {"do": list(actions)}
        return list(self._client.call("POST", "worlds", self.name, "scenario", "perform", body=body))

    def enter(self, state: str) -> list[dict[str, Any]]:
        """Enter a state of the scenario; what came of it."""
        return list(self._client.call("PUT", "worlds", self.name, "scenario", "state", body={"state": state}))

    def reset(self) -> None:
        """Have the world begin anew, with an empty journal."""
        self._client.call("POST", "worlds", self.name, "reset")

    def drop(self) -> None:
        """Forget the world."""
        self._client.call("DELETE", "worlds", self.name)


def _scenario(told: str | Path | None) -> dict[str, Any]:
    """How a scenario is sent: YAML and files as text, since the server may not be allowed to read them."""
    if told is None:
        return {}
    if isinstance(told, Path) or (told.endswith((".yaml", ".yml", ".json")) and "\n" not in told):
        return {"text": Path(told).read_text()}
    return {"text": told} if "\n" in told or ":" in told else {"scenario": told}
