"""``ws.data``: every verb on the tables of a workspace, each told in the module that does it.

Reading never fetches; a table that is not in the store is an error that says which command
fetches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING

from workbench.data.cellar import Cellar, refuse_pinned

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from workbench.data.dataset import Dataset
    from workbench.data.reading.frame import Frame
    from workbench.data.update import Progress, UpdateReport

__all__ = ["DataRoom", "Day"]

Day = str | date
"""A day: a date, ``2024-01-31`` or ``20240131``."""


class DataRoom:
    """The cellar's front: every verb on tables."""

    def __init__(self, cellar: Cellar) -> None:
        self._cellar = cellar

    def __repr__(self) -> str:
        verbs = "update, load, sql, import_files, ingest, status, gaps, revisions, verify, snapshot"
        return f"DataRoom({str(self._cellar.root)!r}: {verbs} …)"

    def datasets(self) -> pd.DataFrame:
        """Every dataset of the catalogue: title, key, providers, what makes it complete."""
        from workbench.data.overview import datasets

        return datasets()

    def providers(self) -> pd.DataFrame:
        """Every vendor: origin, whether a token is known and from where, datasets."""
        from workbench.data.overview import providers

        return providers(self._cellar)

    def update(
        self,
        names: str | Sequence[str] = "cn",
        *,
        start: Day | None = None,
        end: Day | None = None,
        codes: Sequence[str] | None = None,
        provider: str | None = None,
        progress: bool | Callable[[Progress], None] | None = None,
        force: bool = False,
    ) -> UpdateReport:
        """Fetch what is missing, prove it complete, commit it; a second run does only the rest.

        Parameters
        ----------
        names : str or sequence of str
            Datasets, or a bundle: ``"cn"`` or ``"us"`` is what `Workspace.market` needs.
        start, end : day, optional
            Window; from the last session held (or one year ago) to today by default.
        codes : sequence of str, optional
            Only these assets or indices, for datasets that are fetched by code.
        provider : str, optional
            A vendor by name, where several deliver the dataset.
        progress : bool or callable, optional
            A bar (True; the default in a terminal or a notebook), silence (False), or a function.
        force : bool
            Fetch again what is verified already.

        Returns
        -------
        UpdateReport
            Rows, calls, gaps, revisions, and what is deferred, denied or quarantined.

        Raises
        ------
        TokenError, AuthenticationError
            No token, or a wrong one.
        UnknownDatasetError, StoreBusyError
        """
        from workbench.data.progress import shown
        from workbench.data.update import update

        start, end = _demo_window(provider, start, end)
        with shown(progress) as report:
            return update(
                self._cellar,
                names,
                start=start,
                end=end,
                codes=codes,
                provider=provider,
                progress=report,
                force=force,
            )

    async def aupdate(
        self,
        names: str | Sequence[str] = "cn",
        *,
        start: Day | None = None,
        end: Day | None = None,
        codes: Sequence[str] | None = None,
        provider: str | None = None,
        progress: bool | Callable[[Progress], None] | None = None,
        force: bool = False,
    ) -> UpdateReport:
        """`update` for code that runs in an event loop: ``await ws.data.aupdate(…)``."""
        from workbench.data.progress import shown
        from workbench.data.update import aupdate

        start, end = _demo_window(provider, start, end)
        with shown(progress) as report:
            return await aupdate(
                self._cellar,
                names,
                start=start,
                end=end,
                codes=codes,
                provider=provider,
                progress=report,
                force=force,
            )

    def load(
        self,
        name: str,
        *,
        start: Day | None = None,
        end: Day | None = None,
        assets: Iterable[str] | None = None,
        fields: Iterable[str] | None = None,
        universe: str | Sequence[str] | None = None,
        adjust: str | None = None,
        anchor: Day | None = None,
        as_of: Day | None = None,
        version: int | None = None,
        on_gap: str = "raise",
        snap: str | None = None,
    ) -> Frame:
        """Read one table.

        Parameters
        ----------
        name : str
            A dataset, or ``user.<name>``.
        start, end : day, optional
            First and last day; an `end` that is no session is refused unless ``snap="prev"``.
        assets, fields : iterable of str, optional
            Codes (``000001.SZ``, ``SZ000001``, or ``000001`` where it is unambiguous) and columns.
        universe : str or sequence of str, optional
            An index such as ``"csi300"``: its members as of each day.
        adjust : {"none", "hfq", "qfq"}, optional
            How prices of ``cn.bars_1d`` are shown; qfq needs its `anchor` day.
        as_of : day, optional
            For statements: only rows that were known on this day.
        version : int, optional
            A version of `history`; the workspace's own by default.
        on_gap : {"raise", "warn", "ignore"}
            What to do about rows that should be there and are not.

        Returns
        -------
        Frame
            Rows with their provenance; see `workbench.data.reading.load.load` for every rule.

        Raises
        ------
        NotCoveredError, DataGapError, UnknownDatasetError, CalendarUnknownError, SnapshotError
        """
        from workbench.data.reading.load import load

        return load(
            self._cellar,
            name,
            start=start,
            end=end,
            assets=assets,
            fields=fields,
            universe=universe,
            adjust=adjust,
            anchor=anchor,
            as_of=as_of,
            version=version,
            on_gap=on_gap,
            snap=snap,
        )

    def sql(self, text: str, *, memory: str = "4GB", threads: int | None = None) -> Frame:
        """Run one SELECT over pinned tables, for example ``select … from cn.bars_1d``."""
        from workbench.data.reading.query import sql

        return sql(self._cellar, text, memory=memory, threads=threads)

    def ingest(
        self,
        frame: pd.DataFrame | pl.DataFrame,
        *,
        dataset: str,
        vendor: str = "tushare",
    ) -> UpdateReport:
        """Take a frame that somebody holds, in the vendor's columns, as if it had been fetched.

        For people with frames from the ``tushare`` package: columns, units and dates are decoded
        like an answer of the vendor, checked and committed in one piece.
        """
        from workbench.data.files.importing import ingest

        return ingest(self._cellar, frame, dataset=dataset, vendor=vendor)

    def import_files(
        self,
        path: str | PathLike[str],
        *,
        dataset: str,
        mapping: Mapping[str, str | None] | None = None,
        units: Mapping[str, str] | None = None,
        key: Sequence[str] | None = None,
        vendor: str | None = None,
    ) -> UpdateReport:
        """Import CSV or Parquet: a file, a folder or a glob.

        Every rule is told in `workbench.data.files.importing.import_files`.
        """
        from workbench.data.files.importing import import_files

        return import_files(
            self._cellar,
            path,
            dataset=dataset,
            mapping=mapping,
            units=units,
            key=key,
            vendor=vendor,
        )

    def status(self) -> pd.DataFrame:
        """One row a table: rows, span, version, units by state, gaps, size, last update."""
        from workbench.data.update import status

        return status(self._cellar).to_pandas().set_index("dataset")

    def gaps(self, name: str, start: Day | None = None, end: Day | None = None) -> pd.DataFrame:
        """Rows that should exist and do not, recomputed from calendar, listings, suspensions."""
        from workbench.data.update import gaps

        return gaps(self._cellar, name, start, end).to_pandas()

    def coverage(self, name: str) -> pd.DataFrame:
        """What was fetched, by span and state."""
        from workbench.data.update import coverage

        return coverage(self._cellar, name).to_pandas()

    def revisions(self, name: str | None = None, since: Day | None = None) -> pd.DataFrame:
        """Values that a vendor changed after they were stored: old, new, when seen."""
        from workbench.data.update import revisions

        return revisions(self._cellar, name, since).to_pandas()

    def history(self, name: str) -> pd.DataFrame:
        """Every version of a table: when, by what, how many rows."""
        return self._cellar.store.history(name).to_pandas()

    def quarantine(self) -> pd.DataFrame:
        """Answers that were refused, with the reason and the place where they are kept."""
        from workbench.data.overview import quarantine

        return quarantine(self._cellar)

    def verify(
        self, name: str | None = None, *, deep: bool = True, prices: bool = False
    ) -> pd.DataFrame:
        """Check files, log and ledger of one table or all; `prices` audits the values too.

        Returns
        -------
        DataFrame
            One row a finding: dataset, check, where, detail, repair. Empty when all is well.
        """
        from workbench.data.overview import verify

        return verify(self._cellar, name, deep=deep, prices=prices)

    def snapshot(self, name: str) -> Mapping[str, int]:
        """Pin the versions seen now under a name; ``ws.at(name)`` shows them again, always."""
        from workbench.data.store import save_snapshot

        pins = dict(self._cellar.pinned().pins or {})
        save_snapshot(self._cellar.root, name, pins)
        return pins

    def snapshots(self) -> pd.DataFrame:
        """Names of the snapshots and what each pins."""
        from workbench.data.overview import snapshots

        return snapshots(self._cellar)

    def compact(self, name: str | None = None) -> pd.DataFrame:
        """Merge small files; rows, versions and time travel stay as they are."""
        from workbench.data.overview import compact

        refuse_pinned(self._cellar)
        return compact(self._cellar, name)

    def prune(
        self, name: str | None = None, *, keep: int = 1, dry_run: bool = True
    ) -> pd.DataFrame:
        """Delete files that neither the latest `keep` versions nor any snapshot needs.

        Nothing expires by itself; this is the only way in which an old version goes.
        """
        from workbench.data.overview import prune

        if not dry_run:
            refuse_pinned(self._cellar)
        return prune(self._cellar, name, keep=keep, dry_run=dry_run)

    def dataset(self, name: str) -> Dataset:
        """The contract of a dataset: columns, units, key."""
        from workbench.data.catalog import dataset

        return dataset(name)


def _demo_window(
    provider: str | None, start: Day | None, end: Day | None
) -> tuple[Day | None, Day | None]:
    """The span of the demo market where its vendor is asked without dates."""
    if provider != "demo":
        return start, end
    from workbench.data.providers.synthetic.provider import known_days

    first, last = known_days()
    return start or first, end or last
