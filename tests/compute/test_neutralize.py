"""Regressions across assets, on the oracle and on the kernels, against plain least squares."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays

NAMES = 120


@pytest.fixture(params=["oracle", "kernels"])
def run(request):
    """``on_arrays`` on one engine."""
    if request.param == "kernels" and cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    return partial(on_arrays, engine=request.param)


@pytest.fixture
def fields() -> dict[str, np.ndarray]:
    """One session of numbers and classifications; the board repeats part of the industry."""
    rng = np.random.default_rng(5)
    size, beta = rng.normal(25, 2, (1, NAMES)), rng.normal(1, 0.3, (1, NAMES))
    industry = rng.integers(0, 9, (1, NAMES)).astype(np.int32)
    x = 0.3 * size - beta + 0.1 * industry + rng.standard_t(4, (1, NAMES))
    w = np.exp(rng.normal(size=(1, NAMES)))
    board = (industry // 5 + rng.integers(0, 2, (1, NAMES))).astype(np.int32)
    return {"x": x, "s": size, "b": beta, "w": w, "industry": industry, "board": board}


def dummies(codes: np.ndarray) -> np.ndarray:
    """One column a code of a session."""
    return (codes[0][:, None] == np.unique(codes)).astype(float)


def fitted(columns: list[np.ndarray], y: np.ndarray, w: np.ndarray | None = None) -> np.ndarray:
    """Weighted least squares by the textbook: minimum-norm solution over all columns."""
    root = np.ones(len(y)) if w is None else np.sqrt(w)
    design = np.column_stack(columns)
    return design @ np.linalg.lstsq(design * root[:, None], y * root, rcond=1e-12)[0]


@pytest.mark.parametrize(
    ("text", "columns", "weighted"),
    [
        ("regression_neut(x, s)", "1s", False),
        ("regression_neut(x, s, b)", "1sb", False),
        ("regression_neut(x, industry)", "i", False),
        ("regression_neut(x, s, industry, b)", "isb", False),
        ("regression_neut(x, industry, board, s)", "ios", False),
        ("weighted_regression_neut(x, w, s, b)", "1sb", True),
        ("weighted_regression_neut(x, w, board, s, industry)", "ios", True),
        ("cs_regression(x, industry, board, b)", "iob", False),
    ],
)
def test_residual(text, columns, weighted, fields, run):
    one = {
        "1": np.ones(NAMES),
        "s": fields["s"][0],
        "b": fields["b"][0],
        "i": dummies(fields["industry"]),
        "o": dummies(fields["board"]),
    }
    y, w = fields["x"][0], fields["w"][0] if weighted else None
    want = y - fitted([one[key] for key in columns], y, w)
    used = {name: fields[name] for name in fields if name in text.replace("(x", "(x,")}
    np.testing.assert_allclose(run(text, **used)[0], want, atol=1e-12)


def test_computed_group_among_the_regressors(fields, run):
    text = "regression_neut(x, bucket(s, 5), b)"
    basket = on_arrays("bucket(s, 5)", s=fields["s"])
    want = fields["x"][0] - fitted([dummies(basket), fields["b"][0]], fields["x"][0])
    used = {name: fields[name] for name in "xsb"}
    np.testing.assert_allclose(run(text, **used)[0], want, atol=1e-12)


def test_what_a_regression_says(fields, run):
    design = np.column_stack([np.ones(NAMES), fields["s"][0], fields["b"][0]])
    y = fields["x"][0]
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    left = y - design @ beta
    error = np.sqrt(left @ left / (NAMES - 3) * np.diag(inverse))
    used = {name: fields[name] for name in "xsb"}
    for which in (0, 1, 2):
        text = f"cs_regression(x, s, b, out={{}}, which={which})"
        got = run(text.format("beta"), **used)
        np.testing.assert_allclose(got, np.full((1, NAMES), beta[which]), rtol=1e-10)
        got = run(text.format("tstat"), **used)[0, 0]
        np.testing.assert_allclose(got, beta[which] / error[which], rtol=1e-10)
    share = 1 - left @ left / ((y - y.mean()) ** 2).sum()
    np.testing.assert_allclose(run("cs_regression(x, s, b, out=rsquare)", **used)[0, 0], share)
    got = run("cs_regression(x, s, b, out=fitted)", **used)[0]
    np.testing.assert_allclose(got, design @ beta, rtol=1e-12)


def test_redundant_numbers_leave_no_answer(fields, run):
    flat = np.full((1, NAMES), 0.1)
    by_industry = 0.1 * fields["industry"] + 3.0
    used = {name: fields[name] for name in ("x", "s", "b")}
    texts = {
        "regression_neut(x, c)": {"c": flat},
        "regression_neut(x, s, c)": {"c": 3 * fields["s"] - 7},
        "regression_neut(x, s, b, c)": {"c": fields["s"] + 2 * fields["b"]},
        "regression_neut(x, industry, c)": {"c": by_industry, "industry": fields["industry"]},
        "regression_neut(x, c, s)": {"c": np.zeros((1, NAMES))},
    }
    for text, more in texts.items():
        needed = {name: values for name, values in used.items() if f" {name}" in text} | more
        assert np.isnan(run(text, x=used["x"], **needed)).all(), text
    nearly = fields["s"] * 1e-6 + 1e3  # units and levels are no redundancy
    assert np.isfinite(run("regression_neut(x, c)", x=used["x"], c=nearly)).all()


def test_ten_names_more_than_columns_are_needed(fields, run):
    for text, columns in (("regression_neut(x, s, b)", 3), ("regression_neut(x, industry, s)", 4)):
        groups = np.tile(np.array([0, 1, 2], np.int32), NAMES)[None]
        used = {"x": fields["x"], "s": fields["s"]}
        used |= {"industry": groups} if "industry" in text else {"b": fields["b"]}
        for names, answered in ((columns + 10, True), (columns + 9, False)):
            got = run(text, **{name: values[:, :names] for name, values in used.items()})
            assert np.isfinite(got).all() == answered
            assert np.isnan(got).all() != answered


def test_too_many_levels_behind_the_first_group(fields, run):
    fine = (np.arange(NAMES, dtype=np.int32) % 51)[None]
    pair = {"x": fields["x"], "industry": fields["industry"], "board": fine}
    assert np.isnan(run("regression_neut(x, industry, board)", **pair)).all()
    assert np.isfinite(run("regression_neut(x, board, industry)", **pair)).all()


def test_names_without_weight_or_group_do_not_count(fields, run):
    w = fields["w"].copy()
    w[0, :3] = [0.0, -1.0, np.nan]
    industry = fields["industry"].copy()
    industry[0, 3] = -1
    used = {"x": fields["x"], "s": fields["s"], "w": w, "industry": industry}
    text = "weighted_regression_neut(x, w, s, industry)"
    got = run(text, **used)
    assert np.isnan(got[0, :4]).all()
    rest = run(text, **{name: values[:, 4:] for name, values in used.items()})
    np.testing.assert_allclose(got[:, 4:], rest, atol=1e-12)


def test_correlation_of_a_session(run):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(2, 30))
    y = np.round(x + rng.normal(size=x.shape), 1)
    x[0, 3] = y[0, 4] = np.nan
    keep = np.isfinite(x[0] + y[0])
    got = run("cs_corr(x, y)", x=x, y=y)
    np.testing.assert_allclose(got[0, keep], np.corrcoef(x[0, keep], y[0, keep])[0, 1])
    assert np.isnan(got[0, ~keep]).all()
    by_rank = run("cs_corr(x, y, method=spearman)", x=np.exp(x), y=y)
    np.testing.assert_array_equal(by_rank, run("cs_corr(x, y, method=spearman)", x=x, y=y))
    ranks = [(row[:, None] > row).sum(1) + (row[:, None] == row).sum(1) / 2 for row in (x[1], y[1])]
    np.testing.assert_allclose(by_rank[1], np.corrcoef(*ranks)[0, 1], rtol=1e-12)
    assert np.isnan(run("cs_corr(x, y)", x=x[1:, :9], y=y[1:, :9])).all()
    assert np.isnan(run("cs_corr(x, y)", x=x[1:], y=np.full((1, 30), 0.1))).all()
    assert (run("cs_corr(x, y)", x=x[1:], y=-3 * x[1:]) == -1).all()
