"""Answers into datasets: fields by name, units, what was asked, and what is refused."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.data.providers.tushare.small_vendor import answer, pages_of
from workbench.data.catalog import catalog
from workbench.data.provider import Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.data.providers.tushare.specs import spec
from workbench.errors import BadAnswerError, SchemaError

DAY = date(2024, 1, 2)
TODAY = date(2026, 7, 6)
BAR = {"trade_date": "20260706", "ts_code": "600519.SH", "open": 10, "high": 12, "low": 9.5}
BAR |= {"close": 11, "pre_close": "10.5", "vol": 3.5, "amount": 40, "ah_vol": 2, "ah_amount": None}
LIMIT = {"trade_date": "20260706", "ts_code": "600519.SH", "pre_close": 10, "up_limit": 11}
LIMIT |= {"down_limit": 9}


def decoded(name, rows, unit=None, **more):
    """Rows as mappings through decode; the fields are those of the first row."""
    unit = unit or Unit(name, TODAY.isoformat(), TODAY, TODAY)
    fields = list(rows[0])
    page = answer(fields, [[row[field] for field in fields] for row in rows])
    return PROVIDER.decode(unit, pages_of(unit, page, **more))


def refused(name, rows, match, **more):
    with pytest.raises(BadAnswerError, match=match):
        decoded(name, rows, **more)


def test_bars_in_shares_and_cny():
    row = decoded("cn.bars_1d", [BAR]).row(0, named=True)
    assert row == {
        "session": TODAY,
        "asset": "600519.SH",
        "open": 10.0,
        "high": 12.0,
        "low": 9.5,
        "close": 11.0,
        "pre_close": 10.5,
        "volume": 350.0,
        "amount": 40_000.0,
        "after_hours_volume": 200.0,
        "after_hours_amount": None,
    }


@pytest.mark.parametrize("name", PROVIDER.datasets())
def test_schema_is_exact_without_rows(name):
    row = spec(name)
    unit = Unit(name, "2024-01-02", DAY, DAY, ("600519.SH",))
    if row.never_empty:
        with pytest.raises(BadAnswerError, match="expected rows, got none"):
            PROVIDER.decode(unit, pages_of(unit, answer(row.asked.split(","), [])))
        return
    frame = PROVIDER.decode(unit, pages_of(unit, answer(row.asked.split(","), [])))
    assert dict(frame.schema) == catalog()[name].schema()
    assert frame.is_empty()


def test_fields_in_any_order_and_unknown_ones():
    shuffled = list(BAR)
    random.Random(1).shuffle(shuffled)
    other = {"new_field": {"deep": [1]}} | {name: BAR[name] for name in shuffled}
    assert decoded("cn.bars_1d", [other]).equals(decoded("cn.bars_1d", [BAR]))


def test_a_missing_field_is_refused_unless_it_did_not_exist_yet():
    old = {name: value for name, value in BAR.items() if not name.startswith("ah_")}
    refused("cn.bars_1d", [old], "expected the field 'ah_vol'")
    before = Unit("cn.bars_1d", "2026-07-03", date(2026, 7, 3), date(2026, 7, 3))
    frame = decoded("cn.bars_1d", [old | {"trade_date": "20260703"}], before)
    assert frame["after_hours_volume"].to_list() == [None]
    refused("cn.bars_1d", [{"trade_date": "20260706", "ts_code": "600519.SH"}], "'open'")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"trade_date": "20260703"}, "asked for trade_date 20260706, got 1 others"),
        ({"trade_date": None}, "asked for trade_date"),
        ({"ts_code": None}, "asset in every row"),
        ({"ts_code": "600519"}, "codes such as 600519.SH in asset"),
        ({"ts_code": "../../x.SH"}, "codes such as"),
        ({"open": 0}, "open above zero"),
        ({"close": -1}, "close above zero"),
        ({"pre_close": -1}, "pre_close above zero"),
        ({"high": 9}, "low ≤ high"),
        ({"vol": -1}, "no negative volume"),
        ({"ah_amount": -1}, "no negative after_hours_amount"),
        ({"close": True}, "a finite number in the field 'close'.*True in row 0"),
        ({"close": "停牌"}, "a finite number"),
    ],
)
def test_impossible_rows_refuse_the_answer(change, match):
    refused("cn.bars_1d", [BAR | {"ts_code": "000001.SZ"} | change], match)


def test_at_most_five_examples():
    rows = [BAR | {"ts_code": f"{n:06d}.SZ", "low": 99} for n in range(40)]
    with pytest.raises(BadAnswerError, match="got 40 other rows") as caught:
        decoded("cn.bars_1d", rows)
    assert str(caught.value).count(".SZ") == 5


def test_missing_prices_and_an_unknown_reference_are_missing():
    frame = decoded("cn.bars_1d", [BAR | {"open": None, "pre_close": 0, "vol": 0}])
    assert frame.select("open", "pre_close", "volume").row(0) == (None, None, 0.0)


def test_the_same_row_twice_is_one_and_two_truths_are_none():
    assert decoded("cn.bars_1d", [BAR, BAR | {"open": 10.0}]).height == 1
    refused("cn.bars_1d", [BAR, BAR | {"open": 10.5}], "each session, asset once, got 2")


def test_codes_as_asked():
    unit = Unit("cn.income", "600519.SH", None, DAY, ("600519.SH",))
    row = dict.fromkeys(spec("cn.income").asked.split(","), None)
    row |= {"ts_code": "000001.SZ", "end_date": "20231231", "report_type": "1"}
    refused("cn.income", [row], "asked for ts_code 600519.SH.*000001.SZ", unit=unit)
    other = row | {"ts_code": "600519.SH", "report_type": 4}
    refused("cn.income", [other], "asked for report_type 1", unit=unit)
    refused(
        "cn.suspend",
        [{"trade_date": "20260706", "ts_code": "600519.SH", "suspend_type": "R"}],
        "asked for suspend_type S",
    )


def test_two_halts_within_a_day_are_one_row():
    row = {"trade_date": "20260706", "ts_code": "688001.SH", "suspend_type": "S"}
    halts = [row | {"suspend_timing": span} for span in ("14:50-15:00", "09:30-10:00")]
    found = decoded("cn.suspend", [*halts, row | {"ts_code": "600519.SH", "suspend_timing": None}])
    assert found.select("asset", "timing").rows() == [
        ("600519.SH", None),
        ("688001.SH", "09:30-10:00,14:50-15:00"),
    ]
    refused("cn.suspend", [halts[0], halts[0] | {"suspend_timing": None}], "kind once")


def test_limits_of_shares_alone():
    rows = [LIMIT | {"ts_code": code} for code in ("510300.SH", "900901.SH", "200012.SZ")]
    rows += [LIMIT, LIMIT | {"ts_code": "830799.BJ"}, LIMIT | {"ts_code": "920799.BJ"}]
    frame = decoded("cn.limits_1d", rows)
    assert frame["asset"].to_list() == ["600519.SH", "830799.BJ", "920799.BJ"]


@pytest.mark.parametrize(
    ("up", "down", "kept"),
    [
        (11, 9, (11, 9)),
        (0, 0, (None, None)),
        (99999.99, 0, (None, None)),
        (99999.99, 0.01, (None, None)),
        (99999, 5, (None, 5)),
        (0.05, 0.01, (0.05, 0.01)),
        (None, 9, (None, 9)),
    ],
)
def test_no_limit_in_force(up, down, kept):
    frame = decoded("cn.limits_1d", [LIMIT | {"up_limit": up, "down_limit": down}])
    assert frame.select("up_limit", "down_limit").row(0) == kept


def test_limits_that_cannot_be():
    refused("cn.limits_1d", [LIMIT | {"up_limit": 8}], "down_limit ≤ up_limit")
    refused("cn.limits_1d", [LIMIT | {"down_limit": -1}], "no negative down_limit")


def test_minutes_in_utc_with_shares():
    unit = Unit("cn.bars_1m", "600519.SH/2024-01", date(2024, 1, 1), date(2024, 1, 31))
    row = {"trade_time": "2024-01-02 09:30:00", "ts_code": "600519.SH", "open": 7, "high": 7}
    row |= {"low": 7, "close": 7, "vol": 235_500, "amount": 1_660_275}
    frame = decoded("cn.bars_1m", [row], unit)
    assert frame["time"].to_list() == [datetime(2024, 1, 2, 1, 30, tzinfo=UTC)]
    assert frame.select("volume", "amount").row(0) == (235_500, 1_660_275)
    last = row | {"trade_time": "2024-01-31 15:00:00"}
    assert decoded("cn.bars_1m", [row, last], unit).height == 2
    refused("cn.bars_1m", [row | {"trade_time": "2024-02-01 09:30:00"}], "time between", unit=unit)


def test_an_index_published_at_the_close():
    unit = Unit("idx.bars_1d", "000300.SH", date(1990, 12, 19), DAY, ("000300.SH",))
    row = {"trade_date": "20240102", "ts_code": "000300.SH", "open": 0, "high": 0, "low": 0}
    row |= {"close": 3386.35, "pre_close": 3431.11, "vol": 2, "amount": 3}
    frame = decoded("idx.bars_1d", [row], unit)
    assert frame.row(0) == (DAY, "000300.SH", None, None, None, 3386.35, 3431.11, 200.0, 3000.0)
    refused("idx.bars_1d", [row | {"trade_date": "20240103"}], "session between", unit=unit)
    refused("idx.bars_1d", [row | {"close": 0}], "close above zero", unit=unit)


def test_members_of_both_kinds():
    unit = Unit("ind.members", "801010.SI", codes=("801010.SI",))
    row = dict.fromkeys(spec("ind.members").asked.split(","), "x")
    row |= {"l1_code": "801010.SI", "ts_code": "600519.SH", "in_date": "20210730"}
    row |= {"out_date": None, "is_new": "Y"}
    found = decoded("ind.members", [row], unit).row(0, named=True)
    assert (found["scheme"], found["is_new"], found["end"]) == ("SW2021", True, None)
    refused("ind.members", [row | {"is_new": "N"}], "asked for is_new Y", unit=unit)


class TestStatements:
    UNIT = Unit("cn.income", "600519.SH", None, DAY, ("600519.SH",))
    ROW = dict.fromkeys(spec("cn.income").asked.split(",")) | {
        "ts_code": "600519.SH",
        "end_date": "20230930",
        "report_type": "1",
        "ann_date": "20231021",
        "f_ann_date": "20231021",
        "update_flag": "0",
        "n_income": 1,
    }

    def test_every_distinct_row_is_kept(self):
        corrected = self.ROW | {"update_flag": "1", "n_income": 2}
        silent = self.ROW | {"n_income": 3}
        frame = decoded("cn.income", [self.ROW, corrected, silent, self.ROW], self.UNIT)
        assert sorted(frame["n_income"].to_list()) == [1, 2, 3]
        assert frame["content_hash"].n_unique() == 3
        assert frame.select("known_at", "first_seen_at").null_count().row(0) == (3, 3)

    def test_hash_is_of_the_values_alone(self):
        said = decoded("cn.income", [self.ROW], self.UNIT)["content_hash"].item()
        backwards = dict(reversed((self.ROW | {"n_income": "1.000"}).items()))
        assert decoded("cn.income", [backwards], self.UNIT)["content_hash"].item() == said
        zeros = [self.ROW | {"n_income": zero} for zero in (0.0, -0.0, 0, "-0")]
        hashes = [decoded("cn.income", [row], self.UNIT)["content_hash"].item() for row in zeros]
        assert len(set(hashes)) == 1
        other = decoded("cn.income", [self.ROW | {"n_income": 1.01}], self.UNIT)
        assert other["content_hash"].item() != said
        assert len(said) == 16
        assert int(said, 16) >= 0

    def test_papers_of_the_evening_and_of_the_future(self):
        for ann_date in ("20240103", "20240109", None):
            row = self.ROW | {"ann_date": ann_date}
            assert decoded("cn.income", [row], self.UNIT).height == 1
        refused("cn.income", [self.ROW | {"ann_date": "20240110"}], "announced", unit=self.UNIT)

    def test_a_period_is_needed(self):
        refused("cn.income", [self.ROW | {"end_date": ""}], "period in every row", unit=self.UNIT)

    def test_units_of_announcements(self):
        forecast = {"ts_code": "600519.SH", "end_date": "20231231", "ann_date": "20240102"}
        forecast |= {"type": "预增", "p_change_min": 8.1, "p_change_max": 50}
        forecast |= {"net_profit_min": 23_000, "net_profit_max": 24_000.5, "last_parent_net": 2}
        forecast |= {"first_ann_date": "20240102", "summary": None, "change_reason": "x"}
        unit = Unit("cn.forecast", "600519.SH", None, DAY, ("600519.SH",))
        row = decoded("cn.forecast", [forecast], unit).row(0, named=True)
        assert (row["change_min"], row["change_max"]) == (0.081, 0.5)
        assert (row["net_profit_min"], row["net_profit_max"]) == (2.3e8, 240_005_000)
        assert row["last_parent_net"] == 20_000


class TestFrames:
    def test_numbers_or_text_with_columns_absent(self):
        frame = pl.DataFrame(
            {"ts_code": ["600519.SH"], "trade_date": [20240102], "close": ["11.0"], "vol": [3]}
        )
        found = PROVIDER.from_frame(catalog()["cn.bars_1d"], frame)
        assert dict(found.schema) == catalog()["cn.bars_1d"].schema()
        row = found.row(0, named=True)
        assert (row["session"], row["close"], row["volume"]) == (DAY, 11.0, 300.0)
        assert row["open"] is None

    def test_the_key_is_needed(self):
        frame = pl.DataFrame({"ts_code": ["600519.SH"], "close": [1.0]})
        with pytest.raises(SchemaError, match=r"needs the tushare columns trade_date"):
            PROVIDER.from_frame(catalog()["cn.bars_1d"], frame)

    def test_values_are_refused_as_from_the_vendor(self):
        frame = pl.DataFrame({"ts_code": ["x"], "trade_date": ["20240102"], "close": [0.0]})
        with pytest.raises(BadAnswerError, match="close above zero"):
            PROVIDER.from_frame(catalog()["cn.bars_1d"], frame)

    def test_dates_as_dates(self):
        frame = pl.DataFrame({"ts_code": ["600519.SH"], "trade_date": [DAY], "close": [1.0]})
        assert PROVIDER.from_frame(catalog()["cn.bars_1d"], frame)["session"].item() == DAY
