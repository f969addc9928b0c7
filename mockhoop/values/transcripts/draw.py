"""What every transcript is drawn from: chance bound to one transcript, and rows to fill tables with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mockhoop.values.chance import Chance, Key
from mockhoop.values.people import Name, Pools

T = TypeVar("T")
Cell = str | int | float | bool | None
Row = tuple[Cell, ...]

PRODUCTS = (
    "Standing desk",
    "Desk lamp",
    "Mechanical keyboard",
    "Noise-cancelling headphones",
    "Ergonomic chair",
    "Webcam 4K",
    "USB-C dock",
    "Whiteboard",
    "Crème brûlée torch",
    "Käsehobel",
    "漢字ドリル",
    "Espresso ☕ starter kit",
    "Moka pot",
    "Router table",
)
STATUSES = ("paid", "pending", "shipped", "refunded", "cancelled")


@dataclass(frozen=True, slots=True)
class Run:
    """One script and what running it gave.

    ``output`` holds stdout and stderr in the parts in which they came. ``error`` is the closing error text,
    empty when the exit code is 0. ``takes`` is how long it ran, in milliseconds; 0 leaves it to chance.
    """

    script: str
    output: tuple[str | bytes, ...] = ()
    exit_code: int = 0
    error: str = ""
    takes: int = 0


def failed(script: str, output: str, exit_code: int) -> Run:
    """A run that ended with an exit code other than 0."""
    return Run(script, (output,), exit_code, f"exit status {exit_code}")


class Draw:
    """Chance for one transcript. ``ticket`` is a number that no other variant of the same kind has."""

    __slots__ = ("_chance", "pools", "ticket", "variant")

    def __init__(self, chance: Chance, pools: Pools, *, variant: int, ticket: int) -> None:
        self._chance = chance
        self.pools = pools
        self.variant = variant
        self.ticket = ticket

    def part(self, number: int) -> "Draw":
        """The draw for one part of this transcript (0 to 99), with a ticket of its own."""
        return Draw(
            self._chance.at("part", number),
            self.pools,
            variant=self.variant + number,
            ticket=self.ticket * 100 + number,
        )

    def choice(self, options: Sequence[T], *key: Key) -> T:
        """One of the options."""
        return self._chance.choice(options, *key)

    def between(self, low: int, high: int, *key: Key) -> int:
        """A whole number, both ends included."""
        return self._chance.between(low, high, *key)

    def happens(self, probability: float, *key: Key) -> bool:
        """True in the given share of cases."""
        return self._chance.happens(probability, *key)

    def uuid(self, *key: Key) -> str:
        """A UUID."""
        return self._chance.uuid(*key)

    def hex(self, length: int, *key: Key) -> str:
        """Up to 64 hex digits."""
        return self._chance.hex(*key)[:length]

    def name(self, *key: Key) -> Name:
        """The name of a person."""
        return self.choice(self.pools.names, *key, "name")

    def word(self, *key: Key) -> str:
        """An English word in lower case."""
        return self.choice(self.pools.words, *key, "word").lower()

    def stamp(self, *key: Key) -> str:
        """A date and time of 2024 as databases print it."""
        month, day = self.between(1, 12, *key, "month"), self.between(1, 28, *key, "day")
        second = self.between(0, 86399, *key, "second")
        return f"2024-{month:02}-{day:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"

    def rows(self, table: "Table", count: int) -> list[Row]:
        """Rows of a table; their ids ascend from the ticket."""
        return [table.row(self, self.ticket + i) for i in range(count)]


Shape = Callable[[Draw], Run]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the databases behind the connections."""

    name: str
    columns: tuple[str, ...]
    row: Callable[[Draw, int], Row]


def _customer(draw: Draw, i: int) -> Row:
    name = draw.name("customer", i)
    return i, name.full, f"{name.handle}@example.com", draw.choice(draw.pools.cities, "customer", i, "city")


def _order(draw: Draw, i: int) -> Row:
    product, status = draw.choice(PRODUCTS, "order", i), draw.choice(STATUSES, "order", i, "status")
    return i, product, draw.between(499, 249900, "order", i, "amount") / 100, status, draw.stamp("order", i)


def _invoice(draw: Draw, i: int) -> Row:
    company = draw.choice(draw.pools.companies, "invoice", i)
    note = None if draw.happens(0.6, "invoice", i, "note") else draw.choice(draw.pools.sentences, "invoice", i)
    return i, company, draw.happens(0.8, "invoice", i, "paid"), note


CUSTOMERS = Table("customers", ("id", "name", "email", "city"), _customer)
ORDERS = Table("orders", ("id", "product", "amount", "status", "created_at"), _order)
INVOICES = Table("invoices", ("id", "company", "paid", "note"), _invoice)
TABLES = (CUSTOMERS, ORDERS, INVOICES)
