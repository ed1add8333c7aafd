"""The stage interpreter: operands, scratch, offsets, refusals; and equal bits however it is run."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.compute import kernel_truth as truth
from tests.conformance.cases import CASES, FORMS, fields_of
from workbench.compute import cpu
from workbench.factor import OPERATORS, Axis

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

KERNELS = {case.name: case for case in (*CASES, *FORMS) if case.row.name in cpu.opcodes()}
ALONG_TIME = (*truth.WINDOWS, "delay", "delta")


def program(*rows: dict) -> np.ndarray:
    """Build instructions from {"op", "out", "inputs", "window" …}, named as in the dtype."""
    code = np.zeros(len(rows), dtype=cpu.INSTRUCTION)
    for one, row in zip(code, rows, strict=True):
        one["opcode"] = cpu.opcodes()[row["op"]]
        one["operands"] = len(row["inputs"])
        for key, given in row.items():
            if key in ("inputs", "lags", "constants", "integer", "real"):
                one[key][: len(given)] = given
            elif key != "op":
                one[key] = given
    return code


def noise(sessions: int = 40, assets: int = 257, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(sessions, assets)) * 5, 1)
    x[rng.random(x.shape) < 0.02] = np.nan
    return x


def run_single(name: str, dtype: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    operands = [x, y][: truth.WINDOWS.get(name, (1,))[0]]
    return cpu.single(name, operands, 6, dtype=dtype)


def holed(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[rng.random(values.shape) < 0.02] = np.nan
    return np.where(np.arange(values.shape[1]) % 5 == 1, np.round(values), values)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", KERNELS)
def test_equal_bits_for_every_variant_thread_count_and_tile(name, dtype):
    case = KERNELS[name]
    fields = fields_of(case.call, 1, 40 + case.call.lookback, 257, holed)

    def run(**how: object) -> bytes:
        operands = [fields[operand.name] for operand in case.call.operands]
        literals = case.call.parameters
        return cpu.single(case.row.name, operands, *literals, dtype=dtype, **how).tobytes()

    reference = run(variant=cpu.variants()[0], threads=1)
    assert np.isfinite(np.frombuffer(reference, dtype=dtype)).any()
    assert all(run(variant=variant) == reference for variant in cpu.variants())
    for tile in (1, 7, 40) if case.row.axis is Axis.SECTION else (16, 64, 272):
        assert run(tile=tile, threads=1) == run(tile=tile, threads=2) == reference


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ALONG_TIME)
def test_values_do_not_depend_on_where_loading_started(name, dtype):
    x, y = noise(seed=3), noise(seed=4)
    whole = run_single(name, dtype, x, y)
    for start in (1, 2, 3, 5, 13):
        part = run_single(name, dtype, x[start:], y[start:])
        assert part[6:].tobytes() == whole[start + 6 :].tobytes()


@pytest.mark.parametrize("name", ALONG_TIME)
def test_values_do_not_depend_on_the_future(name):
    x, y = noise(seed=5), noise(seed=6)
    changed = [one.copy() for one in (x, y)]
    for one in changed:
        one[21:] = -one[21:] * 3
    before = run_single(name, "float32", x, y)
    assert run_single(name, "float32", *changed)[:21].tobytes() == before[:21].tobytes()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("tile", [16, 48])
def test_time_stage_with_scratch_constants_and_lags(tile, threads):
    x, y = noise(seed=7), noise(seed=8)
    panels = [cpu.pad(x), cpu.pad(y), np.zeros((40, 272))]
    code = program(
        {"op": "subtract", "out": -1, "inputs": (0, 0), "lags": (0, 3)},
        {"op": "multiply", "out": -2, "inputs": (-1, -1000), "constants": (2.5,)},
        {"op": "correlation", "out": -3, "inputs": (-2, 1), "lags": (2, 0), "window": 5},
        {"op": "add", "out": 2, "inputs": (-3, -1002), "constants": (0, 0, 1.0)},
    )
    cpu.run_stage("time", code, panels, columns=257, slots=3, tile=tile, threads=threads)
    change = np.full(x.shape, np.nan)
    change[3:] = (x[3:] - x[:-3]) * 2.5
    lagged = np.full(x.shape, np.nan)
    lagged[2:] = change[:-2]
    expected = truth.WINDOWS["correlation"][1](lagged, y, w=5) + 1
    np.testing.assert_allclose(panels[2][:, :257], expected, rtol=1e-12, atol=1e-12)
    assert np.isnan(panels[2][:, 257:]).all()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("tile", [1, 9])
def test_section_stage_with_scratch_mask_and_lagged_panel(tile, threads):
    x, y = noise(seed=9), noise(seed=10)
    mask = np.random.default_rng(11).random(x.shape) < 0.6
    panels = [cpu.pad(x, "float32"), cpu.pad(y, "float32"), np.zeros((40, 272), "float32")]
    code = program(
        {"op": "rank", "out": -1, "inputs": (0,)},
        {"op": "subtract", "out": -1, "inputs": (-1, 1), "lags": (0, 4)},
        {"op": "zscore", "out": -1, "inputs": (-1,)},
        {"op": "scale", "out": 2, "inputs": (-1,), "real": (2.0,)},
    )
    cpu.run_stage(
        "section",
        code,
        panels,
        columns=257,
        mask=cpu.pad(mask, "bool"),
        slots=1,
        tile=tile,
        threads=threads,
    )
    single = [one[:, :257].astype(np.float64) for one in panels]
    step = truth.section("rank", single[0], mask).astype(np.float32).astype(np.float64)
    older = np.full(x.shape, np.nan)
    older[4:] = single[1][:-4]
    step = truth.section("zscore", (step - older).astype(np.float32).astype(np.float64), mask)
    step = 2 * truth.section("scale", step.astype(np.float32).astype(np.float64), mask)
    np.testing.assert_allclose(single[2], step, rtol=2e-6, atol=1e-6)


def test_scratch_is_not_carried_over_between_calls():
    first = cpu.single("ts_mean", [noise(seed=12)], 5)
    cpu.single("ts_sum", [noise(sessions=300, assets=600, seed=13)], 50)
    assert cpu.single("ts_mean", [noise(seed=12)], 5).tobytes() == first.tobytes()


def test_inputs_may_be_read_only_and_results_may_not():
    panels = [cpu.pad(noise()), np.zeros((40, 272))]
    panels[0].setflags(write=False)
    code = program({"op": "negate", "out": 1, "inputs": (0,)})
    cpu.run_stage("time", code, panels, columns=257)
    np.testing.assert_array_equal(panels[1], -panels[0])
    panels[1].setflags(write=False)
    with pytest.raises(ValueError, match="panel 1 must be a C-contiguous writable array"):
        cpu.run_stage("time", code, panels, columns=257)


def test_empty_panels_and_programs_are_accepted():
    code = program({"op": "negate", "out": 1, "inputs": (0,)})
    cpu.run_stage("time", code, [np.zeros((0, 16)), np.zeros((0, 16))], columns=16)
    cpu.run_stage("section", code, [np.zeros((4, 0)), np.zeros((4, 0))], columns=0)
    cpu.run_stage("time", code[:0], [np.zeros((4, 16))], columns=16)


COPY = {"op": "copy", "out": 1, "inputs": (0,)}
GROUPED = {"groups": [np.zeros((1, 16), np.int32)]}
REFUSED = [
    ("time", {"op": "rank"}, {}, "runs over a section"),
    ("section", {"op": "ts_sum", "window": 3}, {}, "runs over time"),
    ("time", {"op": "ts_sum", "window": 0}, {}, "window must be 1 to"),
    ("time", {"op": "ts_sum", "window": 3, "min_periods": -1}, {}, "min_periods must be 0 to"),
    ("time", {"op": "ts_sum", "window": 3, "traded": 2}, {}, "policy must be 0 to 1"),
    ("time", {"op": "ts_sum", "window": 3, "traded": 1, "min_periods": 1}, {}, "exclude each"),
    ("time", {"op": "add"}, {}, "number of operands must be 2 to 2, got 1"),
    ("time", {"inputs": ()}, {}, "number of operands must be 1 to 1, got 0"),
    ("time", {"lags": (-1,)}, {}, "lag must be 0 to"),
    ("time", {"op": "delay", "integer": (-1,)}, {}, "lag must be 0 to"),
    ("time", {"inputs": (2,)}, {}, "panel must be 0 to 1, got 2"),
    ("time", {"inputs": (-1,)}, {}, "slot must be 0 to -1"),
    ("time", {"inputs": (-1,)}, {"slots": 1}, "read before it is written"),
    ("time", {"inputs": (-1008,)}, {}, "constant must be 0 to 7"),
    ("time", {"out": -1000}, {}, "result cannot be a constant"),
    ("time", {"out": 2}, {}, "result panel must be 0 to 1"),
    ("time", {"out": 0, "lags": (1,)}, {}, "overwrites an operand"),
    ("section", {"op": "indneutralize", "inputs": (0, -2000)}, {}, "group must be 0 to -1"),
    ("time", {"op": "add", "inputs": (0, -2000)}, GROUPED, "groups belong to section stages"),
    ("time", {}, {"tile": 8}, "multiple of 16"),
    ("time", {}, {"tile": 0}, "tile must be positive"),
    ("time", {}, {"threads": 0}, "threads must be 1 to 1024"),
    ("time", {}, {"slots": -1}, "slots must be 0 to 998"),
    ("time", {}, {"columns": 17}, "columns must be 0 to the pitch 16"),
    ("sideways", {}, {"tile": 16}, "axis must be time or section"),
    ("time", {}, {"variant": "z80"}, "variant must be one of"),
    ("time", {}, {"mask": np.ones((2, 16), bool)}, "mask must have the shape"),
    ("time", {}, {"groups": [np.zeros((2, 16), np.int32)]}, "1 row or one a session"),
    ("time", {}, {"groups": [np.full((1, 16), -2, np.int32)]}, "group codes must be"),
    ("time", {}, {"groups": [np.zeros((1, 16))]}, "item format"),
]


@pytest.mark.parametrize(("axis", "change", "options", "message"), REFUSED)
def test_nonsense_is_refused(axis, change, options, message):
    panels = [np.ones((4, 16)), np.zeros((4, 16))]
    with pytest.raises(ValueError, match=message):
        cpu.run_stage(axis, program(COPY | change), panels, **({"columns": 16} | options))
    assert (panels[1] == 0).all()


@pytest.mark.parametrize(
    ("panels", "message"),
    [
        ([np.ones((4, 16)), np.zeros((5, 16))], "shape of panel 0"),
        ([np.ones((4, 16)), np.zeros((4, 16), np.float32)], "item format"),
        ([np.ones((4, 16)), np.zeros((16, 4)).T], "C-contiguous"),
        ([np.ones((4, 17)), np.zeros((4, 17))], "multiple of 16"),
        ([np.ones(16), np.zeros(16)], "all of shape"),
    ],
)
def test_unfit_panels_are_refused(panels, message):
    with pytest.raises(ValueError, match=message):
        cpu.run_stage("time", program(COPY), panels, columns=16, tile=16)


def test_unfit_instructions_are_refused():
    panels = [np.ones((4, 16)), np.zeros((4, 16))]
    for code in (np.zeros(3), b"abc", program(COPY)[:, None]):
        with pytest.raises(ValueError, match="instructions must be"):
            cpu.run_stage("time", code, panels, columns=16)
    code = program(COPY)
    code["opcode"] = 10**6
    with pytest.raises(ValueError, match="opcode must be 0 to"):
        cpu.run_stage("time", code, panels, columns=16)


def test_earlier_rows_of_a_panel_written_in_a_section_stage_are_refused():
    panels = [np.ones((4, 16)), np.zeros((4, 16)), np.zeros((4, 16))]
    lagged = {"op": "copy", "out": 2, "inputs": (1,), "lags": (1,)}
    for code, message in (
        (program(COPY, lagged), "written by this stage"),
        (program(lagged, COPY), "was read with a lag"),
    ):
        with pytest.raises(ValueError, match=message):
            cpu.run_stage("section", code, panels, columns=16)


def random_program(rng: np.random.Generator, axis: str) -> np.ndarray:
    """Three instructions whose operators belong to the stage; the rest may be nonsense."""
    rows = [OPERATORS.get(name) for name in cpu.opcodes()]
    fitting = [n for n, row in enumerate(rows) if row is None or row.axis in ("element", axis)]
    code = np.zeros(3, dtype=cpu.INSTRUCTION)
    code["opcode"] = rng.choice(fitting, size=3)
    needed = [1 if rows[n] is None else len(rows[n].operands) for n in code["opcode"]]
    code["operands"] = needed + rng.choice([0, 1, 7], size=3, p=[0.96, 0.02, 0.02])
    code["out"] = rng.choice([-2, -1, 0, 1, 2, 3], size=3, p=[0.2, 0.2, 0.1, 0.1, 0.38, 0.02])
    inputs = [-2000, -1007, -1000, -3, -2, -1, 0, 1, 2]
    odds = [0.02, 0.03, 0.05, 0.01, 0.04, 0.05, 0.38, 0.38, 0.04]
    code["inputs"] = rng.choice(inputs, size=(3, 8), p=odds)
    code["lags"] = rng.choice([0, 1, 50], size=(3, 8), p=[0.9, 0.05, 0.05])
    code["constants"] = rng.choice([-1.0, 0.0, 2.5, np.nan], size=(3, 8))
    code["window"] = rng.choice([-1, 0, 1, 4, 90], size=3, p=[0.02, 0.02, 0.3, 0.5, 0.16])
    code["min_periods"] = rng.choice([-1, 0, 1, 3], size=3, p=[0.02, 0.58, 0.2, 0.2])
    code["traded"] = rng.choice([0, 1, 2], size=3, p=[0.78, 0.2, 0.02])
    code["integer"] = rng.choice([-1, 0, 1, 4, 90], size=(3, 6), p=[0.04, 0.3, 0.3, 0.3, 0.06])
    code["real"] = rng.choice([-1.0, 0.0, 0.5, 3.0], size=(3, 6))
    return code


def test_random_programs_run_or_are_refused():
    rng = np.random.default_rng(14)
    outcomes = Counter()
    for _ in range(1500):
        axis = str(rng.choice(["time", "section"]))
        code = random_program(rng, axis)
        panels = [np.round(rng.normal(size=(12, 32)) * 3) for _ in range(3)]
        panels[0][rng.random((12, 32)) < 0.1] = np.nan
        groups = [rng.integers(-1, 4, size=(12, 32)).astype(np.int32)]
        how = {"columns": 30, "groups": groups, "slots": 2, "tile": 16, "threads": 2}
        try:
            cpu.run_stage(axis, code, panels, **how)
        except ValueError:
            outcomes["refused"] += 1
        else:
            outcomes["ran"] += 1
            assert not np.isinf(panels).any()
    assert min(outcomes["refused"], outcomes["ran"]) > 200, outcomes
