"""Limit prices: every dated row at its boundaries, exact rounding, and bad questions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from workbench.errors import PanelError, UnknownRuleError
from workbench.market.rules import price_limits, rulebook

OLD = 2000
INF = float("inf")

# board, ST, sessions since listing, session, down and up for a reference of 10.00
BOUNDARIES = [
    ("main_sh", False, OLD, "1996-12-16", 9.0, 11.0),
    ("main_sh", True, OLD, "1998-04-22", 9.5, 10.5),
    ("main_sh", True, OLD, "2026-07-03", 9.5, 10.5),
    ("main_sh", True, OLD, "2026-07-05", 9.5, 10.5),
    ("main_sh", True, OLD, "2026-07-06", 9.0, 11.0),
    ("main_sz", True, OLD, "2026-07-05", 9.5, 10.5),
    ("main_sz", True, OLD, "2026-07-06", 9.0, 11.0),
    ("main_sz", False, OLD, "2026-07-06", 9.0, 11.0),
    ("chinext", False, OLD, "2009-10-30", 9.0, 11.0),
    ("chinext", False, OLD, "2020-08-23", 9.0, 11.0),
    ("chinext", False, OLD, "2020-08-24", 8.0, 12.0),
    ("chinext", True, OLD, "2020-08-23", 9.5, 10.5),
    ("chinext", True, OLD, "2020-08-24", 8.0, 12.0),
    ("star", False, 5, "2019-07-29", 8.0, 12.0),
    ("star", True, OLD, "2026-07-06", 8.0, 12.0),
    ("bse", False, 1, "2021-11-16", 7.0, 13.0),
    ("bse", True, OLD, "2021-11-15", 7.0, 13.0),
    ("main_sh", False, 0, "2013-12-12", -INF, INF),
    ("main_sh", False, 0, "2013-12-13", 6.4, 14.4),
    ("main_sh", False, 1, "2013-12-13", 9.0, 11.0),
    ("main_sz", False, 0, "2014-06-12", -INF, INF),
    ("main_sz", False, 0, "2014-06-13", 6.4, 14.4),
    ("chinext", False, 0, "2009-10-30", -INF, INF),
    ("chinext", False, 0, "2014-06-12", -INF, INF),
    ("chinext", False, 0, "2014-06-13", 6.4, 14.4),
    ("chinext", False, 0, "2020-08-21", 6.4, 14.4),
    ("chinext", False, 0, "2020-08-24", -INF, INF),
    ("chinext", False, 4, "2020-08-28", -INF, INF),
    ("chinext", False, 5, "2020-08-31", 8.0, 12.0),
    ("chinext", False, 4, "2020-08-27", 8.0, 12.0),  # listed before the reform
    ("star", False, 0, "2019-07-22", -INF, INF),
    ("star", False, 4, "2019-07-26", -INF, INF),
    ("main_sh", False, 0, "2023-04-07", 6.4, 14.4),
    ("main_sz", False, 0, "2023-04-07", 6.4, 14.4),
    ("main_sh", False, 0, "2023-04-10", -INF, INF),
    ("main_sz", False, 4, "2023-04-14", -INF, INF),
    ("main_sz", False, 5, "2023-04-17", 9.0, 11.0),
    ("main_sz", False, 4, "2023-04-13", 9.0, 11.0),  # listed on 2023-04-07, under the old rule
    ("bse", False, 0, "2021-11-15", -INF, INF),
]


@pytest.mark.parametrize(("board", "st", "age", "session", "down", "up"), BOUNDARIES)
def test_boundary_dates(board, st, age, session, down, up):
    assert tuple(float(x) for x in price_limits(10.0, board, st, session, age)) == (down, up)


def test_every_band_row_starts_and_ends_in_a_boundary_case():
    asked = {(case[0], case[3]) for case in BOUNDARIES}
    for rule in (rule for rule in rulebook() if rule.kind == "price_band"):
        if rule.values["first_sessions"] == 0 and rule.id.startswith("cn.band.star"):
            continue  # the first STAR sessions have no band: its row is asked five sessions later
        day = str(rule.start)
        later = {"cn.band.bse.2021-11-15", "cn.band.ipo_main_sh.1996-12-16"}
        later |= {"cn.band.ipo_main_sz.1996-12-16"}
        assert rule.id in later or any((board, day) in asked for board in rule.boards), rule.id


@pytest.mark.parametrize(
    ("board", "st", "session"),
    [
        ("main_sh", False, "1996-12-13"),
        ("main_sh", True, "1998-04-21"),
        ("chinext", False, "2009-10-29"),
        ("star", False, "2019-07-19"),
        ("bse", False, "2021-11-12"),
    ],
)
def test_the_day_before_the_first_row_is_unknown(board, st, session):
    with pytest.raises(UnknownRuleError, match=board):
        price_limits(10.0, board, st, session, OLD)


class TestRounding:
    def test_every_fen_price_equals_decimal_arithmetic(self):
        fen = np.arange(1, 30_000)
        for board, st, session, band in (
            ("main_sh", False, "2020-01-02", "0.1"),
            ("main_sh", True, "2020-01-02", "0.05"),
            ("star", False, "2020-01-02", "0.2"),
            ("bse", False, "2022-01-04", "0.3"),
        ):
            down, up = price_limits(fen / 100, board, st, session, OLD)
            for sign, got in ((1, up), (-1, down)):
                factor = 1 + sign * Decimal(band)
                exact = [
                    max(
                        (Decimal(int(f)) / 100 * factor).quantize(
                            Decimal("0.01"), rounding=ROUND_HALF_UP
                        ),
                        Decimal("0.01"),
                    )
                    for f in fen
                ]
                # No one-tick floor in Shanghai before 2023-04-10, none recorded in Beijing.
                np.testing.assert_array_equal(got, np.array([float(x) for x in exact]))

    def test_issue_price_limits_round_half_up(self):
        down, up = price_limits(7.89, "main_sh", False, "2020-01-02", 0)
        assert (float(down), float(up)) == (5.05, 11.36)  # 5.0496, 11.3616

    @pytest.mark.parametrize(
        ("board", "session", "down", "up"),
        [
            ("main_sz", "2011-02-25", 0.04, 0.04),
            ("main_sz", "2011-02-28", 0.03, 0.05),
            ("main_sh", "2023-04-07", 0.04, 0.04),
            ("main_sh", "2023-04-10", 0.03, 0.05),
        ],
    )
    def test_one_tick_floor(self, board, session, down, up):
        assert tuple(map(float, price_limits(0.04, board, False, session, OLD))) == (down, up)

    def test_ex_right_reference_off_the_tick_is_taken_exactly(self):
        down, up = price_limits(8.333, "main_sz", False, "2020-01-02", OLD)
        assert (float(down), float(up)) == (7.5, 9.17)  # 7.4997, 9.1663


class TestPanels:
    def test_broadcasts_boards_and_sessions(self):
        reference = np.full((2, 3), 10.0)
        boards = np.array(["main_sh", "chinext", "star"])
        days = np.array(["2020-08-21", "2020-08-24"], dtype="datetime64[D]")[:, None]
        down, up = price_limits(reference, boards, False, days, OLD)
        assert up.tolist() == [[11.0, 11.0, 12.0], [11.0, 12.0, 12.0]]
        assert down.tolist() == [[9.0, 9.0, 8.0], [9.0, 8.0, 8.0]]

    def test_missing_reference_and_unlisted_cells_are_nan(self):
        down, up = price_limits([np.nan, 10.0], "star", False, "2010-01-04", [OLD, -3])
        assert np.isnan(down).all()
        assert np.isnan(up).all()

    def test_arguments_stay_untouched(self):
        reference = np.array([10.0, np.nan])
        reference.flags.writeable = False
        price_limits(reference, "main_sh", False, "2020-01-02", OLD)
        assert reference[0] == 10.0


class TestBadQuestions:
    def test_unknown_board(self):
        with pytest.raises(PanelError, match="boards out of"):
            price_limits(10.0, "nasdaq", False, "2020-01-02", OLD)

    def test_negative_reference(self):
        with pytest.raises(PanelError, match="at least 0"):
            price_limits(-1.0, "main_sh", False, "2020-01-02", OLD)

    def test_shapes(self):
        with pytest.raises(PanelError, match="broadcast"):
            price_limits([1.0, 2.0], ["main_sh"] * 3, False, "2020-01-02", OLD)

    def test_no_day(self):
        with pytest.raises(PanelError, match="expected a day"):
            price_limits(10.0, "main_sh", False, "not a day", OLD)
