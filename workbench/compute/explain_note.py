"""What is said beside a value: who took part in a cross-section, which sessions a window held.

A note never repeats the value; it gives what a reader needs to compute it by hand, or why there is
none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel
from workbench.compute.explain_nodes import definition_of
from workbench.compute.table import ALL_ROWS, axis_of, reach_of
from workbench.factor.operator import Axis, find_operator
from workbench.factor.term import Call, Constant, Field, Term
from workbench.factor.text import to_text
from workbench.market import Sessions

__all__ = ["Sight", "note_of", "reach_shown", "took_part"]

_LONGEST = 100
_ORDER = frozenset({"rank", "gauss_rank", "csrank_qlib", "group_rank", "bucket", "top", "bottom"})
_DEVIATION = frozenset({"zscore", "group_zscore", "winsorize_sigma", "normalize", "group_std"})


@dataclass(frozen=True)
class Sight:
    """Values of one term around a cell.

    Attributes
    ----------
    history : array (back + 1,)
        The asset's last sessions, oldest first; fewer at the start of the market.
    row : array (N,)
        All assets on the session.
    labels : tuple of str or None
        Names behind codes of groups.
    """

    history: AnyPanel
    row: AnyPanel
    labels: tuple[str, ...] | None = None

    @property
    def named_history(self) -> AnyPanel:
        """`history` with groups by name."""
        return self._named(self.history)

    @property
    def named_row(self) -> AnyPanel:
        """`row` with groups by name."""
        return self._named(self.row)

    @property
    def present(self) -> BoolPanel:
        """Which assets have a value on the session."""
        return self.row >= 0 if self.labels is not None else ~np.isnan(self.row)

    @property
    def was_present(self) -> BoolPanel:
        """On which sessions the asset has a value."""
        return self.history >= 0 if self.labels is not None else ~np.isnan(self.history)

    def value_at(self, column: int) -> Any:
        """Value of an asset on the session: a number, or the name of a group."""
        return self._named(self.row[column : column + 1])[0]

    def _named(self, values: AnyPanel) -> AnyPanel:
        if self.labels is None:
            return values
        names = np.array([*self.labels, None], dtype=object)
        return names[values]  # -1, no group, is the last


Sights = Mapping[Term, Sight]


def reach_shown(term: Term, row: int) -> int:
    """Sessions before `row` that a call reads itself, as far as there are any.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> reach_shown(parse("ts_mean(close, 20)"), 100), reach_shown(parse("ts_mean(close, 20)"), 7)
    (19, 7)
    """
    return min(reach_of(term), row) if isinstance(term, Call) else 0


def took_part(call: Call, sights: Sights, column: int, mask: BoolPanel) -> BoolPanel:
    """Which assets (across) or sessions (along time) a value is made of.

    Returns
    -------
    array of bool
        (N,) for operators across assets, else one for each session that the call reaches back.
    """
    if axis_of(call) is Axis.SECTION:
        used = mask.copy()
        for operand in call.operands:
            used &= sights[operand].present
        return _company(call, sights, column, used)
    length = min(len(sights[operand].history) for operand in call.operands)
    if axis_of(call) is Axis.ELEMENT:
        return np.ones(1, bool)
    length = min(length, reach_of(call) + 1)
    present = np.ones(length, bool)
    for operand in call.operands:
        present &= sights[operand].was_present[-length:]
    if _has(call, "lag") and not _has(call, "window"):
        whole = length == reach_of(call) + 1
        ends = np.zeros(length, bool)
        ends[0] = whole
        ends[-1] = call.operator != "delay" or length == 1
        return ends & present
    if "traded" in call.parameters:
        newest = np.cumsum(present[::-1])[::-1]  # values from each session on
        present &= newest <= (reach_of(call) + 1) // 2
    return present


def note_of(
    term: Term, sights: Sights, column: int, mask: BoolPanel, sessions: Sessions, row: int
) -> str:
    """What to say beside the value of a term; empty where the value says all.

    Parameters
    ----------
    term : Term
    sights : mapping of Term to Sight
        Of the term and of what it reads.
    column, row : int
        The asset and the session.
    mask : array of bool, shape (N,)
        Who takes part in cross-sections on the session.
    sessions : Sessions
        Of the market.
    """
    if isinstance(term, Field):
        return "" if sights[term].present[column] else "missing"
    assert isinstance(term, Call)
    axis = axis_of(term)
    if axis is Axis.SECTION:
        said = _across(term, sights, column, mask)
    elif axis is Axis.TIME:
        said = _along(term, sights, column, mask, sessions, row)
    else:
        said = "" if sights[term].present[column] else _absent(term, sights, column)
    definition = definition_of(term)
    if definition is None:
        return said
    text = to_text(definition) if definition.size <= _LONGEST else definition.brief()
    return f"= {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}" + (said and f"; {said}")


def _across(call: Call, sights: Sights, column: int, mask: BoolPanel) -> str:
    """How many names, and their rank, mean or deviation."""
    if not mask[column]:
        return "outside the estimation mask"
    if not sights[call].present[column]:
        return _absent(call, sights, column)
    used = took_part(call, sights, column, mask)
    said = [f"{used.sum()} of {used.size} names took part"]
    for operand in _groups(call)[:1]:
        name = sights[operand].value_at(column)
        said.append(f"{to_text(operand)} {name if isinstance(name, str) else f'{name:g}'}")
    first = call.operands[0]
    if sights[first].labels is not None:
        return ", ".join(said)
    values, own = sights[first].row[used], sights[first].row[column]
    if call.operator in _ORDER:
        below, ties = int((values < own).sum()), int((values == own).sum())
        said.append(f"rank {below + (ties + 1) / 2:g}" + (f" ({ties} tied)" if ties > 1 else ""))
    elif call.operator in ("scale", "group_scale"):
        said.append(f"sum of magnitudes {np.abs(values).sum():.6g}")
    else:
        said.append(f"mean {values.mean():.6g}")
        if call.operator in _DEVIATION and values.size > 1:
            said.append(f"deviation {values.std(ddof=1):.6g}")
    return ", ".join(said)


def _along(
    call: Call, sights: Sights, column: int, mask: BoolPanel, sessions: Sessions, row: int
) -> str:
    """How many values, of which sessions."""
    reach = reach_of(call)
    if reach >= ALL_ROWS:
        return "from the anchor on"
    used = took_part(call, sights, column, mask)
    first = sessions[max(0, row - len(used) + 1)]
    if _has(call, "lag") and not _has(call, "window"):
        return f"{first} → {sessions[row]}" if row >= reach else "begins before the data"
    text = f"{used.sum()} of {_wanted(call)} values, {first} … {sessions[row]}"
    if row < reach and not sights[call].present[column]:
        return f"{text}; the window begins before the data"
    holes = np.flatnonzero(~used)
    if "traded" in call.parameters or not holes.size:
        return text
    missed = sessions[row - len(used) + 1 + int(holes[-1])]
    more = f" and {holes.size - 1} more" if holes.size > 1 else ""
    return f"{text}; missing on {missed}{more}"


def _wanted(call: Call) -> int:
    """Sessions of a full window."""
    return (reach_of(call) + 1) // (2 if "traded" in call.parameters else 1)


def _absent(call: Call, sights: Sights, column: int) -> str:
    """Which operands are missing."""
    gone = [
        to_text(operand) if operand.size <= _LONGEST else operand.brief()
        for operand in dict.fromkeys(call.operands)
        if not isinstance(operand, Constant) and not sights[operand].present[column]
    ]
    return f"missing: {', '.join(gone)}" if gone else "no finite value"


def _company(call: Call, sights: Sights, column: int, used: BoolPanel) -> BoolPanel:
    """Of those who take part, the asset's own group where the operator works group by group."""
    if reach_of(call):
        return used
    least = call.parameters[0] if call.operator == "group_neutralize" else 1
    for operand in _groups(call):
        codes = sights[operand].row
        together = used & (codes == codes[column])
        if together.sum() >= least:
            return together
    return used


def _groups(call: Call) -> list[Term]:
    roles = find_operator(call.operator).operand_roles(len(call.operands))
    return [
        operand for role, operand in zip(roles, call.operands, strict=True) if role.role == "group"
    ]


def _has(call: Call, role: str) -> bool:
    return any(literal.role == role for literal in find_operator(call.operator).literals)
