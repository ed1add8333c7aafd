"""Reading bad files: every failure is typed, names rows and says what to do."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.data.bars import plain_rows, tushare_rows, write
from workbench.data import read_market
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError, SourceNotFoundError


def changed(field, row, value):
    rows = plain_rows()
    rows[field] = [value if i == row else old for i, old in enumerate(rows[field])]
    return rows


class TestPlaces:
    def test_missing_file_names_a_neighbour(self, tmp_path):
        write(tmp_path, plain_rows(), "bars.parquet")
        with pytest.raises(SourceNotFoundError, match=r"no file or folder .* mean 'bars.parquet'"):
            read_market(tmp_path / "bar.parquet")

    def test_missing_folder(self, tmp_path):
        with pytest.raises(SourceNotFoundError, match=r"folder .* does not exist"):
            read_market(tmp_path / "nowhere" / "bars.parquet")

    def test_glob_without_match(self, tmp_path):
        with pytest.raises(SourceNotFoundError, match="no file matches"):
            read_market(tmp_path / "*.parquet")

    def test_empty_folder(self, tmp_path):
        with pytest.raises(SourceNotFoundError, match=r"no \.parquet and no \.csv"):
            read_market(tmp_path)

    def test_other_kind(self, tmp_path):
        (tmp_path / "bars.xlsx").write_bytes(b"PK")
        with pytest.raises(SchemaError, match=r"expected \.parquet or \.csv"):
            read_market(tmp_path / "bars.xlsx")

    def test_two_kinds_in_a_folder(self, tmp_path):
        write(tmp_path, plain_rows(), "a.parquet")
        write(tmp_path, plain_rows(), "b.csv")
        with pytest.raises(SchemaError, match="both"):
            read_market(tmp_path)


class TestUnreadable:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda raw: b"",
            lambda raw: b"not parquet at all",
            lambda raw: raw[: len(raw) // 2],
            lambda raw: raw[:-40] + b"\xff" * 32 + raw[-8:],
            lambda raw: raw[:4] + b"\x00" * (len(raw) - 12) + raw[-8:],
        ],
    )
    def test_corrupt_parquet(self, tmp_path, damage):
        file = write(tmp_path, plain_rows())
        file.write_bytes(damage(file.read_bytes()))
        with pytest.raises(BadValueError, match=r"bars\.parquet cannot be read as parquet"):
            read_market(file)

    def test_a_panic_of_the_reader_is_an_error_like_any_other(self, tmp_path, monkeypatch):
        def panics(*_, **__):
            raise pl.exceptions.PanicException("index out of bounds")

        monkeypatch.setattr(pl, "read_parquet", panics)
        with pytest.raises(BadValueError, match="index out of bounds"):
            read_market(write(tmp_path, plain_rows()))

    def test_an_interrupt_is_not_swallowed(self, tmp_path, monkeypatch):
        def interrupted(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(pl, "read_parquet", interrupted)
        with pytest.raises(KeyboardInterrupt):
            read_market(write(tmp_path, plain_rows()))

    @pytest.mark.parametrize("text", [b"", b"a,b\n1,2,3,4\n", b"date,symbol\n\xff\xfe\x00,\n"])
    def test_corrupt_csv(self, tmp_path, text):
        file = tmp_path / "bars.csv"
        file.write_bytes(text)
        with pytest.raises(BadValueError, match=r"bars\.csv cannot be read as csv"):
            read_market(file)

    def test_no_rows(self, tmp_path):
        with pytest.raises(BadValueError, match="no rows"):
            read_market(write(tmp_path, {name: [] for name in plain_rows()}))

    def test_files_that_do_not_fit_together(self, tmp_path):
        write(tmp_path, plain_rows(), "a.parquet")
        write(tmp_path, plain_rows() | {"amount": [1.0] * 5}, "b.parquet")
        with pytest.raises(SchemaError, match=r"b.parquet and a.parquet differ .*'amount'"):
            read_market(tmp_path)
        write(tmp_path, plain_rows() | {"volume": ["many"] * 5}, "b.parquet")
        with pytest.raises(BadValueError, match=r"no number in b\.parquet row 1: 'many'"):
            read_market(tmp_path)
        write(tmp_path, plain_rows() | {"volume": [[1.0]] * 5}, "b.parquet")
        with pytest.raises(SchemaError, match="differ in the type of a column"):
            read_market(tmp_path)


class TestColumns:
    def test_missing_column_names_those_present_and_near(self, tmp_path):
        rows = plain_rows()
        rows["closee"] = rows.pop("close")
        with pytest.raises(SchemaError, match=r"missing required columns \['close'\].*'closee'"):
            read_market(write(tmp_path, rows))

    def test_missing_column_tells_how_to_map(self, tmp_path):
        rows = plain_rows()
        rows["when"] = rows.pop("date")
        with pytest.raises(SchemaError, match=r'mapping=\{"your column": "session"\}'):
            read_market(write(tmp_path, rows))

    def test_unknown_mapping_key(self, tmp_path):
        with pytest.raises(SchemaError, match=r"'closs'.*mean 'close'"):
            read_market(write(tmp_path, plain_rows()), {"closs": "close"})

    def test_ambiguous_volume(self, tmp_path):
        with pytest.raises(SchemaError, match=r"\['volume', 'vol'\] all mean 'volume'"):
            read_market(write(tmp_path, plain_rows() | {"vol": [1.0] * 5}))

    def test_ambiguous_by_mapping(self, tmp_path):
        rows = plain_rows() | {"adjusted": [1.0] * 5}
        with pytest.raises(SchemaError, match="all mean 'close'"):
            read_market(write(tmp_path, rows), {"adjusted": "close"})

    def test_twins_that_differ(self, tmp_path):
        rows = tushare_rows() | {"date": [dt.date(2020, 1, 2)] * 5}
        with pytest.raises(SchemaError, match="differ in row 3"):
            read_market(write(tmp_path, rows))
        rows = tushare_rows() | {"symbol": ["X"] * 5}
        with pytest.raises(SchemaError, match="one to one"):
            read_market(write(tmp_path, rows))

    def test_columns_that_differ_by_case_only(self, tmp_path):
        with pytest.raises(SchemaError, match="only by case"):
            read_market(write(tmp_path, plain_rows() | {"Close": [1.0] * 5}))

    def test_mixed_column(self, tmp_path):
        rows = plain_rows() | {"score": ["1", "2", "high", "3", "4"]}
        with pytest.raises(SchemaError, match="'score' mixes numbers with other text"):
            read_market(write(tmp_path, rows, "bars.csv"))
        assert read_market(tmp_path / "bars.csv", {"score": None}).shape == (3, 2)

    def test_numeric_codes(self, tmp_path):
        rows = plain_rows()
        rows["symbol"] = [2, 1, 1, 1, 2]
        with pytest.raises(SchemaError, match="loses its zeros"):
            read_market(write(tmp_path, rows))

    def test_days_with_a_time_zone(self, tmp_path):
        rows = plain_rows()
        stamp = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
        with pytest.raises(SchemaError, match="time zone"):
            read_market(write(tmp_path, rows | {"date": [stamp] * 5}))


class TestKeys:
    def test_duplicates_are_listed_with_rows(self, tmp_path):
        rows = {name: column * 2 for name, column in plain_rows().items()}
        with pytest.raises(
            DuplicateKeyError,
            match=r"5 asset-sessions .*BBB on 2020-01-02 \(row 1, row 6\)",
        ):
            read_market(write(tmp_path, rows))

    def test_the_same_table_twice_names_both_files(self, tmp_path):
        write(tmp_path, plain_rows(), "a.parquet")
        write(tmp_path, plain_rows(), "b.parquet")
        with pytest.raises(DuplicateKeyError, match=r"a\.parquet row 1, b\.parquet row 1"):
            read_market(tmp_path)

    @pytest.mark.parametrize("name", ["bars.parquet", "bars.csv"])
    @pytest.mark.parametrize("blank", [None, "", "   "])
    def test_missing_asset(self, tmp_path, name, blank):
        with pytest.raises(BadValueError, match="'symbol' names no asset in row 3"):
            read_market(write(tmp_path, changed("symbol", 2, blank), name))

    @pytest.mark.parametrize("name", ["bars.parquet", "bars.csv"])
    @pytest.mark.parametrize("day", [None, "", "NaN"])
    def test_missing_day(self, tmp_path, name, day):
        with pytest.raises(BadValueError, match="'date' has no day in row 3"):
            read_market(write(tmp_path, changed("date", 2, day), name))

    @pytest.mark.parametrize(
        "day", ["2020-13-01", "tomorrow", "2020112", "09:45:00", "02/01/2020", "0001-01-01"]
    )
    def test_text_that_is_no_day(self, tmp_path, day):
        with pytest.raises(BadValueError, match=f"no day such as 20200102 in row 3: '{day}'"):
            read_market(write(tmp_path, changed("date", 2, day)))

    def test_number_that_is_no_day(self, tmp_path):
        with pytest.raises(BadValueError, match="no day such as 20200102 in row 1: 1577923200"):
            read_market(write(tmp_path, plain_rows() | {"date": [1577923200] * 5}))

    def test_intraday_bars(self, tmp_path):
        stamps = [dt.datetime(2020, 1, 2, 9, 30 + i) for i in range(5)]
        with pytest.raises(BadValueError, match="time of day"):
            read_market(write(tmp_path, plain_rows() | {"date": stamps}))


class TestValues:
    def test_text_in_a_numeric_column(self, tmp_path):
        with pytest.raises(BadValueError, match=r"'close' is no number in row 2: '1O\.5'"):
            read_market(write(tmp_path, changed("close", 1, "1O.5"), "bars.csv"))

    def test_more_than_five_rows_are_counted(self, tmp_path):
        rows = {name: column * 2 for name, column in plain_rows().items()}
        rows["close"] = ["?"] * 10
        with pytest.raises(BadValueError, match="row 5: '\\?' … 10 rows in all"):
            read_market(write(tmp_path, rows, "bars.csv"))

    @pytest.mark.parametrize("value", [-1.0, 0.0])
    def test_price_not_above_zero(self, tmp_path, value):
        with pytest.raises(
            BadValueError, match=r'contradict themselves .* row 4: .*bad_bars="blank"'
        ):
            read_market(write(tmp_path, changed("low", 3, value)))

    def test_high_below_low(self, tmp_path):
        with pytest.raises(BadValueError, match=r"row 1: \{'open': 20.0, 'high': 2.1"):
            read_market(write(tmp_path, changed("high", 0, 2.1)))

    def test_close_outside_the_range(self, tmp_path):
        with pytest.raises(BadValueError, match="low <= open, close <= high"):
            read_market(write(tmp_path, changed("close", 0, 21.5)))

    def test_negative_volume(self, tmp_path):
        with pytest.raises(BadValueError, match=r"'volume'.*not negative.* row 5: -600"):
            read_market(write(tmp_path, changed("volume", 4, -600.0)))

    def test_factor_of_zero(self, tmp_path):
        rows = tushare_rows()
        rows["adj_factor"][2] = 0.0
        with pytest.raises(BadValueError, match=r"adj_factor.*positive.* row 3"):
            read_market(write(tmp_path, rows))

    def test_infinity(self, tmp_path):
        with pytest.raises(BadValueError, match="'volume' is infinite in row 1"):
            read_market(write(tmp_path, changed("volume", 0, float("inf"))))

    def test_neither_true_nor_false(self, tmp_path):
        rows = plain_rows() | {"is_st": ["yes", "no", "no", "no", "no"]}
        with pytest.raises(BadValueError, match="'is_st' is neither true nor false in row 1"):
            read_market(write(tmp_path, rows))

    def test_lists_are_no_numbers(self, tmp_path):
        rows = pl.DataFrame(plain_rows()).with_columns(close=pl.concat_list("open", "close"))
        rows.write_parquet(tmp_path / "bars.parquet")
        with pytest.raises(SchemaError, match="should hold numbers but holds List"):
            read_market(tmp_path / "bars.parquet")


class TestUnits:
    def test_lots_in_plain_naming(self, tmp_path):
        rows = plain_rows()
        rows["amount"] = [v * c * 100 for v, c in zip(rows["volume"], rows["close"], strict=True)]
        with pytest.raises(BadValueError, match=r'100 times .*units=\{"volume": "lots", "amount"'):
            read_market(write(tmp_path, rows))
        units = {"volume": "lots", "amount": "cny"}
        market = read_market(tmp_path / "bars.parquet", units=units)
        assert market["volume"].values[0, 0] == 100_000

    def test_shares_in_tushare_naming(self, tmp_path):
        rows = tushare_rows()
        rows["vol"] = [lots * 100 for lots in rows["vol"]]
        rows["amount"] = [thousands * 1000 for thousands in rows["amount"]]
        with pytest.raises(BadValueError, match='"volume": "shares", "amount": "cny"'):
            read_market(write(tmp_path, rows))

    @pytest.mark.parametrize(
        ("units", "match"),
        [({"volum": "lots"}, "mean 'volume'"), ({"volume": "lot"}, "mean 'lots'")],
    )
    def test_unknown(self, tmp_path, units, match):
        with pytest.raises(BadValueError, match=match):
            read_market(write(tmp_path, plain_rows()), units=units)


@pytest.mark.parametrize("argument", [{"adjust": "qfq"}, {"bad_bars": "drop"}])
def test_unknown_choices(tmp_path, argument):
    with pytest.raises(BadValueError, match="is one of"):
        read_market(write(tmp_path, plain_rows()), **argument)


class TestTornAndUnadjusted:
    def test_a_torn_last_line_is_no_session(self, tmp_path):
        file = tmp_path / "bars.csv"
        file.write_text(
            "date,symbol,open,high,low,close,volume\n"
            "2020-01-02,AAA,10,11,9,10.5,1000\n"
            "2020-01-03,AAA,10\n"
        )
        with pytest.raises(BadValueError, match=r"torn .*row 2"):
            read_market(file)

    def test_a_traded_bar_needs_all_its_prices(self, tmp_path):
        rows = plain_rows()
        rows["high"] = [None, *rows["high"][1:]]
        with pytest.raises(BadValueError, match="torn"):
            read_market(write(tmp_path, rows))

    def test_blanks_around_a_code_are_refused(self, tmp_path):
        rows = plain_rows()
        rows["symbol"] = [rows["symbol"][0] + " ", *rows["symbol"][1:]]
        with pytest.raises(BadValueError, match="blanks around the name"):
            read_market(write(tmp_path, rows))

    def test_holes_in_the_factor_are_refused_or_noted(self, tmp_path):
        rows = tushare_rows()
        rows["adj_factor"] = [None, *[1.0] * (len(rows["ts_code"]) - 1)]
        file = write(tmp_path, rows)
        with pytest.raises(BadValueError, match=r"1 bars have no adjustment factor .*row 1"):
            read_market(file)
        assert any("no adjustment factor" in n for n in read_market(file, bad_bars="blank").notes)
        assert read_market(file, adjust="none")["close"].coverage > 0

    @pytest.mark.parametrize("path", [None, 3, b"x"])
    def test_what_is_no_path_is_named(self, path):
        with pytest.raises(SourceNotFoundError, match="path of a file"):
            read_market(path)
