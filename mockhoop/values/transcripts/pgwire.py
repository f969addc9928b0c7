"""Sessions of PostgreSQL's wire protocol: packets of the frontend as input, of the backend as output.

Each message is a type byte, a length that counts itself but not the type byte (int32, big-endian), and the
body.
"""
# ruff: noqa: S608 - nothing here ever runs; it is text to look at.

from collections.abc import Sequence
from struct import pack

from mockhoop.values.transcripts.draw import TABLES, Cell, Draw, Row, Table
from mockhoop.values.transcripts.terminal import Turn

# The types of columns, by the Python type of their cells: (object id, size); -1 is a varying size.
TYPES: dict[type, tuple[int, int]] = {bool: (16, 1), int: (20, 8), float: (1700, -1), str: (25, -1)}
READY, IN_TRANSACTION = b"I", b"T"


def message(kind: bytes, body: bytes = b"") -> bytes:
    """One message of either side."""
    return kind + pack("!i", len(body) + 4) + body


def text(value: str) -> bytes:
    """A string as the protocol writes it, with a NUL behind."""
    return value.encode() + b"\0"


def query(sql: str) -> bytes:
    """A simple query."""
    return message(b"Q", text(sql))


def parse(sql: str, name: str = "") -> bytes:
    """Prepare a statement; parameter types are left to the backend."""
    return message(b"P", text(name) + text(sql) + pack("!h", 0))


def bind(parameters: Sequence[str], statement: str = "") -> bytes:
    """Bind parameters, all in text form, to a prepared statement."""
    values = b"".join(pack("!i", len(p.encode())) + p.encode() for p in parameters)
    return message(b"B", text("") + text(statement) + pack("!hh", 0, len(parameters)) + values + pack("!h", 0))


def password(secret: str) -> bytes:
    """The answer to a request for a password."""
    return message(b"p", text(secret))


DESCRIBE = message(b"D", b"P" + text(""))
EXECUTE = message(b"E", text("") + pack("!i", 0))
SYNC = message(b"S")
TERMINATE = message(b"X")
PARSED, BOUND = message(b"1"), message(b"2")


def row_description(columns: Sequence[str], row: Row) -> bytes:
    """Names and types of the columns; the types are those of the row's cells."""
    fields = []
    for place, (column, cell) in enumerate(zip(columns, row, strict=True), 1):
        oid, size = TYPES.get(type(cell), TYPES[str])
        fields.append(text(column) + pack("!ihihih", 16400, place, oid, size, -1, 0))
    return message(b"T", pack("!h", len(fields)) + b"".join(fields))


def data_row(row: Row) -> bytes:
    """One row; NULL has the length -1."""
    return message(b"D", pack("!h", len(row)) + b"".join(map(_value, row)))


def complete(tag: str) -> bytes:
    """The end of a statement, for example ``SELECT 3``."""
    return message(b"C", text(tag))


def ready(state: bytes = READY) -> bytes:
    """The backend waits for the next query."""
    return message(b"Z", state)


def error(code: str, reason: str) -> bytes:
    """An error of the given SQLSTATE code."""
    fields = (b"SERROR", b"VERROR", b"C" + code.encode(), b"M" + reason.encode(), b"P15")
    return message(b"E", b"".join(field + b"\0" for field in fields) + b"\0")


def postgres_talk(draw: Draw) -> list[Turn]:
    """A client that signs in, asks a few things in the simple and the extended way, and leaves."""
    pid = draw.ticket % 32768
    turns: list[Turn] = [
        ("i", password(f"md5{draw.hex(32, 'password')}")),
        ("o", _greeting(pid, draw.between(1, 2**31 - 1, "secret"))),
    ]
    for i in range(draw.between(3, 8, "turns")):
        part = draw.part(i)
        # The first turn always asks for rows, so that each recording has a query in it.
        turn = draw.choice(TURNS, "turn", i) if i else _simple
        turns += turn(part, part.choice(TABLES, "table"))
    return [*turns, ("i", TERMINATE)]


def _greeting(pid: int, secret: int) -> bytes:
    settings = {"server_version": "16.6", "client_encoding": "UTF8", "TimeZone": "UTC"}
    status = b"".join(message(b"S", text(name) + text(value)) for name, value in settings.items())
    return message(b"R", pack("!i", 0)) + status + message(b"K", pack("!ii", pid, secret)) + ready()


def _simple(draw: Draw, table: Table) -> list[Turn]:
    rows = draw.rows(table, draw.between(1, 6))
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE id >= {draw.ticket} LIMIT {len(rows)};"
    return [("i", query(sql)), ("o", _result(table, rows) + ready())]


def _extended(draw: Draw, table: Table) -> list[Turn]:
    rows = draw.rows(table, draw.between(1, 4))
    columns = ", ".join(table.columns)
    sql = f"SELECT {columns}\nFROM {table.name}\nWHERE id >= $1 /* Größe {draw.ticket} */ LIMIT $2"
    sent = (parse(sql), bind([str(draw.ticket), str(len(rows))]), DESCRIBE, EXECUTE, SYNC)
    return [*(("i", packet) for packet in sent), ("o", PARSED + BOUND + _result(table, rows) + ready())]


def _change(draw: Draw, table: Table) -> list[Turn]:
    count = draw.between(1, 9)
    sql = f"DELETE FROM {table.name} WHERE id BETWEEN {draw.ticket} AND {draw.ticket + count - 1}"
    return [
        ("i", query("BEGIN")),
        ("o", complete("BEGIN") + ready(IN_TRANSACTION)),
        ("i", query(sql)),
        ("o", complete(f"DELETE {count}") + ready(IN_TRANSACTION)),
        ("i", query("COMMIT")),
        ("o", complete("COMMIT") + ready()),
    ]


def _mistake(draw: Draw, table: Table) -> list[Turn]:
    name = f"{table.name}_{draw.ticket}"
    answer = error("42P01", f'relation "{name}" does not exist') + ready()
    return [("i", query(f"SELECT * FROM {name};")), ("o", answer)]


def _aggregate(draw: Draw, table: Table) -> list[Turn]:
    rows: list[Row] = [(draw.between(1, 90_000),)]
    counted = row_description(("count",), rows[0]) + data_row(rows[0]) + complete("SELECT 1") + ready()
    return [("i", query(f"SELECT count(*) FROM {table.name} WHERE id < {draw.ticket}")), ("o", counted)]


TURNS = (_simple, _extended, _change, _mistake, _aggregate)


def _result(table: Table, rows: Sequence[Row]) -> bytes:
    head = row_description(table.columns, rows[0])
    return head + b"".join(map(data_row, rows)) + complete(f"SELECT {len(rows)}")


def _value(cell: Cell) -> bytes:
    if cell is None:
        return pack("!i", -1)
    if isinstance(cell, bool):
        shown = "t" if cell else "f"
    else:
        shown = f"{cell:.2f}" if isinstance(cell, float) else str(cell)
    return pack("!i", len(shown.encode())) + shown.encode()
