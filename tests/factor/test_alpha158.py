"""Alpha158: Qlib's names in Qlib's order, its text, and both ways of reading it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.compute.evaluate import on_arrays
from workbench.errors import OperatorArgumentError
from workbench.factor import factor
from workbench.factor.library.alpha158 import FORMULAS, alpha158

FAMILIES = (
    "ROC MA STD BETA RSQR RESI MAX MIN QTLU QTLD RANK RSV IMAX IMIN IMXD CORR CORD CNTP CNTN CNTD "
    "SUMP SUMN SUMD VMA VSTD WVMA VSUMP VSUMN VSUMD"
)
BARS = "KMID KLEN KMID2 KUP KUP2 KLOW KLOW2 KSFT KSFT2 OPEN0 HIGH0 LOW0 VWAP0"


def test_names_in_order() -> None:
    rolling = [f"{family}{d}" for family in FAMILIES.split() for d in (5, 10, 20, 30, 60)]
    assert list(alpha158()) == BARS.split() + rolling == list(alpha158("strict"))
    assert len(alpha158()) == 158


@pytest.mark.parametrize("profile", ["qlib", "strict"])
def test_reads_and_prints_back(profile: str) -> None:
    for row in FORMULAS:
        alpha = alpha158(profile)[row.name]
        assert alpha.name == row.name
        assert factor(alpha.text) == alpha
        assert ("min_periods" in alpha.text) <= (profile == "qlib")
        assert row.reading.endswith(".")
        assert bool(row.text) == bool(row.defects) == row.name.startswith("CNT")


@pytest.mark.parametrize(
    ("name", "published", "lookback"),
    [
        ("KUP2", "($high-Greater($open, $close))/($high-$low+1e-12)", 0),
        ("VWAP0", "$vwap/$close", 0),
        ("ROC60", "Ref($close, 60)/$close", 60),
        ("RESI5", "Resi($close, 5)/$close", 4),
        ("RSV10", "($close-Min($low, 10))/(Max($high, 10)-Min($low, 10)+1e-12)", 9),
        ("IMXD30", "(IdxMax($high, 30)-IdxMin($low, 30))/30", 29),
        ("CORD5", "Corr($close/Ref($close,1), Log($volume/Ref($volume, 1)+1), 5)", 5),
        ("CNTD20", "Mean($close>Ref($close, 1), 20)-Mean($close<Ref($close, 1), 20)", 20),
        (
            "VSUMD5",
            "(Sum(Greater($volume-Ref($volume, 1), 0), 5)-Sum(Greater(Ref($volume, 1)-$volume, 0), "
            "5))/(Sum(Abs($volume-Ref($volume, 1)), 5)+1e-12)",
            5,
        ),
        (
            "WVMA60",
            "Std(Abs($close/Ref($close, 1)-1)*$volume, 60)/(Mean(Abs($close/Ref($close, 1)-1)"
            "*$volume, 60)+1e-12)",
            60,
        ),
    ],
)
def test_published_text(name: str, published: str, lookback: int) -> None:
    row = next(row for row in FORMULAS if row.name == name)
    assert row.published == published
    assert alpha158()[name].lookback == alpha158("strict")[name].lookback == lookback


def test_canonical_text() -> None:
    assert alpha158()["STD5"].text == "stddev(close, 5, min_periods=1) / close"
    assert alpha158("strict")["STD5"].text == "stddev(close, 5) / close"
    counted = "ts_mean(fillna(close > delay(close, 1), 0) > 0, 5, min_periods=1)"
    assert alpha158()["CNTP5"].text == counted
    assert alpha158("strict")["CNTP5"].text == "ts_mean(close > delay(close, 1), 5)"


def test_a_hole_is_passed_over_or_not() -> None:
    close = np.array([10, 11, np.nan, 12, 11, 13, 14, 15.0])
    found = on_arrays(alpha158()["CNTP5"], close=close)
    # The first session and the two beside the hole count as sessions that did not rise.
    np.testing.assert_allclose(found, [0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 2 / 5, 2 / 5, 3 / 5])
    strict = on_arrays(alpha158("strict")["CNTP5"], close=close)
    assert np.isnan(strict).all()
    mean = on_arrays(alpha158()["MA5"], close=close)
    assert mean[4] == pytest.approx((10 + 11 + 12 + 11) / 4 / 11)
    assert np.isnan(on_arrays(alpha158("strict")["MA5"], close=close)[:7]).all()


def test_a_locked_bar_is_no_division_by_zero() -> None:
    bar = {name: np.array([10.0]) for name in ("open", "high", "low", "close")}
    assert on_arrays(alpha158()["KMID2"], **bar) == 0


def test_another_profile_is_refused() -> None:
    with pytest.raises(OperatorArgumentError, match="strict"):
        alpha158("wq101")
