"""A plot of the ratios to the bare handler, as SVG."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from suite.results import Row
from suite.servers import BARE

_LEFT, _BARS, _RIGHT = 170, 420, 150
_BAR, _GAP = 13, 14
_OURS, _THEIRS = "#2563eb", "#9ca3af"
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#374151}.case{font-weight:600}.bare{stroke:#dc2626;stroke-dasharray:4 3}"
)


def svg(rows: Sequence[Row]) -> str:
    """Bars of calls per second, each as a share of what the bare handler does in the same round."""
    shown = [row for row in rows if row.server != BARE]
    scale = _BARS / max([1.0, *(row.ratio for row in shown)])
    lines, bottom = _cases(shown, scale)
    edge = _LEFT + scale
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _BARS + _RIGHT} {bottom + 24}" role="img">',
            "<title>Calls per second as a share of what a bare aiohttp handler does with the same bytes</title>",
            f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
            *lines,
            f'<line class="bare" x1="{edge:.1f}" x2="{edge:.1f}" y1="4" y2="{bottom}"/>',
            f'<text x="{edge:.1f}" y="{bottom + 15}" text-anchor="middle">bare aiohttp handler = 1</text>',
            "</svg>\n",
        ]
    )


def _cases(rows: Sequence[Row], scale: float) -> tuple[list[str], int]:
    """The lines of all cases, and where the last of them ends."""
    lines, top = [], _GAP
    for (case, kind), of_case in groupby(rows, key=lambda row: (row.case, row.kind)):
        lines.append(f'<text class="case" x="8" y="{top + 10}">{escape(f"{case} ({kind})")}</text>')
        for row in of_case:
            top += _BAR + 2
            lines += _bar(row, top, scale)
        top += _BAR + _GAP
    return lines, top


def _bar(row: Row, top: int, scale: float) -> Iterator[str]:
    color = _OURS if row.server.startswith("mockhoop") else _THEIRS
    width = max(1.0, row.ratio * scale)
    yield f'<text x="{_LEFT - 6}" y="{top + 10}" text-anchor="end">{escape(row.server)}</text>'
    yield f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{color}"/>'
    told = f"{row.ratio:.2f}  {row.rate:,.0f}/s"
    yield f'<text x="{_LEFT + width + 5:.1f}" y="{top + 10}">{told}</text>'
