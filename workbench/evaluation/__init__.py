"""Is the factor any good: from a factor and a market to a study of its forecasts.

A study runs through these files, in this order::

    request.py                  what was asked for, checked before any work
    factor_values.py            the factor on the market's grid
    forward_returns.py          what a name returned after the factor was known
    information_coefficient.py  how well the factor ordered those returns, session by session
    inference.py                how sure the average is, overlap taken into account
    decay.py                    how long the forecast lasts
    quantile.py                 what the names it likes and dislikes earned, in tranches
    turnover.py                 how fast its opinion changes
    coverage.py                 how much of the universe it speaks about
    recipe.py                   how it was done, in lines for captions
    study.py                    all of it as one frozen value, made by `evaluate`
    study_html.py               that value as a small static card
    audit.py                    does the factor see the future

Nothing here reads data: a market comes in, frames go out.
"""

from __future__ import annotations

from workbench.evaluation.audit import LeakAudit, audit
from workbench.evaluation.forward_returns import forward_returns
from workbench.evaluation.study import FactorStudy, evaluate

__all__ = ["FactorStudy", "LeakAudit", "audit", "evaluate", "forward_returns"]
