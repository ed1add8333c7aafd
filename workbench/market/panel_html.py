"""A panel on one screen: a heat strip of the whole and a corner of the numbers.

The strip averages the panel into at most 96 × 24 tiles of within-session rank, so that a stock
worth 1,000 and one worth 2 are both visible; missing tiles stay white. Everything is plain
escaped HTML and inline SVG: no script, no request.
"""

from __future__ import annotations

from html import escape

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel
from workbench.market.assets import Assets
from workbench.market.sessions import Sessions

__all__ = ["panel_html"]

_TILES = (96, 24)
_CORNER = (5, 6)
_LOW, _MIDDLE, _HIGH = (44, 105, 154), (240, 240, 236), (178, 58, 72)


def panel_html(
    title: str,
    values: AnyPanel,
    sessions: Sessions,
    assets: Assets,
    labels: tuple[str, ...] | None = None,
) -> str:
    """HTML of a panel: title, heat strip (time runs right, assets down), last rows."""
    style = "font-variant-numeric:tabular-nums;border-collapse:collapse;font-size:12px"
    return (
        f'<div class="workbench-panel"><div style="font-weight:600">{escape(title)}</div>'
        f"{_strip(values)}"
        f'<table style="{style}">{_corner(values, sessions, assets, labels)}</table></div>'
    )


def _strip(values: AnyPanel) -> str:
    """Inline SVG of tiles, one colour each."""
    if not values.size:
        return ""
    tiles = _tile_means(_scaled(values))
    columns, rows = tiles.shape
    cells = "".join(
        f'<rect x="{x}" y="{y}" width="1" height="1" fill="{_colour(tiles[x, y])}"/>'
        for x in range(columns)
        for y in range(rows)
        if np.isfinite(tiles[x, y])
    )
    return (
        f'<svg width="{6 * columns}" height="{3 * rows}" viewBox="0 0 {columns} {rows}" '
        'preserveAspectRatio="none" shape-rendering="crispEdges" role="img" '
        f'aria-label="heat strip" style="margin:4px 0;max-width:100%">{cells}</svg>'
    )


def _scaled(values: AnyPanel) -> FloatPanel:
    """Values on [0, 1]: rank within the session for numbers, share of the range otherwise.

    At most 96 sessions are looked at, spread over the whole, so that a repr stays instant.
    """
    rows = np.unique(np.linspace(0, len(values) - 1, min(len(values), _TILES[0])).astype(int))
    chosen = values[rows]
    if chosen.dtype.kind != "f":
        top = max(1, int(chosen.max()))
        return np.where(chosen < 0, np.nan, chosen / top)
    present = np.isfinite(chosen)
    order = np.argsort(np.argsort(np.where(present, chosen, np.inf), axis=1), axis=1)
    span = np.maximum(present.sum(axis=1, keepdims=True) - 1, 1)
    return np.where(present, order / span, np.nan)


def _tile_means(scaled: FloatPanel) -> FloatPanel:
    """Means over blocks of assets, shape (columns, rows); NaN where a block is empty."""
    n_rows = min(scaled.shape[1], _TILES[1])
    edges = np.linspace(0, scaled.shape[1], n_rows + 1).astype(int)
    present = np.isfinite(scaled)
    sums = np.add.reduceat(np.where(present, scaled, 0.0), edges[:-1], axis=1)
    counts = np.add.reduceat(present.astype(float), edges[:-1], axis=1)
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _colour(share: float) -> str:
    """Blue below, red above the middle."""
    low, high = (_LOW, _MIDDLE) if share < 0.5 else (_MIDDLE, _HIGH)
    weight = 2 * share if share < 0.5 else 2 * share - 1
    mixed = (round(a + (b - a) * weight) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _corner(
    values: AnyPanel, sessions: Sessions, assets: Assets, labels: tuple[str, ...] | None
) -> str:
    """The last sessions of the first assets."""
    n_columns = min(_CORNER[1], len(assets))
    head = "".join(f"<th>{escape(assets[column])}</th>" for column in range(n_columns))
    first = max(0, len(sessions) - _CORNER[0])
    body = "".join(
        f"<tr><th>{sessions[row]}</th>"
        + "".join(f"<td>{_cell(values[row, column], labels)}</td>" for column in range(n_columns))
        + "</tr>"
        for row in range(first, len(sessions))
    )
    more = "<th>…</th>" if len(assets) > n_columns else ""
    return f"<tr><th></th>{head}{more}</tr>{body}"


def _cell(value: object, labels: tuple[str, ...] | None) -> str:
    """One value as escaped text."""
    if labels is not None:
        code = int(value)  # type: ignore[call-overload]
        return escape(labels[code]) if code >= 0 else "–"
    if isinstance(value, np.bool_):
        return "✓" if value else "·"
    return f"{value:.5g}" if np.isfinite(value) else "–"  # type: ignore[call-overload]
