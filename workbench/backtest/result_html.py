"""The static face of a result: equity line as SVG beside the headline table, no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["result_html"]

_WIDTH, _HEIGHT, _MARGIN = 460, 120, 4
_POINTS = 400
"""More points than pixels show nothing more and make notebooks heavy."""


def result_html(
    title: str, equity: pd.DataFrame, summary: pd.DataFrame, notes: Iterable[str]
) -> str:
    """HTML of a result.

    Parameters
    ----------
    title : str
        One line.
    equity : DataFrame
        Index session, with a column ``equity`` in CNY.
    summary : DataFrame
        Index metric; columns value and unit.
    notes : iterable of str
        Conventions and cautions, in small print.
    """
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(str(name))}</th>"
        f"<td style='text-align:right'>{row['value']:,.4g}</td>"
        f"<td style='text-align:left'>{escape(row['unit'])}</td></tr>"
        for name, row in summary.iterrows()
    )
    small = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f"<div><strong>{escape(title)}</strong>"
        f"<div style='display:flex;gap:24px;align-items:flex-start'>"
        f"{_line(equity['equity'].to_numpy())}<table>{rows}</table></div>"
        f"<ul style='font-size:85%'>{small}</ul></div>"
    )


def _line(values: np.ndarray) -> str:
    """Equity as one polyline over its own range."""
    keep = np.unique(np.linspace(0, len(values) - 1, min(len(values), _POINTS)).astype(int))
    picked = values[keep]
    low, high = float(picked.min()), float(picked.max())
    span = (high - low) or 1.0
    across = np.linspace(_MARGIN, _WIDTH - _MARGIN, len(picked))
    down = _HEIGHT - _MARGIN - (picked - low) / span * (_HEIGHT - 2 * _MARGIN)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    return (
        f"<svg width='{_WIDTH}' height='{_HEIGHT}' role='img' "
        f"aria-label='equity from {values[0]:,.0f} to {values[-1]:,.0f} CNY'>"
        f"<polyline points='{points}' fill='none' stroke='#4267ac' stroke-width='1.5'/></svg>"
    )
