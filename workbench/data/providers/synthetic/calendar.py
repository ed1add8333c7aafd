"""Sessions of the synthetic exchange: weekdays without holidays that are the same every year.

The holidays have the length of China's (New Year, spring festival, Qingming, Labour Day, National
Day) on fixed days; they are no exchange's real calendar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOLIDAYS", "session_days"]

HOLIDAYS = (
    "01-01",
    *(f"02-{day:02d}" for day in range(10, 17)),
    "04-05",
    *(f"05-{day:02d}" for day in range(1, 4)),
    *(f"10-{day:02d}" for day in range(1, 8)),
)
_SESSIONS_A_YEAR = 235


def session_days(start: np.datetime64, count: int) -> NDArray[np.datetime64]:
    """Return the first `count` sessions on or after `start`, shape (count,), datetime64[D].

    Examples
    --------
    >>> session_days(np.datetime64("2019-09-30"), 2).astype(str).tolist()
    ['2019-09-30', '2019-10-08']
    """
    first = int(str(start)[:4])
    years = range(first, first + count // _SESSIONS_A_YEAR + 2)
    closed = [np.datetime64(f"{year}-{day}") for year in years for day in HOLIDAYS]
    days = np.arange(start, np.datetime64(f"{years[-1] + 1}-01-01"))
    return days[np.is_busday(days, holidays=closed)][:count]
