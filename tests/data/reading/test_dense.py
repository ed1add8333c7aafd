"""The dense cache: the same numbers as the table, whatever happens to its files."""

from __future__ import annotations

import json
import os
import threading
import zlib
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data import cellar_fixture as world
from workbench.data.assembly.listing import CodeSpans
from workbench.data.catalog import dataset
from workbench.data.reading.dense import DenseYears, assemble
from workbench.data.reading.dense_file import (
    DenseIndex,
    read_array,
    read_index,
    write_array,
    write_index,
)
from workbench.data.store import save_snapshot
from workbench.errors import NotCoveredError, SchemaError, StoreCorruptionError

BARS = dataset("cn.bars_1d")
DAYS = np.array(world.sessions(date(2023, 12, 18), date(2024, 1, 31)), dtype="datetime64[D]")
CODES = ("000001.SZ", "301000.SZ", "600519.SH", "999999.SH")


@pytest.fixture
def cellar(tmp_path):
    return world.make_cellar(tmp_path / "ws")


def spans(codes=CODES, first=None, last=None) -> CodeSpans:
    count = len(codes)
    return CodeSpans(
        count, tuple(codes), np.arange(count),
        np.array(first or ["1990-01-01"] * count, dtype="datetime64[D]"),
        np.array(last or ["2099-01-01"] * count, dtype="datetime64[D]"),
    )  # fmt: skip


def truth(field: str, codes=CODES, days=DAYS) -> np.ndarray:
    """The panel cell by cell, from the world's own bars."""
    table = np.full((len(days), len(codes)), np.nan)
    for row, day in enumerate(days.tolist()):
        for column, code in enumerate(codes):
            found = world.bar(code, day) if code in world.ASSETS else None
            table[row, column] = found[field] if found else np.nan
    return table


def close(cellar, days=DAYS, held=None) -> np.ndarray:
    panels, _ = assemble(DenseYears(cellar.pinned(), BARS), ["close"], days, held or spans())
    return panels["close"]


def folders(cellar) -> list[Path]:
    return sorted((cellar.root / "cache" / "cn.bars_1d").iterdir())


class TestValues:
    def test_across_years_codes_and_days_without_rows(self, cellar):
        np.testing.assert_array_equal(close(cellar), truth("close"))
        np.testing.assert_array_equal(close(cellar), truth("close"))  # now from the cache
        assert [folder.name[:4] for folder in folders(cellar)] == ["2023", "2024"]

    def test_days_that_no_row_has(self, cellar):
        days = np.array(["2023-12-29", "2024-01-01", "2024-01-02", "2024-02-28"], "datetime64[D]")
        found = close(cellar, days)
        assert np.isnan(found[[1, 3]]).all()
        np.testing.assert_array_equal(found[[0, 2]], truth("close", days=days[[0, 2]]))

    def test_years_without_rows(self, cellar):
        days = np.array(["2019-01-02", "2020-01-02", "2021-01-04", "2024-01-02"], "datetime64[D]")
        found = close(cellar, days)
        assert np.isnan(found[:3]).all()
        np.testing.assert_array_equal(found[3:], truth("close", days=days[3:]))

    def test_whole_numbers_and_truth_become_float(self, cellar):
        assert close(cellar).dtype == np.float64
        with pytest.raises(SchemaError, match="Did you mean 'close'"):
            DenseYears(cellar.pinned(), BARS).year(2024, ["clsoe"])
        with pytest.raises(SchemaError, match="no number"):
            DenseYears(cellar.pinned(), BARS).year(2024, ["../../close"])
        with pytest.raises(SchemaError, match="no number"):
            DenseYears(cellar.pinned(), BARS).year(2024, ["asset"])

    def test_no_table(self, cellar):
        with pytest.raises(NotCoveredError):
            DenseYears(cellar.pinned(), dataset("cn.moneyflow_1d"))

    def test_what_is_read_cannot_be_written(self, cellar):
        years = DenseYears(cellar.pinned(), BARS)
        for _ in range(2):
            held = years.year(2024, ["close"])
            with pytest.raises(ValueError, match="read-only"):
                held.values["close"][0, 0] = 1.0

    @settings(max_examples=40, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(data=st.data())
    def test_codes_that_change_hands(self, shared, data):
        """Any spans of any codes, against a loop over days."""
        codes = ("000001.SZ", "600519.SH", "300750.SZ", "688981.SH", "555555.SH")
        rows = []
        for column in range(3):
            cuts = sorted(data.draw(st.sets(st.integers(0, len(DAYS)), max_size=4)))
            for low, high in pairwise(cuts):
                rows.append((data.draw(st.sampled_from(codes)), column, low, high))
        if not rows:
            return
        held = CodeSpans(
            3, tuple(row[0] for row in rows), np.array([row[1] for row in rows]),
            np.array([DAYS[row[2]] for row in rows]),
            np.array([DAYS[row[3] - 1] for row in rows]),
        )  # fmt: skip
        begin = data.draw(st.integers(0, len(DAYS) - 1))
        every = truth("close", codes)
        expected = np.full((len(DAYS), 3), np.nan)
        for code, column, low, high in rows:
            expected[low:high, column] = every[low:high, codes.index(code)]
        found = close(shared, DAYS[begin:], held)
        np.testing.assert_array_equal(found, expected[begin:])

    def test_rows_outside_every_span_are_counted(self, cellar):
        held = spans(("000001.SZ",), ["2024-01-08"], ["2024-01-12"])
        panels, strays = assemble(DenseYears(cellar.pinned(), BARS), ["close"], DAYS, held)
        assert np.isfinite(panels["close"]).sum() == 5
        assert strays == {"000001.SZ": len(DAYS) - 5}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return world.make_cellar(tmp_path_factory.mktemp("dense") / "ws")


class TestDamage:
    @pytest.mark.parametrize("harm", ["truncate", "flip", "header", "empty", "remove", "longer"])
    @pytest.mark.parametrize("name", ["close.npy", "close.json", "index.json"])
    def test_is_repaired_from_the_store(self, cellar, name, harm):
        expected = close(cellar)
        for folder in folders(cellar):
            file = folder / name
            body = bytearray(file.read_bytes())
            middle = len(body) // 2
            changed = {
                "truncate": body[:-8],
                "flip": body[:middle] + bytes(one ^ 1 for one in body[middle:]),
                "header": b"X" * 16 + body[16:],
                "empty": b"",
                "longer": body + b"\0" * 8,
            }
            if harm == "remove":
                file.unlink()
            else:
                file.write_bytes(bytes(changed[harm]))
        np.testing.assert_array_equal(close(cellar), expected)
        # And the repair was written: the next reader finds sound files.
        for folder in folders(cellar):
            index = read_index(folder)
            assert index is not None
            assert read_array(folder, "close", index.shape) is not None

    def test_an_object_array_is_never_unpickled(self, tmp_path):
        np.save(tmp_path / "close.npy", np.array([object()]), allow_pickle=True)
        file = tmp_path / "close.npy"
        note = {"bytes": file.stat().st_size, "crc32": zlib.crc32(file.read_bytes())}
        (tmp_path / "close.json").write_text(json.dumps(note))
        assert read_array(tmp_path, "close", (1, 1)) is None

    @pytest.mark.parametrize(
        "values", [np.zeros((2, 3), dtype=np.float32), np.zeros((3, 2)), np.zeros(6)]
    )
    def test_another_type_or_shape_is_refused(self, tmp_path, values):
        file = tmp_path / "close.npy"
        np.save(file, values)
        note = {"bytes": file.stat().st_size, "crc32": zlib.crc32(file.read_bytes())}
        (tmp_path / "close.json").write_text(json.dumps(note))
        assert read_array(tmp_path, "close", (2, 3)) is None

    def test_files_round_trip(self, tmp_path):
        index = DenseIndex(DAYS, ("万科.SZ", "b"))
        values = np.arange(len(DAYS) * 2.0).reshape(-1, 2)
        write_index(tmp_path, index)
        write_array(tmp_path, "close", values)
        assert read_index(tmp_path).codes == index.codes
        np.testing.assert_array_equal(read_index(tmp_path).sessions, DAYS)
        np.testing.assert_array_equal(read_array(tmp_path, "close", index.shape), values)
        assert sorted(file.name for file in tmp_path.iterdir()) == [
            "close.json", "close.npy", "index.json",
        ]  # fmt: skip
        assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())

    def test_a_damaged_store_is_an_error_not_an_answer(self, cellar):
        for file in cellar.table("cn.bars_1d").files():
            file.write_bytes(file.read_bytes()[:-40])
        with pytest.raises(StoreCorruptionError):
            close(cellar)

    def test_a_cache_that_cannot_be_written_costs_only_time(self, cellar, caplog):
        (cellar.root / "cache").mkdir(exist_ok=True)
        (cellar.root / "cache" / "cn.bars_1d").write_text("a file where the folder should be")
        np.testing.assert_array_equal(close(cellar), truth("close"))
        assert "was not written" in caplog.text


class TestVersions:
    def change(self, cellar, factor=2.0):
        frame = world.frames()["cn.bars_1d"].filter(pl.col("session") >= date(2024, 1, 1))
        world.put(cellar, "cn.bars_1d", pl.concat(
            [world.frames()["cn.bars_1d"].filter(pl.col("session") < date(2024, 1, 1)),
             frame.with_columns(pl.col("close") * factor)]))  # fmt: skip

    def test_a_new_version_is_seen_and_the_old_folder_goes(self, cellar):
        close(cellar)
        before = folders(cellar)
        self.change(cellar)
        after = close(cellar)
        expected = truth("close")
        expected[np.datetime64("2024-01-01") <= DAYS] *= 2
        np.testing.assert_array_equal(after, expected)
        assert len(folders(cellar)) == 2
        assert before[1] not in folders(cellar)

    def test_growth_is_bounded(self, cellar):
        for factor in range(2, 6):
            self.change(cellar, float(factor))
            close(cellar)
            assert len(folders(cellar)) == 2

    def test_drafts_of_killed_writers_go(self, cellar):
        close(cellar)
        draft = folders(cellar)[0] / ".volume.npy.1.2"
        young = folders(cellar)[0] / ".amount.npy.1.2"
        for file in (draft, young):
            file.write_bytes(b"half")
        os.utime(draft, (1e9, 1e9))
        (folders(cellar)[0] / "close.npy").unlink()
        close(cellar)
        assert not draft.exists()
        assert young.exists()

    def test_what_a_snapshot_pins_stays(self, cellar):
        close(cellar)
        before = folders(cellar)
        save_snapshot(cellar.root, "report", cellar.store.versions())
        pinned = cellar.pinned()
        self.change(cellar)
        close(cellar)
        assert set(before) <= set(folders(cellar))
        np.testing.assert_array_equal(close(pinned), truth("close"))


def test_many_readers_at_once_on_an_empty_cache(cellar):
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(close(cellar))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    for one in found:
        np.testing.assert_array_equal(one, truth("close"))
    left = [file.name for folder in folders(cellar) for file in folder.iterdir()]
    assert not [name for name in left if name.startswith(".")]
