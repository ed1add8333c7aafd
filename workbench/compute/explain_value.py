"""One number opened up: every value behind it, who took part in it, and the inputs of a window.

1. `Cell` names one asset on one session of a market and computes any terms there, over the history
   they need and no more, with the bits of a full run;
2. `steps_of` lists the values of a factor's terms at a cell, each with a note (`explain_note.py`);
3. `inputs_of` shows what one call reads there: the sessions of its window, or the assets of its
   session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.evaluate import compute
from workbench.compute.explain_nodes import opened
from workbench.compute.explain_note import Sight, note_of, reach_shown, took_part
from workbench.compute.table import axis_of
from workbench.errors import PlanError
from workbench.factor.factor import Factor
from workbench.factor.operator import Axis
from workbench.factor.parameter import Kind
from workbench.factor.term import Call, Constant, Field, Term
from workbench.factor.text import LONGEST_TEXT, to_text
from workbench.market import Market
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cell", "inputs_of", "steps_of"]

_CHUNK = 1 << 28
"""Bytes of results held at once while terms are computed around a cell."""


@dataclass(frozen=True)
class Cell:
    """One asset on one session.

    Raises
    ------
    UnknownAssetError, UnknownSessionError
        On first use, if the market does not have the cell.
    """

    market: Market
    asset: str
    session: SessionLike

    @cached_property
    def row(self) -> int:
        """Number of the session."""
        return self.market.sessions.index(self.session)

    @cached_property
    def column(self) -> int:
        """Number of the asset."""
        return self.market.assets.index(self.asset)

    @cached_property
    def taking_part(self) -> BoolPanel:
        """Who takes part in cross-sections of the session, (N,)."""
        return self.market.mask("estimation").values[self.row]

    def sights(self, terms: Iterable[Term], back: int) -> dict[Term, Sight]:
        """Values of terms around the cell: the asset's last `back` sessions, all assets now."""
        found: dict[Term, Sight] = {}
        computed: list[Term] = []
        for term in dict.fromkeys(terms):
            if isinstance(term, Constant):
                found[term] = Sight(np.full(back + 1, term.value), np.full(self._width, term.value))
            elif self._is_group(term):
                panel = self.market[term.name]  # type: ignore[attr-defined]
                found[term] = self._sight(panel.values, self.row, back, panel.labels)
            else:
                computed.append(term)
        size = max(1, _CHUNK // (8 * self._width * (back + 1)))
        for start in range(0, len(computed), size):
            found |= self._computed(computed[start : start + size], back)
        return found

    @property
    def _width(self) -> int:
        return len(self.market.assets)

    def _is_group(self, term: Term) -> bool:
        if isinstance(term, Field):
            return Kind.NUMBER not in term.kinds or self.market[term.name].kind == "group"
        return False

    def _computed(self, terms: Sequence[Term], back: int) -> dict[Term, Sight]:
        # At the very start of the market a window lacks sessions: then a few later ones are
        # computed as well, or the run would be refused as too short.
        need = max(term.lookback for term in terms)
        end = min(max(self.row, need), len(self.market.sessions) - 1)
        history = self.market.truncate(self.market.sessions[end])
        last = min(end - self.row + back + 1, end + 1)
        named = {str(at): term for at, term in enumerate(terms)}
        panels = compute(named, history, dtype="float64", threads=1, last=last)
        row = last - 1 - (end - self.row)
        return {
            term: self._sight(panels[str(at)].values, row, back) for at, term in enumerate(terms)
        }

    def _sight(
        self, values: FloatPanel, row: int, back: int, labels: tuple[str, ...] | None = None
    ) -> Sight:
        first = max(0, row - back)
        return Sight(values[first : row + 1, self.column].copy(), values[row].copy(), labels)


def steps_of(factor: Factor, cell: Cell) -> pd.DataFrame:
    """Every intermediate value behind one number; columns expression, value, note."""
    import pandas as pd

    column, row = cell.column, cell.row
    terms = [term for term in opened({"": factor.term}) if not isinstance(term, Constant)]
    back = max((reach_shown(term, row) for term in terms), default=0)
    sights = cell.sights([*terms, *(child for term in terms for child in term.children)], back)
    rows = [
        (
            _text(term),
            sights[term].value_at(column),
            note_of(term, sights, column, cell.taking_part, cell.market.sessions, row),
        )
        for term in terms
    ]
    return pd.DataFrame(rows, columns=["expression", "value", "note"])


def inputs_of(call: Term, cell: Cell) -> pd.DataFrame:
    """What one call reads at a cell.

    Raises
    ------
    PlanError
        The expression is a field or a number: it reads nothing.
    """
    import pandas as pd

    column, row = cell.column, cell.row
    if not isinstance(call, Call):
        raise PlanError(
            f"{_text(call)} is a field or a number and has no inputs; give a call, such as "
            "ts_mean(close, 20)."
        )
    across = axis_of(call) is Axis.SECTION
    back = 0 if across else reach_shown(call, row)
    sights = cell.sights([call, *call.operands], back)
    read = list(dict.fromkeys(call.operands))
    used = took_part(call, sights, column, cell.taking_part)
    if across:
        frame = _frame(read, {term: sights[term].named_row for term in read})
        frame[_text(call)] = sights[call].row
        frame["used"] = used
        frame.index = pd.Index(cell.market.assets.names, name="asset")
        return frame
    days = cell.market.sessions.values[max(0, row - back) : row + 1]
    frame = _frame(read, {term: sights[term].named_history[-len(days) :] for term in read})
    frame["used"] = used
    frame.index = pd.DatetimeIndex(days.astype("datetime64[ns]"), name="session")
    return frame


def _frame(terms: Sequence[Term], columns: Mapping[Term, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({_text(term): columns[term] for term in terms})


def _text(term: Term) -> str:
    return to_text(term) if term.size <= LONGEST_TEXT else term.brief()
