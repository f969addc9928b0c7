"""A query string, in the form that openapi-core's parts read."""

from urllib.parse import parse_qsl


class Query(dict[str, str]):
    """The first value of each name, with ``getlist`` for all of them."""

    __slots__ = ("_all",)

    def __init__(self, raw: str) -> None:
        super().__init__()
        self._all: dict[str, list[str]] = {}
        for name, value in parse_qsl(raw, keep_blank_values=True):
            self.setdefault(name, value)
            self._all.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        """Every value of the name, in order."""
        return self._all.get(name, [])
