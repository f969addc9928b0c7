"""By what generated sessions are found: bitmaps out of their columns, made when somebody first asks for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress

from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.gateway.reports import AT_ONCE
from mockhoop.scenario.defaults import runs_to_its_end
from mockhoop.scenario.draws import NO_REVIEW, Draws
from mockhoop.values.lots import Lots, NumberedIds
from mockhoop.world.table import Places, Positions

Found = Mapping[str, Positions]


class SessionIndex:
    """What the facets of ``mockhoop.gateway.facets`` say of the sessions of one entry, without making any of them."""

    def __init__(self, draws: Draws, review_ids: NumberedIds, batch: str | None, places: Places) -> None:
        self._draws = draws
        self._review_ids = review_ids
        self._batch = batch
        self._places = places
        self._made: dict[str, Found] = {}
        self._makers: Mapping[str, Callable[[], Found]] = {
            "user": self._users,
            "connection": lambda: self._of_connections("name"),
            "type": lambda: self._of_connections("type"),
            "review.status": lambda: {"" if name == NO_REVIEW else name: at for name, at in self._reviews.items()},
            "review.group": self._groups,
            "batch_id": lambda: {} if self._batch is None else {self._batch: self._places.all()},
            "correlation_id": lambda: self._numbered(self._draws.workflow, "deploy-{}"),
            "jira_issue_key": lambda: self._numbered(self._draws.issue, "ops-{}"),
            "inspected": lambda: {AT_ONCE: self._inspected()},
        }

    def where(self, facet: str, value: str) -> Positions:
        """The positions of the sessions with this value. Not to be changed."""
        if facet != "review.id":
            return self._found(facet).get(value, self._nowhere)
        number = self._review_ids.number_of(value, self._draws.count)
        return self._places.at([number]) if number is not None and self._is_reviewed(number) else self._nowhere

    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet; some may have no session."""
        if facet != "review.id":
            return self._found(facet)
        return map(self._review_ids.id_of, filter(self._is_reviewed, range(self._draws.count)))

    def _found(self, facet: str) -> Found:
        found = self._made.get(facet)
        if found is None:
            found = self._made[facet] = self._makers[facet]()
        return found

    def _is_reviewed(self, number: int) -> bool:
        return self._draws.review_status(number) != NO_REVIEW

    def _users(self) -> Found:
        if not self._draws.users:
            return {"": self._places.all()}
        return _joined(zip([user.subject for user in self._draws.users], self._by_code(self._draws.user), strict=True))

    def _of_connections(self, field: str) -> Found:
        names = [getattr(connection, field) for connection in self._draws.connections]
        return _joined(zip(names, self._connections, strict=True))

    def _groups(self) -> Found:
        """By group: the reviewed sessions of connections that it reviews, and others for which it was drawn."""
        draws, reviewed = self._draws, self._places.all() - self._unreviewed
        pairs = []
        for connection, at in zip(draws.connections, self._connections, strict=True):
            pairs += [(group, at & reviewed) for group in connection.reviewers]
            if not connection.reviewers:
                others = zip(draws.groups or [ADMIN_GROUP], self._drawn_groups, strict=True)
                pairs += [(group, at & reviewed & drawn) for group, drawn in others]
        return _joined(pairs)

    def _inspected(self) -> Positions:
        """Those that ran to their end and in which something was masked."""
        draws = self._draws
        done = zip(draws.statuses, self._by_code(draws.status), strict=True)
        ran = self._unreviewed & dict(done).get("done", self._nowhere)
        for status, at in self._reviews.items():
            if status != NO_REVIEW and runs_to_its_end(status):
                ran |= at
        return ran & self._by_code(draws.masked)[1]

    def _numbered(self, lots: Lots, form: str) -> Found:
        """Those for which a number above 0 was drawn, by the text that it stands in."""
        codes = lots.codes()
        found: list[list[int]] = [[] for _ in range(lots.options)]
        for code, number in zip(filter(None, codes), compress(range(len(codes)), codes), strict=True):
            found[code].append(number)
        return {form.format(code): self._places.at(numbers) for code, numbers in enumerate(found) if numbers}

    def _by_code(self, lots: Lots) -> Sequence[Positions]:
        return self._places.by_code(lots.codes(), lots.options)

    @cached_property
    def _connections(self) -> Sequence[Positions]:
        return self._by_code(self._draws.connection)

    @cached_property
    def _drawn_groups(self) -> Sequence[Positions]:
        return self._by_code(self._draws.group)

    @cached_property
    def _reviews(self) -> Found:
        return dict(zip(self._draws.reviews, self._by_code(self._draws.review), strict=True))

    @cached_property
    def _unreviewed(self) -> Positions:
        return self._reviews.get(NO_REVIEW, self._nowhere)

    @cached_property
    def _nowhere(self) -> Positions:
        return self._places.at(())


def _joined(pairs: Iterable[tuple[str, Positions]]) -> Found:
    """The positions of each value, of all pairs that have it."""
    found: dict[str, Positions] = {}
    for value, at in pairs:
        found[value] = found[value] | at if value in found else at
    return found
