"""Factors of American shares: by hand, against a day-by-day loop, and never from the future."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.standins.massive import World
from workbench.data.american.actions import us_adjustment_factors
from workbench.errors import BadValueError, SchemaError

START = date(2024, 1, 1)
BARS = {"asset": pl.String, "session": pl.Date, "close": pl.Float64}
SPLITS = {"asset": pl.String, "session": pl.Date, "split_from": pl.Float64, "split_to": pl.Float64}
PAID = {"asset": pl.String, "session": pl.Date, "amount": pl.Float64, "currency": pl.String}


def day(number):
    return START + timedelta(days=number)


def bars(closes, asset="A"):
    rows = [(asset, day(n), close) for n, close in closes.items()]
    return pl.DataFrame(rows, BARS, orient="row")


def splits(*rows, asset="A"):
    return pl.DataFrame([(asset, day(n), *ratio) for n, *ratio in rows], SPLITS, orient="row")


def paid(*rows, asset="A", currency="USD"):
    made = [(asset, day(n), amount, currency) for n, amount in rows]
    return pl.DataFrame(made, PAID, orient="row")


def factors(*frames, **options):
    return us_adjustment_factors(*frames, **options).frame["factor"].to_list()


def test_by_hand():
    # 2:1 on day 1, a dividend of 1 before day 2 (close 50), 1:10 on day 4.
    closes = bars({0: 100.0, 1: 50.0, 2: 49.0, 3: 49.0, 4: 490.0})
    events = splits((1, 1, 2), (4, 10, 1)), paid((2, 1.0))
    total = 2 / (1 - 1 / 50)
    assert factors(closes, *events) == pytest.approx([1, 2, total, total, total / 10], rel=1e-15)
    assert factors(closes, *events, variant="split") == pytest.approx([1, 2, 2, 2, 0.2], rel=1e-15)
    # A holder of one share at 100 who reinvests: 2 shares, 2 of cash buys 2/49 more, then a tenth.
    worth = (2 + 2 / 49) / 10 * 490
    assert 490.0 * factors(closes, *events)[-1] == pytest.approx(worth, rel=1e-14)


def test_split_and_dividend_on_one_day():
    # Two per old share, 3:2: ten old shares at 100 are worth (100 - 2) * 10 = 980 in 15 shares.
    found = factors(bars({0: 100.0, 1: 65.0}), splits((1, 2, 3)), paid((1, 2.0)))
    assert found[1] == pytest.approx(1.5 * 100 / 98, rel=1e-15)


def test_dividends_on_one_day_add_up():
    found = factors(bars({0: 100.0, 1: 95.0}), splits(), paid((1, 2.0), (1, 3.0)))
    assert found[1] == pytest.approx(100 / 95, rel=1e-15)


def test_events_without_a_bar_between_go_on_from_each_other():
    # Halted over days 1-4: 4:1 on day 1, then 1 a new share (reference 25) on day 3.
    found = factors(bars({0: 100.0, 5: 24.0}), splits((1, 1, 4)), paid((3, 1.0)))
    assert found == pytest.approx([1.0, 4 * 25 / 24], rel=1e-15)


def test_events_outside_the_bars_do_not_count():
    closes = bars({3: 10.0, 4: 11.0})
    events = splits((2, 1, 2), (3, 1, 2), (9, 1, 3)), paid((1, 1.0), (3, 1.0), (9, 1.0))
    assert factors(closes, *events) == [1.0, 1.0]


def test_another_company_with_the_ticker_is_another_share():
    old, new = bars({0: 100.0, 1: 100.0}), bars({5: 10.0, 6: 10.0})
    both = pl.concat([old, new]).with_columns(security_id=pl.Series(["x", "x", "y", "y"]))
    late = paid((5, 5.0)).with_columns(security_id=pl.lit("y"))
    none = splits().with_columns(security_id=pl.lit("y"))
    made = us_adjustment_factors(both, none, late, by="security_id").frame
    assert made["factor"].to_list() == [1.0] * 4
    assert made.columns == ["security_id", "asset", "session", "factor"]
    # By ticker the new company's first dividend would have met the old one's close.
    assert factors(both, none, late)[2] == pytest.approx(100 / 95)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (paid((1, 1.0), currency="CAD"), "other currency"),
        (paid((1, 1.0), currency=None), "currency unknown"),
        (paid((1, 100.0)), "not below the close before"),
        (paid((1, 250.0)), "not below the close before"),
    ],
)
def test_dividends_that_cannot_be_used(rows, reason):
    closes = bars({0: 100.0, 1: 99.0})
    with pytest.raises(BadValueError, match=reason):
        us_adjustment_factors(closes, splits(), rows)
    made = us_adjustment_factors(closes, splits(), rows, unusable="leave")
    assert made.frame["factor"].to_list() == [1.0, 1.0]
    assert made.left_out["reason"].to_list() == [reason]
    assert made.left_out["amount"].to_list() == rows["amount"].to_list()
    split = us_adjustment_factors(closes, splits(), rows, variant="split")
    assert split.left_out.height == 0


def test_a_dividend_told_twice_counts_once():
    rows = pl.concat([paid((1, 1.0)), paid((1, 1.0))])
    identified = rows.with_columns(vendor_id=pl.Series(["E1", "E2"]), pay=pl.lit(day(9)))
    made = us_adjustment_factors(bars({0: 100.0, 1: 99.0}), splits(), identified)
    assert made.frame["factor"].to_list()[1] == pytest.approx(100 / 99)
    assert made.left_out["reason"].to_list() == ["told twice"]
    apart = identified.with_columns(pay=pl.Series([day(9), day(10)]))
    made = us_adjustment_factors(bars({0: 100.0, 1: 99.0}), splits(), apart)
    assert made.frame["factor"].to_list()[1] == pytest.approx(100 / 98)


@pytest.mark.parametrize(
    ("frames", "options", "message"),
    [
        ((bars({0: 0.0}), splits(), paid()), {}, "no close above zero"),
        ((bars({0: float("nan")}), splits(), paid()), {}, "no close above zero"),
        ((bars({0: None}), splits(), paid()), {}, "no close above zero"),
        ((pl.concat([bars({0: 1.0})] * 2), splits(), paid()), {}, "one bar for each"),
        ((bars({0: 1.0}), splits((1, 0, 2)), paid()), {}, "no ratio above zero"),
        ((bars({0: 1.0}), splits((1, 1, None)), paid()), {}, "no ratio above zero"),
        ((bars({0: 1.0}), splits(), paid((1, -1.0))), {}, "no amount of zero or more"),
        ((bars({0: 1.0}), splits(), paid((1, None))), {}, "no amount of zero or more"),
        ((bars({0: 1.0}), splits(), paid()), {"variant": "qfq"}, "Expected variant"),
        ((bars({0: 1.0}), splits(), paid()), {"unusable": "skip"}, "raise or leave"),
    ],
)
def test_what_cannot_be_is_refused(frames, options, message):
    with pytest.raises(BadValueError, match=message):
        us_adjustment_factors(*frames, **options)


def test_missing_columns():
    with pytest.raises(SchemaError, match="dividends lack currency"):
        us_adjustment_factors(bars({0: 1.0}), splits(), paid().drop("currency"))


def test_the_synthetic_market_grows_as_its_shareholders_do():
    world = World()
    rows = [
        (company.name, when, bar.close, bar.factor)
        for (when, _), (company, bar) in world.bars.items()
    ]
    truth = pl.DataFrame(rows, ["asset", "session", "close", "truth"], orient="row")
    cut = [
        (company.name, one.day, one.old, one.new)
        for company in world.companies
        for one in company.splits
    ]
    cash = [
        (company.name, one.day, one.amount, one.currency)
        for company in world.companies
        for one in company.dividends
    ]
    made = us_adjustment_factors(
        truth,
        pl.DataFrame(cut, SPLITS, orient="row"),
        pl.DataFrame(cash, PAID, orient="row"),
        unusable="leave",
    )
    assert made.left_out["currency"].to_list() == ["CAD"]
    both = made.frame.join(truth, on=["asset", "session"]).filter(
        pl.col("asset") != "Northern Bank"
    )
    assert both.filter(pl.col("truth") != 1).height > 100
    assert ((both["factor"] / both["truth"] - 1).abs() < 1e-12).all()


def slowly(closes, cuts, cash):
    """Day by day in exact fractions: what one share has become, for one asset."""
    events = {}
    for number, amount in dict.fromkeys(cash):
        events.setdefault(number, ([], []))[0].append(amount)
    for number, old, new in cuts:
        events.setdefault(number, ([], []))[1].append(Fraction(new) / Fraction(old))
    shares, price, found, left = Fraction(1), None, {}, 0
    pending = Fraction(1)
    for number in range(min(closes), max(closes) + 1):
        amounts, ratios = events.get(number, ([], []))
        if price is not None:
            for amount in sorted(map(Fraction, amounts)):
                if amount < price:
                    pending *= price / (price - amount)
                    price -= amount
                else:
                    left += 1
            for ratio in ratios:
                pending *= ratio
                price /= ratio
        if number in closes:
            shares, pending, price = shares * pending, Fraction(1), Fraction(closes[number])
            found[number] = float(shares)
    return list(found.values()), left


NUMBERS = st.integers(0, 12)
CASES = st.tuples(
    st.dictionaries(NUMBERS, st.integers(2, 400).map(lambda n: n / 4), min_size=1),
    st.lists(
        st.tuples(NUMBERS, st.sampled_from([1, 2, 10]), st.sampled_from([1, 3, 20])), max_size=4
    ),
    st.lists(st.tuples(NUMBERS, st.integers(0, 60).map(lambda n: n / 16)), max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(CASES, CASES, st.randoms(use_true_random=False))
def test_against_a_loop_day_by_day(one, other, random):
    frames = [
        [bars(case[0], name), splits(*case[1], asset=name), paid(*case[2], asset=name)]
        for name, case in (("A", one), ("B", other))
    ]
    joined = [pl.concat(pair) for pair in zip(*frames, strict=True)]
    mixed = [frame.sample(fraction=1, shuffle=True, seed=random.randint(0, 99)) for frame in joined]
    made = us_adjustment_factors(*mixed, unusable="leave")
    for name, case in (("A", one), ("B", other)):
        expected, left = slowly({n: case[0][n] for n in sorted(case[0])}, case[1], case[2])
        assert made.frame.filter(asset=name)["factor"].to_list() == pytest.approx(
            expected, rel=1e-12
        )
        big = made.left_out.filter(pl.col("reason") != "told twice", asset=name)
        assert big.height == left
    alone = us_adjustment_factors(*frames[0], unusable="leave").frame
    assert made.frame.filter(asset="A").equals(alone)


@settings(max_examples=100, deadline=None)
@given(CASES, NUMBERS)
def test_the_future_changes_nothing(case, now):
    closes, cuts, cash = case
    full = us_adjustment_factors(bars(closes), splits(*cuts), paid(*cash), unusable="leave")
    known = us_adjustment_factors(
        bars({n: close for n, close in closes.items() if n <= now}),
        splits(*(row for row in cuts if row[0] <= now)),
        paid(*(row for row in cash if row[0] <= now)),
        unusable="leave",
    )
    assert full.frame.filter(pl.col("session") <= day(now)).equals(known.frame)
