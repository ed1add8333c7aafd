"""Leak audit: does any value of a factor depend on what came later.

The factor is computed on the market as it is, then on markets whose future is another one:

1. *truncate*: nothing after session t exists (`Market.truncate`);
2. *perturb*: everything after t is noise, masks and universe too (`perturbed`).

Values up to t must be the same to the last bit. If they are not, every sub-expression is
compared in the same way, and the smallest that fails is named: an operator that reads ahead, or
a bare field whose maker did.

Fields that a source already holds are taken as delivered: no comparison can tell that a column
was computed with a full-sample mean before it came. Give the step that makes such fields as
`prepare`, and it is repeated on each market.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.arrays import AnyPanel
from workbench.errors import EvaluationError, InsufficientHistoryError
from workbench.market.adjustment import PRICE_FIELDS
from workbench.market.panel import Panel

if TYPE_CHECKING:
    from workbench.factor.factor import Factor
    from workbench.factor.term import Term
    from workbench.market.market import Market

__all__ = ["LeakAudit", "audit", "perturbed"]

Prepare = Callable[["Market"], "Market"]


@dataclass(frozen=True, eq=False, repr=False)
class LeakAudit:
    """What the audit of one factor found.

    Attributes
    ----------
    expression : str
        The factor.
    findings : DataFrame
        One row for each comparison: ``check`` (truncate or perturb), ``session`` (the cut),
        ``expression`` (the whole factor, its fields, and the smallest part that failed),
        ``passed``, ``worst`` (largest difference up to the cut; infinite if a value appeared or
        vanished).
    taken_as_given : tuple of str
        What the user laid over the market and the audit could not make again: fields of
        ``with_fields``, and ``universe``. Empty when nothing was, or `prepare` makes it.
    """

    expression: str
    findings: pd.DataFrame
    taken_as_given: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no comparison failed."""
        return bool(self.findings["passed"].all())

    @property
    def leaks(self) -> tuple[str, ...]:
        """The smallest expressions that see the future, none if the factor passed."""
        failed = self.findings[~self.findings["passed"] & self.findings["smallest"]]
        return tuple(failed["expression"].unique())

    def __repr__(self) -> str:
        return f"LeakAudit({self.expression}: {self._verdict()})"

    def _repr_html_(self) -> str:
        colour = "#b23a48" if not self.passed else "#8a6100" if self.taken_as_given else "#2f6b3a"
        return (
            '<div class="workbench-audit"><span style="border-radius:4px;padding:2px 8px;'
            f'color:#fff;background:{colour}">{escape(self._verdict())}</span> '
            f"<code>{escape(self.expression)}</code></div>"
        )

    def _verdict(self) -> str:
        cuts = self.findings["session"].nunique()
        if self.passed and self.taken_as_given:
            given = ", ".join(self.taken_as_given)
            return f"operators clean at {cuts} cuts; taken as given, not audited: {given}"
        if self.passed:
            return f"no leak found, {cuts} cuts, bit for bit"
        return "LEAK in " + "; ".join(self.leaks)


def audit(
    factor: str | Factor,
    market: Market,
    *,
    cuts: int = 5,
    seed: int = 0,
    prepare: Prepare | None = None,
) -> LeakAudit:
    """Check that no value of a factor depends on later sessions.

    Parameters
    ----------
    factor : str or Factor
        What to audit.
    market : Market
        Where it is computed.
    cuts : int
        Sessions at which the future is taken away or replaced, drawn from those with full
        look-back before them and at least one session after.
    seed : int
        Of the cuts and of the noise.
    prepare : callable, optional
        Market to market: the step that adds fields of your own (say, through
        ``market.with_fields``). It is repeated on every altered market, so that a field made
        with knowledge of the whole sample is caught.

    Returns
    -------
    LeakAudit

    Raises
    ------
    EvaluationError
        If `cuts` is not a whole positive number.
    InsufficientHistoryError
        If no session has the look-back before it and a session after it.
    """
    from workbench.factor import factor as read
    from workbench.factor.term import Constant, Field, walk

    root = read(factor)
    terms = [term for term in walk(root.term) if not isinstance(term, Constant)]
    probes = [term for term in terms if isinstance(term, Field) or term == root.term]
    shown = prepare or _as_given
    rng = np.random.default_rng(seed)
    baseline = _Values(shown(market))
    rows: list[dict[str, Any]] = []
    for cut in _cuts(len(market.sessions), root.lookback, cuts, rng):
        session = market.sessions[cut]
        for check, changed in _changed(market, cut, rng):
            altered = _Values(shown(changed))
            found = _compare(probes, baseline, altered, cut)
            if not all(same for same, _ in found.values()):
                found = _compare(terms, baseline, altered, cut)
            rows += _rows(check, session, probes, found)
    columns = ["check", "session", "expression", "passed", "worst", "smallest"]
    given = () if prepare else _taken_as_given(root, market)
    return LeakAudit(root.text, pd.DataFrame(rows, columns=columns), given)


def perturbed(market: Market, cut: int, rng: np.random.Generator) -> Market:
    """The market with everything after row `cut` replaced by noise.

    Numbers become draws from the field's own values, scaled by a random factor near 1 (fields of
    0 and 1 stay 0 and 1), one in ten of them missing; group codes are drawn anew; so is
    membership of the universe. Rows up to and including `cut` are untouched.
    """
    fields = {name: _noisy(_raw(market, name), cut, rng) for name in market.source_fields}
    universe = market.mask("universe").values.copy()
    universe[cut + 1 :] = rng.random(universe[cut + 1 :].shape) < 0.5
    members = Panel(universe, market.sessions, market.assets, "universe")
    return market.with_fields(fields).with_universe(members)


def _taken_as_given(root: Factor, market: Market) -> tuple[str, ...]:
    """Fields laid over the source that the factor reads, and a universe of the user's own."""
    overlaid = set(market.provenance.get("overlaid", ())) & root.fields
    return (*sorted(overlaid), *(("universe",) if market.universe_given else ()))


class _Values:
    """Values of terms on one market, each computed once."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._known: dict[Term, AnyPanel] = {}

    def of(self, terms: Iterable[Term]) -> dict[Term, AnyPanel]:
        """Values of `terms`: fields as the market shows them, calls computed in one plan."""
        from workbench.compute.evaluate import compute
        from workbench.factor import factor as read
        from workbench.factor.term import Field

        terms = tuple(terms)
        missing = [term for term in terms if term not in self._known]
        calls = {str(number): term for number, term in enumerate(missing)}
        fields = {key: term for key, term in calls.items() if isinstance(term, Field)}
        for term in fields.values():
            self._known[term] = self._market[term.name].values
        batch = {key: read(term) for key, term in calls.items() if key not in fields}
        if batch:
            panels = compute(batch, self._market, dtype="float64")
            self._known |= {calls[key]: panel.values for key, panel in panels.items()}
        return {term: self._known[term] for term in terms}


def _changed(market: Market, cut: int, rng: np.random.Generator) -> Iterator[tuple[str, Market]]:
    """The two markets with another future."""
    yield "truncate", market.truncate(market.sessions[cut])
    yield "perturb", perturbed(market, cut, rng)


def _cuts(n_sessions: int, lookback: int, cuts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows to cut at, ascending, with full look-back before and one session after."""
    if isinstance(cuts, bool) or not isinstance(cuts, int | np.integer) or cuts < 1:
        raise EvaluationError(f"cuts must be whole and at least 1; got {cuts!r}.")
    allowed = np.arange(lookback, n_sessions - 1)
    if not len(allowed):
        raise InsufficientHistoryError(
            f"An audit needs more than {lookback + 1} sessions (look-back {lookback} and a "
            f"future to take away); the market has {n_sessions}."
        )
    return np.sort(rng.choice(allowed, size=min(cuts, len(allowed)), replace=False))


def _compare(
    terms: Iterable[Term], baseline: _Values, altered: _Values, cut: int
) -> dict[Term, tuple[bool, float]]:
    """For each term: same up to the cut, bit for bit, and the largest difference."""
    terms = tuple(terms)
    before, after = baseline.of(terms), altered.of(terms)
    return {term: _difference(before[term][: cut + 1], after[term][: cut + 1]) for term in terms}


def _difference(before: AnyPanel, after: AnyPanel) -> tuple[bool, float]:
    """Whether all bits agree (any NaN equals any NaN), and the largest difference."""
    if before.dtype.kind != "f":
        same = before == after
        return bool(same.all()), 0.0 if same.all() else float("inf")
    missing = np.isnan(before) & np.isnan(after)
    same = missing | (np.signbit(before) == np.signbit(after)) & (before == after)
    if same.all():
        return True, 0.0
    worst = float(np.abs(before[~same] - after[~same]).max())
    return False, float("inf") if np.isnan(worst) else worst


def _rows(
    check: str, session: np.datetime64, probes: list[Term], found: dict[Term, tuple[bool, float]]
) -> list[dict[str, Any]]:
    """Findings of one comparison: the probes, and the smallest terms that failed."""
    from workbench.factor import factor as read

    smallest = {
        term
        for term, (same, _) in found.items()
        if not same and all(found.get(child, (True, 0.0))[0] for child in term.children)
    }
    return [
        {
            "check": check,
            "session": pd.Timestamp(session),
            "expression": read(term).text,
            "passed": found[term][0],
            "worst": found[term][1],
            "smallest": term in smallest,
        }
        for term in found
        if term in probes or term in smallest
    ]


def _raw(market: Market, name: str) -> AnyPanel:
    """A field of the source before adjustment."""
    adjusted = name in PRICE_FIELDS or name == "volume"
    return market[f"raw_{name}" if adjusted else name].values


def _noisy(values: AnyPanel, cut: int, rng: np.random.Generator) -> AnyPanel:
    """The same values up to `cut`, noise of the same kind after it."""
    result = values.copy()
    shape = result[cut + 1 :].shape
    if values.dtype.kind == "i":
        result[cut + 1 :] = rng.integers(-1, int(values.max(initial=0)) + 1, size=shape)
        return result
    known = values[np.isfinite(values)]
    if not len(known):
        known = np.ones(1)
    drawn = rng.choice(known, size=shape)
    if not np.isin(known, (0.0, 1.0)).all():
        drawn = drawn * np.exp(0.25 * rng.standard_normal(shape))
    result[cut + 1 :] = np.where(rng.random(shape) < 0.1, np.nan, drawn)
    return result


def _as_given(market: Market) -> Market:
    """No step of the user's own."""
    return market
