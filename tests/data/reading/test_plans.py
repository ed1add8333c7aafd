"""Plans of disclosure: when a change of plan is known, and plans that contradict each other."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.data import cellar_fixture as world
from workbench.data.catalog import dataset
from workbench.data.reading.load import load


def disclosed(cellar, *listed):
    contract = dataset("cn.disclosure")
    base = {
        "asset": "600519.SH", "period": date(2023, 12, 31), "report_type": "", "update_flag": "",
        "announced": date(2024, 1, 3), "first_seen_at": world.NOW,
    }  # fmt: skip
    made = [{**base, "content_hash": str(at), **row} for at, row in enumerate(listed)]
    frame = pl.DataFrame(
        {name: [row.get(name) for row in made] for name in contract.schema()},
        schema=contract.schema(),
    )
    cellar.store.append(contract, frame, metadata={})
    return cellar


class TestPlans:
    def test_a_changed_plan_is_known_after_the_change(self, tmp_path):
        here = disclosed(
            world.make_cellar(tmp_path / "ws"),
            {"planned": date(2024, 3, 30), "modified": "20240108,20240205"},
        )
        early = load(here, "cn.disclosure", as_of="2024-01-10").to_polars()
        assert early.is_empty()
        late = load(here, "cn.disclosure", as_of="2024-02-06").to_polars()
        assert late["planned"].to_list() == [date(2024, 3, 30)]
        assert late["known_at"].to_list() == [date(2024, 2, 6)]

    def test_two_plans_that_nothing_tells_apart_are_none(self, tmp_path):
        here = disclosed(
            world.make_cellar(tmp_path / "ws"),
            {"planned": date(2024, 3, 30)}, {"planned": date(2024, 4, 20)},
        )  # fmt: skip
        frame = load(here, "cn.disclosure", as_of="2024-02-06")
        assert frame.to_polars()["planned"].to_list() == [None]
        assert "nothing tells which holds (planned of 600519.SH" in frame.provenance["notes"][0]
