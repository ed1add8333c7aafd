"""A large plan drawn: one bar a stage, arcs for what is carried between stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt

from workbench.compute.explain_graph import HUES, WIDTH, cut, sheet
from workbench.compute.explain_nodes import Node

__all__ = ["carried", "stages_svg"]

_ROW = 58
_BAR = 640
_TOP = 8
_OPERATORS = 6


def stages_svg(nodes: Sequence[Node], fields: Sequence[str]) -> str:
    """Draw the stages of a plan.

    Parameters
    ----------
    nodes : sequence of Node
        All steps, in order.
    fields : sequence of str
        Fields and groups read from the market.

    Examples
    --------
    >>> from workbench.compute.explain_nodes import nodes_of
    >>> from workbench.compute.plan import make_plan
    >>> from workbench.factor.text import parse
    >>> terms = {"f": parse("ts_mean(rank(close), 5)")}
    >>> "stage 2 · time · 1 step" in stages_svg(nodes_of(make_plan(terms), terms), ["close"])
    True
    """
    numbers = sorted({node.stage for node in nodes})
    count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
    rows = [_row(0, "fields", f"{count} of the market", cut(", ".join(fields), 100), 0.0)]
    for number in numbers:
        members = [node for node in nodes if node.stage == number]
        steps = "1 step" if len(members) == 1 else f"{len(members):,} steps"
        share = sum(node.share for node in members)
        title = f"stage {number} · {members[0].axis} · {steps} · {share:.0%} of the work"
        rows.append(_row(number, members[0].axis, title, _busiest(members), share))
    rows.append(
        f'<text x="{WIDTH - 10}" y="{_TOP + 14}" font-size="10" text-anchor="end" '
        'fill-opacity=".8">arcs: values carried between stages</text>'
    )
    arcs = [_arc(*ends, values) for ends, values in sorted(carried(nodes).items())]
    return sheet(_TOP + _ROW * (len(numbers) + 1), "".join((*arcs, *rows)))


def carried(nodes: Sequence[Node]) -> Mapping[tuple[int, int], int]:
    """How many values each stage reads of each earlier one; the fields are stage 0.

    Examples
    --------
    >>> carried([])
    {}
    """
    home = {node.name: node.stage for node in nodes}
    read = {
        (home[source.name] if source.step else 0, node.stage, source.name)
        for node in nodes
        for source in node.reads
        if source.step or not _is_number(source.name)
    }
    counts = Counter((source, reader) for source, reader, _ in read if source != reader)
    return dict(counts)


def _is_number(name: str) -> bool:
    return not name[:1].isalpha()


def _busiest(members: Sequence[Node]) -> str:
    """The operators that take most of a stage's work, with how often each runs."""
    work: Counter[str] = Counter()
    for node in members:
        work[node.step.operator] += node.share
    times = Counter(node.step.operator for node in members)
    named = [f"{name} ×{times[name]}" for name, _ in work.most_common(_OPERATORS)]
    return ", ".join(named) + (" …" if len(work) > _OPERATORS else "")


def _row(number: int, kind: str, title: str, detail: str, share: float) -> str:
    """One stage: frame, title, operators, bar of its share of the work."""
    y, hue = _TOP + number * _ROW, HUES[kind]
    return (
        f'<rect x="1" y="{y}" width="{_BAR}" height="{_ROW - 14}" rx="6" fill="{hue}" '
        f'fill-opacity=".10" stroke="{hue}" stroke-opacity=".6"/>'
        f'<text x="10" y="{y + 16}" font-weight="bold">{escape(title)}</text>'
        f'<text x="10" y="{y + 31}" font-size="10" fill-opacity=".8">'
        f"{escape(cut(detail, 100))}</text>"
        f'<rect x="10" y="{y + _ROW - 20}" width="{share * (_BAR - 20):.1f}" height="3" '
        f'fill="{hue}"/>'
    )


def _arc(source: int, reader: int, values: int) -> str:
    """An arc at the right of the bars, wider for more values."""
    x = _BAR + 4
    y1, y2 = (_TOP + number * _ROW + (_ROW - 14) / 2 for number in (source, reader))
    y1, y2 = y1 + 8, y2 - 8
    reach = min(30 + 34 * (reader - source), WIDTH - x - 60)
    said = "1 value" if values == 1 else f"{values:,} values"
    return (
        f'<path d="M{x} {y1:g}C{x + reach:g} {y1:g} {x + reach:g} {y2:g} {x} {y2:g}" fill="none" '
        f'stroke="{HUES["fields"]}" stroke-opacity=".7" '
        f'stroke-width="{min(1 + sqrt(values) / 3, 7):.1f}"><title>{said} of stage {source} '
        f"read in stage {reader}</title></path>"
        f'<text x="{x + 0.75 * reach + 5:g}" y="{(y1 + y2) / 2 + 4:g}" font-size="10">'
        f"{values:,}</text>"
    )
