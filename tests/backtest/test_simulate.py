"""Hand ledgers: every figure below was worked out on paper, to the fen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backtest.hand_market import decisions, hand_market
from workbench.backtest import backtest

AUGUST = ["2023-08-22", "2023-08-23", "2023-08-24", "2023-08-25", "2023-08-28"]
MAIN, STAR, OTHER = "600519.SH", "688981.SH", "000001.SZ"
JUNE = ["2021-06-01", "2021-06-02", "2021-06-03", "2021-06-04", "2021-06-07"]


def equity(result) -> list[float]:
    return result.equity["equity"].tolist()


def denied(result) -> list[tuple]:
    columns = ["session", "side", "shares", "reason"]
    rows = result.denials[columns].itertuples(index=False)
    return [(str(row.session.date()), row.side, row.shares, row.reason) for row in rows]


class TestFees:
    """One share, bought at 10.00 with 10 000 CNY and half of it, sold at 11.00."""

    def run(self, sell_on: str):
        market = hand_market(AUGUST, {MAIN: [10, 10, 10.5, 11, 11]})
        rows = {"2023-08-22": {MAIN: 0.5}, sell_on: {}}
        return backtest(decisions(market, rows), market, capital=10_000)

    def test_purchase_pays_the_minimum_commission(self):
        result = self.run("2023-08-24")
        trade = result.trades.iloc[0]
        # 5 000 / 10.00 = 500 shares; 0.03 % is 1.50, below the minimum; 0.001 % is 0.05.
        assert (trade["shares"], trade["price"], trade["amount"]) == (500, 10.0, 5000.0)
        assert (trade["commission"], trade["stamp_duty"], trade["transfer_fee"]) == (5.0, 0.0, 0.05)
        assert str(trade["decided"].date()) == "2023-08-22"
        assert str(trade["session"].date()) == "2023-08-23"
        assert result.equity["cash"].tolist()[:3] == [10_000.0, 4994.95, 4994.95]
        assert result.equity["market_value"].tolist()[:3] == [0.0, 5000.0, 5250.0]
        assert equity(result)[:3] == [10_000.0, 9994.95, 10_244.95]
        assert result.equity["fees"].tolist()[:3] == [0.0, 5.05, 0.0]

    def test_sale_before_the_cut_pays_a_tenth_of_a_per_cent(self):
        sale = (result := self.run("2023-08-24")).trades.iloc[1]
        assert str(sale["session"].date()) == "2023-08-25"
        # 5 500: commission 5.00, stamp 5.50, transfer 0.055 → 0.06.
        assert (sale["commission"], sale["stamp_duty"], sale["transfer_fee"]) == (5.0, 5.5, 0.06)
        assert equity(result)[3:] == [10_484.39, 10_484.39]

    def test_sale_from_the_cut_pays_half_of_that(self):
        sale = (result := self.run("2023-08-25")).trades.iloc[1]
        assert str(sale["session"].date()) == "2023-08-28"
        assert (sale["commission"], sale["stamp_duty"], sale["transfer_fee"]) == (5.0, 2.75, 0.06)
        # 4 994.95 + 5 500 − 5 − 2.75 − 0.06
        assert equity(result)[3:] == [10_494.95, 10_487.14]

    def test_commission_above_the_minimum(self):
        market = hand_market(AUGUST, {MAIN: [10] * 5})
        result = backtest(decisions(market, {"2023-08-22": {MAIN: 0.5}}), market, capital=1e6)
        # 500 000: 0.03 % = 150.00, 0.001 % = 5.00.
        assert result.trades["commission"].tolist() == [150.0]
        assert equity(result)[1] == 999_845.0

    def test_own_commission(self):
        market = hand_market(AUGUST, {MAIN: [10] * 5})
        weights = decisions(market, {"2023-08-22": {MAIN: 0.5}})
        result = backtest(weights, market, capital=1e6, commission=0.0001)
        assert result.trades["commission"].tolist() == [50.0]


class TestLots:
    def test_main_board_in_hundreds_star_from_two_hundred_by_one(self):
        market = hand_market(JUNE, {MAIN: [7.30] * 5, STAR: [7.30] * 5})
        rows = {"2021-06-01": {MAIN: 0.5, STAR: 0.5}}
        result = backtest(decisions(market, rows), market, capital=10_000)
        # 5 000 / 7.30 = 684.93 shares.
        assert dict(zip(result.trades["asset"], result.trades["shares"], strict=True)) == {
            MAIN: 600,
            STAR: 684,
        }

    def test_star_below_its_minimum_is_denied(self):
        market = hand_market(JUNE, {MAIN: [7.30] * 5, STAR: [30.0] * 5})
        result = backtest(decisions(market, {"2021-06-01": {STAR: 0.5}}), market, capital=10_000)
        assert denied(result) == [("2021-06-02", "buy", 166, "lot")]
        assert result.denials["rule"].tolist() == ["cn.lot.star.2019-07-22"]
        assert equity(result) == [10_000.0] * 5

    def test_partial_sale_in_lots(self):
        market = hand_market(JUNE, {MAIN: [10.0] * 5})
        rows = {"2021-06-01": {MAIN: 0.9}, "2021-06-02": {MAIN: 0.45}}
        result = backtest(decisions(market, rows), market, capital=10_000)
        # Held 900; aimed at 0.45 · 9 994.82 / 10 = 449 shares, so 451 are too many: sell 400.
        assert result.trades["shares"].tolist() == [900, 400]


class TestCash:
    def test_higher_open_is_cut_to_the_cash(self):
        market = hand_market(JUNE, {MAIN: [10.0] * 5}, open={MAIN: [10, 10.4, 10, 10, 10]})
        result = backtest(decisions(market, {"2021-06-01": {MAIN: 1.0}}), market, capital=10_000)
        # 1 000 wished; at 10.40 cash pays for 961 less charges, so for 900 in lots.
        assert result.trades["shares"].tolist() == [900]
        # 9 360 + 5 + 0.19 (0.002 % = 0.1872)
        assert result.equity["cash"].tolist()[1] == 634.81
        assert denied(result) == [("2021-06-02", "buy", 100, "cash")]
        assert "cash left 634.81" in result.denials["evidence"][0]

    def test_sales_pay_for_purchases_of_the_same_session(self):
        market = hand_market(JUNE, {MAIN: [10.0] * 5, OTHER: [20.0] * 5})
        rows = {"2021-06-01": {MAIN: 0.95}, "2021-06-02": {OTHER: 0.9}}
        result = backtest(decisions(market, rows), market, capital=100_000)
        assert result.trades["side"].tolist() == ["buy", "sell", "buy"]
        assert result.trades["asset"].tolist() == [MAIN, MAIN, OTHER]

    def test_floor_stays_in_cash(self):
        market = hand_market(JUNE, {MAIN: [10.0] * 5})
        weights = decisions(market, {"2021-06-01": {MAIN: 1.0}})
        result = backtest(weights, market, capital=10_000, cash_floor=0.25)
        assert result.trades["shares"].tolist() == [700]
        assert result.equity["cash"].min() >= 2500

    def test_largest_purchase_first(self):
        bars = {MAIN: [10.0] * 5, OTHER: [10.0] * 5}
        opens = {name: [10, 10.8, 10, 10, 10] for name in bars}
        market = hand_market(JUNE, bars, open=opens)
        rows = {"2021-06-01": {OTHER: 0.4, MAIN: 0.6}}
        result = backtest(decisions(market, rows), market, capital=100_000)
        assert result.trades["asset"].tolist() == [MAIN, OTHER]
        assert result.trades["shares"].tolist() == [6000, 3200]


class TestLimits:
    def test_open_at_the_upper_limit_denies_and_carries(self):
        # 10.00 → 11.00 is the limit; next day 11.50 is below 12.10.
        market = hand_market(JUNE, {MAIN: [10, 11, 11.5, 11.5, 11.5]})
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000)
        assert denied(result) == [("2021-06-02", "buy", 500, "limit_up")]
        row = result.denials.iloc[0]
        assert row["rule"] == "cn.band.main.1996-12-16"
        assert row["evidence"] == "open 11.00 ≥ up limit 11.00, reference 10.00"
        trade = result.trades.iloc[0]
        assert (str(trade["session"].date()), trade["shares"]) == ("2021-06-03", 500)
        assert str(trade["decided"].date()) == "2021-06-01"

    def test_dropped_orders_are_forgotten(self):
        market = hand_market(JUNE, {MAIN: [10, 11, 11.5, 11.5, 11.5]})
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000, unfilled="drop")
        assert len(result.denials) == 1
        assert not len(result.trades)

    def test_a_new_decision_ends_the_waiting(self):
        market = hand_market(JUNE, {MAIN: [10, 11, 11.5, 11.5, 11.5]})
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}, "2021-06-02": {}})
        assert not len(backtest(weights, market, capital=10_000).trades)

    def test_lower_limit_locks_sellers_in_and_lets_buyers_in(self):
        market = hand_market(JUNE, {MAIN: [10, 10, 9, 9, 9], OTHER: [10, 10, 9, 9, 9]})
        rows = {"2021-06-01": {MAIN: 0.4}, "2021-06-02": {OTHER: 0.4}}
        result = backtest(decisions(market, rows), market, capital=10_000)
        assert denied(result) == [("2021-06-03", "sell", 400, "limit_down")]
        sides = list(zip(result.trades["session"].dt.day, result.trades["side"], strict=True))
        assert sides == [(2, "buy"), (3, "buy"), (4, "sell")]

    def test_risk_warned_shares_have_half_the_band(self):
        bars = {MAIN: [10, 10.5, 10.5, 10.5, 10.5], OTHER: [10, 10.5, 10.5, 10.5, 10.5]}
        market = hand_market(JUNE, bars, is_st={MAIN: [1] * 5, OTHER: [0] * 5})
        rows = {"2021-06-01": {MAIN: 0.4, OTHER: 0.4}}
        result = backtest(decisions(market, rows), market, capital=10_000, unfilled="drop")
        assert result.denials["asset"].tolist() == [MAIN]
        assert result.denials["rule"].tolist() == ["cn.band.main_st.1998-04-22"]
        assert result.trades["asset"].tolist() == [OTHER]

    def test_limits_of_the_source_come_first(self):
        market = hand_market(
            JUNE,
            {MAIN: [10, 10.3, 10.3, 10.3, 10.3]},
            up_limit={MAIN: [11, 10.3, 99999.99, 99999.99, 99999.99]},
            down_limit={MAIN: [9, 9.7, 0, 0, 0]},
        )
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000)
        assert result.denials["rule"].tolist() == ["source.price_limits"]
        assert result.trades["session"].dt.day.tolist() == [3]

    def test_average_price_fills_once_the_limit_opened(self):
        bars = {MAIN: [10, 11, 12.1, 12.1, 12.1]}
        market = hand_market(
            JUNE,
            bars,
            low={MAIN: [10, 10.8, 12.1, 12.1, 12.1]},
            amount={MAIN: [1e7, 10_912_345, 1.21e7, 1.21e7, 1.21e7]},
        )
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000, fill="next_vwap")
        # 10.912345 is kept as 10.9123; 500 shares cost 5 456.15.
        trade = result.trades.iloc[0]
        assert (trade["price"], trade["amount"]) == (10.9123, 5456.15)
        locked = decisions(market, {"2021-06-02": {MAIN: 0.5}})
        result = backtest(locked, market, capital=10_000, fill="next_vwap", unfilled="drop")
        assert denied(result) == [("2021-06-03", "buy", 400, "limit_up")]
        assert result.denials["evidence"][0].startswith("low 12.10 ≥ up limit 12.10")

    def test_close_fill_looks_at_the_close(self):
        market = hand_market(JUNE, {MAIN: [10, 11, 11, 11, 11]}, open={MAIN: [10] * 5})
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        at_open = backtest(weights, market, capital=10_000, fill="next_open")
        at_close = backtest(weights, market, capital=10_000, fill="next_close", unfilled="drop")
        assert at_open.trades["price"].tolist() == [10.0]
        assert denied(at_close) == [("2021-06-02", "buy", 500, "limit_up")]


class TestSuspension:
    def test_waits_at_the_last_price_and_fills_afterwards(self):
        nan = np.nan
        market = hand_market(JUNE, {MAIN: [10, 10, nan, nan, 10.8]})
        rows = {"2021-06-01": {MAIN: 0.5}, "2021-06-02": {}}
        result = backtest(decisions(market, rows), market, capital=10_000)
        assert denied(result) == [
            ("2021-06-03", "sell", 500, "suspended"),
            ("2021-06-04", "sell", 500, "suspended"),
        ]
        # 0.10 transfer fee (0.002 %) and 5.00 on the way in.
        assert equity(result)[1:4] == [9994.90] * 3
        # 5 400: 5.00, 5.40, 0.11 (0.108).
        assert equity(result)[4] == 4994.90 + 5400 - 10.51

    def test_unlisted_and_unpriced_wishes_are_denied(self):
        nan = np.nan
        bars = {MAIN: [10] * 5, OTHER: [nan, nan, 5, 5, 5], STAR: [nan, nan, 5, 5, 5]}
        market = hand_market(JUNE, bars, listed={OTHER: [0, 0, 1, 1, 1]})
        rows = {"2021-06-01": {MAIN: 0.3, OTHER: 0.3, STAR: 0.3}}
        result = backtest(decisions(market, rows), market, capital=10_000)
        reasons = dict(zip(result.denials["asset"], result.denials["reason"], strict=True))
        assert reasons == {OTHER: "unlisted", STAR: "unpriced"}


class TestCorporateActions:
    def test_two_for_one_split(self):
        market = hand_market(
            JUNE,
            {MAIN: [10, 10, 5, 5.2, 5.2]},
            adj_factor={MAIN: [1, 1, 2, 2, 2]},
            pre_close={MAIN: [10, 10, 5, 5, 5.2]},
        )
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}, "2021-06-03": {}})
        result = backtest(weights, market, capital=10_000)
        assert equity(result)[1:3] == [9994.90, 9994.90]
        event = result.corporate_actions.iloc[0]
        assert (event["kind"], event["shares"], event["cash"]) == ("split", 500, 0.0)
        # 1 000 shares at 5.20: 5.00 commission, 5.20 stamp, 0.10 transfer.
        assert result.trades["shares"].tolist() == [500, 1000]
        assert equity(result)[3] == 4994.90 + 5200 - 10.30

    def test_the_fraction_of_a_share_is_paid_at_the_reference_price(self):
        market = hand_market(
            JUNE,
            {MAIN: [10, 10, 7.6, 7.6, 7.6]},
            adj_factor={MAIN: [1, 1, 1.3333, 1.3333, 1.3333]},
            pre_close={MAIN: [10, 10, 7.6, 7.6, 7.6]},
        )
        result = backtest(decisions(market, {"2021-06-01": {MAIN: 0.5}}), market, capital=10_000)
        event = result.corporate_actions.iloc[0]
        # 500 × 1.3333 = 666.65: 666 shares and 0.65 × 7.60 = 4.94.
        assert (event["shares"], event["price"], event["cash"]) == (166, 7.6, 4.94)
        # 4 994.90 + 4.94 + 666 × 7.60
        assert equity(result)[2] == 10_061.44

    def test_the_limit_follows_the_ex_right_reference(self):
        # 5.50 would be far below 10.00 − 10 %, but it is the upper limit of 5.00.
        market = hand_market(
            JUNE, {MAIN: [10, 10, 5.5, 5.5, 5.5]}, adj_factor={MAIN: [1, 1, 2, 2, 2]}
        )
        weights = decisions(market, {"2021-06-02": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000, unfilled="drop")
        assert result.denials["evidence"].tolist() == ["open 5.50 ≥ up limit 5.50, reference 5.00"]
        assert denied(result)[0][2] == 1000

    def test_a_waiting_order_is_restated(self):
        # 500 shares denied at 11.00; 2 for 1 over night makes them 1 000 at 5.50.
        market = hand_market(
            JUNE, {MAIN: [10, 11, 5.5, 5.5, 5.5]}, adj_factor={MAIN: [1, 1, 2, 2, 2]}
        )
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000)
        assert denied(result) == [("2021-06-02", "buy", 500, "limit_up")]
        assert result.trades["shares"].tolist() == [1000]

    def test_split_during_a_suspension_waits_for_the_factor(self):
        nan = np.nan
        market = hand_market(
            JUNE, {MAIN: [10, 10, nan, nan, 5]}, adj_factor={MAIN: [1, 1, nan, nan, 2]}
        )
        result = backtest(decisions(market, {"2021-06-01": {MAIN: 0.5}}), market, capital=10_000)
        assert equity(result)[1:] == [9994.90] * 4
        assert result.positions["shares"].tolist() == [500, 500, 500, 1000]

    @pytest.mark.parametrize(("recovery", "cash"), [(0.0, 0.0), (0.2, 1000.0)])
    def test_delisting_pays_the_stated_share(self, recovery, cash):
        nan = np.nan
        market = hand_market(JUNE, {MAIN: [10, 10, 10, nan, nan]}, listed={MAIN: [1, 1, 1, 0, 0]})
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}})
        result = backtest(weights, market, capital=10_000, delisting_recovery=recovery)
        event = result.corporate_actions.iloc[0]
        assert (event["kind"], event["shares"], event["cash"]) == ("delisting", -500, cash)
        assert equity(result)[2:] == [9994.90, 4994.90 + cash, 4994.90 + cash]
        assert not len(result.positions.query("session >= '2021-06-04'"))


def test_buy_and_hold_earns_the_price_less_the_costs():
    rng = np.random.default_rng(5)
    days = np.busday_offset("2021-01-04", np.arange(60))
    bars = np.round(20 * np.exp(rng.normal(0, 0.01, 60).cumsum()), 2)
    market = hand_market(days, {MAIN: bars})
    weights = decisions(market, {str(days[0]): {MAIN: 0.9}})
    result = backtest(weights, market, capital=1_000_000)
    shares, paid = result.trades["shares"][0], result.trades["fees"].sum()
    expected = 1_000_000 + shares * (bars[-1] - bars[1]) - paid
    assert equity(result)[-1] == pytest.approx(expected, abs=0.005)
    free = backtest(weights, market, capital=1_000_000, rules="paper")
    assert free.trades["fees"].sum() == 0
    growth = 1 + 0.9 * (bars[-1] / bars[1] - 1)
    assert equity(free)[-1] / 1e6 == pytest.approx(growth, rel=0.01)


def test_the_view_of_prices_does_not_matter():
    bars = {MAIN: [10, 10, 5, 5.2, 5.2]}
    factor = {MAIN: [3, 3, 6, 6, 6]}
    results = []
    for adjust in ("none", "hfq"):
        market = hand_market(JUNE, bars, adjust=adjust, adj_factor=factor)
        weights = decisions(market, {"2021-06-01": {MAIN: 0.5}, "2021-06-03": {}})
        results.append(backtest(weights, market, capital=10_000))
    assert equity(results[0]) == equity(results[1])


def test_paper_rules_hold_short_and_know_no_lot():
    market = hand_market(JUNE, {MAIN: [10, 10, 11, 11, 11], OTHER: [7, 7, 7, 6.3, 6.3]})
    weights = decisions(market, {"2021-06-01": {MAIN: -0.5, OTHER: 0.5}})
    result = backtest(weights, market, capital=10_000, rules="paper")
    assert result.trades["shares"].tolist() == [500, 714]
    # Short 500: −500 then 0; long 714: 0 then −499.80.
    assert equity(result)[1:4] == [10_000.0, 9500.0, 9000.20]


def test_last_decision_is_never_traded():
    market = hand_market(JUNE, {MAIN: [10.0] * 5})
    result = backtest(decisions(market, {JUNE[-1]: {MAIN: 0.5}}), market)
    assert not len(result.trades)
    assert not len(result.denials)
