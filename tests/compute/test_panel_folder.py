"""Panels in a folder: written, opened, grown, and never half."""

from __future__ import annotations

import json
import mmap

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute
from workbench.compute.panel_folder import PanelFolder, read_panel, read_panels
from workbench.errors import PlanError

MARKET = toy_market(120)


def mapped(values: np.ndarray) -> bool:
    """Whether the values lie in a mapped file."""
    while isinstance(values, np.ndarray) and not isinstance(values, np.memmap):
        values = values.base
    return isinstance(values, np.memmap | mmap.mmap)


def test_results_are_mapped_files_that_numpy_reads(tmp_path) -> None:
    want = compute(BATCH, MARKET)
    got = compute(BATCH, MARKET, out=tmp_path / "made" / "here")
    assert list(got) == list(BATCH)
    opened = read_panels(tmp_path / "made" / "here")
    for name, panel in want.items():
        same_bits(got[name].values, panel.values, name)
        assert mapped(got[name].values)
        assert not got[name].values.flags.writeable
        assert opened[name].sessions == MARKET.sessions
        assert opened[name].assets == MARKET.assets
        assert opened[name].name == panel.name
        assert opened[name].provenance["expression"] == panel.provenance["expression"]
        assert opened[name].provenance["market"]["adjust"] == "hfq"
    files = sorted((tmp_path / "made" / "here").glob("*.npy"))
    assert len(files) == len(BATCH)
    assert all(np.load(file).shape == MARKET.shape for file in files)


def test_a_single_factor_gives_its_panel(tmp_path) -> None:
    panel = compute("rank(close)", MARKET, out=tmp_path)
    same_bits(panel.values, compute("rank(close)", MARKET).values, "rank")
    same_bits(read_panel(tmp_path, "factor").values, panel.values, "opened")


def test_names_need_not_be_file_names(tmp_path) -> None:
    factors = {"a/b": "close", "a:b": "open", "阿尔法": "volume", "x" * 300: "rank(close)"}
    got = compute(factors, MARKET, out=tmp_path)
    same_bits(got["a/b"].values, compute("close", MARKET).values, "a/b")
    same_bits(got["a:b"].values, compute("open", MARKET).values, "a:b")
    assert set(read_panels(tmp_path)) == set(factors)


def test_the_same_names_are_replaced_and_old_readers_keep_their_rows(tmp_path) -> None:
    before = compute({"x": "close"}, MARKET, out=tmp_path)["x"]
    longer = toy_market(140)
    after = compute({"x": "open"}, longer, out=tmp_path)["x"]
    same_bits(before.values, compute("close", MARKET).values, "the panel opened before")
    same_bits(after.values, compute("open", longer).values, "the new one")
    assert len(list(tmp_path.glob("*.npy"))) == 1


def test_panels_of_another_grid_stay_what_they_are(tmp_path) -> None:
    compute({"x": "close"}, MARKET, out=tmp_path)
    with pytest.raises(PlanError, match="1 other panels of other"):
        compute({"y": "close"}, toy_market(140), out=tmp_path)
    assert list(read_panels(tmp_path)) == ["x"]
    assert len(list(tmp_path.glob("*.npy"))) == 1


def test_a_run_that_fails_leaves_the_folder_as_it_was(tmp_path, monkeypatch) -> None:
    compute({"x": "close"}, MARKET, out=tmp_path)

    def die(self, sessions, assets) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PanelFolder, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            compute(BATCH, MARKET, out=tmp_path)
    assert len(list(tmp_path.glob("*.npy"))) == 1
    with pytest.raises(PlanError, match="alone needs"):
        compute({"x": "open"}, MARKET, out=tmp_path, max_bytes=10)
    same_bits(read_panel(tmp_path, "x").values, compute("close", MARKET).values, "x")


def test_what_cannot_be_opened_is_said(tmp_path) -> None:
    with pytest.raises(PlanError, match="no panels"):
        read_panels(tmp_path)
    compute({"high": "close"}, MARKET, out=tmp_path)
    with pytest.raises(PlanError, match="Did you mean 'high'"):
        read_panel(tmp_path, "hihg")
    (file,) = tmp_path.glob("*.npy")
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(PlanError, match="torn"):
        read_panel(tmp_path, "high")
    file.unlink()
    with pytest.raises(PlanError, match="missing"):
        read_panel(tmp_path, "high")
    index = tmp_path / "panels.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "format": 99}))
    with pytest.raises(PlanError, match="newer workbench"):
        read_panels(tmp_path)
    (tmp_path / "a file").write_text("")
    with pytest.raises(PlanError, match="it is a file"):
        compute("close", MARKET, out=tmp_path / "a file")
