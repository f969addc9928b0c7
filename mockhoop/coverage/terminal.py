"""The report for a terminal."""

from collections.abc import Iterator

from mockhoop.coverage.figures import SCHEMAS, Figures, Share, percent_text
from mockhoop.coverage.point import OPERATION

_PLURALS = {"property": "properties", "status": "statuses"}
_INDENT = "  "

_Row = tuple[str, Share | None]


def summary(figures: Figures) -> str:
    """The report in a line."""
    runs = "1 run" if figures.runs == 1 else f"{figures.runs} runs"
    operations = figures.by_kind.get(OPERATION, Share(0, 0))
    whole = f"{percent_text(figures.whole.percent)}, {figures.whole.hit} of {figures.whole.all} points"
    return f"coverage of {figures.subject.name}: {whole}, {operations.hit} of {operations.all} operations, in {runs}"


def table(figures: Figures, *, missing: bool = False) -> str:
    """The report by kind, then by tag with those operations that were called; ``missing`` lists what was not."""
    rows: list[_Row] = [(plural(kind), share) for kind, share in figures.by_kind.items()]
    if figures.called.all:
        rows.append(("of the operations that were called", figures.called))
    rows += [("", None), *_tags(figures)]
    lines = [summary(figures), "", *_aligned(rows)]
    if missing:
        lines += ["", *_missing(figures)]
    return "\n".join(lines) + "\n"


def _tags(figures: Figures) -> Iterator[_Row]:
    for tag, share in figures.by_tag.items():
        if not share.hit:
            continue
        yield tag, share
        touched = [name for name in figures.owners[tag] if figures.is_touched(name)]
        for name in touched:
            yield _INDENT + name, figures.by_owner[name]
        left = len(figures.owners[tag]) - len(touched)
        if left:
            yield f"{_INDENT}… {left} {_never(tag, left)}", None
    never = [tag for tag, share in figures.by_tag.items() if not share.hit]
    if never:
        yield f"nothing of: {', '.join(never)}", None


def _never(tag: str, count: int) -> str:
    if tag == SCHEMAS:
        return "schema was never seen" if count == 1 else "schemas were never seen"
    return "operation was never called" if count == 1 else "operations were never called"


def _aligned(rows: list[_Row]) -> Iterator[str]:
    width = max(len(name) for name, share in rows if share is not None)
    hits = max(len(str(share.hit)) for _, share in rows if share is not None)
    alls = max(len(str(share.all)) for _, share in rows if share is not None)
    for name, share in rows:
        if share is None:
            yield name
        else:
            figures = f"{share.hit:>{hits}} of {share.all:>{alls}}"
            yield f"{name:<{width}}  {figures}  {percent_text(share.percent):>7}"


def _missing(figures: Figures) -> Iterator[str]:
    if not figures.missing:
        yield "Everything was exercised."
        return
    yield "Never exercised (of an operation that was never called only that, of a schema that was never seen nothing):"
    for point in figures.missing:
        place = figures.places[point.name]
        where = f"{place.file}:{place.line}: " if place is not None else ""
        yield f"{_INDENT}{where}{point.kind} {point.name}"


def plural(kind: str) -> str:
    """A kind of points, as a heading for many."""
    return _PLURALS.get(kind, f"{kind}s")
