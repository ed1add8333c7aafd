"""Finding the kernels and feeding them."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from workbench.compute import cpu, engine
from workbench.errors import ComputeError, KernelsMissingWarning, PlanError

built = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")


@pytest.fixture
def absent(monkeypatch):
    """Pretend that the extension was not built."""
    caches = (cpu.find, cpu.load, cpu.opcodes, cpu.variants)
    monkeypatch.setitem(sys.modules, "workbench.compute._kernels", None)
    monkeypatch.delattr("workbench.compute._kernels", raising=False)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


def test_absent_kernels_warn_once_and_are_named(absent):
    with pytest.warns(KernelsMissingWarning, match="workbench doctor") as seen:
        assert cpu.load() is None
    assert len(seen) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cpu.load() is None
        assert cpu.variants() == ()
    with pytest.raises(ComputeError, match="not installed"):
        cpu.single("abs", [[[1.0]]])


def test_describing_the_engine_keeps_the_warning_for_whoever_computes(absent):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert engine().name == "oracle"
    with pytest.warns(KernelsMissingWarning):
        cpu.load()


def test_instruction_has_the_layout_of_the_kernels():
    assert cpu.INSTRUCTION.itemsize == 232
    offsets = {name: cpu.INSTRUCTION.fields[name][1] for name in cpu.INSTRUCTION.names}
    assert offsets == {
        "opcode": 0, "out": 4, "operands": 8, "grouped": 12, "inputs": 16, "lags": 48,
        "constants": 80, "window": 144, "min_periods": 148, "traded": 152, "integer": 156,
        "real": 184,
    }  # fmt: skip


@built
def test_lanes_and_opcodes_agree_with_the_module():
    assert cpu.load().lanes() == cpu.LANES
    assert sorted(cpu.opcodes().values()) == list(range(len(cpu.opcodes())))
    assert {"copy", "and", "where", "ts_rank", "indneutralize"} <= cpu.opcodes().keys()


@built
def test_variant_is_the_best_one_or_the_one_asked_for(monkeypatch):
    monkeypatch.delenv(cpu.VARIANT_VARIABLE, raising=False)
    assert cpu.chosen_variant() == cpu.variants()[-1]
    monkeypatch.setenv(cpu.VARIANT_VARIABLE, cpu.variants()[0])
    assert cpu.chosen_variant() == cpu.variants()[0]
    monkeypatch.setenv(cpu.VARIANT_VARIABLE, "x86-64-v9")
    with pytest.raises(ComputeError, match="must be one of"):
        cpu.chosen_variant()


def test_pad_fills_with_nan_and_cleans():
    padded = cpu.pad([[1.0, np.inf, 1e300]], "float32")
    assert padded.shape == (1, 16)
    assert padded.dtype == np.float32
    assert padded[0, 0] == 1
    assert np.isnan(padded[0, 1:]).all()
    assert cpu.pad(np.zeros((2, 16))).shape == (2, 16)
    assert cpu.pad(np.zeros((2, 0))).shape == (2, 0)


def test_pad_of_codes_and_masks():
    codes = cpu.pad([[3, 0]], "int32")
    assert codes[0].tolist() == [3, 0] + [-1] * 14
    mask = cpu.pad([[True, True]], "bool")
    assert mask[0].tolist() == [True, True] + [False] * 14


def test_pad_leaves_its_argument_alone():
    values = np.full((2, 16), np.inf)
    cpu.pad(values)
    assert np.isinf(values).all()


def test_pad_refuses_a_series():
    with pytest.raises(PlanError, match=r"expects a \(T, N\) array"):
        cpu.pad([1.0, 2.0])


@built
def test_single_refuses_what_it_cannot_run():
    with pytest.raises(PlanError, match="Did you mean 'ts_mean'"):
        cpu.single("ts_maen", [[[1.0]]])
    with pytest.raises(PlanError, match="one shape"):
        cpu.single("add", [[[1.0]], [[1.0, 2.0]]])
    with pytest.raises(PlanError, match="at least one"):
        cpu.single("add", [1.0, 2.0])
    with pytest.raises(PlanError, match="at least one panel"):
        cpu.run_stage("time", np.zeros(0, cpu.INSTRUCTION), [], columns=0)


@built
def test_single_takes_numbers_as_operands():
    got = cpu.single("where", [[[1.0, 0.0, np.nan]], 5.0, 7.0])
    np.testing.assert_array_equal(got, [[5.0, 7.0, np.nan]])
