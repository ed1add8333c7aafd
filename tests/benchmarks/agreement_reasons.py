"""Why two programs differ: what can be proved by computing, and what was found by reading.

Against the plain reading a difference is proved to be rounding when every step agrees given the
same operands (`agreement_steps`). Against KunQuant it is proved to be a matter of reading when our
engine, given KunQuant's own graph, gives KunQuant's values; the habits that matter are found by
leaving them out one at a time. What is left is named in `KUNQUANT`, formula by formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
from agreement_data import Sample, compared
from agreement_kunquant import Answer, odd_steps
from agreement_sayings import HABITS
from agreement_steps import first_that_differs
from agreement_text import House

from workbench.compute import compute
from workbench.factor import Factor, factor
from workbench.factor.library.formula import Formula

__all__ = ["KUNQUANT", "PLAIN", "plain_reason", "reasons"]

ROUNDED = "fractional windows are rounded, not cut"
WINDOW = re.compile(r",\s*(\d+\.\d+)\)")
_TWICE = "divides a mean once more by its window"
_ZERO = "0.0001 stands for a divisor of zero"
Build = Callable[[Mapping[str, object]], dict[str, object]]
KUNQUANT: Mapping[str, str] = {
    "alpha001": "leaves out - 0.5",
    "alpha010": "leaves out the outer rank",
    "alpha029": "sums two sessions where the text takes their minimum",
    "alpha032": _TWICE,
    "alpha034": "2 - a - b for (1 - a) + (1 - b), which breaks other ties of the outer rank",
    "alpha036": _TWICE,
    "alpha038": "ranks open where the text ranks close",
    "alpha047": _TWICE,
    "alpha053": _ZERO,
    "alpha054": _ZERO,
    "alpha060": _ZERO,
    "alpha072": "adds 0.0001 to both ranks",
}
"""What KunQuant reads otherwise and no habit explains, found by reading both texts."""

_SLOT = "Qlib gives the place of a NaN where the window has one"
ODD = {
    "WindowedLinearRegressionRSqaure": "R² of a constant window is what rounding leaves of it",
    "Pow": "its power is exp(y log x) with seven digits and ends at 1e38",
    "Rank": "values that it stores as equal are ranked apart",
    "Sign": "the sign of 0/0 is 0",
    "WindowedCorrelation": "a correlation over a constant window is what rounding leaves of it",
}
"""Operations of KunQuant that compute otherwise than ours."""

PLAIN: Mapping[str, str] = {
    "idxmax(": _SLOT,
    "idxmin(": _SLOT,
    "sma(delay(": "the plan takes a delay out of a recursion, which is NaN for as long a time more",
}
"""Where a plain reading differs by definition, by the begin of the step that differs."""


def plain_reason(formula: Formula, house: House, sample: Sample, calls: bool) -> str:
    """Return why the plain reading differs: ties, a declared definition, or nothing known."""
    text = formula.published if calls else formula.text or formula.published
    step = first_that_differs(text, house, sample, formula.profile, calls)
    if step is None:
        return "ties ordered by rounding"
    for begin, reason in PLAIN.items():
        if step.text.startswith(begin):
            return reason
    return f"unexplained: {step.text}, {step.likeness}"


def reasons(formula: Formula, answer: Answer, build: Build, sample: Sample) -> str:
    """Return why KunQuant differs.

    The graph with every habit left out is what KunQuant read; if it gives our values, the habits
    are the whole reason, and if it gives our values with rounded windows, those are the rest.
    """
    rounded = _rounded(formula)
    panels = {"ours": formula.factor(), "said": answer.said, "plainly": answer.plainly}
    panels |= {f"without {name}": one for name, one in answer.without.items()}
    if rounded is not None:
        panels["rounded"] = rounded
    values = {
        name: panel.to_numpy().astype(np.float64)
        for name, panel in compute(panels, sample.market, dtype="float64").items()
    }
    said = compared(values["said"], answer.values)
    parts = []
    if not said.agrees:
        odd = odd_steps(build, formula.name, sample.fields)
        parts += [] if odd else ["ties ordered by rounding"]
        parts += [ODD.get(kind, f"unexplained: {kind}") for kind in sorted(odd)]
    for name, habit in HABITS.items():
        if f"without {name}" in values:
            matters = not compared(values[f"without {name}"], values["said"]).agrees
            parts += [habit.reason] * matters
    if not compared(values["plainly"], values["ours"]).agrees:
        if rounded is not None:
            parts.append(ROUNDED)
        target = values["ours"] if rounded is None else values["rounded"]
        if not compared(values["plainly"], target).agrees:
            parts.append(KUNQUANT.get(formula.name, "unexplained"))
    return "; ".join(parts) or "unexplained"


def _rounded(formula: Formula) -> Factor | None:
    """The formula with its fractional windows rounded, if that changes it."""
    text = formula.text or formula.published
    rounded = WINDOW.sub(lambda match: f", {round(float(match[1]))})", text)
    other = factor(rounded, formula.name, profile=formula.profile)
    return None if other == formula.factor() else other
