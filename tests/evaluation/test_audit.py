"""The audit catches what was planted, names it, and is silent about honest factors."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest

from workbench.compute.oracle import terms as oracle
from workbench.errors import EvaluationError, InsufficientHistoryError
from workbench.evaluation.audit import audit, perturbed
from workbench.factor.library import alpha101
from workbench.factor.operator import Axis, Kind, Operator, Parameter, register, unregister
from workbench.market import ArraySource, Market

HONEST = [
    "-1 * correlation(rank(open), rank(volume), 10)",
    "rank(ts_argmax(signedpower(where(returns < 0, stddev(returns, 20), close), 2), 5)) - 0.5",
    "decay_linear(indneutralize(vwap, industry), 4)",
    "ts_rank(adv5, 6) * scale(delta(log(close), 2))",
    "zscore(noise) + demean(coarse)",
]


@pytest.fixture(scope="module")
def grouped(source: ArraySource) -> Market:
    """The small market with industries."""
    fields = {name: source.field(name) for name in source.fields}
    fields["industry"] = np.tile(np.arange(40, dtype=np.int32) % 5 - 1, (90, 1))
    labels = {"industry": ["a", "b", "c", "d"]}
    return Market(ArraySource(source.sessions, source.assets, fields, labels))


@pytest.fixture
def leaky(monkeypatch: pytest.MonkeyPatch):
    """An operator `peek(x)` that shows tomorrow's value, and the engine that runs it."""

    def peek(x, mask=None):
        return np.vstack([x[1:], np.full((1, x.shape[1]), np.nan)])

    row = Operator(
        name="peek",
        axis=Axis.TIME,
        parameters=(Parameter("x", "number"),),
        result=Kind.NUMBER,
        history=lambda: 0,
        nan_rule="strict",
        source="planted",
        doc="Tomorrow's value: a leak planted for this test.",
    )
    register(row)
    monkeypatch.setattr(oracle, "ORACLE", MappingProxyType({**oracle.ORACLE, "peek": peek}))
    monkeypatch.setattr("workbench.compute.cpu.load", lambda: None)
    yield "peek"
    unregister("peek")


@pytest.mark.parametrize("text", HONEST)
def test_honest_factors_pass(grouped: Market, text: str) -> None:
    found = audit(text, grouped)
    assert found.passed
    assert found.leaks == ()
    assert found.findings["session"].nunique() == 5
    assert set(found.findings["check"]) == {"truncate", "perturb"}
    assert (found.findings["worst"] == 0).all()


def test_the_library_raises_no_false_alarm(grouped: Market) -> None:
    able = {
        name: one
        for name, one in alpha101().items()
        if one.lookback < 70 and all(field in grouped for field in one.fields)
    }
    chosen = list(able)[::2]
    assert len(chosen) >= 10
    alarms = [name for name in chosen if not audit(able[name], grouped, cuts=1).passed]
    assert alarms == []


def test_a_leaky_operator_is_caught_and_named(grouped: Market, leaky: str) -> None:
    found = audit("rank(close) + ts_mean(peek(volume - delay(volume, 1)), 5) * 2", grouped)
    assert not found.passed
    assert found.leaks == ("peek(volume - delay(volume, 1))",)
    assert "LEAK in peek(volume - delay(volume, 1))" in repr(found)
    failed = found.findings[~found.findings["passed"]]
    assert set(failed["check"]) == {"truncate", "perturb"}
    assert (failed["worst"] > 0).all()
    fields = found.findings["expression"].isin(["close", "volume"])
    assert found.findings["passed"][fields].all()


def test_two_leaks_are_both_named(grouped: Market, leaky: str) -> None:
    found = audit("peek(close) - peek(open)", grouped, cuts=1)
    assert set(found.leaks) == {"peek(close)", "peek(open)"}


def add_full_sample_deviation(market: Market) -> Market:
    """A field whose maker peeks: the whole sample's mean is in every value."""
    close = market["close"].values
    return market.with_fields({"cheap": np.nanmean(close, axis=0) - close})


class PeekingSource:
    """A source that makes its field `cheap` with the mean of the whole sample."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self.sessions, self.assets = market.sessions, market.assets
        self.fields = ("close", "open", "cheap")
        self.provenance = {}

    def field(self, name: str) -> np.ndarray:
        close = self._market["close"].values
        return np.nanmean(close) - close if name == "cheap" else self._market[name].values

    def labels(self, name: str) -> None:
        return None


@pytest.mark.filterwarnings("ignore:Mean of empty slice:RuntimeWarning")
@pytest.mark.parametrize(
    "prepare",
    [add_full_sample_deviation, lambda market: Market(PeekingSource(market), adjust="none")],
    ids=["with_fields", "source"],
)
def test_a_field_that_peeks_is_caught_and_named(grouped: Market, prepare) -> None:
    found = audit("rank(ts_mean(cheap, 3) / close)", grouped, prepare=prepare)
    assert not found.passed
    assert found.leaks == ("cheap",)


def test_an_honest_field_of_ones_own_passes(grouped: Market) -> None:
    def prepare(market: Market) -> Market:
        return market.with_fields({"gap": market["open"].values / market["close"].values})

    assert audit("rank(delta(gap, 2))", grouped, prepare=prepare).passed


def test_a_derived_field_that_peeks_is_caught(
    grouped: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.market.derived import DERIVED, Derived

    def tomorrow(close):
        return np.vstack([close[1:] / close[:-1] - 1, np.full((1, close.shape[1]), np.nan)])

    monkeypatch.setitem(DERIVED, "returns", Derived(("close",), tomorrow, "planted"))
    found = audit("ts_mean(returns, 3)", grouped)
    assert found.leaks == ("returns",)


def test_only_the_future_is_perturbed(grouped: Market) -> None:
    other = perturbed(grouped, 50, np.random.default_rng(3))
    for name in ("raw_close", "volume", "adj_factor", "noise", "industry"):
        before, after = grouped[name].values, other[name].values
        np.testing.assert_array_equal(before[:51], after[:51])
        assert (before[51:] != after[51:]).mean() > 0.5
    for name in ("universe", "estimation"):
        before, after = grouped.mask(name).values, other.mask(name).values
        np.testing.assert_array_equal(before[:51], after[:51])
        assert (before[51:] != after[51:]).mean() > 0.2


def test_the_same_seed_gives_the_same_audit(grouped: Market) -> None:
    first, again = (audit(HONEST[0], grouped, seed=5).findings for _ in range(2))
    assert first.equals(again)
    assert not first["session"].equals(audit(HONEST[0], grouped, seed=6).findings["session"])


def test_badge_is_escaped_and_says_the_verdict(grouped: Market, leaky: str) -> None:
    html = audit("peek(close) < open", grouped, cuts=1)._repr_html_()
    assert "LEAK in peek(close)" in html
    assert "peek(close) &lt; open" in html
    assert "no leak found, 2 cuts" in audit("close < open", grouped, cuts=2)._repr_html_()


@pytest.mark.parametrize("cuts", [0, -1, 2.5, True])
def test_cuts_are_counted(grouped: Market, cuts: object) -> None:
    with pytest.raises(EvaluationError, match="cuts must be whole"):
        audit("close", grouped, cuts=cuts)  # type: ignore[arg-type]


def test_an_audit_needs_a_future(grouped: Market) -> None:
    with pytest.raises(InsufficientHistoryError, match="look-back 89"):
        audit("ts_mean(close, 90)", grouped)


def test_what_cannot_be_audited_is_said(grouped: Market) -> None:
    tomorrow = np.full(grouped.shape, np.nan)
    tomorrow[:-1] = grouped["returns"].values[1:]
    market = grouped.with_fields({"tomorrow": tomorrow})
    found = audit("rank(tomorrow)", market)
    assert found.taken_as_given == ("tomorrow",)
    assert "not audited: tomorrow" in repr(found)
    assert "no leak found" not in found._repr_html_()
    assert audit("rank(close)", market).taken_as_given == ()
    chosen = market.with_universe(market.mask("listed"))
    assert audit("rank(close)", chosen).taken_as_given == ("universe",)
