"""A job: a batch of factors over a market, and how it is to be computed.

It knows how to plan any part of the batch, which rows of which fields a plan reads, how to run
it, and what to write on the resulting panels. Who keeps the panels is decided elsewhere: all at
once or part by part in `stream`, after what is stored in `append`, again and again in `memo`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute import cpu
from workbench.compute.anchors import date_places, with_rows
from workbench.compute.memory import Pool
from workbench.compute.plan import Plan, make_plan
from workbench.compute.runner import engine_name, run_bytes, run_terms
from workbench.compute.user_operators import is_user_operator, user_operator
from workbench.compute.wording import said
from workbench.errors import InsufficientHistoryError, OperatorArgumentError
from workbench.factor.factor import Factor, unknown_field
from workbench.factor.fields import field_info
from workbench.factor.operator import find_operator
from workbench.factor.parameter import Kind
from workbench.factor.term import Call, Term, walk
from workbench.market import Market, Panel, Sessions

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """What to compute, over what, how.

    Attributes
    ----------
    factors : mapping of str to Factor
        Under the names of the results.
    market : Market
        Fields and estimation mask.
    dtype : dtype
        float32 or float64.
    threads : int or None
        Workers; one a core when None.
    """

    factors: Mapping[str, Factor]
    market: Market
    dtype: np.dtype[Any]
    threads: int | None = None

    @property
    def workers(self) -> int:
        """Threads that will run."""
        return self.threads or cpu.default_threads()

    @cached_property
    def engine(self) -> str:
        """Who computes."""
        return engine_name()

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """Operators that each factor calls."""
        return {
            name: frozenset(node.operator for node in walk(one.term) if isinstance(node, Call))
            for name, one in self.factors.items()
        }

    @cached_property
    def terms(self) -> dict[str, Term]:
        """What each factor means over this market: dates are rows."""
        days = self.market.sessions
        return {
            name: with_rows(one.term, days)
            if any(date_places(find_operator(word)) for word in self.words[name])
            else one.term
            for name, one in self.factors.items()
        }

    @property
    def result_bytes(self) -> int:
        """Memory of one result, in bytes."""
        return self.market.shape[0] * self.market.shape[1] * self.dtype.itemsize

    def check(self) -> None:
        """Refuse unknown fields, groups taken for numbers, and windows longer than the sample.

        Raises
        ------
        UnknownFieldError, OperatorArgumentError, InsufficientHistoryError
        """
        held = {name for one in self.factors.values() for name in one.fields}
        missing = {name for name in held if name not in self.market}
        sessions = len(self.market.sessions)
        for one in self.factors.values():
            for name in sorted(one.fields & missing):
                raise unknown_field(one, name, self.market.fields)
            if one.term.kinds == frozenset({Kind.GROUP}):
                raise OperatorArgumentError(
                    f"{said(one)!r} is a classification, not a number; a factor must be a number."
                )
            if one.lookback >= sessions:
                raise InsufficientHistoryError(
                    f"{said(one)!r} needs {one.lookback + 1} sessions (look-back {one.lookback}); "
                    f"this market has {sessions}. Shorten the window or load more history."
                )

    def plan(self, names: Iterable[str], last: int | None = None) -> Plan:
        """Plan some of the factors together, for all sessions or the last ones."""
        return make_plan({name: self.terms[name] for name in names}, last)

    def bytes(self, plan: Plan) -> int:
        """Memory that running `plan` takes, in bytes; the market's own fields are not counted."""
        return run_bytes(plan, self.market.shape, self.dtype, self.workers)

    def run(self, plan: Plan, pool: Pool | None = None) -> dict[str, FloatPanel]:
        """Values of the factors of a plan, (T, N) or (last, N)."""
        arrays, mask = self._inputs(plan)
        # A store notes what it found while fields were read.
        vars(self).pop("_origin", None)
        terms = {name: self.terms[name] for name in plan.outputs}
        return run_terms(
            plan, terms, arrays, mask, self.dtype, self.market.shape, self.threads, pool=pool
        )

    def panel(self, name: str, values: AnyPanel, sessions: Sessions | None = None) -> Panel:
        """Label the values of a factor, of the market's sessions unless others are given."""
        one = self.factors[name]
        return Panel(
            values,
            self.market.sessions if sessions is None else sessions,
            self.market.assets,
            name=one.name or said(one),
            provenance=self.provenance(name),
        )

    def provenance(self, name: str) -> dict[str, Any]:
        """What a panel is made of."""
        one = self.factors[name]
        made: dict[str, Any] = {
            "expression": said(one),
            "lookback": one.lookback,
            "engine": self.engine,
            "device": "cpu",
            "dtype": self.dtype.name,
            "universe": self.market.universe_name,
            "market": self._origin,
        }
        own = {node.operator for node in walk(one.term) if isinstance(node, Call)}
        if versions := {
            word: user_operator(word).version for word in own if is_user_operator(word)
        }:
            made["user_operators"] = versions
        return made

    @cached_property
    def _origin(self) -> dict[str, Any]:
        return dict(self.market.provenance)

    def _inputs(self, plan: Plan) -> tuple[dict[str, AnyPanel], BoolPanel]:
        """Fields by name and the estimation mask: whole, or the last rows that the plan reads."""
        market, sessions = self.market, len(self.market.sessions)
        names = dict.fromkeys((*plan.fields, *plan.groups))
        if plan.last is None:
            return {name: market[name].values for name in names}, market.mask("estimation").values
        heights = dict(zip(plan.groups, plan.group_heights, strict=True))
        for name, rows in zip(plan.fields, plan.heights, strict=False):
            heights[name] = max(rows, heights.get(name, 0))
        masked = max([stage.rows for stage in plan.stages if stage.axis != "time"], default=1)
        if self.engine == "oracle":
            # One shape for everything; the oracle is for where speed does not matter.
            masked = max([masked, *heights.values(), *(stage.rows for stage in plan.stages)])
            heights = dict.fromkeys(heights, masked)
        tails: dict[int, Market] = {}
        arrays = {}
        for name, rows in heights.items():
            info = field_info(name)
            reach = rows + (0 if info is None else info.lookback)
            arrays[name] = self._tail(min(reach, sessions), tails)[name].values[-rows:]
        return arrays, self._tail_mask(min(masked, sessions), tails)

    def _tail(self, rows: int, tails: dict[int, Market]) -> Market:
        """The last rows of the market, without a universe: fields do not depend on it."""
        # Rounded up, so that fields with about the same history share one view of the market.
        rows = min(-(-rows // 32) * 32, len(self.market.sessions))
        if rows not in tails:
            first = self.market.sessions[len(self.market.sessions) - rows]
            tails[rows] = self.market.with_universe(None).between(first)
        return tails[rows]

    def _tail_mask(self, rows: int, tails: dict[int, Market]) -> BoolPanel:
        market = self._tail(rows, tails)
        if not self.market.universe_given:
            return market.mask("estimation").values[-rows:]
        # Membership is taken from the whole market, where a derived field had its own history.
        member = self.market.mask("universe").values[-rows:]
        return member & market.mask("quoted").values[-rows:]
