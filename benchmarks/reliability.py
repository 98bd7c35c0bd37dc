"""A plot of how honest a probability is, as SVG: what was said against what was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_SIZE, _EDGE = 340, 48
_COLOURS = ("#1b5e8c", "#b3541e", "#4d7a2e")
_BINS = 8


def reliability_svg(title: str, sets: Mapping[str, Sequence[tuple[float, bool]]]) -> str:
    """Points of (mean probability said, share right) for each set, in bins of equal counts.

    On the diagonal, the probability is honest. The larger a point, the more questions in it.
    """
    parts = [_frame(title)]
    for number, (name, pairs) in enumerate(sets.items()):
        colour, ordered = _COLOURS[number % len(_COLOURS)], sorted(pairs)
        points = []
        for at in range(_BINS):
            some = ordered[at * len(ordered) // _BINS : (at + 1) * len(ordered) // _BINS]
            if some:
                said = sum(p for p, _ in some) / len(some)
                points.append((said, sum(right for _, right in some) / len(some)))
        line = " ".join(f"{_x(p):.1f},{_y(r):.1f}" for p, r in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        parts += [
            f'<circle cx="{_x(p):.1f}" cy="{_y(r):.1f}" r="4" fill="{colour}"/>' for p, r in points
        ]
        parts.append(
            f'<text x="{_EDGE + 12}" y="{_EDGE + 18 + 18 * number}" fill="{colour}">'
            f"{escape(name)} ({len(pairs)})</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _frame(title: str) -> str:
    side = _SIZE + 2 * _EDGE
    ticks = "".join(
        f'<text x="{_x(t):.0f}" y="{_EDGE + _SIZE + 20}" text-anchor="middle">{t:g}</text>'
        f'<text x="{_EDGE - 8}" y="{_y(t) + 4:.0f}" text-anchor="end">{t:g}</text>'
        for t in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/>'
        f'<text x="{side / 2}" y="28" text-anchor="middle" font-size="15">{escape(title)}</text>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIZE}" height="{_SIZE}" fill="none" '
        'stroke="#999"/>'
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#bbb" '
        f'stroke-dasharray="4 4"/>{ticks}'
        f'<text x="{side / 2}" y="{side - 8}" text-anchor="middle">probabilité annoncée</text>'
        f'<text x="14" y="{side / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {side / 2})">part de bonnes réponses</text>'
    )


def _x(value: float) -> float:
    return _EDGE + _SIZE * value


def _y(value: float) -> float:
    return _EDGE + _SIZE * (1 - value)
