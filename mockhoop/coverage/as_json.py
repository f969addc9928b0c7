"""The report as JSON: every point with its place and its count, and the shares."""

import json
from collections.abc import Mapping
from typing import Any

from mockhoop.coverage.figures import Figures, Share
from mockhoop.coverage.point import Point


def as_json(figures: Figures) -> str:
    """The report as JSON, the same bytes for the same runs."""
    told = {
        "contract": {"name": figures.subject.name, "digest": figures.subject.digest},
        "runs": figures.runs,
        "whole": _share(figures.whole),
        "kinds": _shares(figures.by_kind),
        "tags": _shares(figures.by_tag),
        "operations": _shares({name: one for name, one in figures.by_owner.items() if name in figures.operations}),
        "schemas": _shares({name: one for name, one in figures.by_owner.items() if name not in figures.operations}),
        "points": [_point(figures, point) for point in figures.points],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _point(figures: Figures, point: Point) -> dict[str, Any]:
    place = figures.places[point.name]
    return {
        "kind": point.kind,
        "name": point.name,
        "operation": point.operation,
        "schema": point.schema,
        "pointer": point.pointer,
        "file": place.file if place is not None else "",
        "line": place.line if place is not None else 0,
        "count": figures.count(point),
    }


def _shares(shares: Mapping[str, Share]) -> dict[str, Any]:
    return {name: _share(share) for name, share in shares.items()}


def _share(share: Share) -> dict[str, Any]:
    return {"hit": share.hit, "all": share.all, "percent": round(share.percent, 2)}
