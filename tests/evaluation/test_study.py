"""The study as a whole: its parts agree with the rooms that made them, wrong requests are told."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from workbench.errors import (
    EmptyUniverseError,
    EvaluationError,
    InsufficientHistoryError,
    UnknownFieldError,
)
from workbench.evaluation import FactorStudy, evaluate
from workbench.evaluation.forward_returns import forward_returns
from workbench.evaluation.inference import infer_mean
from workbench.evaluation.information_coefficient import rank_ic
from workbench.factor import factor
from workbench.market import ArraySource, Market, Panel

TEXT = "-1 * delta(close, 3) / delay(close, 3)"


@pytest.fixture(scope="module")
def study(market: Market) -> FactorStudy:
    return evaluate(TEXT, market, horizons=(1, 5, 20), quantiles=5, decay_lags=6)


class TestShape:
    """What a study holds."""

    def test_frames_have_the_promised_labels(self, study: FactorStudy, market: Market) -> None:
        sessions = pd.DatetimeIndex(market.sessions.values.astype("datetime64[ns]"))
        for frame in (
            study.ic,
            study.pearson_ic,
            study.quantile_returns,
            study.turnover,
            study.rank_autocorrelation,
            study.coverage,
        ):
            assert frame.index.equals(sessions)
            assert frame.index.name == "session"
        assert list(study.ic.columns) == list(study.pearson_ic.columns) == [1, 5, 20]
        pairs = [(h, q) for h in (1, 5, 20) for q in range(1, 6)]
        assert list(study.quantile_returns.columns) == pairs
        assert list(study.turnover.columns) == list(study.quantile_summary.index) == pairs
        assert list(study.decay.index) == [1, 2, 3, 4, 5, 6]
        assert list(study.ic_summary.index) == list(study.summary().index) == [1, 5, 20]
        assert study.ic_summary["lags"].tolist() == [3, 4, 19]
        assert study.ic_summary["n"].dtype.kind == study.quantile_summary["n"].dtype.kind == "i"

    def test_parts_agree_with_their_rooms(self, study: FactorStudy, market: Market) -> None:
        mask = market.mask("estimation").values
        for horizon in (1, 5, 20):
            forward = forward_returns(market, horizon).values
            ic = rank_ic(study.factor.values, forward, mask)
            np.testing.assert_array_equal(study.ic[horizon], ic)
            found = infer_mean(ic, horizon)
            row = study.summary().loc[horizon]
            assert row["rank_ic"] == found.mean == pytest.approx(np.nanmean(ic))
            assert row["t_newey_west"] == found.t_newey_west
            daily = study.quantile_returns[horizon]
            assert row["spread"] == pytest.approx((daily[5] - daily[1]).mean() * 242)
            assert row["turnover"] == pytest.approx(study.turnover[horizon][[1, 5]].mean().mean())
            assert 0.7 < row["coverage"] < 1
            assert study.decay.loc[1, "rank_ic"] == pytest.approx(study.ic[1].mean())
        assert study.decay.loc[5, "cumulative_ic"] == pytest.approx(study.ic[5].mean())

    def test_text_factor_and_panel_are_the_same_factor(
        self, study: FactorStudy, market: Market
    ) -> None:
        for same in (factor(TEXT), study.factor):
            other = evaluate(same, market, quantiles=5, decay_lags=2)
            pd.testing.assert_frame_equal(other.ic, study.ic)
            pd.testing.assert_frame_equal(other.quantile_returns, study.quantile_returns)
        assert study.expression == factor(TEXT).text

    def test_notes_say_how_it_was_done(self, study: FactorStudy) -> None:
        told = "\n".join(study.notes)
        for word in ("open of the next session", "hfq", "fewer than 10 names", "20: 19", "242"):
            assert word in told

    def test_market_is_described(self, study: FactorStudy) -> None:
        assert study.market["name"] == "small"
        assert (study.market["sessions"], study.market["assets"]) == (90, 40)
        assert study.market["first"] == "2019-01-02"

    def test_is_frozen(self, study: FactorStudy) -> None:
        with pytest.raises(AttributeError):
            study.entry = "close"  # type: ignore[misc]


class TestView:
    """The small static card."""

    def test_card_shows_the_table_and_a_curve_without_script(self, study: FactorStudy) -> None:
        html = study._repr_html_()
        assert html.count("<polyline") == 3
        assert "t_newey_west" in html
        assert "nan" not in html
        assert "<script" not in html
        assert not re.search(r"(src|href)=", html)

    def test_text_is_escaped(self, market: Market) -> None:
        panel = market["noise"].rename("<img src=x onerror=alert(1)>")
        html = evaluate(panel, market, horizons=[1], decay_lags=1)._repr_html_()
        assert "<img" not in html
        assert "&lt;img" in html

    def test_repr_is_one_line(self, study: FactorStudy) -> None:
        assert repr(study).startswith(f"FactorStudy({study.expression}; rank IC 1: ")
        assert "\n" not in repr(study)


class TestFindsWhatIsThere:
    """A planted forecast is found, noise is not."""

    def test_a_factor_that_knows_the_answer(self, market: Market) -> None:
        forward = forward_returns(market, 5)
        sure = evaluate(forward, market, horizons=[5], quantiles=4, decay_lags=8)
        row = sure.summary().loc[5]
        assert row["rank_ic"] == pytest.approx(1.0)
        assert row["monotonicity"] == 1.0
        assert row["hit_rate"] == 1.0
        assert row["spread"] > 1
        assert (sure.decay["rank_ic"].loc[1:5] > 0.3).all()
        assert (sure.decay["rank_ic"].loc[6:].abs() < 0.1).all()

    def test_infinite_values_are_left_out_and_said(self, market: Market) -> None:
        values = market["noise"].values.copy()
        values[:, 4] = np.inf
        panel = Panel(values, market.sessions, market.assets, "noise")
        study = evaluate(panel, market, horizons=[1], quantiles=4, decay_lags=1)
        assert "90 infinite factor values" in study.notes[-1]
        assert (study.coverage["factor"] <= 39).all()


class TestProgress:
    """Somebody watches."""

    def test_stages_are_told_in_order(self, market: Market) -> None:
        told: list[tuple[str, float]] = []
        evaluate(
            market["noise"],
            market,
            quantiles=4,
            decay_lags=3,
            progress=lambda stage, share: told.append((stage, share)),
        )
        shares = [share for _, share in told]
        assert shares == sorted(shares)
        assert (told[0], told[-1]) == (("factor", 0.0), ("done", 1.0))
        assert {"decay", "quantiles", "turnover"} <= {stage for stage, _ in told}

    def test_what_the_watcher_raises_ends_the_study(self, market: Market) -> None:
        def stop(stage: str, share: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            evaluate(market["noise"], market, progress=stop)


WRONG = [
    ({"horizons": ()}, EvaluationError, "at least one holding period; got none"),
    ({"horizons": (0,)}, EvaluationError, "at least 1; got 0"),
    ({"horizons": (-5, 1)}, EvaluationError, "at least 1; got -5"),
    ({"horizons": (1.5,)}, EvaluationError, "whole and at least 1; got 1.5"),
    ({"horizons": (True,)}, EvaluationError, "got True"),
    ({"horizons": "1,5"}, EvaluationError, "sequence of whole numbers"),
    ({"horizons": (5, 1, 5)}, EvaluationError, r"differ from each other; got \(5, 1, 5\)"),
    ({"horizons": (1, 89)}, InsufficientHistoryError, "the market has 90"),
    ({"quantiles": 1}, EvaluationError, "quantiles must be whole and at least 2; got 1"),
    ({"quantiles": 2.0}, EvaluationError, r"got 2\.0"),
    ({"quantiles": 41}, EvaluationError, "41 quantiles need at least as many names"),
    ({"minimum_names": 41}, EvaluationError, "No session has 41 names"),
    ({"decay_lags": 0}, EvaluationError, "decay_lags must be whole and at least 1"),
    ({"entry": "next_opn"}, EvaluationError, "Did you mean 'next_open'"),
    ({"entry": 3}, EvaluationError, "entry must be one of next_open"),
    ({"sessions_per_year": 0}, EvaluationError, "positive number"),
    ({"dtype": "int8"}, EvaluationError, "dtype must be"),
]


class TestErrors:
    """Wrong requests, each with a message that helps."""

    @pytest.mark.parametrize(("options", "error", "message"), WRONG)
    def test_wrong_request(
        self, market: Market, options: dict, error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            evaluate("noise", market, **options)

    def test_unknown_field(self, market: Market) -> None:
        with pytest.raises(UnknownFieldError, match="clsoe"):
            evaluate("rank(clsoe)", market)

    def test_panel_of_another_market(self, market: Market) -> None:
        later = market.between("2019-02-01")
        with pytest.raises(EvaluationError, match="sessions and assets of the market"):
            evaluate(later["noise"], market)

    def test_factor_without_a_value(self, market: Market) -> None:
        nothing = Panel(np.full(market.shape, np.nan), market.sessions, market.assets)
        with pytest.raises(EvaluationError, match="NaN for every name"):
            evaluate(nothing, market)

    def test_look_back_longer_than_the_sample(self, market: Market) -> None:
        with pytest.raises(InsufficientHistoryError, match="100"):
            evaluate("ts_mean(close, 100)", market)

    def test_empty_estimation_mask(self, market: Market) -> None:
        fields = {"close": np.full((90, 40), np.nan), "noise": market["noise"].values}
        fields["open"] = fields["close"]
        dead = Market(ArraySource(market.sessions, market.assets, fields), adjust="none")
        with pytest.raises(EmptyUniverseError, match="estimation mask"):
            evaluate("noise", dead)

    def test_group_codes_are_no_factor(self, market: Market) -> None:
        codes = Panel(
            np.zeros(market.shape, dtype=np.int32), market.sessions, market.assets, "g", ["a"]
        )
        with pytest.raises(EvaluationError, match="holds group codes"):
            evaluate(codes, market)


class TestDemoMarket:
    """What the synthetic market planted is what a study finds."""

    @pytest.fixture(scope="class")
    @staticmethod
    def demo() -> Market:
        from workbench.data import demo_market

        return demo_market(seed=7)

    def test_planted_alpha(self, demo: Market) -> None:
        from workbench.data import demo_truth

        truth = demo_truth(demo)
        study = evaluate("alpha", demo, horizons=(1, 5, 20), decay_lags=6)
        for horizon in (1, 5, 20):
            row = study.ic_summary.loc[horizon]
            error = abs(row["mean"] / row["t_newey_west"])
            # Limits, suspensions and ticks cost a few per cent of the formula.
            assert abs(row["mean"] - truth.alpha_ic[horizon]) < (
                3 * error + 0.06 * truth.alpha_ic[horizon]
            )
            assert row["p_value"] < 1e-6
        faded = truth.alpha_ic[1] * truth.alpha_persistence ** np.arange(6)
        np.testing.assert_allclose(study.decay["rank_ic"], faded, atol=0.009)
        assert study.summary()["monotonicity"].min() > 0.9

    def test_decoy(self, demo: Market) -> None:
        study = evaluate("noise", demo, horizons=(1, 20), decay_lags=1)
        assert (study.ic_summary["p_cosine"] > 0.01).all()
        assert (study.ic_summary["mean"].abs() < 0.02).all()
