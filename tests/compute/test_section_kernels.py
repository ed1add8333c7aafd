"""Operators across assets: kernels against the oracle in all their forms, bits across variants.

The conformance suite compares every operator with its default literals; here stand the others,
awkward sections (ties, gaps, a giant, short rows, rows of one), and what must hold in every bit:
instruction sets, threads, computed groups and group fields give the same result.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import ORACLE

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
FORMS = [
    ("rank", "x", ("unit",)),
    ("scale", "x", (2.0,)),
    ("weighted_demean", "xw", ()),
    ("weighted_zscore", "xw", ()),
    ("longshort_scale", "x", (1.0, 0.5)),
    ("normalize", "x", (1, 1.5)),
    ("normalize", "x", (0, 2.0)),
    ("winsorize_quantile", "x", (0.0, 1.0)),
    ("winsorize_quantile", "x", (0.1, 0.7)),
    ("winsorize_mad", "x", (1.0,)),
    ("winsorize_sigma", "x", (1.0,)),
    ("gauss_rank", "x", ()),
    ("csrank_qlib", "x", ()),
    ("bucket", "x", (5, "together")),
    ("bucket", "x", (5, "stable")),
    ("top", "x", (3,)),
    ("bottom", "x", (4,)),
    ("group_neutralize", "xgh", (3,)),
    ("group_neutralize", "xgh", (8,)),
    ("indneutralize", "xg", ()),
    ("group_rank", "xg", ()),
    ("group_zscore", "xg", ()),
    ("group_scale", "xg", ()),
    ("group_sum", "xg", ()),
    ("group_mean", "xg", ()),
    ("group_median", "xg", ()),
    ("group_max", "xg", ()),
    ("group_min", "xg", ()),
    ("group_count", "xg", ()),
    ("group_std", "xg", ()),
    ("group_backfill", "xg", (1,)),
    ("group_backfill", "xg", (3,)),
    ("vector_neut", "xy", ()),
    ("regression_neut", "xyyy", ()),
    ("regression_neut", "xg", ()),
    ("regression_neut", "xygy", ()),
    ("regression_neut", "xyghy", ()),
    ("weighted_regression_neut", "xwy", ()),
    ("weighted_regression_neut", "xwgyh", ()),
    ("cs_regression", "xyy", ("fitted", 1)),
    ("cs_regression", "xygy", ("rsquare", 1)),
    ("cs_regression", "xyy", ("beta", 0)),
    ("cs_regression", "xyyy", ("beta", 2)),
    ("cs_regression", "xyghy", ("tstat", 1)),
    ("cs_regression", "xgy", ("tstat", 2)),
    ("cs_corr", "xy", ("pearson",)),
    ("cs_corr", "xy", ("spearman",)),
]
"""Operator, one letter an operand (x, y numbers, w weights, g, h groups), literals."""

every_form = pytest.mark.parametrize(
    ("name", "letters", "literals"), FORMS, ids=[f"{n}-{s}-{v}" for n, s, v in FORMS]
)


def draw(letter: str, shape: tuple[int, int], rng: np.random.Generator, kind: str) -> np.ndarray:
    """One operand; `kind` is what happens to x."""
    if letter in "gh":
        size = shape if letter == "g" else (1, shape[1])
        return rng.integers(-1, {"g": 6, "h": 3}[letter], size).astype(np.int32)
    x = rng.lognormal(0, 2, shape) * np.where(rng.random(shape) < 0.3, -1, 1)
    if letter == "w":
        return np.where(rng.random(shape) < 0.1, rng.choice([0.0, -1.0], shape), np.abs(x))
    if kind == "holes":
        x[rng.random(shape) < 0.1] = np.nan
        x[shape[0] // 2] = np.nan
    if letter == "x" and kind == "ties":
        x = rng.integers(-2, 3, shape) * np.where(rng.random(shape) < 0.5, 1.0, -1.0)
    if letter == "x" and kind == "giant":
        x[:, 0] = 1e12
    return x


def operands(letters: str, shape: tuple[int, int], kind: str, dtype: str) -> list[np.ndarray]:
    """Operands of a form, numbers rounded to the storage type."""
    rng = np.random.default_rng([ord(kind[0]), *shape])
    drawn = [draw(letter, shape, rng, kind) for letter in letters]
    return [one.astype(dtype) if one.dtype.kind == "f" else one for one in drawn]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("masked", [False, True])
@every_form
def test_form(name, letters, literals, masked, dtype):
    for kind, shape in (
        ("holes", (5, 300)),
        ("ties", (5, 300)),
        ("giant", (4, 61)),
        ("holes", (7, 23)),
        ("holes", (3, 1)),
    ):
        inputs = operands(letters, shape, kind, dtype)
        mask = np.random.default_rng(9).random(shape) < 0.8 if masked else None
        exact = [one.astype(np.float64) if one.dtype.kind == "f" else one for one in inputs]
        want = ORACLE[name](*exact, *literals, mask=mask)
        got = cpu.single(name, inputs, *literals, mask=mask, dtype=dtype)
        assert got.dtype == dtype
        size = np.nanmax(np.abs(exact[0]), initial=0.0)
        np.testing.assert_allclose(
            got.astype(np.float64), want, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * size
        )


@every_form
def test_instruction_sets_and_threads_do_not_matter(name, letters, literals):
    for dtype in TOLERANCE:
        inputs = operands(letters, (6, 211), "holes", dtype)
        want = cpu.single(name, inputs, *literals, dtype=dtype)
        for variant in cpu.variants():
            got = cpu.single(
                name, inputs, *literals, dtype=dtype, variant=variant, tile=2, threads=3
            )
            assert got.tobytes() == want.tobytes(), (dtype, variant)


@pytest.mark.parametrize(
    "name", sorted({n for n, letters, _ in FORMS if letters == "xg"} - {"regression_neut"})
)
def test_computed_groups_equal_group_fields(name):
    x, g = operands("xg", (5, 211), "holes", "float64")
    literals = (3,) if name == "group_backfill" else ()
    codes = np.where(g < 0, np.nan, g)
    codes[:, ::17] = np.where(g[:, ::17] < 0, 0.5, codes[:, ::17])
    codes[:, 1::17] = np.where(g[:, 1::17] < 0, 2.0**20 + 1, codes[:, 1::17])
    codes[:, 2::17] = np.where(g[:, 2::17] < 0, -3.0, codes[:, 2::17])
    want = cpu.single(name, [x, g], *literals)
    assert cpu.single(name, [x, codes], *literals).tobytes() == want.tobytes()


def test_gauss_rank_is_the_normal_quantile():
    inverse = NormalDist().inv_cdf
    for n in (1, 2, 3, 10, 999, 5000):
        got = cpu.single("gauss_rank", [np.arange(n, dtype=float)[None]])[0]
        lower = [inverse((i + 0.5) / n) for i in range(n // 2)]
        want = np.array([*lower, *([0.0] * (n % 2)), *(-z for z in reversed(lower))])
        np.testing.assert_allclose(got, want, rtol=2e-15, atol=0)


def test_ties_are_broken_by_column_only_where_one_must():
    x = np.array([[5.0, 1.0, 5.0, 5.0, np.nan, 0.0, -0.0]])
    nan = np.nan
    expected = {
        ("top", 2): [1, 0, 1, 0, nan, 0, 0],
        ("top", 9): [1, 1, 1, 1, nan, 1, 1],
        ("bottom", 1): [0, 0, 0, 0, nan, 1, 0],
    }
    for (name, k), want in expected.items():
        np.testing.assert_array_equal(cpu.single(name, [x], k), [want])
    np.testing.assert_array_equal(cpu.single("bucket", [x], 3, "stable"), [[2, 2, 3, 3, nan, 1, 1]])
    np.testing.assert_array_equal(
        cpu.single("bucket", [x], 3, "together"), [[3, 2, 3, 3, nan, 1, 1]]
    )
    assert np.isnan(cpu.single("bucket", [x], 7)).all()


def test_baskets_that_are_stable_have_equal_sizes():
    x = np.random.default_rng(3).integers(0, 3, (4, 1003)).astype(float)
    for row in cpu.single("bucket", [x], 10, "stable"):
        sizes = np.bincount(row.astype(int))[1:]
        assert sizes.sum() == 1003
        assert sizes.max() - sizes.min() <= 1


def test_order_tells_apart_neighbouring_doubles():
    steps = np.random.default_rng(6).permutation(600).astype(float)
    row = (1 + steps * 2.0**-52)[None]
    np.testing.assert_array_equal(cpu.single("bottom", [row], 300)[0], steps < 300)
    group = np.zeros(row.shape, np.int32)
    np.testing.assert_array_equal(cpu.single("group_rank", [row, group])[0], (steps + 1) / 600)


def test_constant_sections_are_left_alone_by_winsorizing():
    x = np.full((2, 50), 0.1)
    for name in ("winsorize_quantile", "winsorize_mad", "winsorize_sigma"):
        np.testing.assert_array_equal(cpu.single(name, [x]), x)


def test_backfill_clips_what_it_averages_and_reads_earlier_stages():
    x = np.zeros((3, 40))
    x[0, 0], x[2, 1] = 1e6, np.nan
    group = np.zeros((1, 40), np.int32)
    got = cpu.single("group_backfill", [x, group], 3)
    assert np.isnan(got[:2]).all()
    pool = np.append(np.zeros(118), 1e6)
    reach = pool.mean() + 4 * pool.std(ddof=1)
    np.testing.assert_allclose(got[2, 1], reach / 119, rtol=1e-13)
    fields = {"x": operands("x", (9, 60), "holes", "float64")[0], "g": group.repeat(2, 1)[:, :60]}
    text = "group_backfill(delay(rank(x) * 2, 1), g, 3)"
    np.testing.assert_allclose(
        on_arrays(text, engine="kernels", **fields), on_arrays(text, engine="oracle", **fields)
    )


def test_pairs_have_a_code_of_their_own():
    codes = np.arange(1024, dtype=np.int32)
    g, h = (axis.reshape(1, -1) for axis in np.meshgrid(codes[::31], codes[::31]))
    x = np.zeros(g.shape)
    made = on_arrays("group_cartesian(g, h) + x", g=g, h=h, x=x)
    assert len(np.unique(made)) == made.size
    assert made.max() <= 2**20
    far = np.full((1, 2), 1024, np.int32)
    assert np.isnan(on_arrays("group_cartesian(g, g) + x", g=far, x=np.zeros((1, 2)))).all()
