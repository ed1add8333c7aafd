"""Every dataset of the catalogue can be stored, read, replaced and compacted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.data.store.tables import store_at
from workbench.data.catalog import catalog
from workbench.data.dataset import Dataset

VALUES = {
    "day": (date(2023, 12, 29), date(2024, 1, 2)),
    "time": (datetime(2023, 12, 29, 1, 31, 0, 5, UTC), datetime(2024, 1, 2, 7, 0, tzinfo=UTC)),
    "text": ("000001.SZ", "贵州茅台"),
    "number": (float("inf"), -1.5),
    "whole": (-1, 2**53 + 1),
    "truth": (True, False),
}


def two_rows(dataset: Dataset) -> pl.DataFrame:
    columns = {column.name: VALUES[column.kind] for column in dataset.columns}
    return pl.DataFrame(columns, schema=dataset.schema()).sort(dataset.key)


@pytest.mark.parametrize("dataset", catalog().values(), ids=lambda dataset: dataset.name)
def test_round_trip(tmp_path: Path, dataset: Dataset):
    store = store_at(tmp_path / "ws")
    rows = two_rows(dataset)
    store.append(dataset, rows.head(1), metadata={})
    store.append(dataset, rows.tail(1), metadata={})
    snapshot = store.snapshot(dataset.name)
    assert snapshot.read().equals(rows)
    assert dict(snapshot.read().schema) == dataset.schema()
    assert all(len(set(Path(f.path).parts)) == 1 + dataset.partitioned for f in snapshot.data_files)
    if dataset.day:
        days = (date(2023, 12, 29), date(2024, 1, 2))
        assert (snapshot.first, snapshot.last) == days
        assert snapshot.read(last=days[0]).height == 1
        column = dataset.day
        store.replace(dataset, dataset.empty(), column=column, values=days[:1], metadata={})
        assert store.snapshot(dataset.name).read().height == 1
    store.compact(dataset)
    assert store.snapshot(dataset.name, 1).read().equals(rows)
    assert store.verify() == []
