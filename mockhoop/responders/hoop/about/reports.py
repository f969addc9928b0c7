"""What was masked in sessions: ``GET /reports/sessions`` and ``GET /metrics/sessions`` (section 8.7)."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import chain
from typing import Any

from mockhoop.gateway import reports
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.reports import AT_ONCE, LATER, METRIC_FIELDS, SHORT, ReportQuery, Row, rows_of
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.table import Positions, Table
from mockhoop.world.world import World


class Reports:
    """Decides the two routes. Everybody reads of all sessions (our reading)."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def masking(self, question: Question) -> Decision:
        """``GET /reports/sessions``: sums by resource and type of information (section 8.7)."""
        world = question.world
        query = reports.parse_report(first_values(question.call.raw_query), world.clock.now())
        if isinstance(query, Refusal):
            return refuse(query)
        return answer(reports.report(_rows_for(world, query), query))

    def metrics(self, question: Question) -> Decision:
        """``GET /metrics/sessions``: a row for each session and type, the newest sessions first, or the sums."""
        query = reports.parse_metrics(question.call.raw_query)
        if isinstance(query, Refusal):
            return refuse(query)
        rows = [row for row in _all_rows(question.world) if query.shows(row)]
        if query.aggregated:
            return answer(reports.aggregated(rows))
        first = (query.page - 1) * query.limit
        data = [self._row.fill(row, f"{row.session.id} {row.info_type}") for row in rows[first : first + query.limit]]
        return answer({"pages": {"total": len(rows), "page": query.page, "size": query.limit}, "data": data})

    @cached_property
    def _row(self) -> Shape:
        return Shape("openapi.SessionMetricResponse", self._document, METRIC_FIELDS, self._plausible)


def report_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = Reports(document, plausible)
    return {"GET /reports/sessions": deciding.masking, "GET /metrics/sessions": deciding.metrics}


def _rows_for(world: World, query: ReportQuery) -> Iterable[Row]:
    """What a report can be about, as little as can be told without looking at it."""
    table: Table[Session] = world.table(SESSIONS)
    if query.id:
        found = table.get(query.id)
        return () if found is None else rows_of(found)
    about = table.where("inspected", AT_ONCE) & table.between(query.start - SHORT, query.end)
    about |= table.where("inspected", LATER)
    return _rows(table, about & table.where("connection", query.connection_name) if query.connection_name else about)


def _all_rows(world: World) -> Iterable[Row]:
    """All rows, those of the newest sessions first."""
    table: Table[Session] = world.table(SESSIONS)
    return _rows(table, table.where_any("inspected", (AT_ONCE, LATER)))


def _rows(table: Table[Session], positions: Positions) -> Iterable[Row]:
    """Those of the newest sessions first. What the sessions of a world's beginning tell is kept for all worlds."""
    return chain.from_iterable(table.told(positions, rows_of))
