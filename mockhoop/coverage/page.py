"""The report as one page for a browser: nothing is loaded from anywhere, and no script runs."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import PurePath

from mockhoop.coverage.figures import SCHEMAS, Figures, Share, percent_text
from mockhoop.coverage.point import Point
from mockhoop.coverage.style import STYLE
from mockhoop.coverage.terminal import plural, summary


def page(figures: Figures) -> str:
    """The report as HTML, the same bytes for the same runs."""
    return "".join(f"{line}\n" for line in _lines(figures))


def _lines(figures: Figures) -> Iterator[str]:
    title = escape(f"Coverage of {figures.subject.name}")
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
    yield f"<header><h1>{title}</h1>"
    yield f'<p class="whole"><strong>{percent_text(figures.whole.percent)}</strong> {_bar(figures.whole)}</p>'
    yield f"<p>{escape(summary(figures))}</p></header>"
    yield '<input type="checkbox" id="missing"><label for="missing">Show only what was never exercised</label>'
    yield "<main><h2>By kind</h2>"
    yield from _table([(plural(kind), share) for kind, share in figures.by_kind.items()])
    yield "<h2>By operation and schema</h2>"
    for tag, share in figures.by_tag.items():
        yield from _tag(figures, tag, share)
    yield "</main></body></html>"


def _table(rows: Iterable[tuple[str, Share]]) -> Iterator[str]:
    yield "<table>"
    for name, share in rows:
        yield (
            f'<tr><th scope="row">{escape(name)}</th><td class="number">{share.hit} of {share.all}</td>'
            f'<td class="number">{percent_text(share.percent)}</td><td class="bar">{_bar(share)}</td></tr>'
        )
    yield "</table>"


def _bar(share: Share) -> str:
    return f'<span class="track"><span class="fill" style="width:{share.percent:.1f}%"></span></span>'


def _tag(figures: Figures, tag: str, share: Share) -> Iterator[str]:
    owners = figures.owners[tag]
    state = "open" if share.hit and tag != SCHEMAS else ""
    yield f'<details class="tag" {state}><summary>{_heading(tag, share)}</summary>'
    for name in owners:
        if figures.is_touched(name):
            yield from _owner(figures, name)
    never = [name for name in owners if not figures.is_touched(name)]
    if never:
        yield f'<p class="miss">Never {"seen" if tag == SCHEMAS else "called"}:</p><ul>'
        yield from (f'<li class="miss">{_name(figures, figures.of_owner(name)[0], name)}</li>' for name in never)
        yield "</ul>"
    if not owners:
        yield from _points(figures, figures.of_owner(""))
    yield "</details>"


def _owner(figures: Figures, name: str) -> Iterator[str]:
    share = figures.by_owner[name]
    whole = "hit" if share.hit == share.all else ""
    yield f'<details class="operation {whole}"><summary>{_heading(name, share)}</summary>'
    yield from _points(figures, figures.of_owner(name))
    yield "</details>"


def _points(figures: Figures, points: Iterable[Point]) -> Iterator[str]:
    yield '<table class="points">'
    for point in points:
        count = figures.count(point)
        told = f"{count} ×" if count else "never"
        yield (
            f'<tr class="{"hit" if count else "miss"}"><td>{escape(point.kind)}</td>'
            f'<td>{_name(figures, point, point.label)}</td><td class="number">{told}</td></tr>'
        )
    yield "</table>"


def _name(figures: Figures, point: Point, text: str) -> str:
    place = figures.places[point.name]
    where = f' <span class="place">{escape(PurePath(place.file).name)}:{place.line}</span>' if place is not None else ""
    return f"<code>{escape(text)}</code>{where}"


def _heading(name: str, share: Share) -> str:
    return (
        f'<span class="name">{escape(name)}</span> <span class="number">{share.hit} of {share.all}</span> '
        f'<span class="number">{percent_text(share.percent)}</span> {_bar(share)}'
    )
