"""The store: Delta tables, their ledger and snapshots, on one local disk.

`prepare` makes the folder, `Store` writes and reads tables, `Ledger` says what was fetched,
`save_snapshot` fixes versions under a name. Promises: a reader sees one version, whole; a killed
writer or a full disk leaves the old version or the new; a commit that was answered outlives a
power cut; damaged files raise, they do not become data.

Reading the store without workbench
-----------------------------------
Each dataset is a plain Delta table at ``store/<family>/<table>``, so other tools read it::

    pl.read_delta("…/store/cn/bars_1d")  # polars
    deltalake.DeltaTable("…/store/cn/bars_1d").to_pandas()  # pandas, by way of pyarrow
    duckdb.read_parquet(DeltaTable("…/store/cn/bars_1d").file_uris())

They see one more column than workbench shows: ``wb_year``, the year of the row's day, by which
large tables are partitioned (DuckDB over the files: in the folder names). polars and
``file_uris`` cannot cope with a space, ``#`` or letters outside ASCII in the path; workbench can.
Do not read the Parquet files of the folder as they lie: replaced rows stay there for old versions.
"""

from __future__ import annotations

from workbench.data.store.ledger import Ledger
from workbench.data.store.place import prepare
from workbench.data.store.pruning import PruneReport
from workbench.data.store.snapshots import (
    list_snapshots,
    load_snapshot,
    remove_snapshot,
    save_snapshot,
)
from workbench.data.store.store import Store
from workbench.data.store.table import TableSnapshot
from workbench.data.store.units import UnitRecord
from workbench.data.store.verification import Finding

__all__ = [
    "Finding",
    "Ledger",
    "PruneReport",
    "Store",
    "TableSnapshot",
    "UnitRecord",
    "list_snapshots",
    "load_snapshot",
    "prepare",
    "remove_snapshot",
    "save_snapshot",
]
