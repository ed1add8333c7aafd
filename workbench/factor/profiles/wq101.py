"""The words of WorldQuant's "101 Formulaic Alphas".

The paper's words are those of the language itself, without regard to case; this profile states
its rules, so that a factor can say in whose words it was written:

* ``max(x, 5)`` and ``min(x, 5)`` with a whole number are the extremes of five sessions (the paper:
  ``min(x, d) = ts_min(x, d)``); between two panels they are elementwise.
* Windows that are no whole number are cut: 7.89291 is 7 (the paper: floor).
* ``rank`` is a share in (0, 1], ``ts_argmax`` counts from the oldest session, ``stddev`` and
  ``covariance`` divide by d - 1, and windows are strict: the language's own rules.
* ``signedpower`` keeps the sign of x. The paper prints x^a; both agree where x >= 0, as in the
  formulas that use it (001 and 084).
* ``^`` is the plain power.
* ``IndClass.sector`` and its two siblings are the fields of those names.
* ``adv20`` is the mean traded value of twenty sessions, in currency.

Source: Kakushadze (2016), "101 Formulaic Alphas", arXiv:1601.00991, A.1 "Functions and operators".
"""

from __future__ import annotations

from workbench.factor.profile import Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="wq101",
    readings={"product(x, d)": "ts_product(x, d)"},
    extremes=True,
    windows="floor",
    source='Kakushadze (2016), "101 Formulaic Alphas", arXiv:1601.00991, appendix A.',
)
"""The paper's words."""
