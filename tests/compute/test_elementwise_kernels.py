"""Own elementary functions: how exact they are, and that every instruction set gives one answer.

The truth is computed in extended precision (64 bits of significand or more) by formulas that the
kernels do not use, or in exact fractions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.compute import cpu

pytestmark = pytest.mark.skipif(cpu.load() is None, reason="the compiled kernels are not built")

EXTENDED = np.longdouble
extended = pytest.mark.skipif(
    np.finfo(EXTENDED).nmant < 63, reason="long double is no wider than double on this machine"
)
POINTS = 40_000
TINY = 2.0**-1074
EDGES = [
    *(0.0, TINY, 1e-310, 2.0**-1022, 1e-300, 1e-20, 2.0**-54, 0.4375, 0.6875, 0.84375, 1.0),
    *(np.nextafter(1.0, 0.0), np.nextafter(1.0, 2.0), 1.1875, 2.4375, 0.625, 5.92, 5.93, 6.0),
    *(22.0, 22.1, 0.5, 1.5, 2.5, 64.0, 708.4, 709.78, 745.13, 745.2, 1e10, 2.0**52, 2.0**53),
    *(1e300, 1.7976931348623157e308),
]
BOTH_SIGNS = np.array([*EDGES, *(-edge for edge in EDGES), np.nan])


def truth_of_erf(x: NDArray) -> NDArray:
    """2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms are all positive; 1 from 7 on."""
    size = np.minimum(np.abs(x), 7)
    term, total = size.copy(), size.copy()
    for n in range(1, 260):
        term = term * (2 * size * size) / (2 * n + 1)
        total = total + term
    root_of_pi = np.sqrt(np.arctan(EXTENDED(1)) * 4)
    return np.copysign(total * np.exp(-size * size) * 2 / root_of_pi, x)


def truth_of_sigmoid(x: NDArray) -> NDArray:
    """Logistic function."""
    return np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x)))


FUNCTIONS: dict[str, tuple[Callable[[NDArray], NDArray], float]] = {
    "log": (np.log, 0.9),
    "log1p": (np.log1p, 0.9),
    "slog1p": (lambda x: np.copysign(np.log1p(np.abs(x)), x), 0.9),
    "exp": (np.exp, 0.9),
    "sqrt": (np.sqrt, 0.5),
    "cbrt": (np.cbrt, 0.7),
    "sigmoid": (truth_of_sigmoid, 1.9),
    "tanh": (np.tanh, 1.4),
    "atan": (np.arctan, 0.9),
    "erf": (truth_of_erf, 1.3),
}
"""Operator → its truth, and the bound that the header of its kernel states, in ulp."""


def spread(seed: int) -> NDArray:
    """Numbers of all magnitudes and both signs, densest where functions bend."""
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1.0, 1.0], POINTS)
    return np.concatenate(
        [
            BOTH_SIGNS,
            sign * np.exp2(rng.uniform(-1074, 1023.9, POINTS)),
            sign * np.exp2(rng.uniform(-30, 10, POINTS)),
            rng.normal(size=POINTS) * 2,
            rng.uniform(-750, 750, POINTS),
            1 + rng.normal(size=POINTS) * 1e-2,
        ]
    )


@extended
@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_is_within_the_stated_bound(name):
    function, bound = FUNCTIONS[name]
    x = spread(1)
    got = cpu.single(name, [x[None]])[0]
    with np.errstate(all="ignore"):
        exact = function(x.astype(EXTENDED))
        nearest = exact.astype(np.float64)
        missing = ~np.isfinite(nearest)
        np.testing.assert_array_equal(np.isnan(got), missing, err_msg=f"{name}: where defined")
        error = np.abs(got.astype(EXTENDED) - exact) / np.spacing(np.abs(nearest))
    error[missing] = 0
    worst = error.argmax()
    assert error[worst] <= bound, f"{name}({x[worst]!r}) = {got[worst]!r}: {error[worst]:.3f} ulp"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32_is_the_double_result_rounded(name):
    with np.errstate(over="ignore", under="ignore"):
        x = spread(2).astype(np.float32)
        want = cpu.single(name, [x[None].astype(np.float64)]).astype(np.float32)
    want[np.isinf(want)] = np.nan
    np.testing.assert_array_equal(cpu.single(name, [x[None]], dtype="float32"), want)


def exact_modulo(x: float, y: float) -> float:
    """Floored remainder in fractions, rounded once."""
    if math.isnan(x) or math.isnan(y) or y == 0:
        return math.nan
    return float(Fraction(x) - Fraction(y) * math.floor(Fraction(x) / Fraction(y)))


def modulo_pairs() -> tuple[NDArray, NDArray]:
    """Pairs of all ratios: whole ones, one ulp off whole ones, quotients up to 2^2097."""
    rng = np.random.default_rng(3)
    count = 1500
    divisor = np.exp2(rng.uniform(-3, 3, count)) * rng.choice([-1.0, 1.0], count)
    whole = rng.integers(-(2**30), 2**30, count) * divisor
    wild = [
        np.exp2(rng.uniform(-1074, 1023.9, count)) * rng.choice([-1.0, 1.0], count)
        for _ in range(2)
    ]
    corners = [0.0, -0.0, 1.0, -1.0, 0.1, 3.0, TINY, 1e-310, 1e308, -1e308, np.nan]
    grid = [axis.ravel() for axis in np.meshgrid(corners, corners)]
    borders = np.floor(2.0**26 * rng.uniform(0.5, 2, count)) * divisor
    dividend = [whole, np.nextafter(whole, np.inf), np.nextafter(whole, 0), borders, wild[0]]
    return np.concatenate([*dividend, grid[0]]), np.concatenate([*[divisor] * 4, wild[1], grid[1]])


def test_modulo_is_exact():
    x, y = modulo_pairs()
    want = [exact_modulo(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    np.testing.assert_array_equal(cpu.single("modulo", [x[None], y[None]])[0], want)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("round", np.rint),
        ("floor", np.floor),
        ("ceil", np.ceil),
        ("frac", lambda x: np.modf(x)[0]),
        ("inverse", lambda x: np.where(x == 0, np.nan, 1 / np.where(x == 0, 1, x))),
    ],
)
def test_rounding_is_exact(name, function, dtype):
    halves = np.arange(-40, 40) / 2
    limits = np.array([2.0**k + d for k in (22, 23, 24, 51, 52, 53) for d in (-1.5, -1, -0.5, 0.5)])
    with np.errstate(over="ignore", under="ignore"):
        x = np.concatenate([halves, limits, -limits, BOTH_SIGNS, spread(4)]).astype(dtype)
        x = x[~np.isinf(x)]
        want = function(x).astype(dtype)
    want[np.isinf(want)] = np.nan
    np.testing.assert_array_equal(cpu.single(name, [x[None]], dtype=dtype)[0], want)


TWO_OPERANDS = ("modulo", "fmin", "fmax", "fillna", "nan_mask", "xor")
LITERALS = {"clip": (-1.5, 0.1), "tail": (-1.5, 0.1, 7.7)}
ONE_OPERAND = (
    *FUNCTIONS,
    *("inverse", "round", "floor", "ceil", "frac", "isnan", "isfinite", "clip", "tail"),
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [*ONE_OPERAND, *TWO_OPERANDS])
def test_instruction_sets_give_the_same_bits(name, dtype):
    with np.errstate(over="ignore"):
        x = spread(5)[::7].astype(dtype)
    operands = [x[None], np.roll(x, 3)[None]][: 2 if name in TWO_OPERANDS else 1]
    results = {
        cpu.single(name, operands, *LITERALS.get(name, ()), dtype=dtype, variant=one).tobytes()
        for one in cpu.variants()
    }
    assert len(results) == 1
