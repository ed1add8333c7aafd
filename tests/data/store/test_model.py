"""Random sequences of writes against a dict: same rows, same history, same ledger."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.data.store.tables import AT, CODES, DAILY, content, days, store_at, unit, units
from workbench.data.store import Ledger, Store, list_snapshots, load_snapshot, save_snapshot
from workbench.errors import DuplicateKeyError, SnapshotError

SIX = days(6)
some_days = st.lists(st.sampled_from(SIX), min_size=1, max_size=4, unique=True)
prices = st.sampled_from([None, 0.0, 1.5, float("inf"), -2.0])


class Model(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store: Store = store_at(self.folder / "库 ws")
        self.ledger = Ledger(self.store.root / "meta/ledger.sqlite")
        self.rows: dict[tuple, tuple] = {}
        self.past: dict[int, dict[tuple, tuple]] = {}
        self.pruned: set[int] = set()
        self.ticks = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def units(self, keys, sha):
        self.ticks += 1
        at = AT + timedelta(seconds=self.ticks)
        return [unit(str(key), sha256=sha, settled_at=at) for key in keys]

    def frame(self, rows: dict[tuple, tuple]) -> pl.DataFrame:
        flat = [(*key, *values) for key, values in rows.items()]
        return pl.DataFrame(flat, schema=DAILY.schema(), orient="row")

    def done(self, version: int, records) -> None:
        self.ledger.record(DAILY.name, version, records)
        last = max(self.past, default=-1)
        assert version in (last, last + 1)
        self.past[version] = dict(self.rows)

    @rule(
        sessions=some_days,
        codes=st.sets(st.sampled_from(CODES)),
        close=prices,
        sha=st.text("ab", max_size=1),
    )
    def replace(self, sessions, codes, close, sha):
        fresh = {(day, code): (close, 1.0) for day in sessions for code in codes}
        records = self.units(sessions, sha)
        before = self.rows
        self.rows = {k: v for k, v in before.items() if k[0] not in sessions} | fresh
        version = self.store.replace(
            DAILY, self.frame(fresh), column="session", values=sessions, metadata=units(*records)
        )
        self.done(version, records)

    @rule(code=st.sampled_from(CODES), sessions=some_days, close=prices)
    def replace_where(self, code, sessions, close):
        fresh = {(day, code): (close, 2.0) for day in sessions[:2]}
        self.rows = {
            k: v for k, v in self.rows.items() if not (k[1] == code and k[0] in sessions)
        } | fresh
        where = [("asset", [code]), ("session", sessions)]
        self.done(self.store.replace_where(DAILY, self.frame(fresh), where=where, metadata={}), [])

    @rule(sessions=some_days, code=st.sampled_from(CODES), sha=st.text("ab", max_size=1))
    def append(self, sessions, code, sha):
        fresh = {(day, code): (3.0, None) for day in sessions}
        records = self.units(sessions, sha)
        if fresh.keys() & self.rows.keys():
            with pytest.raises(DuplicateKeyError):
                self.store.append(DAILY, self.frame(fresh), metadata=units(*records))
            return
        self.rows = self.rows | fresh
        self.done(self.store.append(DAILY, self.frame(fresh), metadata=units(*records)), records)

    @rule(key=st.sampled_from(["x", "y"]), sha=st.text("ab", max_size=1))
    def settle(self, key, sha):
        records = self.units([key], sha)
        self.done(self.store.settle(DAILY, metadata=units(*records)), records)

    @precondition(lambda self: self.past)
    @rule(before=st.sampled_from([None, SIX[3]]))
    def compact(self, before):
        version = self.store.compact(DAILY, before=before)
        for made in range(max(self.past) + 1, version + 1):
            self.past[made] = dict(self.rows)

    @precondition(lambda self: self.past)
    @rule(keep=st.integers(0, 9))
    def snapshot(self, keep):
        version = sorted(set(self.past) - self.pruned)[keep % len(set(self.past) - self.pruned)]
        save_snapshot(self.store.root, f"s{version}", {DAILY.name: version})

    @precondition(lambda self: len(self.past) > 3)
    @rule()
    def prune(self):
        self.store.prune(DAILY.name, keep_versions=[])
        names = list_snapshots(self.store.root)
        kept = {load_snapshot(self.store.root, name)[DAILY.name] for name in names}
        self.pruned = set(self.past) - kept - {max(self.past)}

    @rule()
    def restart(self):
        self.store = Store(self.store.root)

    @precondition(lambda self: self.past)
    @invariant()
    def same_rows(self):
        expected = sorted((*k, *v) for k, v in self.rows.items())
        assert content(self.store) == expected

    @precondition(lambda self: self.past)
    @rule(fraction=st.floats(0, 0.999))
    def time_travel(self, fraction):
        version = int(fraction * len(self.past))
        if version in self.pruned:
            with pytest.raises(SnapshotError, match="pruned"):
                self.store.snapshot(DAILY.name, version)
        else:
            expected = sorted((*k, *v) for k, v in self.past[version].items())
            assert content(self.store, version=version) == expected

    @precondition(lambda self: self.past)
    @rule()
    def rebuild_and_verify(self):
        original = self.ledger.units()
        self.ledger.rebuild(self.store)
        assert self.ledger.units().equals(original)
        assert self.store.verify() == []
        changed = self.store.history(DAILY.name).select(pl.col("rows_added", "rows_removed").sum())
        added, removed = changed.row(0)
        assert added - removed == len(self.rows)


Model.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestModel = Model.TestCase
