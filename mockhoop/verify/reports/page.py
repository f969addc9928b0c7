"""The report as one page of HTML that needs nothing beside it."""

from collections.abc import Iterator
from html import escape

from mockhoop.verify.outcome import Part, Report, State, Step
from mockhoop.verify.reports.shown import shown
from mockhoop.verify.reports.text import summary

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --ok: #1a7f37; --bad: #cf222e; --off: #9a6700; --code: #8881; }
@media (prefers-color-scheme: dark) { :root { --ok: #3fb950; --bad: #f85149; --off: #d29922; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
a { color: inherit; }
h2 { font-size: 1.1rem; margin: 2rem 0 .2rem; }
p { margin: .2rem 0; }
.summary { display: flex; gap: .6rem; flex-wrap: wrap; margin: 1rem 0; }
.summary b { border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .9rem; font-weight: 500; }
.passed > .mark, b.passed { color: var(--ok); }
.failed > .mark, b.failed { color: var(--bad); }
.skipped > .mark, b.skipped { color: var(--off); }
h2 .title { font-weight: 400; font-size: .95rem; }
.title, .who, .why, .took { opacity: .7; }
.broken { border-left: 4px solid var(--bad); padding: .4rem .8rem; background: var(--code); }
ol { list-style: none; padding: 0; margin: .4rem 0; border-top: 1px solid var(--line); }
li { border-bottom: 1px solid var(--line); padding: .25rem 0; overflow-wrap: anywhere; }
summary, .line { display: flex; gap: .6rem; align-items: baseline; cursor: default; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.mark { flex: 0 0 1.1rem; text-align: center; font-weight: 700; }
.took { margin-left: auto; white-space: nowrap; font-variant-numeric: tabular-nums; }
.problem { color: var(--bad); margin-left: 1.7rem; }
.skipped .why { margin-left: 1.7rem; }
pre { background: var(--code); padding: .7rem; margin: .4rem 0 .4rem 1.7rem; border-radius: .4rem; overflow: auto;
  font: 12.5px/1.45 ui-monospace, monospace; white-space: pre-wrap; }
"""
_MARKS = {State.PASSED: "✓", State.FAILED: "✗", State.SKIPPED: "–"}


def html_report(report: Report, started: str) -> bytes:
    """The page; what failed is unfolded. ``started`` is a moment such as 2024-08-01T12:00:00, in UTC."""
    return "\n".join(_page(report, started)).encode("utf-8", "replace")


def _page(report: Report, started: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(summary(report))}: {escape(report.target)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield f"<h1>{escape(report.target)}</h1>"
    about = f"{report.about}, " if report.about else ""
    yield f'<p class="title">{escape(about)}held against {escape(report.contract)}, {started} UTC</p>'
    yield '<p class="summary">'
    for state in State:
        yield f'<b class="{state.value}">{report.count(state)} {state.value}</b>'
    yield f"<b>{report.calls} calls</b><b>{report.seconds:.1f} s</b></p>"
    yield from (f'<p class="title">{escape(note)}</p>' for note in report.notes)
    if report.broken_off:
        yield f'<p class="broken">Broken off: {escape(report.broken_off)}</p>'
    yield from _failures(report)
    for part in report.parts:
        yield from _part(part)
    yield "</html>\n"


def _failures(report: Report) -> Iterator[str]:
    """Where to find what failed."""
    if not report.count(State.FAILED):
        return
    yield '<ol class="found">'
    for part in report.parts:
        for number, step in enumerate(part.steps):
            if step.state is State.FAILED:
                yield f'<li class="failed"><div class="failed line"><span class="mark">{_MARKS[step.state]}</span>'
                yield f'<a href="#{_anchor(part, number)}">{escape(part.name)}: {escape(step.name)}</a></div></li>'
    yield "</ol>"


def _anchor(part: Part, number: int) -> str:
    return escape(f"{part.name}-{number}")


def _part(part: Part) -> Iterator[str]:
    counts = ", ".join(f"{part.count(state)} {state.value}" for state in State if part.count(state))
    yield f'<section>\n<h2>{escape(part.name)} <span class="title">{counts}</span></h2>'
    if part.title:
        yield f'<p class="title">{escape(part.title)}</p>'
    if part.why:
        yield f'<p class="why">Left out: {escape(part.why)}</p>'
    if part.steps:
        yield "<ol>"
        for number, step in enumerate(part.steps):
            yield from _step(step, _anchor(part, number))
        yield "</ol>"
    yield "</section>"


def _step(step: Step, anchor: str) -> Iterator[str]:
    state = step.state
    yield f'<li class="{state.value}" id="{anchor}">'
    if step.exchange is None:
        yield f'<div class="{state.value} line">{_line(step)}</div>'
    else:
        opened = " open" if state is State.FAILED else ""
        yield f'<details{opened}><summary class="{state.value}">{_line(step)}</summary>'
    yield from (f'<p class="problem">{escape(problem)}</p>' for problem in step.problems)
    if step.why:
        yield f'<p class="why">{escape(step.why)}</p>'
    if step.exchange is not None:
        yield f"<pre>{escape(shown(step.exchange))}</pre></details>"
    yield "</li>"


def _line(step: Step) -> str:
    who = f'<span class="who">{escape(step.user)}</span>' if step.user else ""
    calls = f"{step.calls} calls, " if step.calls > 1 else ""
    took = f'<span class="took">{calls}{step.seconds * 1000:.0f} ms</span>' if step.calls else ""
    return f'<span class="mark">{_MARKS[step.state]}</span><span>{escape(step.name)}</span>{who}{took}'
