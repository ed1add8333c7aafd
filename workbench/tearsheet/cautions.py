"""Reasons not to believe a factor study, in words.

One rule a function, one row of `RULES` a rule; `cautions` asks them all. A rule looks at the study
only and answers with a sentence or with nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.evaluation.forward_returns import find_entry
from workbench.tearsheet.tables import write

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["LOW_COVERAGE", "MINIMUM_EFFECTIVE", "RULES", "SIGNIFICANT_T", "cautions"]

LOW_COVERAGE = 0.8
MINIMUM_EFFECTIVE = 100
SIGNIFICANT_T = 2.0


def _entry(study: FactorStudy, horizon: int) -> str | None:
    entry = find_entry(study.entry)
    if entry.tradable:
        return None
    return (
        f'Entry "{entry.name}" is not tradable: the factor is known only after that price. '
        'Use entry="next_open" to judge what could have been earned.'
    )


def _coverage(study: FactorStudy, horizon: int) -> str | None:
    share = float(study.summary().loc[horizon, "coverage"])
    if not share < LOW_COVERAGE:
        return None
    return (
        f"Coverage is {write(share, 'percent')}: fewer than {write(LOW_COVERAGE, 'percent')} of "
        "the universe had a factor value and a return. The rest may differ from what is shown."
    )


def _sample(study: FactorStudy, horizon: int) -> str | None:
    effective = float(study.summary().loc[horizon, "n_effective"])
    if math.isfinite(effective) and effective >= MINIMUM_EFFECTIVE:
        return None
    return (
        f"The sample is worth {write(effective, 'count')} independent sessions at horizon "
        f"{horizon}; under {MINIMUM_EFFECTIVE} the statistics below are rough."
    )


def _significance(study: FactorStudy, horizon: int) -> str | None:
    t = float(study.summary().loc[horizon, "t_newey_west"])
    if abs(t) >= SIGNIFICANT_T:
        return None
    return (
        f"The rank IC at horizon {horizon} is not distinguishable from zero "
        f"(t = {write(t)}, |t| < {SIGNIFICANT_T:g})."
    )


RULES: tuple[Callable[[FactorStudy, int], str | None], ...] = (
    _entry,
    _coverage,
    _sample,
    _significance,
)


def cautions(study: FactorStudy, horizon: int) -> tuple[str, ...]:
    """Ask every rule about one horizon of a study.

    Parameters
    ----------
    study : FactorStudy
        What is judged.
    horizon : int
        Sessions ahead.

    Returns
    -------
    tuple of str
        One sentence a rule that objects, in the order of `RULES`.
    """
    answers = (rule(study, horizon) for rule in RULES)
    return tuple(answer for answer in answers if answer is not None)
