"""What is behind connections, as far as the gateway looks: databases, tables, columns, and rules that act on them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.gateway import connections
from mockhoop.gateway.connection_bodies import read_maskings
from mockhoop.gateway.connections import default_database
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.reach.connections import ConnectionViews, find_connection
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Change, Put

MASKING_RULES = "/datamasking-rules"
ANALYZER_RULES = "/ai/session-analyzer/rules"
_RULE_NOT_FOUND = Refusal(404, "data masking rule not found")
_DATABASES = ("postgres", "inventory", "reporting")
_SCHEMAS = {"mysql": "", "mssql": "dbo"}
_TYPES = {"id": "integer", "customer_id": "integer", "amount": "numeric", "paid": "boolean", "created_at": "timestamp"}


@dataclass(frozen=True)
class Catalog:
    """Decides what is read and set below a connection. Everything is the same whenever it is asked for."""

    items: Items
    views: ConnectionViews

    def databases(self, question: Question) -> Decision:
        """``GET …/databases``: the one that the connection names first."""
        return self._about(question, lambda found: {"databases": _databases(found)})

    def tables(self, question: Question) -> Decision:
        """``GET …/tables``: those that scripts without a scenario ask for as well."""
        options = first_values(question.call.raw_query)

        def told(found: Connection) -> Any:
            name = options.get("schema") or _schema(found, options.get("database", ""))
            return {"schemas": [{"name": name, "tables": [table for table, _ in _tables()]}]}

        return self._about(question, told)

    def columns(self, question: Question) -> Decision:
        """``GET …/columns``: none of a table that is not there (our reading)."""
        table = first_values(question.call.raw_query).get("table", "")
        columns = next((columns for name, columns in _tables() if name == table), ())
        shown = [{"name": one, "type": _TYPES.get(one, "text"), "nullable": one != "id"} for one in columns]
        return self._about(question, lambda _: {"columns": shown})

    def test(self, question: Question) -> Decision:
        """``GET …/test``: it works where the agent is there."""
        world = question.world
        return self._about(question, lambda found: {"success": self.views.is_online(world, found)})

    def analyzer_rule(self, question: Question) -> Decision:
        """``GET …/ai-session-analyzer-rule``: the first rule that names the connection."""
        found = find_connection(question)
        rules = self.items.all(question.world, ANALYZER_RULES) if found is not None else ()
        rule = next((one for one in rules if found and found.name in (one.get("connection_names") or ())), None)
        return refuse(connections.NOT_FOUND) if rule is None else answer(rule)

    def mask(self, question: Question) -> Decision:
        """``PUT …/datamasking-rules``: the rules that act on the connection from now on, and no others."""
        told = read_maskings(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        found, world = find_connection(question), question.world
        if found is None:
            return refuse(connections.NOT_FOUND)
        rules = {rule["id"]: rule for rule in self.items.all(world, MASKING_RULES)}
        if any(one["rule_id"] not in rules for one in told):
            return refuse(_RULE_NOT_FOUND)
        shown = [
            {
                "id": world.chance.uuid("masking", found.id, one["rule_id"]),
                "rule_id": one["rule_id"],
                "connection_id": found.id,
                "status": one["status"],
            }
            for one in told
        ]
        active = {one["rule_id"] for one in told if one["status"] == "active"}
        return answer(shown, *_masked(rules.values(), found, active))

    def _about(self, question: Question, told: Callable[[Connection], Any]) -> Decision:
        found = find_connection(question)
        return refuse(connections.NOT_FOUND) if found is None else answer(told(found))


def catalog_routes(items: Items) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = Catalog(items, ConnectionViews(items))
    return {
        "GET /connections/{nameOrID}/databases": deciding.databases,
        "GET /connections/{nameOrID}/tables": deciding.tables,
        "GET /connections/{nameOrID}/columns": deciding.columns,
        "GET /connections/{nameOrID}/test": deciding.test,
        "GET /connections/{nameOrId}/ai-session-analyzer-rule": deciding.analyzer_rule,
        "PUT /connections/{nameOrID}/datamasking-rules": deciding.mask,
    }


def _databases(connection: Connection) -> list[str]:
    first = default_database(connection)
    return [first, *(name for name in _DATABASES if name != first)] if first else list(_DATABASES)


def _schema(connection: Connection, database: str) -> str:
    """The schema that tables are in where nobody names one; in MySQL that is the database."""
    return _SCHEMAS.get(connection.subtype, "public") or database


def _tables() -> Iterable[tuple[str, tuple[str, ...]]]:
    from mockhoop.values.transcripts.draw import TABLES  # which a world that nobody looks into never needs

    return [(table.name, tuple(table.columns)) for table in TABLES]


def _masked(rules: Iterable[dict[str, Any]], connection: Connection, active: set[str]) -> Iterable[Change]:
    """The rules whose list of connections is another one now."""
    for rule in rules:
        before = list(rule.get("connection_ids") or ())
        after = [one for one in before if one != connection.id] + [connection.id] * (rule["id"] in active)
        if set(before) != set(after):
            yield Put(ITEMS, Item(MASKING_RULES, rule["id"], {**rule, "connection_ids": after}))
