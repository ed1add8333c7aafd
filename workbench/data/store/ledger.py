"""What was fetched and how complete it is: one SQLite file beside the tables.

The tables are the truth, the ledger the quick answer: it is written after a commit is durable and
can be rebuilt from the commits. Many processes share it: write-ahead log, full synchronisation,
patience instead of "database is locked". Each call opens and closes its own connection. Reasons
and notes quote what a vendor said: secrets are taken out of them at the door.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from filelock import FileLock

from workbench.data.cellar import Clock, utc_now
from workbench.data.redaction import redact
from workbench.data.store.history import commit_units
from workbench.data.store.log import commits
from workbench.data.store.names import table_folder
from workbench.data.store.units import UnitRecord
from workbench.errors import BadValueError, StoreCorruptionError, StoreError, StoreVersionError

if TYPE_CHECKING:
    from workbench.data.store.store import Store

__all__ = ["UNSETTLED", "Ledger"]

UNSETTLED = ("not_yet", "deferred", "denied", "quarantined", "failed")
"""States of a unit that was tried and still needs work."""

_FORMAT = 1
_PATIENCE_S = 60.0
_TABLES = """
CREATE TABLE units (
  dataset TEXT NOT NULL, provider TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL,
  first TEXT, last TEXT, rows INTEGER NOT NULL, expected INTEGER, missing INTEGER NOT NULL,
  sha256 TEXT NOT NULL, settled_at TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (dataset, provider, key)) WITHOUT ROWID;
CREATE TABLE attempts (
  dataset TEXT NOT NULL, provider TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL,
  reason TEXT NOT NULL, until TEXT, at TEXT NOT NULL, times INTEGER NOT NULL,
  PRIMARY KEY (dataset, provider, key)) WITHOUT ROWID;
CREATE TABLE denied (
  provider TEXT NOT NULL, api TEXT NOT NULL, until TEXT NOT NULL,
  PRIMARY KEY (provider, api)) WITHOUT ROWID;
"""
_SETTLE = """
INSERT INTO units VALUES (:dataset, :provider, :key, :state, :first, :last, :rows, :expected,
  :missing, :sha256, :settled_at, :note, :version)
ON CONFLICT DO UPDATE SET state = excluded.state, first = excluded.first, last = excluded.last,
  rows = excluded.rows, expected = excluded.expected, missing = excluded.missing,
  sha256 = excluded.sha256, settled_at = excluded.settled_at, note = excluded.note,
  version = excluded.version
WHERE (state, first, last, rows, expected, missing, sha256, note) IS NOT
  (excluded.state, excluded.first, excluded.last, excluded.rows, excluded.expected,
   excluded.missing, excluded.sha256, excluded.note)
"""
_TIME = pl.Datetime("us", "UTC")
_UNITS = {
    "dataset": pl.String(),
    "provider": pl.String(),
    "key": pl.String(),
    "state": pl.String(),
    "first": pl.Date(),
    "last": pl.Date(),
    "rows": pl.Int64(),
    "expected": pl.Int64(),
    "missing": pl.Int64(),
    "sha256": pl.String(),
    "settled_at": _TIME,
    "note": pl.String(),
    "version": pl.Int64(),
}
_ATTEMPTS = {
    "dataset": pl.String(),
    "provider": pl.String(),
    "key": pl.String(),
    "state": pl.String(),
    "reason": pl.String(),
    "until": _TIME,
    "at": _TIME,
    "times": pl.Int64(),
}


class Ledger:
    """The ledger of a workspace.

    Parameters
    ----------
    path : Path
        The SQLite file; made where there is none.
    clock : callable
        Gives the time as an aware datetime in UTC.

    Notes
    -----
    The file is opened at the first use. Then every method raises `StoreVersionError` if a newer
    workbench wrote it, `StoreCorruptionError` if it is broken (only `rebuild` cures that) and
    `StoreError` if it cannot be used.
    """

    def __init__(self, path: Path, *, clock: Clock = utc_now) -> None:
        self.path = Path(path)
        self._clock = clock
        self._ready = False

    def record(self, dataset: str, version: int, units: Iterable[UnitRecord]) -> None:
        """Note settled units, after the commit that holds them is durable.

        A unit that is settled alike already keeps its time and version; its attempts are over.

        Parameters
        ----------
        dataset : str
            To which all units belong.
        version : int
            The version that `Store.replace`, `append` or `settle` returned.
        units : iterable of UnitRecord
            May be empty.
        """
        with self._writing() as db:
            _record(db, dataset, version, units)

    def attempt(
        self,
        dataset: str,
        provider: str,
        key: str,
        state: str,
        reason: str,
        until: datetime | None = None,
    ) -> None:
        """Note that a unit was tried and is not settled, why, and until when to wait (UTC).

        Raises
        ------
        BadValueError
            If the state is none of `UNSETTLED`.
        """
        if state not in UNSETTLED:
            raise BadValueError(f"expected one of {', '.join(UNSETTLED)}, got {state!r}")
        said = redact(reason)
        row = (dataset, provider, key, state, said, _moment(until), _moment(self._clock()))
        with self._writing() as db:
            db.execute(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET "
                "state = excluded.state, reason = excluded.reason, until = excluded.until, "
                "at = excluded.at, times = times + 1",
                row,
            )

    def units(
        self,
        dataset: str | None = None,
        *,
        states: Sequence[str] | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> pl.DataFrame:
        """Settled units, by dataset, provider and key.

        Parameters
        ----------
        dataset : str, optional
            All by default.
        states : sequence of str, optional
            All by default.
        first, last : date, optional
            Only units that touch these days; units without days always count.

        Returns
        -------
        polars.DataFrame
            The attributes of `UnitRecord`, and ``version``.
        """
        clauses, values = _where(dataset, states)
        if first is not None:
            clauses.append("(last IS NULL OR last >= ?)")
            values.append(first.isoformat())
        if last is not None:
            clauses.append("(first IS NULL OR first <= ?)")
            values.append(last.isoformat())
        return self._frame("units", clauses, values, _UNITS)

    def attempts(self, dataset: str | None = None) -> pl.DataFrame:
        """Units that were tried and still need work: state, reason, until, at, times."""
        return self._frame("attempts", *_where(dataset, None), _ATTEMPTS)

    def deny(self, provider: str, api: str, until: datetime) -> None:
        """Remember that the account may not call an API, until a time (UTC)."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO denied VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
                "until = excluded.until",
                (provider, api, _moment(until)),
            )

    def denied(self, provider: str, api: str) -> datetime | None:
        """Until when the account may not call an API; None when it may, as far as is known."""
        with self._reading() as db:
            row = db.execute(
                "SELECT until FROM denied WHERE provider = ? AND api = ?", (provider, api)
            ).fetchone()
        until = None if row is None else datetime.fromisoformat(row[0])
        return until if until is not None and until > self._clock() else None

    def rebuild(self, store: Store) -> None:
        """Make the settled units anew from the commits of every table; a broken file is set aside.

        Attempts and denied APIs are kept where the file can still be read.
        """
        try:
            with self._reading() as db:
                healthy = db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except StoreCorruptionError:
            healthy = False
        if not healthy:
            self._set_aside()
        with self._writing() as db:
            db.execute("DELETE FROM units")
            for name in store.names():
                for one in commits(table_folder(store.root, name), name):
                    _record(db, name, one.version, commit_units(one), ended=False)

    def _prepare(self) -> None:
        if self._ready:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # One process at a time may make the file: switching to the write-ahead log has no patience.
        with FileLock(self.path.with_suffix(".lock"), mode=0o600, is_singleton=True):
            if not self.path.exists():
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            with self._connection() as db:
                found = db.execute("PRAGMA user_version").fetchone()[0]
                if found > _FORMAT:
                    raise StoreVersionError(
                        f"{self.path} was written by a newer workbench (format {found}): update "
                        f"workbench."
                    )
                if found == 0:
                    db.execute("PRAGMA journal_mode = WAL")
                    db.executescript(f"BEGIN;{_TABLES}PRAGMA user_version = {_FORMAT};COMMIT;")
        self._ready = True

    def _set_aside(self) -> None:
        stamp = self._clock().strftime("%Y%m%dT%H%M%S%f")
        self.path.rename(self.path.with_name(f"{self.path.name}.{stamp}.broken"))
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self._ready = False

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)
            ) as db:
                db.execute("PRAGMA synchronous = FULL")
                yield db
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"The ledger {self.path} could not be used ({error}): check free space and "
                f"permissions, and whether another process keeps it."
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreCorruptionError(
                f"The ledger {self.path} is broken ({error}). `workbench data repair` rebuilds it "
                f"from the tables."
            ) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        self._prepare()
        with self._connection() as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._prepare()
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _frame(
        self, table: str, clauses: list[str], values: list[Any], schema: dict[str, pl.DataType]
    ) -> pl.DataFrame:
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        query = f"SELECT {', '.join(schema)} FROM {table}{where} ORDER BY dataset, provider, key"
        with self._reading() as db:
            rows = db.execute(query, values).fetchall()
        plain = {name: pl.String() if kind.is_temporal() else kind for name, kind in schema.items()}
        frame = pl.DataFrame(rows, schema=plain, orient="row")
        return frame.with_columns(
            *(
                pl.col(name).str.to_date("%Y-%m-%d")
                if kind == pl.Date()
                else pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f%:z", time_unit="us")
                for name, kind in schema.items()
                if kind.is_temporal()
            )
        )


def _record(
    db: sqlite3.Connection,
    dataset: str,
    version: int,
    units: Iterable[UnitRecord],
    *,
    ended: bool = True,
) -> None:
    for unit in units:
        if unit.dataset != dataset:
            raise BadValueError(f"expected units of {dataset}, got one of {unit.dataset}")
        row = unit.to_dict() | {"version": version, "settled_at": _moment(unit.settled_at)}
        row["note"] = redact(unit.note)
        db.execute(_SETTLE, row)
        if ended:
            db.execute(
                "DELETE FROM attempts WHERE dataset = ? AND provider = ? AND key = ?",
                (dataset, unit.provider, unit.key),
            )


def _moment(at: datetime | None) -> str | None:
    if at is not None and at.tzinfo is None:
        raise BadValueError(f"expected a time with its zone, got {at!r}")
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def _where(dataset: str | None, states: Sequence[str] | None) -> tuple[list[str], list[Any]]:
    clauses: list[str] = []
    values: list[Any] = []
    if dataset is not None:
        clauses.append("dataset = ?")
        values.append(dataset)
    if states is not None:
        clauses.append(f"state IN ({', '.join('?' * len(states))})")
        values.extend(states)
    return clauses, values
