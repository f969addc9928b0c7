"""Scripts for SQL databases, and what their command-line clients answer."""
# ruff: noqa: S608 - nothing here ever runs; it is text to look at.

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockhoop.values.transcripts import tables
from mockhoop.values.transcripts.draw import CUSTOMERS, INVOICES, ORDERS, TABLES, Draw, Row, Run, failed

Render = Callable[[Sequence[str], Sequence[Row]], str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database speaks. ``renders`` are the layouts its client knows, the usual one first.

    ``affected`` is printed for changed rows, ``{n}`` standing for their number; ``missing`` for a table that
    does not exist, ``syntax`` for a typing error. ``quiet`` is a script that prints nothing, ``plan`` one
    with its output, ``transaction`` what starting and ending one prints.
    """

    renders: tuple[Render, ...]
    first_rows: str
    affected: str
    missing: str
    syntax: str
    exit_code: int
    quiet: str
    sleep: str
    plan: tuple[str, str]
    transaction: tuple[str, str] = ("", "")


def people_of_a_city(draw: Draw, dialect: Dialect) -> Run:
    city = draw.choice(draw.pools.cities, "where")
    rows = [(i, name, email, city) for i, name, email, _ in draw.rows(CUSTOMERS, draw.between(2, 9))]
    quoted = city.replace("'", "''")
    script = (
        f"-- SUP-{draw.ticket}: who lives there?\nSELECT id, name, email, city\nFROM customers\n"
        f"WHERE city = '{quoted}'\n\tAND id >= {draw.ticket}\nORDER BY id;\n"
    )
    return Run(script, (_table(draw, dialect, CUSTOMERS.columns, rows),))


def first_rows(draw: Draw, dialect: Dialect) -> Run:
    table = draw.choice(TABLES, "table")
    rows = draw.rows(table, 3)
    script = dialect.first_rows.format(columns=", ".join(table.columns), table=table.name, id=draw.ticket, n=len(rows))
    return Run(script, (_table(draw, dialect, table.columns, rows),))


def totals(draw: Draw, dialect: Dialect) -> Run:
    cities = sorted({draw.choice(draw.pools.cities, "city", i) for i in range(draw.between(3, 8))})
    rows: list[Row] = [
        (city, draw.between(3, 4800, "orders", city), draw.between(99, 99_999_999, "sum", city) / 100)
        for city in cities
    ]
    script = (
        "SELECT c.city, count(*) AS orders, sum(o.amount) AS total\nFROM orders o\n"
        f"JOIN customers c ON c.id = o.customer_id\nWHERE o.id < {draw.ticket}\nGROUP BY c.city\n"
        "HAVING count(*) > 2\nORDER BY c.city;"
    )
    return Run(script, (_table(draw, dialect, ("city", "orders", "total"), rows),))


def change_rows(draw: Draw, dialect: Dialect) -> Run:
    count = draw.between(2, 40)
    script = (
        f"UPDATE orders\nSET status = 'refunded', note = 'SUP-{draw.ticket}: customer''s wish'\n"
        f"WHERE id BETWEEN {draw.ticket} AND {draw.ticket + count - 1};"
    )
    return Run(script, _affected(dialect, "UPDATE", count))


def missing_table(draw: Draw, dialect: Dialect) -> Run:
    script = f"SELECT *\nFROM custmers\nWHERE id = {draw.ticket};"
    return failed(script, dialect.missing, dialect.exit_code)


def syntax_error(draw: Draw, dialect: Dialect) -> Run:
    script = f"SELCT count(*) FROM orders WHERE id > {draw.ticket};"
    return failed(script, dialect.syntax.format(script=script), dialect.exit_code)


def nothing_found(draw: Draw, dialect: Dialect) -> Run:
    output = dialect.renders[draw.variant % len(dialect.renders)](INVOICES.columns, [])
    script = f"SELECT id, company, paid, note FROM invoices WHERE id = -{draw.ticket};"
    return Run(script, (output,) if output else ())


def quiet(draw: Draw, dialect: Dialect) -> Run:
    return Run(dialect.quiet.format(ticket=draw.ticket))


def long_list(draw: Draw, dialect: Dialect) -> Run:
    rows = draw.rows(ORDERS, draw.between(260, 420))
    script = f"SELECT id, product, amount, status, created_at FROM orders WHERE id >= {draw.ticket} ORDER BY id;"
    return Run(script, (_table(draw, dialect, ORDERS.columns, rows),))


def notes_with_accents(draw: Draw, dialect: Dialect) -> Run:
    notes = ("Grüße aus Köln 🎉", "納品は来週です", "Olá, tudo bem? ✅", "naïve café — 5 €", 'it\'s "quoted"')
    rows: list[Row] = [(draw.ticket + i, draw.name(i).full, note) for i, note in enumerate(notes)]
    script = (
        "SELECT id, name, note\tFROM feedback\n"
        f"WHERE note LIKE '%ü%' OR note LIKE '%納品%' OR note = 'it''s \"quoted\"' /* SUP-{draw.ticket} */;\n"
    )
    return Run(script, (_table(draw, dialect, ("id", "name", "note"), rows),))


def several_statements(draw: Draw, dialect: Dialect) -> Run:
    count = draw.between(1, 12)
    left: list[Row] = [(draw.between(100, 90_000, "left"),)]
    script = (
        f"BEGIN;\nDELETE FROM carts WHERE customer_id = {draw.ticket};\n"
        "SELECT count(*) AS carts_left FROM carts;\nCOMMIT;\n"
    )
    begun, ended = dialect.transaction
    parts = (begun, *_affected(dialect, "DELETE", count), _table(draw, dialect, ("carts_left",), left), ended)
    return Run(script, tuple(filter(None, parts)))


def slow_count(draw: Draw, dialect: Dialect) -> Run:
    seconds = draw.between(5, 55)
    rows: list[Row] = [(draw.between(1_000_000, 90_000_000, "count"),)]
    script = f"{dialect.sleep.format(n=seconds)}\nSELECT count(*) AS events FROM audit_{draw.ticket};"
    return Run(script, (_table(draw, dialect, ("events",), rows),), takes=seconds * 1000)


def plan(draw: Draw, dialect: Dialect) -> Run:
    script, output = dialect.plan
    cost = f"{draw.between(100, 99_999, 'cost') / 100:.2f}"
    values = {"ticket": draw.ticket, "cost": cost, "n": draw.between(1, 900)}
    return Run(script.format(**values), (output.format(**values),))


def with_crlf(draw: Draw, dialect: Dialect) -> Run:
    run = people_of_a_city(draw, dialect)
    return Run(run.script.replace("\n", "\r\n"), tuple(str(o).replace("\n", "\r\n") for o in run.output))


SHAPES = (
    people_of_a_city,
    first_rows,
    totals,
    missing_table,
    notes_with_accents,
    change_rows,
    long_list,
    quiet,
    several_statements,
    plan,
    syntax_error,
    nothing_found,
    slow_count,
    with_crlf,
)


def _affected(dialect: Dialect, verb: str, count: int) -> tuple[str, ...]:
    # A layout without this line, as mysql's, gives no output at all.
    text = dialect.affected.format(verb=verb, done=f"{verb.lower().rstrip('e')}ed", n=count)
    return (text,) if text else ()


def _table(draw: Draw, dialect: Dialect, columns: Sequence[str], rows: Sequence[Row]) -> str:
    # The layout turns with the round too, so that a shape does not always meet the same one.
    turn = draw.variant + draw.variant // len(SHAPES)
    return dialect.renders[turn % len(dialect.renders)](columns, rows)


POSTGRES = Dialect(
    renders=(tables.unaligned, tables.psql),
    first_rows="SELECT {columns} FROM {table} WHERE id >= {id} ORDER BY id LIMIT {n};",
    affected="{verb} {n}\n",
    missing='ERROR:  relation "custmers" does not exist\nLINE 2: FROM custmers\n             ^\n',
    syntax='ERROR:  syntax error at or near "SELCT"\nLINE 1: {script}\n        ^\n',
    exit_code=3,
    quiet="\\set QUIET on\nSET lock_timeout = '{ticket}ms';\nREFRESH MATERIALIZED VIEW daily_totals;",
    sleep="SELECT pg_sleep({n}) \\gset",
    plan=(
        "EXPLAIN ANALYZE SELECT * FROM orders WHERE customer_id = {ticket};",
        "QUERY PLAN\n"
        "Index Scan using orders_customer_id_idx on orders  (cost=0.43..{cost} rows={n} width=61)"
        " (actual time=0.031..0.412 rows={n} loops=1)\n"
        "  Index Cond: (customer_id = {ticket})\nPlanning Time: 0.118 ms\n"
        "Execution Time: 0.477 ms\n(4 rows)\n",
    ),
    transaction=("BEGIN\n", "COMMIT\n"),
)

MYSQL = Dialect(
    renders=(tables.mysql_batch, tables.mysql_table),
    first_rows="SELECT {columns} FROM `{table}` WHERE id >= {id} ORDER BY id LIMIT {n};",
    affected="",
    missing="ERROR 1146 (42S02) at line 1: Table 'shop.custmers' doesn't exist\n",
    syntax=(
        "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that"
        " corresponds to your MySQL server version for the right syntax to use near '{script}' at line 1\n"
    ),
    exit_code=1,
    quiet="SET SESSION lock_wait_timeout = {ticket};\nTRUNCATE TABLE sessions_tmp;",
    sleep="DO SLEEP({n});",
    plan=(
        "EXPLAIN FORMAT=TREE SELECT * FROM orders WHERE customer_id = {ticket};",
        "EXPLAIN\n-> Index lookup on orders using idx_customer (customer_id={ticket})  (cost={cost} rows={n})\\n\n",
    ),
)

MSSQL = Dialect(
    renders=(tables.sqlcmd,),
    first_rows="SELECT TOP {n} {columns} FROM dbo.{table} WHERE id >= {id} ORDER BY id;\nGO",
    affected="\n({n} rows affected)\n",
    missing="Msg 208, Level 16, State 1, Server sql-1, Line 1\nInvalid object name 'custmers'.\n",
    syntax="Msg 102, Level 15, State 1, Server sql-1, Line 1\nIncorrect syntax near '*'.\n",
    exit_code=1,
    quiet="SET NOCOUNT ON;\nSET LOCK_TIMEOUT {ticket};\nUPDATE STATISTICS dbo.orders;\nGO",
    sleep="WAITFOR DELAY '00:00:{n:02}';",
    plan=(
        "SET SHOWPLAN_TEXT ON;\nGO\nSELECT * FROM orders WHERE customer_id = {ticket};\nGO",
        "StmtText\n--------------------------------------------------------------------------\n"
        "  |--Index Seek(OBJECT:([shop].[dbo].[orders].[ix_customer]),"
        " SEEK:([customer_id]={ticket}) ORDERED FORWARD)\n",
    ),
)

ORACLE = Dialect(
    renders=(tables.sqlplus,),
    first_rows="SELECT {columns} FROM {table} WHERE id >= {id} ORDER BY id FETCH FIRST {n} ROWS ONLY;",
    affected="\n{n} rows {done}.\n\n",
    missing="FROM custmers\n     *\nERROR at line 2:\nORA-00942: table or view does not exist\n\n",
    syntax='SP2-0734: unknown command beginning "SELCT coun..." - rest of line ignored.\n',
    exit_code=1,
    quiet="SET FEEDBACK OFF\nALTER SESSION SET ddl_lock_timeout = {ticket};",
    sleep="EXEC DBMS_SESSION.SLEEP({n});",
    plan=(
        "EXPLAIN PLAN FOR SELECT * FROM orders WHERE customer_id = {ticket};",
        "\nExplained.\n\n",
    ),
)
