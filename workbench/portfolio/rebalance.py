"""On which closes a decision is made.

An exchange publishes its calendar before the year begins, so "the last session of the week" is
known on that session without any price of the future; the calendar is the only thing looked up
ahead. Where the data end, the next session is taken to be the next weekday: the last row of a
truncated market is then decided as it was in the longer one, save in a week cut by a holiday,
and no trade can follow the last row anyway.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import PortfolioError, near_names
from workbench.market.sessions import Sessions

__all__ = ["RULES", "rebalance_sessions"]

_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; ISO weeks begin on Monday


def _each_day(days: NDArray[np.int64]) -> NDArray[np.int64]:
    return days


def _iso_week(days: NDArray[np.int64]) -> NDArray[np.int64]:
    return (days + _EPOCH_WEEKDAY) // 7


def _month(days: NDArray[np.int64]) -> NDArray[np.int64]:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


_PERIODS = {"daily": _each_day, "weekly": _iso_week, "monthly": _month}
RULES: tuple[str, ...] = tuple(_PERIODS)
"""Names of the calendar rules."""


def rebalance_sessions(sessions: Sessions, rule: str | int = "weekly") -> NDArray[np.bool_]:
    """Mark the sessions at whose close a decision is made, shape (T,).

    Parameters
    ----------
    sessions : Sessions
        The calendar.
    rule : {"daily", "weekly", "monthly"} or int
        The last session of every day, ISO week or month; or every n-th session, beginning with
        the first of the calendar.

    Raises
    ------
    PortfolioError
        If the rule is unknown or n < 1.

    Examples
    --------
    >>> days = Sessions(["2019-01-03", "2019-01-04", "2019-01-07", "2019-01-08"])
    >>> rebalance_sessions(days, "weekly").tolist()
    [False, True, False, False]
    >>> rebalance_sessions(days, 3).tolist()
    [True, False, False, True]
    """
    if isinstance(rule, str):
        return _period_ends(sessions, rule)
    if isinstance(rule, bool) or not isinstance(rule, int | np.integer) or rule < 1:
        raise _unknown_rule(rule)
    return np.arange(len(sessions)) % int(rule) == 0


def _period_ends(sessions: Sessions, rule: str) -> NDArray[np.bool_]:
    """Sessions whose successor lies in another period."""
    if rule not in _PERIODS:
        raise _unknown_rule(rule)
    if not len(sessions):
        return np.zeros(0, dtype=bool)
    days = sessions.values.astype(np.int64)
    beyond = np.busday_offset(
        sessions.values[-1:] + np.timedelta64(1, "D"), 0, roll="forward"
    ).astype(np.int64)
    period = _PERIODS[rule]
    return period(days) != period(np.concatenate([days[1:], beyond]))


def _unknown_rule(rule: Any) -> PortfolioError:
    hint = near_names(rule, RULES) if isinstance(rule, str) else ""
    return PortfolioError(
        f"Rebalance is one of {', '.join(map(repr, RULES))} or a number of sessions ≥ 1; "
        f"got {rule!r}.{hint}"
    )
