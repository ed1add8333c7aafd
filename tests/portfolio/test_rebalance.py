"""Rebalance sessions against pandas' own periods, and under truncation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import PortfolioError
from workbench.market import Sessions
from workbench.portfolio import rebalance_sessions

PERIODS = {"weekly": "W-SUN", "monthly": "M", "daily": "D"}


@pytest.fixture(scope="module")
def calendar() -> Sessions:
    """Two years of weekdays with a third of them missing, as if by holidays."""
    days = pd.bdate_range("2018-12-20", "2020-12-31")
    keep = np.random.default_rng(1).random(len(days)) > 0.33
    return Sessions(days[keep].to_numpy().astype("datetime64[D]"))


@pytest.mark.parametrize("rule", sorted(PERIODS))
def test_last_session_of_each_period(calendar, rule):
    index = pd.DatetimeIndex(calendar.values)
    last = pd.Series(index, index=index).groupby(index.to_period(PERIODS[rule])).max()
    expected = index.isin(last)
    found = rebalance_sessions(calendar, rule)
    assert found[:-1].tolist() == expected[:-1].tolist()


def test_every_nth_session_begins_with_the_first(calendar):
    expected = [row % 7 == 0 for row in range(len(calendar))]
    assert rebalance_sessions(calendar, 7).tolist() == expected


def test_end_of_data_is_judged_by_weekdays():
    thursday, friday = Sessions(["2019-01-03"]), Sessions(["2019-01-03", "2019-01-04"])
    assert rebalance_sessions(thursday, "weekly").tolist() == [False]
    assert rebalance_sessions(friday, "weekly").tolist() == [False, True]
    assert rebalance_sessions(Sessions(["2019-05-30"]), "monthly").tolist() == [False]
    assert rebalance_sessions(Sessions(["2019-05-31"]), "monthly").tolist() == [True]


@pytest.mark.parametrize("rule", ["daily", "weekly", "monthly", 3])
def test_truncation_changes_nothing_but_possibly_the_last_row(calendar, rule):
    whole = rebalance_sessions(calendar, rule)
    for end in range(1, len(calendar), 17):
        part = rebalance_sessions(Sessions(calendar.values[:end]), rule)
        assert part[:-1].tolist() == whole[: end - 1].tolist()


def test_truncation_of_full_weeks_changes_nothing():
    days = Sessions(pd.bdate_range("2019-01-01", "2019-03-29").to_numpy().astype("datetime64[D]"))
    whole = rebalance_sessions(days, "weekly")
    for end in range(1, len(days)):
        part = rebalance_sessions(Sessions(days.values[:end]), "weekly")
        assert part.tolist() == whole[:end].tolist()


def test_no_session_no_decision():
    assert rebalance_sessions(Sessions([]), "weekly").tolist() == []


@pytest.mark.parametrize("rule", ["weekley", 0, -1, True, 2.5, None])
def test_unknown_rule_is_refused(calendar, rule):
    with pytest.raises(PortfolioError, match="Rebalance is one of"):
        rebalance_sessions(calendar, rule)


def test_near_name_is_offered(calendar):
    with pytest.raises(PortfolioError, match="Did you mean 'weekly'"):
        rebalance_sessions(calendar, "weekley")
