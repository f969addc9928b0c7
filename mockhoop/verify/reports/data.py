"""The report as plain data, for JSON."""

import json
from typing import Any

from mockhoop.journals.file import as_dict
from mockhoop.verify.outcome import Part, Report, State, Step


def json_report(report: Report, started: str) -> bytes:
    """The document; ``started`` is a moment such as 2024-08-01T12:00:00, in UTC."""
    told = {
        "target": report.target,
        "about": report.about,
        "contract": report.contract,
        "started": f"{started}Z",
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "broken_off": report.broken_off or None,
        "notes": report.notes,
        "calls": report.calls,
        "counts": {state.value: report.count(state) for state in State},
        "parts": [_part(part) for part in report.parts],
    }
    return json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "title": part.title,
        "left_out": part.why or None,
        "steps": [_step(step) for step in part.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "state": step.state.value,
        "user": step.user or None,
        "problems": list(step.problems),
        "why": step.why or None,
        "calls": step.calls,
        "seconds": round(step.seconds, 4),
        "exchange": as_dict(step.exchange) if step.exchange is not None else None,
    }
