"""What a report says, and that it is plain values."""

from __future__ import annotations

import json
from datetime import date

import pytest

from workbench.data.update import DatasetReport, Gap, UpdateReport
from workbench.errors import DataGapError

DAY = date(2024, 1, 17)
GAP = Gap("cn.bars_1d", DAY.isoformat(), DAY, "missing", 4, ("A", "B", "C", "D"))
GOOD = DatasetReport("cn.suspend", "tushare", DAY, DAY, 3, {"verified": 2}, rows=1200, calls=4)
BAD = DatasetReport("cn.bars_1d", "tushare", units={"committed": 1}, gaps=(GAP,), remaining=7)


def test_complete_means_nothing_is_missing():
    assert UpdateReport((GOOD,)).complete
    UpdateReport((GOOD,)).raise_for_gaps()
    for words in ({"deferred": "2024-01-18"}, {"denied": "2000 points"}, {"remaining": 1}):
        assert not DatasetReport("cn.st_1d", **words).complete
    with pytest.raises(DataGapError, match=r"2024-01-17 \(A, B, C …\)"):
        UpdateReport((GOOD, BAD)).raise_for_gaps()


def test_sums_and_joins():
    both = UpdateReport((GOOD,), 1.0).joined(UpdateReport((BAD,), 2.0))
    assert (both.rows, both.calls, both.seconds) == (1200, 4, 3.0)
    assert both.units == {"verified": 2, "committed": 1}
    assert both.gaps == (GAP,)
    assert both["cn.bars_1d"] is BAD


def test_the_table_is_short_and_names_what_is_wrong():
    text = str(UpdateReport((GOOD, BAD), 1.5))
    assert "1,200" in text
    assert "cn.bars_1d: missing: 2024-01-17 (A, B, C …)" in text
    assert "7 units not reached" in text
    assert text.endswith("not complete, 1.5 s")
    assert all(len(line) < 100 for line in text.splitlines())


def test_one_reason_is_said_once():
    days = [f"2024-01-{day:02d}" for day in range(1, 8)]
    gaps = [Gap("cn.bars_1d", day, None, "failed", detail="nobody is there") for day in days]
    text = str(UpdateReport((DatasetReport("cn.bars_1d", gaps=tuple(gaps)),)))
    assert text.count("nobody is there") == 1
    listed = ", ".join(days[:5])
    assert f"cn.bars_1d: failed: {listed} (nobody is there) … 7 units" in text
    other = Gap("cn.bars_1d", "2024-01-08", None, "failed", detail="silent")
    text = str(UpdateReport((DatasetReport("cn.bars_1d", gaps=(gaps[0], other, gaps[1])),)))
    assert "failed: 2024-01-01, 2024-01-02 (nobody is there), 2024-01-08 (silent)\n" in text


def test_the_mapping_survives_json():
    told = json.loads(json.dumps(UpdateReport((GOOD, BAD), 1.5).to_dict()))
    assert told["datasets"][0]["first"] == "2024-01-17"
    assert told["datasets"][1]["gaps"][0]["assets"] == ["A", "B", "C", "D"]
    assert told["complete"] is False


def test_only_what_can_be_proved_is_called_unproved():
    states = {"committed": 2}
    listed = UpdateReport((DatasetReport(dataset="ref.securities", provider="x", units=states),))
    assert str(listed).splitlines()[-1].startswith("complete")
    bars = UpdateReport((DatasetReport(dataset="cn.bars_1d", provider="x", units=states),))
    assert "not all of it is proved" in str(bars)
