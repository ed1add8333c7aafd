"""Literals of a call as the kernels read them.

``window``, ``min_periods`` and ``sessions`` have places of their own; all other whole numbers,
words (by their number in the declaration) and dates go to ``integer``, real numbers to ``real``,
each in the order of the declaration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.errors import PlanError
from workbench.factor.operator import OPERATORS, Parameter

__all__ = ["Setting", "complete", "setting_of"]

MOST = 6
"""Numbers of one type beside those with a place of their own."""


@dataclass
class Setting:
    """What `cpu.INSTRUCTION` holds of the literals."""

    window: int = 0
    min_periods: int = 0
    traded: int = 0
    integer: list[int] = field(default_factory=list)
    real: list[float] = field(default_factory=list)

    def take(self, parameter: Parameter, value: float | str) -> None:
        """Put one literal in its place."""
        number = parameter.words.index(value) if isinstance(value, str) else value
        if parameter.role == "window" and not self.window:
            self.window = int(number)
        elif parameter.name == "min_periods":
            self.min_periods = int(number)
        elif parameter.name == "sessions" and parameter.role == "choice":
            self.traded = int(number)
        elif parameter.role == "real":
            self.real.append(float(number))
        else:
            self.integer.append(int(number))


def complete(operator: str, literals: Sequence[float | str]) -> tuple[float | str, ...]:
    """Fill the literals left out with their defaults.

    Examples
    --------
    >>> complete("stddev", (20,))
    (20, 1.0, 0.0, 'calendar')
    """
    if operator not in OPERATORS:
        return tuple(literals)
    rest = OPERATORS[operator].literals[len(literals) :]
    lacking = [parameter.name for parameter in rest if parameter.default is None]
    if lacking:
        raise PlanError(f"{OPERATORS[operator].signature} needs `{lacking[0]}`.")
    return (*literals, *(p.default for p in rest if p.default is not None))


def setting_of(operator: str, parameters: Sequence[float | str]) -> Setting:
    """Return the setting of a call.

    Parameters
    ----------
    operator : str
        Canonical name; ``copy`` has no literals.
    parameters : sequence
        All literals, in the order of the declaration.

    Raises
    ------
    PlanError
        More numbers than an instruction holds.

    Examples
    --------
    >>> setting_of("ts_mean", (5, 3, "calendar"))
    Setting(window=5, min_periods=3, traded=0, integer=[], real=[])
    """
    setting = Setting()
    if operator in OPERATORS:
        for parameter, value in zip(OPERATORS[operator].literals, parameters, strict=True):
            setting.take(parameter, value)
    if max(len(setting.integer), len(setting.real)) > MOST:
        raise PlanError(f"{operator} has more than {MOST} literals of one type.")
    return setting
