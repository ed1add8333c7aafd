"""Reading good files: naming, units, kinds of columns, folders, provenance."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import polars as pl
import pytest

from tests.data.bars import plain_rows, tushare_rows, write
from workbench.data import read_market
from workbench.errors import PanelError

NAN = float("nan")
CLOSE = [[10.5, 20.5], [11.0, NAN], [11.5, 21.5]]


def values(market, field):
    return market[field].values


@pytest.mark.parametrize("name", ["bars.parquet", "bars.csv"])
def test_plain_naming(tmp_path, name):
    market = read_market(write(tmp_path, plain_rows(), name))
    assert market.assets.names == ("AAA", "BBB")
    assert [str(day) for day in market.sessions] == ["2020-01-02", "2020-01-03", "2020-01-06"]
    np.testing.assert_array_equal(values(market, "close"), CLOSE)
    np.testing.assert_array_equal(values(market, "volume"), [[1000, 500], [2000, NAN], [3000, 600]])
    assert market.adjust == "none"
    assert market.provenance["units"] == {"volume": "shares"}


@pytest.mark.parametrize("name", ["bars.parquet", "bars.csv"])
def test_tushare_naming_means_lots_and_thousand_cny(tmp_path, name):
    market = read_market(write(tmp_path, tushare_rows(), name))
    assert market.assets.names == ("000001.SZ", "600519.SH")
    np.testing.assert_allclose(
        values(market, "raw_volume"), [[1000, 500], [2000, NAN], [3000, 600]]
    )
    np.testing.assert_allclose(values(market, "amount")[0], [10_500, 10_250])
    assert market.adjust == "hfq"
    np.testing.assert_allclose(values(market, "close"), [[21, 20.5], [22, NAN], [46, 21.5]])
    np.testing.assert_array_equal(values(market, "raw_close"), CLOSE)
    assert market.provenance["units"] == {"volume": "lots", "amount": "thousand_cny"}
    assert read_market(tmp_path / name, adjust="none").adjust == "none"


@pytest.mark.parametrize(
    "convert",
    [
        lambda day: day,
        lambda day: day.replace("-", ""),
        lambda day: int(day.replace("-", "")),
        lambda day: day.replace("-", "/"),
        dt.date.fromisoformat,
        dt.datetime.fromisoformat,
        lambda day: f"{day} 00:00:00",
    ],
)
def test_days_in_every_form(tmp_path, convert):
    rows = plain_rows()
    rows["date"] = [convert(day) for day in rows["date"]]
    np.testing.assert_array_equal(values(read_market(write(tmp_path, rows)), "close"), CLOSE)


def test_mapping_and_left_out_columns(tmp_path):
    rows = plain_rows()
    rows["Px"] = rows.pop("close")
    rows["vol"] = [1.0] * 5
    market = read_market(write(tmp_path, rows), {"Px": "close", "vol": None})
    np.testing.assert_array_equal(values(market, "close"), CLOSE)
    assert "Column 'vol' was left out by the mapping." in market.notes
    assert market.provenance["mapping"]["Px"] == "close"


class TestKindsOfColumns:
    def test_groups_truths_numbers_names(self, tmp_path):
        rows = plain_rows() | {
            "industry": ["Liquor", "Banks", "Banks", "Insurance", None],
            "name": ["B Corp", "A Corp", "A Corp", "A Corp", "B Corp"],
            "halted": [True, False, None, False, True],
            "peTTM": [1.5, 2.5, None, 3.5, 4.5],
            "announced": [dt.date(2020, 1, 1)] * 5,
        }
        market = read_market(write(tmp_path, rows))
        assert market["industry"].labels == ("Banks", "Insurance", "Liquor")
        assert values(market, "industry").tolist() == [[0, 2], [0, -1], [1, -1]]
        np.testing.assert_array_equal(values(market, "halted"), [[0, 1], [NAN, NAN], [0, 1]])
        np.testing.assert_array_equal(values(market, "peTTM"), [[2.5, 1.5], [NAN] * 2, [3.5, 4.5]])
        assert "name" not in market.fields
        assert any("'name'" in note and "names the assets" in note for note in market.notes)
        assert any("'announced'" in note for note in market.notes)

    def test_csv_text_is_read_by_content(self, tmp_path):
        rows = plain_rows() | {
            "is_st": ["True", "False", "0", "1", ""],
            "score": ["1", "2.5", "NaN", "", "-3e2"],
            "halted": ["true", "false", "true", "", "false"],
            "code2": ["C1", "C2", "C2", " ", "C1"],
        }
        market = read_market(write(tmp_path, rows, "bars.csv"))
        np.testing.assert_array_equal(values(market, "is_st"), [[0, 1], [0, NAN], [1, NAN]])
        np.testing.assert_array_equal(values(market, "score"), [[2.5, 1], [NAN] * 2, [NAN, -300]])
        np.testing.assert_array_equal(values(market, "halted"), [[0, 1], [1, NAN], [NAN, 0]])
        assert market["code2"].labels == ("C1", "C2")
        assert values(market, "code2").tolist() == [[1, 0], [1, -1], [-1, 0]]

    def test_codes_keep_their_zeros_in_csv(self, tmp_path):
        rows = plain_rows()
        rows["symbol"] = ["000002", "000001", "000001", "000001", "000002"]
        assert read_market(write(tmp_path, rows, "bars.csv")).assets.names == ("000001", "000002")

    def test_a_ticker_called_nan_is_a_ticker(self, tmp_path):
        rows = plain_rows()
        rows["symbol"] = ["NAN", "NA", "NA", "NA", "NAN"]
        assert read_market(write(tmp_path, rows, "bars.csv")).assets.names == ("NA", "NAN")

    def test_twins_that_agree_are_noted(self, tmp_path):
        rows = tushare_rows() | {"symbol": ["600519", "000001", "000001", "000001", "600519"]}
        rows["date"] = [dt.date(int(d[:4]), int(d[4:6]), int(d[6:])) for d in rows["trade_date"]]
        market = read_market(write(tmp_path, rows))
        assert any("'date'" in note and "repeats" in note for note in market.notes)
        assert any("'symbol'" in note and "repeats" in note for note in market.notes)


class TestSuspended:
    @pytest.mark.parametrize("volume", [0.0, None])
    def test_a_carried_price_is_no_bar(self, tmp_path, volume):
        rows = plain_rows()
        rows["volume"] = [volume, *rows["volume"][1:]]
        market = read_market(write(tmp_path, rows))
        row = market.sessions.index(rows["date"][0])
        column = market.assets.index(rows["symbol"][0])
        for name in ("open", "high", "low", "close", "volume"):
            assert np.isnan(market[name].values[row, column])
        assert any("1 rows without volume carry a price" in note for note in market.notes)


class TestListed:
    def test_the_end_of_the_rows_delists_nothing(self, tmp_path):
        rows = plain_rows()
        kept = {name: column[:3] + column[4:] for name, column in rows.items()}  # AAA ends early
        market = read_market(write(tmp_path, kept))
        assert "listed" not in market.source_fields
        assert market.mask("listed").values.all()
        assert any("delisting days" in note for note in market.notes)

    def test_a_listing_day_alone_lists_to_the_end(self, tmp_path):
        listed = ["20200103", "19910403", "19910403", "19910403", "20200103"]
        rows = plain_rows() | {"list_date": listed}
        kept = {name: column[:3] + column[4:] for name, column in rows.items()}
        market = read_market(write(tmp_path, kept))
        assert values(market, "listed").tolist() == [[1, 0], [1, 1], [1, 1]]

    def test_given_days_win(self, tmp_path):
        rows = plain_rows() | {
            "list_date": ["20200103", "19910403", "19910403", "19910403", "20200103"],
            "delist_date": [None, "20200106", "20200106", "20200106", None],
        }
        market = read_market(write(tmp_path, rows))
        assert values(market, "listed").tolist() == [[1, 0], [1, 1], [0, 1]]
        assert not any("delisting days" in note for note in market.notes)

    def test_listed_column_wins_over_both(self, tmp_path):
        rows = plain_rows() | {"listed": [True, False, True, True, True]}
        assert values(read_market(write(tmp_path, rows)), "listed")[0].tolist() == [0, 1]


class TestUnits:
    def test_override(self, tmp_path):
        rows = plain_rows()
        rows["volume"] = [shares / 100 for shares in rows["volume"]]
        market = read_market(write(tmp_path, rows), units={"volume": "lots"})
        np.testing.assert_allclose(values(market, "volume")[0], [1000, 500])

    def test_adjusted_prices_with_raw_volume_are_no_matter_of_units(self, tmp_path):
        rows = plain_rows()
        scatter = [1.0, 3.7, 12.0, 0.2, 55.0]
        rows["amount"] = [
            v * c * s for v, c, s in zip(rows["volume"], rows["close"], scatter, strict=True)
        ]
        assert read_market(write(tmp_path, rows)).shape == (3, 2)


class TestPlaces:
    @pytest.fixture
    def folder(self, tmp_path):
        frame = pl.DataFrame(plain_rows())
        frame[:3].write_parquet(tmp_path / "2020_a.parquet")
        frame[3:].select(sorted(frame.columns)).write_parquet(tmp_path / "2020_b.parquet")
        (tmp_path / "README.md").write_text("not data")
        return tmp_path

    def test_folder_and_glob(self, folder):
        for path in (folder, folder / "2020_*.parquet", str(folder / "*.parquet")):
            np.testing.assert_array_equal(values(read_market(path), "close"), CLOSE)

    def test_path_with_spaces_and_other_letters(self, tmp_path):
        place = tmp_path / "行情 [1] #数据"
        place.mkdir()
        file = write(place, plain_rows())
        np.testing.assert_array_equal(values(read_market(file), "close"), CLOSE)
        np.testing.assert_array_equal(values(read_market(place), "close"), CLOSE)

    def test_provenance_says_where_from_without_the_folder(self, folder):
        market = read_market(folder, name="mine")
        said = market.provenance
        assert market.name == "mine"
        assert [file["name"] for file in said["files"]] == ["2020_a.parquet", "2020_b.parquet"]
        raw = (folder / "2020_a.parquet").read_bytes()
        assert said["files"][0]["sha256"] == hashlib.sha256(raw).hexdigest()
        assert (said["rows"], said["sessions"], said["assets"]) == (5, 3, 2)
        assert str(folder) not in repr(dict(said))


class TestBrokenBars:
    def test_blank_makes_them_missing_and_says_so(self, tmp_path):
        rows = plain_rows()
        rows["high"][1] = 1.1
        market = read_market(write(tmp_path, rows), bad_bars="blank")
        for field in ("open", "high", "low", "close", "volume"):
            assert np.isnan(values(market, field)[0, 0])
            assert np.isfinite(values(market, field)[0, 1])
        assert any("1 bars contradict" in note and "row 2" in note for note in market.notes)


def test_the_result_is_read_only(tmp_path):
    market = read_market(write(tmp_path, plain_rows()))
    with pytest.raises(ValueError, match="read-only"):
        market["close"].values[0, 0] = 1.0


def test_hfq_needs_a_factor(tmp_path):
    with pytest.raises(PanelError, match="adj_factor"):
        read_market(write(tmp_path, plain_rows()), adjust="hfq")
