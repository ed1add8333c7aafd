"""The synthetic market, put together: `demo_market` gives the market, `demo_truth` the answers.

Both come from one generation, kept for the last few arguments; a market carries its arguments in
the provenance, so that its truth can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from workbench.arrays import AnyPanel, read_only
from workbench.data.providers.synthetic.activity import Activity, make_activity
from workbench.data.providers.synthetic.bars import Bars, make_bars, plan_ex_days
from workbench.data.providers.synthetic.calendar import session_days
from workbench.data.providers.synthetic.fundamentals import Reports, make_reports
from workbench.data.providers.synthetic.paths import make_paths
from workbench.data.providers.synthetic.roster import (
    DECLINE,
    INDUSTRIES,
    SECTORS,
    Roster,
    make_roster,
)
from workbench.data.providers.synthetic.signal import (
    PERSISTENCE,
    Risk,
    ar1,
    planted_ics,
    slope_for,
)
from workbench.data.providers.synthetic.truth import Announcement, ExEvent, Truth
from workbench.errors import BadValueError
from workbench.market import ArraySource, Assets, Market, Sessions
from workbench.market.rules import rules_version

__all__ = ["demo_market", "demo_truth"]

_VERSION = 1
_MOST_ASSETS, _MOST_SESSIONS = 3000, 10_000
_EARLIEST, _LATEST = np.datetime64("2007-01-01"), np.datetime64("2060-01-01")
_LABELS = MappingProxyType({"industry": tuple(name for name, _ in INDUSTRIES), "sector": SECTORS})


def demo_market(
    seed: int = 7,
    sessions: int = 750,
    assets: int = 300,
    *,
    start: str | np.datetime64 = "2019-01-02",
) -> Market:
    """Make a synthetic A-share market with planted truth; no key, no network.

    Parameters
    ----------
    seed : int
        The same seed gives the same market.
    sessions : int
        Number of sessions, 2 to 10 000.
    assets : int
        Number of shares, delisted ones included, 2 to 3000.
    start : day
        First session on or after this day, 2007-01-01 at the earliest.

    Returns
    -------
    Market
        Adjusted view "hfq". Raw fields, shape (T, N): ``open high low close pre_close`` in CNY on
        the tick, ``up_limit down_limit`` (NaN: no limit), ``volume`` in shares, ``amount`` in CNY,
        ``adj_factor``, ``shares float_shares``, ``is_st listed`` (0/1), ``eps bps`` in CNY a
        share and ``revenue`` in CNY as known at the close, ``industry sector`` (groups), and

        - ``alpha``: known at the close, earns from the next open on, with a known information
          coefficient that fades with a known half-life;
        - ``noise``: as persistent as ``alpha``, worth nothing.

    Raises
    ------
    BadValueError
        Arguments out of range.

    See Also
    --------
    demo_truth : what was planted.

    Notes
    -----
    Planted: new listings with their first-day jumps, declines that end in a delisting, ST spells
    with their narrower band, suspensions without bars, limit moves that last several sessions,
    cash dividends and bonus issues, quarterly reports with announcement days. Limits follow the
    dated rulebook. Names, prices and holidays are invented.

    Examples
    --------
    >>> market = demo_market(seed=1, sessions=60, assets=20)
    >>> market.shape
    (60, 20)
    """
    arguments = _checked(seed, sessions, assets, start)
    made = _generate(*arguments)
    provenance = {
        "provider": "synthetic",
        "version": _VERSION,
        "seed": arguments[0],
        "sessions": arguments[1],
        "assets": arguments[2],
        "start": arguments[3],
        "rules": rules_version(),
        "notes": ("Synthetic market: names, prices and holidays are invented.",),
    }
    source = ArraySource(
        Sessions(made.truth.sessions), Assets(made.truth.assets), made.fields, _LABELS, provenance
    )
    return Market(source, adjust="hfq", name="demo")


def demo_truth(market: Market) -> Truth:
    """Return what was planted into `market`, on the full grid it was made with.

    Parameters
    ----------
    market : Market
        From `demo_market`, possibly narrowed since.

    Raises
    ------
    BadValueError
        The market is not synthetic, or was made by another version of the generator.

    Examples
    --------
    >>> round(demo_truth(demo_market(seed=1, sessions=60, assets=20)).alpha_ic[1], 4)
    0.05
    """
    made = market.provenance
    if made.get("provider") != "synthetic":
        raise BadValueError(f"only a market of demo_market has a known truth, not {market!r}")
    if made["version"] != _VERSION:
        raise BadValueError(
            f"the market was made by version {made['version']} of the generator, this is "
            f"{_VERSION}; make the market again"
        )
    return _generate(made["seed"], made["sessions"], made["assets"], made["start"]).truth


@dataclass(frozen=True)
class _Made:
    fields: MappingProxyType[str, AnyPanel]
    truth: Truth


def _checked(
    seed: int, sessions: int, assets: int, start: str | np.datetime64
) -> tuple[int, int, int, str]:
    for name, value, low, high in (
        ("seed", seed, 0, 2**63 - 1),
        ("sessions", sessions, 2, _MOST_SESSIONS),
        ("assets", assets, 2, _MOST_ASSETS),
    ):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or not low <= value <= high:
            raise BadValueError(
                f"{name} should be a whole number from {low} to {high}, got {value!r}"
            )
    try:
        day = np.datetime64(start, "D")
    except (ValueError, TypeError) as error:
        raise BadValueError(f"start should be a day such as '2019-01-02', got {start!r}") from error
    if not _EARLIEST <= day <= _LATEST:
        raise BadValueError(
            f"start should lie between {_EARLIEST} (older tick rules are not recorded) and "
            f"{_LATEST}, got {start!r}"
        )
    return int(seed), int(sessions), int(assets), str(day)


@lru_cache(maxsize=2)
def _generate(seed: int, sessions: int, assets: int, start: str) -> _Made:
    days = session_days(np.datetime64(start), sessions)
    roster = make_roster(days, assets, seed)
    risk = Risk.draw(assets, seed)
    slope = slope_for(risk)
    signals = np.random.default_rng([seed, 3])
    alpha = ar1(sessions + 2, assets, signals)
    noise = ar1(sessions, assets, signals)
    bars = make_bars(
        days,
        roster,
        make_paths(roster, risk, alpha, slope, seed),
        plan_ex_days(roster, seed),
        seed,
    )
    activity = make_activity(roster, bars, seed)
    first = (roster.listing, np.arange(assets))
    reports = make_reports(days, bars.pre_close[first], activity.shares[first], seed)
    known = {
        "alpha": np.where(roster.listed, alpha[2:], np.nan),
        "noise": np.where(roster.listed, noise, np.nan),
        **reports.known(days, roster),
    }
    fields = _fields(roster, bars, activity) | known
    frozen = MappingProxyType({name: read_only(values) for name, values in fields.items()})
    return _Made(frozen, _truth(days, roster, bars, reports, planted_ics(risk, slope)))


def _fields(roster: Roster, bars: Bars, activity: Activity) -> dict[str, AnyPanel]:
    fields: dict[str, AnyPanel] = {
        name: getattr(bars, name)
        for name in ("open", "high", "low", "close", "pre_close", "up_limit", "down_limit")
    }
    fields |= {
        "volume": activity.volume,
        "amount": activity.amount,
        "adj_factor": bars.adj_factor,
        "shares": activity.shares,
        "float_shares": activity.float_shares,
        "is_st": roster.st.astype(np.float64),
        "listed": roster.listed.astype(np.float64),
    }
    for name, codes in (("industry", roster.industry), ("sector", roster.sector)):
        fields[name] = np.where(roster.listed, codes, np.int32(-1)).astype(np.int32)
    return fields


def _truth(
    days: np.ndarray, roster: Roster, bars: Bars, reports: Reports, ics: dict[int, float]
) -> Truth:
    names, length = roster.names, len(days)
    gone = np.flatnonzero(roster.delisting < length)
    return Truth(
        alpha_ic=MappingProxyType(dict(ics)),
        noise_ic=0.0,
        alpha_persistence=PERSISTENCE,
        sessions=read_only(days),
        assets=names,
        listing=MappingProxyType(
            {names[i]: days[roster.listing[i]] for i in np.flatnonzero(roster.is_new)}
        ),
        delisting=MappingProxyType({names[i]: days[roster.delisting[i]] for i in gone}),
        decline=DECLINE,
        suspended=read_only(roster.suspended),
        st=read_only(roster.st),
        locked_up=read_only(bars.locked_up),
        locked_down=read_only(bars.locked_down),
        ex_events=_ex_events(days, names, bars),
        announcements=_announcements(days, roster, reports),
    )


def _ex_events(days: np.ndarray, names: tuple[str, ...], bars: Bars) -> tuple[ExEvent, ...]:
    events = []
    for row, column in np.argwhere((bars.cash > 0) | (bars.bonus > 0)):
        before = bars.close[:row, column]
        previous = before[~np.isnan(before)][-1]
        events.append(
            ExEvent(
                names[column],
                days[row],
                float(bars.cash[row, column]),
                float(bars.bonus[row, column]),
                float(previous),
                float(bars.pre_close[row, column]),
            )
        )
    return tuple(events)


def _announcements(days: np.ndarray, roster: Roster, reports: Reports) -> tuple[Announcement, ...]:
    """Return the reports that become known within the sample while the share is listed."""
    first = np.searchsorted(days, reports.announced, side="right")
    found = []
    for quarter, column in np.argwhere((first > 0) & (first < len(days))):
        row = first[quarter, column]
        if roster.listed[row, column]:
            found.append(
                Announcement(
                    roster.names[column],
                    reports.quarters[quarter],
                    reports.announced[quarter, column],
                    days[row],
                )
            )
    return tuple(found)
