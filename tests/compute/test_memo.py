"""The memo: the same content is not computed twice, and nothing else is ever taken for it."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute
from workbench.compute.fingerprint import job_key
from workbench.compute.job import Job
from workbench.compute.memo import Memo
from workbench.compute.user_operators import operator, remove_operator
from workbench.errors import MemoDamagedWarning, PlanError
from workbench.factor import factor
from workbench.factor.parameter import Number
from workbench.market import Panel

MARKET = toy_market(100)


def key(text="rank(close)", market=MARKET, dtype="float32", threads=None) -> str | None:
    return job_key(Job({"x": factor(text)}, market, np.dtype(dtype), threads), "x")


def test_results_come_back_with_the_same_bits_and_origin(tmp_path) -> None:
    memo, want = Memo(tmp_path), compute(BATCH, MARKET)
    for hits in (0, len(BATCH)):
        got = compute(BATCH, toy_market(100), memo=memo)
        assert memo.hits == hits
        for name, panel in want.items():
            same_bits(got[name].values, panel.values, name)
            assert got[name].provenance == panel.provenance
            assert not got[name].values.flags.writeable
    assert len(memo) == len(BATCH)


def test_it_serves_folders_and_reductions(tmp_path) -> None:
    memo = Memo(tmp_path / "memo")
    want = compute("rank(close)", MARKET, memo=memo)
    written = compute({"x": "rank(close)"}, MARKET, memo=memo, out=tmp_path / "out")["x"]
    same_bits(written.values, want.values, "written")
    cover = compute("rank(close)", MARKET, memo=tmp_path / "memo", reduce=lambda p: p.coverage)
    assert cover == want.coverage
    assert memo.hits == 1


def test_equal_meaning_is_one_key() -> None:
    assert key("close + open") == key("open + close", toy_market(100), threads=1)
    assert key("-1 * close") == key("-close")


def member() -> Panel:
    values = np.ones(MARKET.shape, dtype=bool)
    values[3, 3] = False
    return Panel(values, MARKET.sessions, MARKET.assets, "mine")


def revised(field: str) -> dict[str, np.ndarray]:
    """A raw field whose one number is the next one above."""
    values = MARKET[f"raw_{field}"].values.copy()
    values[50, 7] = np.nextafter(values[50, 7], 1e9)
    return {field: values}


@pytest.mark.parametrize(
    "other",
    [
        {"text": "rank(open)"},
        {"text": "rank(close) + 1e-16"},
        {"dtype": "float64"},
        {"market": toy_market(99)},
        {"market": toy_market(100, assets=36)},
        {"market": MARKET.select(MARKET.assets.names[1:])},
        {"market": MARKET.with_universe(member())},
        {"market": MARKET.with_fields(revised("close"))},
    ],
    ids=lambda other: "-".join(other),
)
def test_whatever_matters_is_another_key(other: dict) -> None:
    assert key(**other) != key()


def test_fields_that_are_not_read_do_not_matter() -> None:
    assert key(market=MARKET.with_fields(revised("open"))) == key()


def test_the_engine_matters(monkeypatch) -> None:
    from workbench.compute import fingerprint

    before = key()
    monkeypatch.setattr(fingerprint, "engine_fingerprint", lambda engine: "another build")
    assert key() != before


def test_operators_of_the_user_need_a_version(tmp_path) -> None:
    def declare(version: str, times: float) -> None:
        @operator(axis="element", nan_rule="strict", source="test", name="mine", version=version)
        def mine(x: Number) -> Number:
            """Times a number."""
            return x * times

    memo = Memo(tmp_path)
    try:
        declare("", 2.0)
        compute("mine(close)", MARKET, memo=memo)
        assert len(memo) == 0
        declare("1", 2.0)
        twice = compute("mine(close)", MARKET, memo=memo)
        declare("2", 3.0)
        thrice = compute("mine(close)", MARKET, memo=memo)
        assert memo.hits == 0
        assert len(memo) == 2
        assert np.nanmax(thrice.values / twice.values) == pytest.approx(1.5)
    finally:
        remove_operator("mine")


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "head"])
def test_a_damaged_entry_is_made_again_with_a_warning(tmp_path, damage: str) -> None:
    want = compute("rank(close)", MARKET, memo=tmp_path)
    (entry,) = tmp_path.glob("*.memo")
    held = bytearray(entry.read_bytes())
    if damage == "flip":
        held[-5] ^= 1
    whole = {"flip": held, "cut": held[:-1], "empty": b"", "head": b"x" + held[1:]}[damage]
    entry.unlink()  # a mapped file is never written into
    entry.write_bytes(bytes(whole))
    with pytest.warns(MemoDamagedWarning, match="computed again"):
        got = compute("rank(close)", MARKET, memo=tmp_path)
    same_bits(got.values, want.values, damage)
    memo = Memo(tmp_path)
    compute("rank(close)", MARKET, memo=memo)
    assert memo.hits == 1


def test_what_was_not_used_longest_goes_first(tmp_path) -> None:
    size = MARKET.shape[0] * MARKET.shape[1] * 4 + 200
    memo = Memo(tmp_path, max_bytes=3 * size)
    texts = [f"close + {k}" for k in range(5)]
    for place, text in enumerate(texts[:3]):
        compute(text, MARKET, memo=memo)
        newest = max(tmp_path.glob("*.memo"), key=os.path.getmtime)
        os.utime(newest, (1e9 + place, 1e9 + place))
    compute(texts[0], MARKET, memo=memo)  # used again: now the newest
    compute(texts[3], MARKET, memo=memo)
    assert memo.bytes <= 3 * size
    hits = memo.hits
    for text, kept in ((texts[0], 1), (texts[2], 1), (texts[3], 1), (texts[1], 0)):
        compute(text, MARKET, memo=memo)
        hits += kept
        assert memo.hits == hits, text
    small = Memo(tmp_path / "small", max_bytes=1000)
    compute(texts[4], MARKET, memo=small)
    assert len(small) == 0


def test_bound_is_checked(tmp_path) -> None:
    with pytest.raises(PlanError, match="positive number of bytes"):
        Memo(tmp_path, max_bytes=0)


def hammer(folder: Path, seed: int) -> None:
    """Compute, remember and evict, many times, in a folder that others hammer too."""
    market = toy_market(100)
    memo = Memo(folder, max_bytes=60_000)
    for turn in range(40):
        text = f"close + {(turn * seed) % 7}"
        got = compute(text, market, memo=memo, threads=1)
        want = market["close"].values.astype(np.float32) + np.float32((turn * seed) % 7)
        np.testing.assert_array_equal(got.values, want)


def test_processes_share_a_folder(tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    crew = [context.Process(target=hammer, args=(tmp_path, seed)) for seed in (1, 2, 3)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(120)
    assert [one.exitcode for one in crew] == [0, 0, 0]
    assert not list(tmp_path.glob("*.part"))
