"""A plan drawn: inline SVG without script, style sheet or request.

Bands are stages, boxes are steps, lines run from what is read to who reads it (dashed: some
sessions back). Ink and paper are those of the notebook's theme where it names them (JupyterLab, VS
Code), dark on white elsewhere: always both from one theme, so that the drawing can be read on any.
Plans with many steps are drawn stage by stage in `explain_stages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations

from workbench.compute.explain_nodes import Node

__all__ = ["HUES", "INK", "PAPER", "WIDTH", "cut", "graph_svg", "sheet"]

WIDTH = 960
INK = "var(--jp-content-font-color1,var(--vscode-editor-foreground,#1f2328))"
PAPER = "var(--jp-layout-color1,var(--vscode-editor-background,#ffffff))"
HUES: Mapping[str, str] = {
    "fields": "#7a8694",
    "time": "#3b82d6",
    "section": "#d9822b",
    "python": "#8e5bd0",
}
"""Colour of a band: fields, and the axes along which stages are cut."""

_BOX = (178, 74)
_FIELD_HEIGHT = 24
_ROW_BOXES = 5
_GAP = (14, 24)
_MARGIN = 7
_HEAD = 24
_LETTERS = 24
_TIP = 400
_LOUD, _QUIET = 'font-weight="bold"', 'font-size="10" fill-opacity=".8"'


@dataclass(frozen=True)
class _Box:
    """One box: where it stands and what is written in it."""

    x: float
    y: float
    hue: str
    lines: tuple[str, ...]
    tip: str
    share: float = 0.0
    result: bool = False
    height: float = _BOX[1]


def graph_svg(
    nodes: Sequence[Node], fields: Sequence[str], costs: Mapping[str, str] | None = None
) -> str:
    """Draw a plan, one box a step.

    Parameters
    ----------
    nodes : sequence of Node
        All steps, in order.
    fields : sequence of str
        Fields and groups that the plan reads from the market.
    costs : mapping of str to str, optional
        Measured cost of each step in words; the estimated share where absent.

    Returns
    -------
    str
        One ``<svg>`` element; every name is escaped.

    Examples
    --------
    >>> from workbench.compute.explain_nodes import nodes_of
    >>> from workbench.compute.plan import make_plan
    >>> from workbench.factor.text import parse
    >>> terms = {"f": parse("rank(close) < 0.5")}
    >>> svg = graph_svg(nodes_of(make_plan(terms), terms), ["close"])
    >>> svg.startswith("<svg"), "n1 &lt; 0.5" in svg
    (True, True)
    """
    boxes: dict[str, _Box] = {}
    bands: list[str] = []
    top: float = _MARGIN
    rows = [fields[at : at + _ROW_BOXES] for at in range(0, len(fields), _ROW_BOXES)]
    if rows:
        lines, top = _band(bands, top, len(rows), "fields", "fields of the market", _FIELD_HEIGHT)
        for row, y in zip(rows, lines, strict=True):
            for name, x in zip(row, _places([WIDTH / 2] * len(row)), strict=True):
                named = (cut(name),)
                boxes[name] = _Box(x, y, HUES["fields"], named, name, height=_FIELD_HEIGHT)
    for number in sorted({node.stage for node in nodes}):
        members = [node for node in nodes if node.stage == number]
        layers = _layers(members, {name: box.x for name, box in boxes.items()})
        lines, top = _band(bands, top, len(layers), members[0].axis, _title(members), _BOX[1])
        for layer, y in zip(layers, lines, strict=True):
            for node, x in layer:
                boxes[node.name] = _box(node, x, y, (costs or {}).get(node.name, ""))
    bands.append(
        f'<text x="{WIDTH - 10}" y="{_MARGIN + 16}" text-anchor="end" {_QUIET}>'
        "kept in · sessions back · ×readers; dashed: read some sessions back</text>"
    )
    edges = "".join(_edge(boxes, node, place) for node in nodes for place in range(len(node.reads)))
    drawn = "".join(map(_drawn, boxes.values()))
    return sheet(top + _MARGIN, "".join(bands) + edges + drawn)


def sheet(height: float, content: str) -> str:
    """The SVG element around a drawing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'role="img" aria-label="graph of the plan" font-family="monospace" font-size="11" '
        f'style="width:100%;max-width:{WIDTH}px;height:auto;background:{PAPER};fill:{INK}">'
        f"{content}</svg>"
    )


def cut(text: str, letters: int = _LETTERS) -> str:
    """A text cut to a number of letters.

    Examples
    --------
    >>> cut("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _band(
    bands: list[str], top: float, rows: int, kind: str, title: str, height: float
) -> tuple[list[float], float]:
    """Draw a band for rows of boxes of one height; top of each row, and bottom of the band."""
    step = height + _GAP[1]
    whole, hue = _HEAD + rows * step, HUES[kind]
    bands.append(
        f'<rect x="1" y="{top:g}" width="{WIDTH - 2}" height="{whole - 6:g}" rx="6" fill="{hue}" '
        f'fill-opacity=".08" stroke="{hue}" stroke-opacity=".5"/>'
        f'<text x="10" y="{top + 16:g}" font-weight="bold">{escape(title)}</text>'
    )
    return [top + _HEAD + at * step + 6 for at in range(rows)], top + whole


def _places(wanted: Sequence[float]) -> list[float]:
    """Left edges for a row of boxes, in their order, as near as can be to where they are wanted."""
    step = _BOX[0] + _GAP[0]
    start = (WIDTH - _ROW_BOXES * step + _GAP[0]) / 2
    slots = [start + at * step for at in range(_ROW_BOXES)]

    def distance(chosen: tuple[float, ...]) -> float:
        return sum(abs(x + _BOX[0] / 2 - to) for x, to in zip(chosen, wanted, strict=True))

    return list(min(combinations(slots, len(wanted)), key=distance))


def _layers(members: Sequence[Node], at: dict[str, float]) -> list[list[tuple[Node, float]]]:
    """Rows of a stage with left edges: who reads another step of the stage stands below it."""
    depth: dict[str, int] = {}
    for node in members:
        depth[node.name] = max(
            (depth[source.name] + 1 for source in node.reads if source.name in depth), default=0
        )
    rows: list[list[tuple[Node, float]]] = []
    for level in range(max(depth.values()) + 1):
        layer = [(_middle(node, at), node) for node in members if depth[node.name] == level]
        layer.sort(key=lambda pair: pair[0])
        for start in range(0, len(layer), _ROW_BOXES):
            wanted = layer[start : start + _ROW_BOXES]
            places = _places([middle for middle, _ in wanted])
            rows.append([(node, x) for (_, node), x in zip(wanted, places, strict=True)])
            at.update((node.name, x) for node, x in rows[-1])
    return rows


def _middle(node: Node, at: Mapping[str, float]) -> float:
    """Mean place of what a node reads: few lines then cross."""
    places = [at[source.name] + _BOX[0] / 2 for source in node.reads if source.name in at]
    return sum(places) / len(places) if places else WIDTH / 2


def _title(members: Sequence[Node]) -> str:
    first = members[0]
    steps = "1 step" if len(members) == 1 else f"{len(members)} steps"
    share = sum(node.share for node in members)
    return f"stage {first.stage} · {first.axis} · {steps} · {share:.0%} of the work"


def _box(node: Node, x: float, y: float, cost: str) -> _Box:
    gives = f"→ {', '.join(node.results)}" if node.results else ""
    stands = f"= {node.stands_for}" if node.stands_for else ""
    lines = (
        cut(f"{node.name} {node.line}"),
        cut(f"{node.kept_in} · back {node.lookback} · ×{node.uses}", _LETTERS + 2),
        cut(cost or f"{node.share:.1%} of the work", _LETTERS + 2),
        cut(gives or stands, _LETTERS + 2),
    )
    tip = "\n".join(
        filter(
            None,
            (
                cut(f"{node.name}: {node.expression}", _TIP),
                f"reads {cut(', '.join(map(str, node.reads)), _TIP)}",
                f"read {node.uses}×; stands {node.written}× in the texts, computed once",
                cut(stands, _TIP),
                cut(gives, _TIP),
            ),
        )
    )
    return _Box(x, y, HUES[node.axis], lines, tip, node.share, bool(node.results))


def _drawn(box: _Box) -> str:
    """One box as SVG: frame, bar of its share of the work, lines, tooltip."""
    width, height = _BOX[0], box.height
    frame = 2 if box.result else 1
    written = "".join(
        f'<text x="{box.x + 8:g}" y="{box.y + 16 + 14 * at:g}" {_QUIET if at else _LOUD}>'
        f"{escape(line)}</text>"
        for at, line in enumerate(box.lines)
        if line
    )
    bar = box.share * (width - 16)
    return (
        f"<g><title>{escape(box.tip)}</title>"
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{width}" height="{height}" rx="5" '
        f'stroke="{box.hue}" stroke-width="{frame}" style="fill:{PAPER}"/>'
        f'<rect x="{box.x + 8:g}" y="{box.y + height - 5:g}" width="{bar:.1f}" height="3" '
        f'fill="{box.hue}"/>{written}</g>'
    )


def _edge(boxes: Mapping[str, _Box], node: Node, place: int) -> str:
    """A line from the bottom of what is read to the top of who reads."""
    source, reader = boxes.get(node.reads[place].name), boxes[node.name]
    if source is None:  # a number
        return ""
    x1, y1 = source.x + _BOX[0] / 2, source.y + source.height
    x2 = reader.x + _BOX[0] * (place + 1) / (len(node.reads) + 1)
    bend = max(14.0, (reader.y - y1) / 2)
    dashes = ' stroke-dasharray="4 3"' if node.reads[place].lag else ""
    return (
        f'<path d="M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {reader.y - bend:g} {x2:g} '
        f'{reader.y:g}" fill="none" stroke="{source.hue}" stroke-opacity=".75"{dashes}/>'
    )
