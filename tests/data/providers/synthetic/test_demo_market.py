"""The synthetic market against its own truth, recomputed here with scipy and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from workbench.data import demo_market, demo_truth
from workbench.errors import BadValueError
from workbench.market.rules import board, price_limits

PRICES = ("open", "high", "low", "close")


@pytest.fixture(scope="module")
def market():
    return demo_market()


@pytest.fixture(scope="module")
def truth(market):
    return demo_truth(market)


def raw(market, name):
    held = f"raw_{name}"
    return market[held if held in market.fields else name].values


def daily_ic(market, field, horizon, first_lag=1):
    """Spearman correlations of field[t] with open[t+lag] to open[t+lag+h], session by session."""
    signal, price = market[field].values, market["open"].values
    found = []
    for t in range(0, len(price) - horizon - first_lag, max(1, horizon)):
        forward = price[t + first_lag + horizon] / price[t + first_lag] - 1
        both = np.isfinite(signal[t]) & np.isfinite(forward)
        found.append(spearmanr(signal[t][both], forward[both]).statistic)
    return np.array(found)


class TestPlantedAlpha:
    @pytest.mark.parametrize("horizon", [1, 2, 5, 10, 20])
    def test_information_coefficient_is_the_stated_one(self, market, truth, horizon):
        ic = daily_ic(market, "alpha", horizon)
        error = ic.std(ddof=1) / np.sqrt(len(ic))
        assert abs(ic.mean() - truth.alpha_ic[horizon]) < 3 * error
        assert ic.mean() > 5 * error

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_it_is_so_for_other_seeds(self, seed):
        other = demo_market(seed, sessions=400, assets=150)
        ic = daily_ic(other, "alpha", 1)
        expected = demo_truth(other).alpha_ic[1]
        assert abs(ic.mean() - expected) < 3 * ic.std(ddof=1) / np.sqrt(len(ic))

    def test_it_fades_with_the_stated_persistence(self, market, truth):
        for age in (5, 10):
            ic = daily_ic(market, "alpha", 1, first_lag=1 + age)
            expected = truth.alpha_ic[1] * truth.alpha_persistence**age
            assert abs(ic.mean() - expected) < 3 * ic.std(ddof=1) / np.sqrt(len(ic))

    def test_it_is_not_earned_before_the_next_open(self, market):
        signal, open_, close = (market[name].values for name in ("alpha", "open", "close"))
        fresh = signal[1:] - 0.9 * signal[:-1]  # what became known at the close of t
        today = close[1:] / open_[1:] - 1
        night = open_[2:] / close[1:-1] - 1
        for moves, news in ((today, fresh), (night, fresh[:-1])):
            ic = [
                spearmanr(n, m, nan_policy="omit").statistic
                for n, m in zip(news, moves, strict=True)
            ]
            assert abs(np.mean(ic)) < 3 * np.std(ic) / np.sqrt(len(ic))

    def test_the_decoy_is_worth_nothing(self, market, truth):
        for horizon in (1, 5):
            ic = daily_ic(market, "noise", horizon)
            assert abs(ic.mean() - truth.noise_ic) < 3 * ic.std(ddof=1) / np.sqrt(len(ic))

    def test_persistence(self, market, truth):
        for name in ("alpha", "noise"):
            x = market[name].values
            both = np.isfinite(x[1:]) & np.isfinite(x[:-1])
            slope = np.corrcoef(x[1:][both], x[:-1][both])[0, 1]
            assert slope == pytest.approx(truth.alpha_persistence, abs=0.01)


class TestBars:
    def test_no_bar_while_suspended_or_unlisted_and_one_on_all_other_sessions(self, market, truth):
        listed = market.mask("listed").values
        expected = listed & ~truth.suspended
        for name in (*PRICES, "pre_close", "volume", "amount"):
            np.testing.assert_array_equal(np.isfinite(raw(market, name)), expected)
        assert truth.suspended.sum() > 500
        assert not (truth.suspended & ~listed).any()

    def test_prices_are_in_order_and_on_the_tick(self, market):
        opens, high, low, close = (raw(market, name) for name in PRICES)
        bars = np.isfinite(close)
        assert (low[bars] <= np.minimum(opens, close)[bars]).all()
        assert (high[bars] >= np.maximum(opens, close)[bars]).all()
        for name in (*PRICES, "pre_close", "up_limit", "down_limit"):
            prices = raw(market, name)[np.isfinite(raw(market, name))]
            np.testing.assert_array_equal(prices, np.round(prices * 100) / 100)
            assert prices.min() >= 0.01

    def test_open_differs_from_the_previous_close(self, market):
        opens, reference = raw(market, "open"), raw(market, "pre_close")
        bars = np.isfinite(opens)
        assert np.mean(opens[bars] != reference[bars]) > 0.9

    def test_no_trade_beyond_the_limits_of_the_rulebook(self, market, truth):
        reference = raw(market, "pre_close")
        st = market["is_st"].values == 1
        high, low = raw(market, "high"), raw(market, "low")
        days = market.sessions.values
        listing = dict.fromkeys(market.assets, -2500) | {
            asset: int(np.searchsorted(days, day)) for asset, day in truth.listing.items()
        }
        rng = np.random.default_rng(0)
        cells = np.argwhere(np.isfinite(reference))
        young = [c for c in cells if 0 <= c[0] - listing[market.assets.names[c[1]]] < 6]
        for row, column in [*rng.permutation(cells)[:600], *young]:
            asset = market.assets.names[column]
            down, up = price_limits(
                reference[row, column], board(asset), st[row, column], days[row],
                row - listing[asset],
            )  # fmt: skip
            assert down <= low[row, column] <= high[row, column] <= up
            given = raw(market, "up_limit")[row, column]
            assert given == up or (np.isnan(given) and np.isinf(up))

    def test_locked_sessions_have_one_price_on_the_limit_and_nobody_else_has(self, market, truth):
        opens, high, low, close = (raw(market, name) for name in PRICES)
        up, down = raw(market, "up_limit"), raw(market, "down_limit")
        one = (opens == close) & (high == low) & (opens == high)
        np.testing.assert_array_equal(truth.locked_up, one & (close == up))
        np.testing.assert_array_equal(truth.locked_down, one & (close == down))
        assert truth.locked_up.sum() > 50
        assert truth.locked_down.sum() > 20
        assert not market.mask("buyable").values[truth.locked_up].any()
        assert not market.mask("sellable").values[truth.locked_down].any()

    def test_amount_is_volume_at_a_price_between_low_and_high(self, market):
        volume, amount = raw(market, "volume"), raw(market, "amount")
        bars = np.isfinite(volume)
        assert (volume[bars] % 100 == 0).all()
        assert volume[bars].min() >= 100
        vwap = amount[bars] / volume[bars]
        assert (vwap >= raw(market, "low")[bars] - 1e-4).all()
        assert (vwap <= raw(market, "high")[bars] + 1e-4).all()


class TestExRights:
    def test_factor_identity_on_every_session(self, market):
        close, reference, factor = (raw(market, n) for n in ("close", "pre_close", "adj_factor"))
        for column in range(market.shape[1]):
            rows = np.flatnonzero(np.isfinite(close[:, column]))
            c, p, f = close[rows, column], reference[rows, column], factor[rows, column]
            np.testing.assert_allclose(f[1:] / f[:-1], c[:-1] / p[1:], rtol=1e-12)

    def test_events_are_where_the_factor_moves_and_follow_the_formula(self, market, truth):
        factor = raw(market, "adj_factor")
        days = market.sessions.values
        moved = {
            (market.assets.names[column], days[row + 1])
            for row, column in np.argwhere(np.diff(factor, axis=0) != 0)
            if np.isfinite(factor[row, column]) and np.isfinite(factor[row + 1, column])
        }
        stated = {(e.asset, e.session) for e in truth.ex_events if e.reference != e.previous_close}
        assert stated == moved
        assert len(moved) > 500
        for event in truth.ex_events:
            exact = (event.previous_close - event.cash) / (1 + event.bonus)
            assert event.reference == pytest.approx(exact, abs=0.005 + 1e-9)

    def test_adjusted_returns_do_not_see_the_event(self, market, truth):
        returns, plain = market["returns"].values, raw(market, "close")
        days = market.sessions.values
        gaps = []
        for event in truth.ex_events:
            row, column = (
                int(np.searchsorted(days, event.session)),
                market.assets.index(event.asset),
            )
            own = plain[row, column] / event.reference - 1
            if np.isfinite(returns[row, column]):
                assert returns[row, column] == pytest.approx(own, abs=1e-12)
                gaps.append(plain[row, column] / plain[row - 1, column] - 1 - own)
        assert min(gaps) < -0.4  # the raw close does see a bonus of one for one

    def test_shares_grow_with_the_bonus(self, market, truth):
        shares = market["shares"].values
        days = market.sessions.values
        for event in truth.ex_events[:200]:
            row, column = (
                int(np.searchsorted(days, event.session)),
                market.assets.index(event.asset),
            )
            grown = shares[row, column] / shares[row - 1, column]
            assert grown == pytest.approx(1 + event.bonus, rel=1e-6)


class TestLives:
    def test_listings_and_delistings(self, market, truth):
        listed = market.mask("listed").values
        days = market.sessions.values
        for column, asset in enumerate(market.assets):
            rows = days[listed[:, column]]
            assert rows[0] == truth.listing.get(asset, days[0])
            after = days[days > rows[-1]]
            assert (after[0] if len(after) else None) == truth.delisting.get(asset)
        assert len(truth.listing) > 20
        assert truth.delisted == tuple(truth.delisting)

    def test_delisted_shares_decline_to_the_end(self, market, truth):
        close = market["close"].values
        for asset, day in truth.delisting.items():
            end = int(np.searchsorted(market.sessions.values, day))
            column = market.assets.index(asset)
            assert close[end - 1, column] / close[end - truth.decline, column] < 0.7
            assert truth.st[end - truth.decline : end, column].all()
        assert len(truth.delisting) >= 3

    def test_star_shares_list_only_after_the_board_opened(self, market, truth):
        star = [asset for asset in market.assets if board(asset) == "star"]
        assert star
        assert min(truth.listing[asset] for asset in star) >= np.datetime64("2019-07-22")

    def test_st_field_is_the_truth(self, market, truth):
        np.testing.assert_array_equal(market["is_st"].values == 1, truth.st)
        assert truth.st.sum() > 1000

    def test_new_shares_jump_on_the_first_session(self, market, truth):
        close, reference = raw(market, "close"), raw(market, "pre_close")
        jumps = []
        for asset, day in truth.listing.items():
            row, column = market.sessions.index(day), market.assets.index(asset)
            jumps.append(close[row, column] / reference[row, column] - 1)
        assert np.median(jumps) > 0.3

    def test_shares_that_stay_do_not_fall_with_those_that_leave(self):
        for seed in (7, 8, 9):
            market = demo_market(seed=seed, sessions=400)
            close, truth = market["close"].values, demo_truth(market)
            stays = [asset not in truth.delisting for asset in market.assets]
            last = np.diff(np.log(close[-truth.decline :, stays]), axis=0)
            assert abs(np.nanmean(last)) < 0.006  # two per cent of drift would be -0.03 a session


class TestReports:
    def test_figures_change_only_on_the_sessions_stated(self, market, truth):
        known = {(note.asset, note.known_from) for note in truth.announcements}
        days = market.sessions.values
        for name in ("eps", "bps", "revenue"):
            values = market[name].values
            changed = np.argwhere(np.diff(values, axis=0) != 0)
            both = np.isfinite(values[:-1]) & np.isfinite(values[1:])
            seen = {
                (market.assets.names[column], days[row + 1])
                for row, column in changed
                if both[row, column]
            }
            assert seen <= known
            assert len(seen) > 1000

    def test_known_only_after_the_day_of_the_announcement(self, truth):
        for note in truth.announcements:
            assert note.quarter < note.announced < note.known_from
            before = truth.sessions[truth.sessions < note.known_from]
            assert len(before) == 0 or before[-1] <= note.announced

    def test_reports_are_there_from_the_first_listed_session(self, market):
        listed = market.mask("listed").values
        for name in ("eps", "bps", "revenue"):
            np.testing.assert_array_equal(np.isfinite(market[name].values), listed)


class TestArguments:
    def test_same_seed_same_market(self):
        first = demo_market(5, sessions=80, assets=30)
        from workbench.data.providers.synthetic import market as module

        module._generate.cache_clear()
        again = demo_market(5, sessions=80, assets=30)
        assert first.assets == again.assets
        for name in first.fields:
            np.testing.assert_array_equal(first[name].values, again[name].values)
        other = demo_market(6, sessions=80, assets=30)
        assert not np.array_equal(first["open"].values, other["open"].values, equal_nan=True)

    @pytest.mark.parametrize(
        ("sessions", "assets", "start"),
        [
            (2, 2, "2019-01-02"),
            (60, 20, "2019-01-02"),
            (51, 3, "2019-01-02"),
            (200, 40, "2007-01-01"),
            (120, 60, "2021-11-01"),
            (90, 60, "2026-05-04"),
        ],
    )
    def test_any_size_and_any_time(self, sessions, assets, start):
        market = demo_market(1, sessions=sessions, assets=assets, start=start)
        assert market.shape == (sessions, assets)
        assert market.sessions.first >= np.datetime64(start)
        assert market.mask("estimation").values.any()

    @pytest.mark.parametrize(
        "arguments",
        [
            {"seed": -1},
            {"seed": 1.5},
            {"sessions": 1},
            {"sessions": "many"},
            {"assets": 1},
            {"assets": 10**6},
            {"assets": True},
            {"start": "soon"},
            {"start": "1990-12-19"},
        ],
    )
    def test_bad_arguments(self, arguments):
        with pytest.raises(BadValueError, match=f"{next(iter(arguments))} should"):
            demo_market(**arguments)

    def test_truth_survives_narrowing_and_is_asked_of_demo_markets_only(self, market, truth):
        part = market.between("2020-01-01", "2020-06-30").select(market.assets.names[:10])
        again = demo_truth(part)
        assert again.ex_events == truth.ex_events
        assert again.assets == truth.assets == market.assets.names
        from workbench.market import ArraySource, Assets, Market, Sessions

        other = Market(
            ArraySource(Sessions(["2020-01-02"]), Assets(["A"]), {"close": np.ones((1, 1))}),
            adjust="none",
        )
        with pytest.raises(BadValueError, match="only a market of demo_market"):
            demo_truth(other)

    def test_truth_is_a_frozen_value(self, truth):
        with pytest.raises(AttributeError):
            truth.noise_ic = 1.0
        with pytest.raises(ValueError, match="read-only"):
            truth.suspended[0, 0] = True
        assert "delistings" in repr(truth)


def test_sessions_are_weekdays_without_holidays(market):
    from workbench.data.providers.synthetic.calendar import HOLIDAYS

    days = market.sessions.values
    assert np.is_busday(days).all()
    assert not {str(day)[5:] for day in days} & set(HOLIDAYS)
    week = np.arange(days[0], days[-1])
    absent = set(week.tolist()) - set(days.tolist())
    assert all(day.weekday() > 4 or day.strftime("%m-%d") in HOLIDAYS for day in absent)
