"""Market: adjustment, derived fields, masks and narrowing, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import EmptyUniverseError, PanelError, UnknownFieldError
from workbench.market import ArraySource, Assets, FieldSource, Market, Panel, Sessions

T, N = 40, 5


def raw_fields(seed: int = 3) -> dict[str, np.ndarray]:
    """A small market with a hole, a split and a sealed limit."""
    rng = np.random.default_rng(seed)
    close = np.round(10 * np.exp(np.cumsum(rng.normal(0, 0.02, (T, N)), axis=0)), 2)
    fields = {
        "open": np.round(close * 1.001, 2),
        "high": np.round(close * 1.01, 2),
        "low": np.round(close * 0.99, 2),
        "close": close,
        "volume": rng.integers(1, 1000, (T, N)) * 100.0,
        "adj_factor": np.where(np.arange(T)[:, None] < 20, 1.0, 2.0) * np.ones((T, N)),
        "shares": np.full((T, N), 1e8),
    }
    fields["amount"] = fields["volume"] * close
    for values in fields.values():
        values[7, 2] = np.nan  # asset 2 is suspended on row 7
        values[:5, 4] = np.nan  # asset 4 lists on row 5
    return fields


def market(adjust: str = "hfq", **changes: np.ndarray) -> Market:
    days = np.arange("2019-01-01", "2019-02-10", dtype="datetime64[D]")
    source = ArraySource(
        Sessions(days), Assets([f"{n:06d}.SZ" for n in range(N)]), raw_fields() | changes
    )
    return Market(source, adjust=adjust, name="test")


def test_hfq_scales_prices_up_and_volume_down() -> None:
    raw, view = raw_fields(), market()
    np.testing.assert_array_equal(view["close"].values, raw["close"] * raw["adj_factor"])
    np.testing.assert_array_equal(view["volume"].values, raw["volume"] / raw["adj_factor"])
    np.testing.assert_array_equal(view["amount"].values, raw["amount"])
    np.testing.assert_array_equal(view["raw_close"].values, raw["close"])
    np.testing.assert_array_equal(market("none")["close"].values, raw["close"])


def test_vwap_is_adjusted_like_every_price() -> None:
    raw, view = raw_fields(), market()
    expected = raw["amount"] / raw["volume"] * raw["adj_factor"]
    np.testing.assert_allclose(view["vwap"].values, expected, rtol=1e-14)
    np.testing.assert_allclose(view["raw_vwap"].values, raw["amount"] / raw["volume"], rtol=1e-14)


def test_returns_never_jump_a_gap() -> None:
    close = market()["close"].values
    returns = market()["returns"].values
    for t in range(T):
        for i in range(N):
            known = t > 0 and np.isfinite(close[t, i]) and np.isfinite(close[t - 1, i])
            expected = close[t, i] / close[t - 1, i] - 1 if known else np.nan
            np.testing.assert_allclose(returns[t, i], expected, rtol=1e-14)
    assert np.isnan(returns[[7, 8], 2]).all()


@pytest.mark.parametrize("window", [1, 5, 20])
def test_adv_is_a_strict_mean_of_amount(window: int) -> None:
    amount = market()["amount"].values
    adv = market()[f"adv{window}"].values
    for t in range(T):
        for i in range(N):
            past = amount[t - window + 1 : t + 1, i] if t >= window - 1 else np.array([np.nan])
            np.testing.assert_allclose(adv[t, i], past.mean(), rtol=1e-12)


def test_cap_uses_the_price_as_traded() -> None:
    np.testing.assert_array_equal(market()["cap"].values, raw_fields()["close"] * 1e8)


def test_derived_fields_do_not_depend_on_where_loading_started() -> None:
    whole, late = market(), market().between("2019-01-11", None)
    for name, history in (("returns", 1), ("adv20", 19), ("vwap", 0)):
        np.testing.assert_array_equal(
            whole[name].values[10 + history :], late[name].values[history:]
        )


def test_every_field_and_mask_is_blind_to_the_future() -> None:
    whole, cut = market(), market().truncate("2019-01-15")
    for name in whole.fields:
        np.testing.assert_array_equal(whole[name].values[:15], cut[name].values)
    for name in ("listed", "quoted", "buyable", "sellable", "universe", "estimation"):
        np.testing.assert_array_equal(whole.mask(name).values[:15], cut.mask(name).values)


def test_masks_without_limits_or_listing_dates_say_so() -> None:
    view = market()
    listed, quoted = view.mask("listed").values, view.mask("quoted").values
    assert not listed[:5, 4].any()
    assert listed[5:, 4].all()
    assert listed[7, 2]
    assert not quoted[7, 2]
    np.testing.assert_array_equal(view.mask("estimation").values, quoted)
    assert any("Price limits are unknown" in note for note in view.notes)
    assert any("Listing dates are unknown" in note for note in view.notes)


def test_a_sealed_limit_cannot_be_bought_but_sold() -> None:
    raw = raw_fields()
    up, down = raw["close"] * 1.1, raw["close"] * 0.9
    low, high = raw["low"].copy(), raw["high"].copy()
    low[10, 0] = up[10, 0]
    high[11, 1] = down[11, 1]
    view = market(up_limit=up, down_limit=down, low=low, high=high)
    assert not view.mask("buyable").values[10, 0]
    assert view.mask("sellable").values[10, 0]
    assert not view.mask("sellable").values[11, 1]
    assert view.mask("buyable").values[11, 1]
    assert not any("Price limits" in note for note in view.notes)


def test_no_volume_means_not_quoted() -> None:
    volume = raw_fields()["volume"]
    volume[3, 0] = 0.0
    view = market(volume=volume)
    assert not view.mask("quoted").values[3, 0]
    assert np.isnan(view["vwap"].values[3, 0])


def test_universe_from_a_field_and_from_a_panel() -> None:
    weight = np.zeros((T, N))
    weight[:, 1] = 0.5
    by_field = market(index_weight=weight).with_universe("index_weight")
    assert by_field.mask("universe").values.sum() == T
    mask = Panel(weight > 0, market().sessions, market().assets)
    by_panel = market().with_universe(mask).truncate("2019-01-10")
    assert by_panel.mask("estimation").values.sum() == 10
    with pytest.raises(EmptyUniverseError, match="no member"):
        market().with_universe(Panel(weight > 1, market().sessions, market().assets))
    with pytest.raises(PanelError, match="bool panel"):
        market().with_universe(market()["close"])


def test_panels_of_other_sessions_or_assets_are_refused() -> None:
    early, late = market().between(None, "2019-01-30"), market().between("2019-01-03", "2019-02-01")
    assert early.shape == late.shape
    with pytest.raises(PanelError, match="own labels"):
        early.with_fields({"tomorrow": late["returns"]})
    with pytest.raises(PanelError, match="own labels"):
        early.with_universe(late.mask("universe"))
    some, others = market().select(["000000.SZ"]), market().select(["000001.SZ"])
    with pytest.raises(PanelError, match="own labels"):
        some.with_fields({"other": others["close"]})


def test_a_field_may_be_called_like_a_mask() -> None:
    view = market().with_fields({"mask:estimation": np.ones((T, N))})
    assert view["mask:estimation"].dtype == np.float64
    assert view.mask("estimation").dtype == bool


def test_unknown_fields_are_named_with_near_names() -> None:
    with pytest.raises(UnknownFieldError, match="Did you mean 'close'"):
        _ = market()["clsoe"]
    with pytest.raises(UnknownFieldError, match="derived from raw_close, shares"):
        _ = Market(_without("shares"))["cap"]
    with pytest.raises(PanelError, match=r"No mask is called 'quotd'.*'quoted'"):
        market().mask("quotd")


def test_missing_factor_and_unknown_adjustment_are_refused() -> None:
    with pytest.raises(PanelError, match="needs the field 'adj_factor'"):
        Market(_without("adj_factor"), adjust="hfq")
    with pytest.raises(PanelError, match="hfq, none"):
        market("qfq")


def test_empty_ranges_are_refused_not_returned() -> None:
    with pytest.raises(EmptyUniverseError, match="runs from 2019-01-01"):
        market().between("2030-01-01", None)
    with pytest.raises(EmptyUniverseError):
        market().select([])


def test_with_fields_replaces_and_adds() -> None:
    view = market().with_fields({"signal": np.ones((T, N)), "close": np.full((T, N), 3.0)})
    assert "signal" in view
    np.testing.assert_array_equal(view["raw_close"].values, 3.0)
    assert view.provenance["overlaid"] == ("close", "signal")
    assert "signal" not in market()


def test_sources_refuse_what_is_not_data() -> None:
    sessions, assets = Sessions(["2019-01-02"]), Assets(["a"])
    with pytest.raises(PanelError, match="shape"):
        ArraySource(sessions, assets, {"close": np.zeros((2, 1))})
    with pytest.raises(PanelError, match="must hold numbers"):
        ArraySource(sessions, assets, {"close": np.array([["x"]])})
    with pytest.raises(PanelError, match="must hold codes"):
        ArraySource(sessions, assets, {"industry": np.zeros((1, 1))}, labels={"industry": ["a"]})
    source = ArraySource(sessions, assets, {"close": np.array([[np.inf]])})
    assert np.isnan(source.field("close")).all()
    assert isinstance(source, FieldSource)


def test_html_names_fields_and_notes() -> None:
    html = market()._repr_html_()
    assert "adv20" in html
    assert "Listing dates are unknown" in html
    assert "<polyline" in html


def _without(name: str) -> ArraySource:
    days = np.arange("2019-01-01", "2019-02-10", dtype="datetime64[D]")
    fields = {key: values for key, values in raw_fields().items() if key != name}
    return ArraySource(Sessions(days), Assets([f"{n:06d}.SZ" for n in range(N)]), fields)


def test_market_without_factor_can_still_be_shown_raw() -> None:
    view = Market(_without("adj_factor"), adjust="none")
    np.testing.assert_array_equal(view["close"].values, raw_fields()["close"])
