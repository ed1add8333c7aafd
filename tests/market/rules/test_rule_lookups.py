"""Boards, ticks, lots, fees and the rulebook itself, at the boundaries of their rows."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

import numpy as np
import pytest

from workbench.errors import PanelError, UnknownAssetError, UnknownRuleError
from workbench.market.rules import (
    Board,
    board,
    boards,
    fees,
    lot,
    round_half_up,
    rulebook,
    rules_version,
    tick,
)
from workbench.market.rules.rulebook import Rule, _refuse_overlaps, as_day

DAY = dt.timedelta(days=1)


class TestBoards:
    @pytest.mark.parametrize(
        ("asset", "expected"),
        [
            ("600519.SH", Board.MAIN_SH),
            ("601398.SH", Board.MAIN_SH),
            ("605499.SH", Board.MAIN_SH),
            ("688981.SH", Board.STAR),
            ("689009.SH", Board.STAR),
            ("000001.SZ", Board.MAIN_SZ),
            ("001979.SZ", Board.MAIN_SZ),
            ("002594.SZ", Board.MAIN_SZ),
            ("003816.SZ", Board.MAIN_SZ),
            ("300750.SZ", Board.CHINEXT),
            ("301029.SZ", Board.CHINEXT),
            ("430047.BJ", Board.BSE),
            ("836504.BJ", Board.BSE),
            ("920019.BJ", Board.BSE),
        ],
    )
    def test_code_tells_the_board(self, asset, expected):
        assert board(asset) is expected

    @pytest.mark.parametrize("asset", ["000001.SH", "900901.SH", "AAPL", "600519", "", "60051.SH"])
    def test_other_codes_are_refused(self, asset):
        with pytest.raises(UnknownAssetError, match="no A-share code"):
            board(asset)

    def test_many(self):
        assert boards(["600519.SH", "688981.SH"]).tolist() == ["main_sh", "star"]


class TestTicks:
    def test_equals_decimal_rounding(self):
        thousandths = np.arange(0, 50_000)
        expected = [
            float((Decimal(int(n)) / 1000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
            for n in thousandths
        ]
        assert round_half_up(thousandths / 1000).tolist() == expected

    def test_nan_stays_and_infinity_is_refused(self):
        assert np.isnan(round_half_up(np.nan))
        with pytest.raises(PanelError, match="at most 1e9"):
            round_half_up(np.inf)

    def test_other_ticks(self):
        assert round_half_up([1.0005, 1.2345], 0.001).tolist() == [1.001, 1.235]

    def test_tick_is_dated(self):
        assert tick("1996-12-16") == tick("2026-07-06", "star") == 0.01
        with pytest.raises(UnknownRuleError, match="known from 1996-12-16"):
            tick("1996-12-15")


class TestLots:
    @pytest.mark.parametrize(
        ("asset", "session", "minimum", "step"),
        [
            ("600519.SH", "1995-01-01", 100, 100),
            ("300750.SZ", "2009-10-30", 100, 100),
            ("688981.SH", "2019-07-22", 200, 1),
            ("920019.BJ", "2021-11-15", 100, 1),
        ],
    )
    def test_rows(self, asset, session, minimum, step):
        found = lot(asset, session)
        assert (found.minimum, found.step, found.holding_sessions) == (minimum, step, 1)
        with pytest.raises(UnknownRuleError):
            lot(asset, as_day(session) - DAY)

    def test_orders(self):
        star, main = lot("688981.SH", "2021-01-04"), lot(Board.MAIN_SH, "2021-01-04")
        assert [star.buyable(n) for n in (0, 199, 200, 201.9)] == [0, 0, 200, 201]
        assert [main.buyable(n) for n in (99, 100, 199, 250)] == [0, 100, 100, 200]
        assert main.sellable(130, held=130) == 130
        assert main.sellable(130, held=500) == 100
        assert star.sellable(150, held=150) == 150
        assert star.sellable(150, held=400) == 0
        with pytest.raises(PanelError):
            main.buyable(-1)


class TestFees:
    @pytest.mark.parametrize(
        ("session", "buy", "sell"),
        [
            ("2012-09-01", 0.0, 0.001),
            ("2023-08-27", 0.0, 0.001),
            ("2023-08-28", 0.0, 0.0005),
        ],
    )
    def test_stamp_duty(self, session, buy, sell):
        found = fees(session)
        assert (found.stamp_duty_buy, found.stamp_duty_sell) == (buy, sell)

    @pytest.mark.parametrize(
        ("session", "board", "rate", "par"),
        [
            ("2015-07-31", "main_sh", 0.0, 0.0003),
            ("2015-07-31", "main_sz", 0.0000255, 0.0),
            ("2015-08-01", "main_sh", 0.00002, 0.0),
            ("2015-08-01", "main_sz", 0.00002, 0.0),
            ("2022-04-28", "star", 0.00002, 0.0),
            ("2022-04-29", "star", 0.00001, 0.0),
        ],
    )
    def test_transfer_fee(self, session, board, rate, par):
        found = fees(session, board)
        assert (found.transfer_fee, found.transfer_fee_par) == (rate, par)

    def test_stamp_duty_rows_join_without_a_gap(self):
        for item in ("stamp_duty_buy", "stamp_duty_sell"):
            rows = [rule for rule in rulebook() if rule.values.get("item") == item]
            rows.sort(key=lambda rule: rule.start)
            assert [row.end for row in rows[:-1]] == [row.start for row in rows[1:]]
            assert rows[-1].end is None

    def test_before_the_first_row(self):
        with pytest.raises(UnknownRuleError, match="known from 2007-05-30"):
            fees("2007-05-29")
        with pytest.raises(UnknownRuleError, match="transfer_fee"):
            fees("2012-08-31")

    def test_one_order(self):
        found = fees("2015-07-31", "main_sh")
        assert found.of(100_000, "sell", shares=10_000) == pytest.approx(100 + 3 + 30)
        assert fees("2024-01-02").of(0, "sell") == 0
        with pytest.raises(PanelError, match="side"):
            found.of(1.0, "hold")

    def test_names_its_rows(self):
        assert "cn.fee.stamp_duty_sell.2023-08-28" in fees("2023-08-28").rules


class TestRulebook:
    def test_every_row_is_dated_cited_and_marked(self):
        for rule in rulebook():
            assert rule.title, rule.id
            assert rule.source.startswith("http") or rule.verification == "unverified", rule.id
            assert rule.end is None or rule.end > rule.start, rule.id
            assert rule.id.endswith(str(rule.start)), rule.id

    def test_ids_are_unique(self):
        ids = [rule.id for rule in rulebook()]
        assert len(ids) == len(set(ids))

    def test_overlap_is_refused(self):
        def row(start: str, end: str | None) -> Rule:
            until = dt.date.fromisoformat(end) if end else None
            day = dt.date.fromisoformat(start)
            values = MappingProxyType({"item": "x"})
            return Rule(start, "fee", (), day, until, values, "verified", "s", "t")

        _refuse_overlaps([row("2020-01-01", "2021-01-01"), row("2021-01-01", None)])
        with pytest.raises(UnknownRuleError, match="overlap"):
            _refuse_overlaps([row("2020-01-01", None), row("2021-01-01", None)])

    @pytest.mark.parametrize(
        "day",
        ["2020-08-24", "20200824", dt.date(2020, 8, 24), np.datetime64("2020-08-24"),
         dt.datetime(2020, 8, 24, 15, 0)],
    )  # fmt: skip
    def test_days_are_read(self, day):
        assert as_day(day) == dt.date(2020, 8, 24)

    @pytest.mark.parametrize("day", ["2020-13-01", "", None, 3.5, np.datetime64("NaT", "D")])
    def test_other_days_are_refused(self, day):
        with pytest.raises(PanelError, match="expected a day"):
            as_day(day)

    def test_version_is_a_hash(self):
        assert int(rules_version(), 16) > 0
