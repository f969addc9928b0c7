"""A plot of curves on two scales of tens, as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_LEFT, _TOP, _WIDTH, _HEIGHT, _RIGHT = 70, 34, 420, 300, 220
_COLORS = ("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#6b7280")
_STYLE = "text{font:11px system-ui,sans-serif;fill:#374151}.title{font-weight:600}.grid{stroke:#e5e7eb}"
_LINE_HEIGHT = 15


@dataclass(frozen=True)
class Curve:
    """Milliseconds by a size."""

    name: str
    points: Mapping[int, float]

    @property
    def last(self) -> float:
        """The milliseconds of the largest size."""
        return self.points[max(self.points)]


@dataclass(frozen=True)
class _Scale:
    """Whole powers of ten from ``low`` to ``high``, laid over so many pixels from ``start`` on."""

    low: int
    high: int
    start: float
    length: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, length: float) -> "_Scale":
        low = floor(log10(min(values)))
        return cls(low, max(ceil(log10(max(values))), low + 1), start, length)

    def at(self, value: float) -> float:
        return self.start + (log10(value) - self.low) / (self.high - self.low) * self.length

    def powers(self) -> Iterator[tuple[float, float]]:
        return ((10.0**power, self.at(10.0**power)) for power in range(self.low, self.high + 1))


def svg(curves: Sequence[Curve], title: str) -> str:
    """Curves with a grid, the name of each at its end."""
    across = _Scale.over([size for curve in curves for size in curve.points], _LEFT, _WIDTH)
    upward = _Scale.over([ms for curve in curves for ms in curve.points.values()], _TOP + _HEIGHT, -_HEIGHT)
    box = f"0 0 {_LEFT + _WIDTH + _RIGHT} {_TOP + _HEIGHT + 30}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
            f'<text class="title" x="{_LEFT}" y="20">{escape(title)}</text>',
            *_grid(across, upward),
            *_lines(curves, across, upward),
            "</svg>\n",
        ]
    )


def _grid(across: _Scale, upward: _Scale) -> Iterator[str]:
    bottom, right = _TOP + _HEIGHT, _LEFT + _WIDTH
    for size, x in across.powers():
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{size:,.0f}</text>'
    for ms, y in upward.powers():
        yield f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{ms:,g} ms</text>'


def _lines(curves: Sequence[Curve], across: _Scale, upward: _Scale) -> Iterator[str]:
    labels = _spaced([upward.at(curve.last) for curve in curves])
    for number, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        color = _COLORS[number % len(_COLORS)]
        points = " ".join(f"{across.at(size):.1f},{upward.at(ms):.1f}" for size, ms in sorted(curve.points.items()))
        yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
        place = f'x="{_LEFT + _WIDTH + 8}" y="{label + 4:.1f}"'
        yield f'<text {place} style="fill:{color}">{escape(curve.name)}: {_shown(curve.last)} ms</text>'


def _shown(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 10 else f"{ms:.2g}"


def _spaced(wanted: Sequence[float]) -> list[float]:
    """Where names stand: where they are wanted, but never one over another."""
    places: dict[int, float] = {}
    free = 0.0
    for number in sorted(range(len(wanted)), key=wanted.__getitem__):
        places[number] = max(wanted[number], free)
        free = places[number] + _LINE_HEIGHT
    return [places[number] for number in range(len(wanted))]
