"""A study on one screen: its summary and the cumulative information coefficient.

Everything is plain escaped HTML and inline SVG: no script, no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["study_html"]

_WIDTH, _HEIGHT, _POINTS = 560, 120, 280
_COLOURS = ("#b23a48", "#2c699a", "#6a994e", "#8d6a9f", "#bc6c25", "#4a4e69")
_FORMATS = {
    "rank_ic": "{:+.4f}",
    "icir": "{:+.3f}",
    "t_newey_west": "{:+.2f}",
    "p_value": "{:.3g}",
    "p_cosine": "{:.3g}",
    "n_effective": "{:.0f}",
    "hit_rate": "{:.1%}",
    "spread": "{:+.1%}",
    "spread_t": "{:+.2f}",
    "monotonicity": "{:+.2f}",
    "turnover": "{:.1%}",
    "coverage": "{:.1%}",
}


def study_html(
    expression: str, summary: pd.DataFrame, ic: pd.DataFrame, notes: Sequence[str]
) -> str:
    """HTML of a study: expression, cumulative rank IC, one row a horizon, the recipe.

    All text is escaped.
    """
    style = "font-variant-numeric:tabular-nums;border-collapse:collapse;font-size:12px"
    lines = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        '<div class="workbench-study">'
        f'<div style="font-weight:600"><code>{escape(expression)}</code></div>'
        f"{_chart(ic)}"
        f'<table style="{style}">{_table(summary)}</table>'
        f'<details style="font-size:12px"><summary>recipe</summary><ul>{lines}</ul></details>'
        "</div>"
    )


def _table(summary: pd.DataFrame) -> str:
    """Rows of the summary."""
    head = "".join(f"<th>{escape(name)}</th>" for name in ("horizon", *map(str, summary.columns)))
    body = ""
    for horizon, row in summary.iterrows():
        cells = "".join(f"<td>{_shown(str(name), value)}</td>" for name, value in row.items())
        body += f"<tr><th>{escape(str(horizon))}</th>{cells}</tr>"
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def _shown(name: str, value: float) -> str:
    """One number for people; a dash where there is none."""
    return _FORMATS.get(name, "{:.4g}").format(value) if isfinite(value) else "–"


def _chart(ic: pd.DataFrame) -> str:
    """Cumulative IC, one line a horizon, as inline SVG."""
    curves = [np.nan_to_num(ic[column].to_numpy()).cumsum() for column in ic.columns]
    low = min(0.0, *(curve.min() for curve in curves))
    high = max(0.0, *(curve.max() for curve in curves))
    extent = (high - low) or 1.0
    zero = _HEIGHT * (high / extent)
    lines, legend = "", ""
    for number, (column, curve) in enumerate(zip(ic.columns, curves, strict=True)):
        colour = _COLOURS[number % len(_COLOURS)]
        lines += (
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" '
            f'points="{_points(curve, high, extent)}"/>'
        )
        legend += (
            f'<span style="color:{colour};margin-right:12px">'
            f"{escape(str(column))} sessions: {curve[-1]:+.2f}</span>"
        )
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 -2 {_WIDTH} {_HEIGHT + 4}" '
        'role="img" aria-label="cumulative rank IC" style="margin:4px 0;max-width:100%">'
        f'<line x1="0" x2="{_WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="#999" '
        f'stroke-width="0.5"/>{lines}</svg>'
        f'<div style="font-size:12px">cumulative rank IC&ensp;{legend}</div>'
    )


def _points(curve: NDArray[np.float64], high: float, extent: float) -> str:
    """At most `_POINTS` corners of the line, the last session always among them."""
    step = max(1, -(-len(curve) // _POINTS))
    chosen = sorted({*range(0, len(curve), step), len(curve) - 1})
    last = max(len(curve) - 1, 1)
    return " ".join(
        f"{_WIDTH * t / last:.1f},{_HEIGHT * (high - curve[t]) / extent:.1f}" for t in chosen
    )
