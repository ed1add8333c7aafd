"""A market on one screen: its span, its fields, its notes and how many assets are quoted."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

__all__ = ["market_html"]

_WIDTH, _HEIGHT = 480, 40


def market_html(
    title: str, fields: tuple[str, ...], notes: tuple[str, ...], breadth: NDArray[np.integer]
) -> str:
    """Escaped HTML with a sparkline of the number of assets in the cross-section."""
    listed = " ".join(f"<code>{escape(name)}</code>" for name in fields)
    remarks = "".join(f"<li>{escape(note)}</li>" for note in notes)
    caption = f"assets in the cross-section: {breadth.min():,} … {breadth.max():,}"
    return (
        f'<div class="workbench-market"><div style="font-weight:600">{escape(title)}</div>'
        f'{_sparkline(breadth)}<div style="font-size:12px">{caption}</div>'
        f'<details style="font-size:12px"><summary>{len(fields)} fields</summary>{listed}'
        f'</details><ul style="font-size:12px;margin:4px 0">{remarks}</ul></div>'
    )


def _sparkline(values: NDArray[np.integer]) -> str:
    """A polyline of at most 240 points, from zero to the maximum."""
    rows = np.unique(np.linspace(0, len(values) - 1, min(len(values), 240)).astype(int))
    top = max(int(values.max()), 1)
    x = rows * (_WIDTH / max(len(values) - 1, 1))
    y = _HEIGHT - values[rows] * ((_HEIGHT - 2) / top) - 1
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="assets quoted" '
        f'style="max-width:100%"><polygon points="0,{_HEIGHT} {points} {_WIDTH},{_HEIGHT}" '
        f'fill="#2c699a" fill-opacity="0.12"/><polyline points="{points}" fill="none" '
        'stroke="#2c699a" stroke-width="1.2"/></svg>'
    )
