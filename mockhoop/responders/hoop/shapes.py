"""What the contract lets Hoop's objects show: known fields in the gateway's order, new ones with plausible values."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from mockhoop.errors import ContractError
from mockhoop.gateway.fields import (
    ABSENT,
    GROUP_FIELDS,
    LISTED_REVIEW_FIELDS,
    LISTED_SESSION_FIELDS,
    REVIEW_FIELDS,
    REVIEWER_FIELDS,
    SESSION_FIELDS,
    TIME_WINDOW_FIELDS,
    Fields,
    GroupView,
    ReviewView,
    SessionView,
)
from mockhoop.gateway.records import Review, Reviewer, ReviewGroup, TimeWindow
from mockhoop.values.plausible import Plausible


class Shape:
    """One schema of the contract as the recipe for an object.

    Properties that the gateway's rules know get their values from the record; all others get plausible ones from their
    schema. A property that is not in the contract is not written.
    """

    def __init__(self, schema_name: str, document: Mapping[str, Any], fields: Fields, plausible: Plausible) -> None:
        properties = _properties(document, schema_name)
        self._name = schema_name
        self._known = tuple((name, get) for name, get in fields.items() if name in properties)
        self._others = tuple((name, schema) for name, schema in properties.items() if name not in fields)
        self._plausible = plausible

    def fill(self, record: object, key: str) -> dict[str, Any]:
        """The object for a record; ``key`` is what its plausible values depend on."""
        filled = {name: value for name, get in self._known if (value := get(record)) is not ABSENT}
        for name, schema in self._others:
            filled[name] = self._plausible.value(schema, self._name, key, name, name=name)
        return filled


def _properties(document: Mapping[str, Any], schema_name: str) -> Mapping[str, Any]:
    schema = document.get("components", {}).get("schemas", {}).get(schema_name)
    if not isinstance(schema, Mapping) or not isinstance(schema.get("properties"), Mapping):
        raise ContractError(
            f"the profile hoop needs the schema {schema_name!r} with properties in components/schemas; "
            "serve the document without x-mockhoop if it is not Hoop's"
        )
    properties: Mapping[str, Any] = schema["properties"]
    return properties


_ENVELOPE = ("data", "total", "total_is_capped", "has_next_page")


class ReviewShape:
    """A review with its groups, its reviewers and its time window, as the schema of one place has it."""

    def __init__(
        self,
        schema_name: str,
        document: Mapping[str, Any],
        plausible: Plausible,
        fields: Fields = REVIEW_FIELDS,
        group_fields: Fields = GROUP_FIELDS,
    ) -> None:
        self._review = Shape(schema_name, document, fields, plausible)
        self._group = Shape("openapi.ReviewGroup", document, group_fields, plausible)
        self._reviewer = Shape("openapi.ReviewOwner", document, REVIEWER_FIELDS, plausible)
        self._window = Shape("openapi.ReviewSessionTimeWindow", document, TIME_WINDOW_FIELDS, plausible)

    def fill(self, record: Review | ReviewView, key: str) -> dict[str, Any]:
        """The review as an answer shows it; ``key`` is its id."""
        filled = self._review.fill(record, key)
        if "review_groups_data" in filled:
            filled["review_groups_data"] = [self._filled_group(group) for group in filled["review_groups_data"]]
        if isinstance(filled.get("time_window"), TimeWindow):
            filled["time_window"] = self._window.fill(filled["time_window"], key)
        return filled

    def _filled_group(self, record: ReviewGroup | GroupView) -> dict[str, Any]:
        group = record.group if isinstance(record, GroupView) else record
        filled = self._group.fill(record, group.id)
        if isinstance(filled.get("reviewed_by"), Reviewer):
            filled["reviewed_by"] = self._reviewer.fill(filled["reviewed_by"], group.id)
        return filled


class SessionShapes:
    """A session with all that is in it, in a list and by itself."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._session = {
            False: Shape("openapi.Session", document, SESSION_FIELDS, plausible),
            True: Shape("openapi.Session", document, LISTED_SESSION_FIELDS, plausible),
        }
        self._review = {
            False: ReviewShape("openapi.SessionReview", document, plausible),
            True: ReviewShape("openapi.SessionReview", document, plausible, LISTED_REVIEW_FIELDS),
        }
        envelope = {name: itemgetter(name) for name in _ENVELOPE}
        self._list = Shape("openapi.SessionList", document, envelope, plausible)

    def session(self, view: SessionView, *, listed: bool = False) -> dict[str, Any]:
        """The session as an answer shows it."""
        filled = self._session[listed].fill(view, view.session.id)
        review = filled.get("review")
        if isinstance(review, Review):
            filled["review"] = self._review[listed].fill(review, review.id)
        return filled

    def envelope(self, *, total: int | None, capped: bool, more: bool) -> dict[str, Any]:
        """The list around the items, which are still missing (section 3.6)."""
        known: dict[str, Any] = {"data": [], "total": total, "total_is_capped": capped, "has_next_page": more}
        return self._list.fill(known, "list")
