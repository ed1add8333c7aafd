"""Alpha360: six fields by sixty sessions over today's."""

from __future__ import annotations

import pytest

from workbench.errors import OperatorArgumentError
from workbench.factor import factor
from workbench.factor.library.alpha360 import FORMULAS, alpha360


def test_names_in_order() -> None:
    fields = ("CLOSE", "OPEN", "HIGH", "LOW", "VWAP", "VOLUME")
    assert list(alpha360()) == [f"{name}{age}" for name in fields for age in range(59, -1, -1)]


def test_reads_and_prints_back() -> None:
    for row in FORMULAS:
        alpha = alpha360()[row.name]
        assert factor(alpha.text) == alpha == alpha360("strict")[row.name]
        assert alpha.lookback == int(row.name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


@pytest.mark.parametrize(
    ("name", "published", "text"),
    [
        ("CLOSE59", "Ref($close, 59)/$close", "delay(close, 59) / close"),
        ("CLOSE0", "$close/$close", "close / close"),
        ("VWAP1", "Ref($vwap, 1)/$close", "delay(vwap, 1) / close"),
        ("VOLUME7", "Ref($volume, 7)/($volume+1e-12)", "delay(volume, 7) / (volume + 1e-12)"),
        ("VOLUME0", "$volume/($volume+1e-12)", "volume / (volume + 1e-12)"),
    ],
)
def test_text(name: str, published: str, text: str) -> None:
    row = next(row for row in FORMULAS if row.name == name)
    assert row.published == published
    assert row.reading.endswith(".")
    assert alpha360()[name].text == text


def test_another_profile_is_refused() -> None:
    with pytest.raises(OperatorArgumentError):
        alpha360("lenient")
