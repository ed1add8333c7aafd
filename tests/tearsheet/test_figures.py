"""Figures show the numbers of the study; what they transform has a slow truth here."""

from __future__ import annotations

import math

import holoviews as hv
import numpy as np
import pandas as pd
import pytest
from bokeh.models import ColumnDataSource, HoverTool

from workbench.tearsheet import figures
from workbench.tearsheet.figures.cumulative_ic import running_sum
from workbench.tearsheet.figures.ic_decay import confidence
from workbench.tearsheet.figures.monthly_ic import monthly_mean
from workbench.tearsheet.figures.rank_ic import rolling_mean, rolling_window
from workbench.tearsheet.theme import DARK, LIGHT

DRAW = {
    "rank_ic": lambda study, look: figures.rank_ic(study, 5, look),
    "cumulative_ic": figures.cumulative_ic,
    "ic_decay": figures.ic_decay,
    "monthly_ic": lambda study, look: figures.monthly_ic(study, 5, look),
    "quantile_bar": lambda study, look: figures.quantile_bar(study, 5, look),
    "quantile_curves": lambda study, look: figures.quantile_curves(study, 5, look),
    "spread_curve": figures.spread_curve,
    "turnover": lambda study, look: figures.turnover(study, 5, look),
    "coverage": lambda study, look: figures.coverage(study, 5, look),
}


def drawn(element: object) -> object:
    """The bokeh figure."""
    return hv.render(element, backend="bokeh")


def column(figure: object, name: str) -> list[np.ndarray]:
    """Every column of this name that the figure draws, in order."""
    sources = [glyph.data_source for glyph in figure.renderers if hasattr(glyph, "data_source")]
    assert all(isinstance(source, ColumnDataSource) for source in sources)
    return [np.asarray(s.data[name]) for s in sources if name in s.data and len(s.data[name])]


def test_every_figure_is_listed_here() -> None:
    assert set(DRAW) == set(figures.__all__)


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_frame(name: str, look, make_study) -> None:
    figure = drawn(DRAW[name](make_study(), look))
    assert figure.xaxis[0].axis_label
    assert figure.yaxis[0].axis_label
    assert figure.sizing_mode == "stretch_width"
    assert figure.background_fill_color == look.card
    assert figure.border_fill_color == look.card
    assert figure.toolbar.logo is None
    assert [tool for tool in figure.toolbar.tools if isinstance(tool, HoverTool)]


def test_no_two_figures_share_a_range(make_study) -> None:
    study = make_study()
    rendered = [drawn(draw(study, LIGHT)) for draw in DRAW.values()]
    ranges = [id(r) for figure in rendered for r in (figure.x_range, figure.y_range)]
    assert len(set(ranges)) == len(ranges)


def test_a_figure_can_be_drawn_twice(make_study) -> None:
    study = make_study()
    for draw in DRAW.values():
        element = draw(study, LIGHT)
        assert drawn(element) is not drawn(element)


class TestTransformations:
    def test_rolling_mean(self) -> None:
        rng = np.random.default_rng(0)
        values = rng.normal(size=60)
        values[rng.random(60) < 0.4] = np.nan
        for window in (1, 4, 7):
            found = rolling_mean(pd.Series(values), window)
            for t in range(60):
                seen = [v for v in values[max(0, t - window + 1) : t + 1] if not math.isnan(v)]
                if len(seen) * 2 < window:
                    assert math.isnan(found[t])
                else:
                    assert found[t] == pytest.approx(sum(seen) / len(seen), abs=1e-12)

    def test_rolling_window_is_bounded(self) -> None:
        assert [rolling_window(n) for n in (1, 20, 100, 240, 10_000)] == [5, 5, 25, 60, 60]

    def test_running_sum(self) -> None:
        rng = np.random.default_rng(1)
        values = rng.normal(size=(30, 2))
        values[:3, 0] = values[7, 1] = values[28:, 1] = np.nan
        found = running_sum(pd.DataFrame(values)).to_numpy()
        for j in range(2):
            total, begun = 0.0, False
            for t in range(30):
                if not math.isnan(values[t, j]):
                    total, begun = total + values[t, j], True
                assert math.isnan(found[t, j]) if not begun else math.isclose(found[t, j], total)

    def test_confidence_is_the_t_turned_back(self) -> None:
        decay = pd.DataFrame(
            {"rank_ic": [0.04, -0.02, 0.0, np.nan], "t_newey_west": [2.0, -4.0, 0.0, np.nan]},
            index=[1, 2, 3, 4],
        )
        found = confidence(decay)
        assert found["lag"].tolist() == [1, 2, 3, 4]
        for at, error in ((0, 0.02), (1, 0.005)):
            assert found["half"][at] == pytest.approx(1.959964 * error, rel=1e-6)
            assert found["high"][at] - found["low"][at] == pytest.approx(2 * found["half"][at])
        assert found["half"][2:].isna().all()

    def test_monthly_mean(self, make_study) -> None:
        ic = make_study().ic[5]
        slow: dict[tuple[str, str], list[float]] = {}
        for day, value in ic.items():
            if not math.isnan(value):
                slow.setdefault((str(day.year), day.strftime("%b")), []).append(value)
        found = monthly_mean(ic)
        assert list(zip(found["year"], found["month"], strict=True)) == list(slow)
        for row, values in zip(found.itertuples(), slow.values(), strict=True):
            assert row.rank_ic == pytest.approx(sum(values) / len(values), abs=1e-12)
            assert row.sessions == len(values)


class TestNumbersDrawn:
    def test_spread_is_highest_minus_lowest(self, make_study) -> None:
        study = make_study()
        lines = column(drawn(figures.spread_curve(study, LIGHT)), "value")
        assert len(lines) == len(study.horizons)
        for horizon, line in zip(study.horizons, lines, strict=True):
            top, bottom = (study.quantile_returns[horizon][q] for q in (study.quantiles, 1))
            total = 0.0
            for t, (high, low) in enumerate(zip(top, bottom, strict=True)):
                total += 0.0 if math.isnan(high - low) else high - low
                assert math.isnan(line[t]) or math.isclose(line[t], total, abs_tol=1e-12)
            assert math.isclose(line[-1], total, abs_tol=1e-12)

    def test_quantile_bar_shows_the_horizon_asked_for(self, make_study) -> None:
        study = make_study()
        (bars,) = column(drawn(figures.quantile_bar(study, 5, LIGHT)), "annual_return")
        expected = [study.quantile_summary.loc[(5, q), "annual_return"] for q in range(1, 6)]
        assert bars.tolist() == pytest.approx(expected)

    def test_a_loss_has_the_colour_of_a_fall(self, make_study) -> None:
        figure = drawn(figures.quantile_bar(make_study(), 1, LIGHT))
        (values,), (colours,) = column(figure, "annual_return"), column(figure, "colour")
        assert {v < 0 for v in values} == {True, False}
        for value, colour in zip(values, colours, strict=True):
            assert colour == (LIGHT.down if value < 0 else LIGHT.up)

    def test_outer_quantiles_are_named_and_coloured(self, make_study) -> None:
        study = make_study()
        figure = drawn(figures.quantile_curves(study, 1, LIGHT))
        names = [item.label.value for item in figure.legend[0].items]
        assert names == ["Q1", "Q2", "Q3", "Q4", "Q5"]
        colours = [item.renderers[0].glyph.line_color for item in figure.legend[0].items]
        assert (colours[0], colours[-1]) == (LIGHT.down, LIGHT.up)
        assert len(set(colours)) == 5

    def test_coverage_counts_the_horizon_asked_for(self, make_study) -> None:
        lines = column(drawn(figures.coverage(make_study(), 5, LIGHT)), "value")
        assert [set(line.tolist()) for line in lines] == [{6.0}, {6.0}, {4.0}]
