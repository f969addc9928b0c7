"""What was masked in sessions: ``GET /reports/sessions`` and ``GET /metrics/sessions`` (section 8.7)."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from mockhoop.gateway import reports
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.reports import METRIC_FIELDS, ReportQuery, Row, rows_of
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.table import Table
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
        rows = [row for row in _rows(question.world) if query.shows(row)]
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
    if not query.id:
        return _rows(world)
    found = world.table(SESSIONS).get(query.id)
    return () if found is None else rows_of(found)


def _rows(world: World) -> Iterable[Row]:
    """All rows, those of the newest sessions first.

    The sessions that a world begins with are looked through once for all worlds, which takes three seconds for 100,000
    of them; after that a report looks at those alone that have changed.
    """
    begun = world.base.tables[SESSIONS].derived(_rows_of)
    changed, gone = world.table(SESSIONS).delta()
    if not changed and not gone:
        return begun
    others = {*gone, *(session.id for session in changed)}
    rows = [row for row in begun if row.session.id not in others]
    rows += (row for session in reversed(changed) for row in rows_of(session))
    return sorted(rows, key=lambda row: (row.session.started, row.session.id), reverse=True)


def _rows_of(table: Table[Session]) -> list[Row]:
    return [row for session in table.newest(table.all(), 0, len(table)) for row in rows_of(session)]
