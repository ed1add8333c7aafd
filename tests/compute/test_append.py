"""Appending: every bit of a full run, and a typed refusal wherever it could not be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute
from workbench.compute.panel_folder import PanelFolder, read_panels
from workbench.errors import InsufficientHistoryError, PlanError, StaleResultError
from workbench.market import Panel, Sessions

OLD, NEW = 120, 125


@pytest.fixture(scope="module")
def old():
    return compute(BATCH, toy_market(OLD))


@pytest.fixture(scope="module")
def want():
    return compute(BATCH, toy_market(NEW))


def assert_same(got, want) -> None:
    assert list(got) == list(want)
    for name, panel in want.items():
        same_bits(got[name].values, panel.values, name)
        assert got[name].sessions == panel.sessions
        assert got[name].provenance == panel.provenance


def test_extended_panels_are_those_of_a_full_run(old, want) -> None:
    before = {name: panel.values.copy() for name, panel in old.items()}
    assert_same(compute(BATCH, toy_market(NEW), append_to=old), want)
    for name, values in before.items():
        same_bits(old[name].values, values, "the old panel")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("universe", ["weight", "adv20"])
def test_a_universe_and_both_types(dtype: str, universe: str) -> None:
    def market(sessions: int):
        return toy_market(sessions, universe=universe)

    stored = compute(BATCH, market(OLD), dtype=dtype)
    want = compute(BATCH, market(NEW), dtype=dtype)
    assert_same(compute(BATCH, market(NEW), dtype=dtype, append_to=stored), want)


def test_session_by_session_without_copying_and_without_aliasing(old) -> None:
    panel, places = old["a"], []
    for sessions in range(OLD + 1, OLD + 8):
        panel = compute(BATCH["a"], toy_market(sessions), append_to=panel)
        places.append(panel.values.ctypes.data)
        same_bits(panel.values, compute(BATCH["a"], toy_market(sessions)).values, str(sessions))
    assert len(set(places)) == 1  # new rows went behind the old ones
    # Two continuations of one panel do not write over each other.
    head = compute(BATCH["a"], toy_market(OLD + 1), append_to=old["a"])
    one = compute(BATCH["a"], toy_market(OLD + 2), append_to=head)
    row = one.values[-1].copy()
    other = compute(BATCH["a"], toy_market(OLD + 3), append_to=head)
    same_bits(one.values[-1], row, "the first continuation")
    same_bits(other.values[-2], row, "the second")


def test_a_folder_grows_in_place(tmp_path, want) -> None:
    compute(BATCH, toy_market(OLD), out=tmp_path)
    files = {path.name: path.stat().st_ino for path in tmp_path.glob("*.npy")}
    early = read_panels(tmp_path)
    assert_same(compute(BATCH, toy_market(NEW), append_to=tmp_path), want)
    assert {path.name: path.stat().st_ino for path in tmp_path.glob("*.npy")} == files
    assert all(np.load(path).shape[0] == NEW for path in tmp_path.glob("*.npy"))
    assert early["a"].shape[0] == OLD
    same_bits(early["a"].values, want["a"].values[:OLD], "a panel opened before")


def test_panels_of_a_folder_may_run_ahead_of_each_other(tmp_path, want) -> None:
    compute(BATCH, toy_market(OLD), out=tmp_path)
    compute({"b": BATCH["b"]}, toy_market(OLD + 2), append_to=tmp_path)
    assert read_panels(tmp_path)["a"].shape[0] == OLD
    compute({"a": BATCH["a"]}, toy_market(OLD + 3), append_to=tmp_path)
    assert_same(compute(BATCH, toy_market(NEW), append_to=tmp_path), want)
    assert_same(compute(BATCH, toy_market(NEW), append_to=tmp_path), want)  # nothing new: checked


def test_two_who_extend_at_once_do_not_write_twice(tmp_path, want) -> None:
    compute(BATCH, toy_market(OLD), out=tmp_path)
    rows = compute(BATCH, toy_market(OLD + 1), last=1)
    PanelFolder(tmp_path).extend(rows)
    with pytest.raises(StaleResultError, match="by somebody else meanwhile"):
        PanelFolder(tmp_path).extend(rows)
    assert_same(compute(BATCH, toy_market(NEW), append_to=tmp_path), want)


def test_rows_without_a_commit_do_not_count(tmp_path, want, monkeypatch) -> None:
    compute(BATCH, toy_market(OLD), out=tmp_path)

    def die(self, index) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PanelFolder, "_replace", die)
        with pytest.raises(KeyboardInterrupt):
            compute(BATCH, toy_market(OLD + 1), append_to=tmp_path)
    assert read_panels(tmp_path)["a"].shape[0] == OLD
    assert_same(compute(BATCH, toy_market(NEW), append_to=tmp_path), want)


def test_a_market_of_the_last_sessions_is_enough(old, want) -> None:
    short = toy_market(NEW).between(toy_market(NEW).sessions[OLD - 60])
    got = compute(BATCH, short, append_to=old)
    for name, panel in want.items():
        same_bits(got[name].values, panel.values, name)
    with pytest.raises(InsufficientHistoryError, match="needs 48 sessions before it"):
        compute(BATCH, short.between(short.sessions[15]), append_to=old)


@pytest.mark.parametrize("last", [1, 4, NEW])
def test_last_sessions_alone(want, last: int) -> None:
    got = compute(BATCH, toy_market(NEW), last=last)
    for name, panel in want.items():
        same_bits(got[name].values, panel.values[-last:], name)
        assert list(got[name].sessions) == list(panel.sessions)[-last:]


def test_the_oracle_appends_too(monkeypatch) -> None:
    from workbench.compute import cpu

    monkeypatch.setattr(cpu, "load", lambda: None)
    stored = compute(BATCH, toy_market(OLD))
    assert stored["a"].provenance["engine"] == "oracle"
    want = compute(BATCH, toy_market(OLD + 1))
    assert_same(compute(BATCH, toy_market(OLD + 1), append_to=stored), want)


def changed(panel: Panel, **facts) -> Panel:
    made = {**panel.provenance, **facts}
    return Panel(panel.values, panel.sessions, panel.assets, panel.name, None, made)


def test_what_is_not_the_beginning_is_refused(old) -> None:
    market, panel = toy_market(NEW), old["a"]

    def refused(match: str, stored=panel, text=BATCH["a"], over=market, **options) -> None:
        with pytest.raises(StaleResultError, match=match):
            compute(text, over, append_to=stored, **options)

    refused("stored with expression", text="rank(open)")
    refused("stored with dtype", dtype="float64")
    refused(
        "stored with universe 'listed', and now it is 'weight'", over=market.with_universe("weight")
    )
    origin = dict(panel.provenance["market"])
    refused("stored with adjust 'qfq'", changed(panel, market=origin | {"adjust": "qfq"}))
    refused("stored with rules '0'", changed(panel, market=origin | {"rules": "0"}))
    refused("stored with engine 'abacus'", changed(panel, engine="abacus:wood"))
    refused("does not say what", Panel(panel.values, panel.sessions, panel.assets))
    refused("1 vanished", over=market.select(market.assets.names[1:]))
    refused("1 appeared", panel.select(market.assets.names[1:]))
    refused("is not a session", over=toy_market(OLD - 1))


def test_revised_history_is_noticed(old) -> None:
    market = toy_market(NEW)
    opened = market["raw_open"].values.copy()
    opened[OLD - 4, 5] *= 2
    revised = market.with_fields({"open": opened})
    with pytest.raises(StaleResultError, match="comes out differently"):
        compute(BATCH["a"], revised, append_to=old["a"])


@pytest.mark.parametrize("back", [1, 11, 60, OLD - 1])
def test_a_folder_notices_a_revision_however_old(tmp_path, back) -> None:
    compute({"a": BATCH["a"]}, toy_market(OLD), out=tmp_path)
    market = toy_market(NEW)
    swapped = market["volume"].values.copy()
    swapped[OLD - 1 - back] = swapped[OLD - 1 - back, ::-1]
    with pytest.raises(StaleResultError, match=r"was revised on \d+ sessions"):
        compute({"a": BATCH["a"]}, market.with_fields({"volume": swapped}), append_to=tmp_path)
    assert read_panels(tmp_path)["a"].shape[0] == OLD


def test_a_folder_without_its_history_is_refused(tmp_path) -> None:
    compute({"a": BATCH["a"]}, toy_market(OLD), out=tmp_path)
    (tmp_path / "history.npz").unlink()
    with pytest.raises(StaleResultError, match="does not say what"):
        compute({"a": BATCH["a"]}, toy_market(NEW), append_to=tmp_path)


def test_a_folder_goes_on_from_the_last_sessions_of_a_market(tmp_path, want) -> None:
    compute({"a": BATCH["a"]}, toy_market(OLD), out=tmp_path)
    market = toy_market(NEW)
    late = market.between(market.sessions[40], None)
    got = compute({"a": BATCH["a"]}, late, append_to=tmp_path)["a"]
    same_bits(got.values, want["a"].values, "from a market that begins later")


def test_a_session_that_came_in_between_is_noticed(old) -> None:
    panel = old["d"]
    kept = np.delete(np.arange(OLD), OLD - 3)
    gap = Panel(
        panel.values[kept],
        Sessions(panel.sessions.values[kept]),
        panel.assets,
        panel.name,
        None,
        panel.provenance,
    )
    with pytest.raises(StaleResultError, match="differ around"):
        compute(BATCH["d"], toy_market(NEW), append_to=gap)


def test_what_append_to_takes(old) -> None:
    market = toy_market(NEW)
    with pytest.raises(PlanError, match="several factors"):
        compute(BATCH, market, append_to=old["a"])
    with pytest.raises(PlanError, match="Nothing is stored for b, c"):
        compute(BATCH, market, append_to={"a": old["a"]})
    with pytest.raises(PlanError, match="append_to is a Panel"):
        compute(BATCH["a"], market, append_to=3)
    with pytest.raises(PlanError, match="exclude each other"):
        compute(BATCH, market, append_to=old, out="x")
