"""How long an exponential mean remembers: the decay it is given by, and its warm-up."""

from __future__ import annotations

import math

from workbench.factor.operator import Literal

__all__ = ["NEGLIGIBLE", "decay_of", "warm_up"]

NEGLIGIBLE = 1e-6
"""Weight that all sessions before the warm-up may have together."""


def decay_of(span: Literal, halflife: Literal, alpha: Literal, com: Literal) -> tuple[float, str]:
    """Weight of yesterday relative to today, and what is wrong with what was given, if anything.

    Examples
    --------
    >>> decay_of(3, 0, 0, 0)
    (0.5, '')
    >>> decay_of(0, 0, 0, 0)[1]
    'give exactly one of span, halflife, alpha and com.'
    """
    given = {"span": span, "halflife": halflife, "alpha": alpha, "com": com}
    chosen = [(name, float(value)) for name, value in given.items() if value != 0.0]
    if len(chosen) != 1:
        return 0.0, "give exactly one of span, halflife, alpha and com."
    name, value = chosen[0]
    least = {"span": 1.0}.get(name, 0.0)
    if value < least or (name == "alpha" and value > 1.0):
        return 0.0, f"{name} is out of range, got {value:g}."
    decay = {
        "span": 1.0 - 2.0 / (value + 1.0),
        "halflife": math.exp(-math.log(2.0) / value),
        "alpha": 1.0 - value,
        "com": value / (1.0 + value),
    }[name]
    if warm_up(decay) > LONGEST_MEMORY:
        return 0.0, f"{name}={value:g} remembers more than {LONGEST_MEMORY:,} sessions."
    return decay, ""


LONGEST_MEMORY = 20_000


def warm_up(decay: float) -> int:
    """Least number of sessions after which the rest weighs less than `NEGLIGIBLE`.

    Examples
    --------
    >>> [warm_up(1 - 2 / (span + 1)) for span in (10, 20, 60)]
    [69, 139, 415]
    """
    if decay <= 0.0:
        return 1
    sessions = max(1, math.ceil(math.log(NEGLIGIBLE) / math.log(decay)))
    return sessions + (decay**sessions >= NEGLIGIBLE)  # the quotient of logarithms is rounded
